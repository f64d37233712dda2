/*
 * Owns the Spanish words of the pages. Never contains another language or the texts of a campaign
 * (core/page_text.h). Called by html_words.c.
 */
#include "html_words_in.h"

const char *const HTML_WORDS_ES[HTML_WORDS] = {
    [WORD_FIRST_NAME] = "Nombre",
    [WORD_EMAIL] = "Correo electrónico",
    [WORD_OPTIONAL] = "opcional",
    [WORD_CHOOSE] = "Elige una opción",
    [WORD_JOIN_HEADLINE] = "Invita a tus amigos",
    [WORD_JOIN_BODY] =
	"Escribe tu nombre y tu correo electrónico. Recibirás un enlace para compartir.",
    [WORD_JOIN] = "Obtener mi enlace",
    [WORD_ACCEPT] = "Aceptar la invitación",
    [WORD_INVITED] = "{name} te ha invitado",
    [WORD_INVITES_TO] = "{name} te invita a {campaign}",
    [WORD_INVITED_TO] = "Tienes una invitación a {campaign}",
    [WORD_TERMS] = "Términos y condiciones",
    [WORD_ERROR] = "Error:",
    [WORD_CHECK] = "Revisa lo que has escrito:",
    [WORD_WRONG] = "{label}: revisa este campo",
    [WORD_WRONG_REQUIRED] = "{label}: rellena este campo",
    [WORD_WRONG_UNCHECKED] = "{label}: marca esta casilla",
    [WORD_WRONG_EMAIL] = "{label}: escribe un correo electrónico como nombre@example.com",
    [WORD_WRONG_PHONE] = "{label}: escribe un número de teléfono como +34 912 34 56 78",
    [WORD_WRONG_NUMBER] = "{label}: escribe un número como 42 o -1.5, con punto decimal",
    [WORD_WRONG_DATE] = "{label}: escribe una fecha como 2026-11-23",
    [WORD_WRONG_CHOICE] = "{label}: elige una opción de la lista",
    [WORD_WRONG_LONG] = "{label}: el texto es demasiado largo",
    [WORD_WRONG_CHARACTER] = "{label}: quita el carácter no permitido",
    [WORD_THANKS] = "Gracias por participar",
    [WORD_KNOWN] = "Ya estás participando",
    [WORD_THANKS_BODY] =
	"Envía tu enlace a tus amigos: cada persona que se inscriba con él cuenta para ti.",
    [WORD_LINK] = "Tu enlace",
    [WORD_SHARE] = "Compartir",
    [WORD_BY_EMAIL] = "Correo",
    [WORD_NEW_TAB] = "se abre en una pestaña nueva",
    [WORD_QR] = "Código QR de tu enlace",
    [WORD_QR_DOWNLOAD] = "Descargar el código QR",
    [WORD_COUNTS] = "Hasta ahora",
    [WORD_REFERRALS] = "amigos inscritos",
    [WORD_QUALIFIED] = "de ellos, válidos",
    [WORD_ACCEPTED] = "Gracias",
    [WORD_ACCEPTED_BODY] = "Pronto tendrás noticias nuestras.",
    [WORD_LINK_SENT] = "Revisa tu correo",
    [WORD_LINK_SENT_BODY] = "Ya estás participando. En unos minutos recibirás un mensaje con "
			    "un enlace a tu página.",
    [WORD_WAY_BACK] = "Tu página",
    [WORD_WAY_BACK_BODY] = "Pulsa el botón para ver tu enlace y tus amigos.",
    [WORD_WAY_BACK_BUTTON] = "Abrir mi página",
    [WORD_LINK_OVER] = "Este enlace ya no funciona",
    [WORD_LINK_OVER_BODY] = "Un enlace funciona una sola vez y durante una hora. Escribe tu "
			    "correo electrónico en el formulario para recibir otro.",
    [WORD_LINK_AGAIN] = "Recibir otro enlace",
    [WORD_CLOSED] = "Inscripción cerrada por el momento",
    [WORD_ENDED] = "Esta campaña ha terminado",
    [WORD_CLOSED_DRAFT] = "Esta campaña aún no está abierta. Vuelve más tarde.",
    [WORD_CLOSED_PAUSED] = "Esta campaña está en pausa. Vuelve más tarde.",
    [WORD_CLOSED_NOT_STARTED] = "Esta campaña aún no ha empezado. Vuelve más tarde.",
    [WORD_CLOSED_ENDED] = "Ya no es posible inscribirse. Gracias por tu interés.",
    [WORD_CONTINUE] = "Continuar a",
    [WORD_UNKNOWN] = "Este enlace no lleva a ninguna parte",
    [WORD_UNKNOWN_BODY] = "Comprueba que esté completo o pide uno nuevo.",
    [WORD_UNSUBSCRIBE] = "Darse de baja",
    [WORD_UNSUBSCRIBE_BODY] = "¿Quieres dejar de recibir mensajes sobre esta campaña?",
    [WORD_UNSUBSCRIBED] = "Te has dado de baja",
    [WORD_UNSUBSCRIBED_BODY] =
	"No recibirás más mensajes sobre esta campaña. Tu enlace sigue funcionando.",
    [WORD_BUSY] = "Espera un momento",
    [WORD_BUSY_BODY] = "Han llegado demasiadas solicitudes desde tu red. Espera un minuto y "
		       "vuelve a intentarlo.",
    [WORD_TOO_LARGE] = "Demasiados datos",
    [WORD_TOO_LARGE_BODY] =
	"Lo que has escrito es demasiado largo. Vuelve atrás, acórtalo y envíalo de nuevo.",
    [WORD_HEADER_TOO_LARGE_BODY] =
	"Tu navegador ha enviado más datos de los que acepta este sitio. Borra las cookies de "
	"este sitio y vuelve a intentarlo.",
};
