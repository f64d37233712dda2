/*
 * Owns the pages' own words in four languages. Never contains the texts of a campaign
 * (core/page_text.h). Called by the pages.
 */
#include "html_words.h"

static const struct {
	const char *lang;
	const char *words[HTML_WORDS];
} languages[] = {
    {"en",
     {
	 [WORD_FIRST_NAME] = "First name",
	 [WORD_EMAIL] = "E-mail",
	 [WORD_OPTIONAL] = "optional",
	 [WORD_CHOOSE] = "Please choose",
	 [WORD_JOIN_HEADLINE] = "Invite your friends",
	 [WORD_JOIN_BODY] = "Enter your name and e-mail address. You get a link to share.",
	 [WORD_JOIN] = "Get my link",
	 [WORD_ACCEPT] = "Accept invitation",
	 [WORD_INVITED] = "{name} invited you",
	 [WORD_INVITES_TO] = "{name} invites you to {campaign}",
	 [WORD_INVITED_TO] = "You are invited to {campaign}",
	 [WORD_TERMS] = "Terms and conditions",
	 [WORD_ERROR] = "Error:",
	 [WORD_CHECK] = "Please check what you entered:",
	 [WORD_THANKS] = "Thank you for joining",
	 [WORD_KNOWN] = "You have already joined",
	 [WORD_THANKS_BODY] =
	     "Send your link to your friends: everyone who joins through it counts for you.",
	 [WORD_LINK] = "Your link",
	 [WORD_SHARE] = "Share it",
	 [WORD_BY_EMAIL] = "E-mail",
	 [WORD_NEW_TAB] = "opens in a new tab",
	 [WORD_QR] = "QR code of your link",
	 [WORD_QR_DOWNLOAD] = "Download the QR code",
	 [WORD_COUNTS] = "So far",
	 [WORD_REFERRALS] = "friends joined",
	 [WORD_QUALIFIED] = "of them qualified",
	 [WORD_ACCEPTED] = "Thank you",
	 [WORD_ACCEPTED_BODY] = "You will hear from us soon.",
	 [WORD_LINK_SENT] = "Look into your mail",
	 [WORD_LINK_SENT_BODY] = "You have already joined. In a few minutes you get a message with "
				 "a link to your page.",
	 [WORD_WAY_BACK] = "Your page",
	 [WORD_WAY_BACK_BODY] = "Press the button to see your link and your friends.",
	 [WORD_WAY_BACK_BUTTON] = "Open my page",
	 [WORD_LINK_OVER] = "This link no longer works",
	 [WORD_LINK_OVER_BODY] = "A link works only once, and for one hour. Enter your e-mail "
				 "address in the form to get a new link.",
	 [WORD_LINK_AGAIN] = "Get a new link",
	 [WORD_CLOSED] = "Not open at the moment",
	 [WORD_CLOSED_DRAFT] = "This campaign is not open yet. Please come back later.",
	 [WORD_CLOSED_PAUSED] = "This campaign is paused. Please come back later.",
	 [WORD_CLOSED_NOT_STARTED] = "This campaign has not started yet. Please come back later.",
	 [WORD_CLOSED_ENDED] = "This campaign has ended. Thank you for your interest.",
	 [WORD_CONTINUE] = "Continue to",
	 [WORD_UNKNOWN] = "This link leads nowhere",
	 [WORD_UNKNOWN_BODY] = "Please check that it is complete, or ask for a new one.",
	 [WORD_UNSUBSCRIBE] = "Unsubscribe",
	 [WORD_UNSUBSCRIBE_BODY] = "Do you want to stop receiving messages about this campaign?",
	 [WORD_UNSUBSCRIBED] = "You are unsubscribed",
	 [WORD_UNSUBSCRIBED_BODY] =
	     "You will receive no more messages about this campaign. Your link still works.",
	 [WORD_BUSY] = "Please wait a moment",
	 [WORD_BUSY_BODY] =
	     "Too many requests came from your network. Wait a minute, then try again.",
	 [WORD_TOO_LARGE] = "Too much data",
	 [WORD_TOO_LARGE_BODY] =
	     "Your entries are too long. Go back, shorten them, then send them again.",
	 [WORD_HEADER_TOO_LARGE_BODY] = "Your browser sent more data than this site accepts. "
					"Delete the cookies of this site, then try again.",
     }},
    {"de",
     {
	 [WORD_FIRST_NAME] = "Vorname",
	 [WORD_EMAIL] = "E-Mail",
	 [WORD_OPTIONAL] = "freiwillig",
	 [WORD_CHOOSE] = "Bitte auswählen",
	 [WORD_JOIN_HEADLINE] = "Lade deine Freunde ein",
	 [WORD_JOIN_BODY] =
	     "Gib deinen Namen und deine E-Mail-Adresse ein. Du bekommst einen Link zum Teilen.",
	 [WORD_JOIN] = "Link holen",
	 [WORD_ACCEPT] = "Einladung annehmen",
	 [WORD_INVITED] = "{name} hat dich eingeladen",
	 [WORD_INVITES_TO] = "{name} lädt dich zu {campaign} ein",
	 [WORD_INVITED_TO] = "Du bist zu {campaign} eingeladen",
	 [WORD_TERMS] = "Teilnahmebedingungen",
	 [WORD_ERROR] = "Fehler:",
	 [WORD_CHECK] = "Bitte prüfe deine Angaben:",
	 [WORD_THANKS] = "Danke fürs Mitmachen",
	 [WORD_KNOWN] = "Du bist schon dabei",
	 [WORD_THANKS_BODY] =
	     "Schicke deinen Link an Freunde: Jede Anmeldung darüber zählt für dich.",
	 [WORD_LINK] = "Dein Link",
	 [WORD_SHARE] = "Teilen",
	 [WORD_BY_EMAIL] = "E-Mail",
	 [WORD_NEW_TAB] = "öffnet sich in einem neuen Tab",
	 [WORD_QR] = "QR-Code für deinen Link",
	 [WORD_QR_DOWNLOAD] = "QR-Code herunterladen",
	 [WORD_COUNTS] = "Bisher",
	 [WORD_REFERRALS] = "Freunde dabei",
	 [WORD_QUALIFIED] = "davon qualifiziert",
	 [WORD_ACCEPTED] = "Danke",
	 [WORD_ACCEPTED_BODY] = "Du hörst bald von uns.",
	 [WORD_LINK_SENT] = "Schau in deine E-Mails",
	 [WORD_LINK_SENT_BODY] = "Du bist schon dabei. In wenigen Minuten bekommst du eine "
				 "Nachricht mit einem Link zu deiner Seite.",
	 [WORD_WAY_BACK] = "Deine Seite",
	 [WORD_WAY_BACK_BODY] = "Drücke den Knopf, um deinen Link und deine Freunde zu sehen.",
	 [WORD_WAY_BACK_BUTTON] = "Meine Seite öffnen",
	 [WORD_LINK_OVER] = "Dieser Link gilt nicht mehr",
	 [WORD_LINK_OVER_BODY] = "Ein Link gilt nur einmal und nur eine Stunde lang. Gib im "
				 "Formular deine E-Mail-Adresse ein, um einen neuen zu bekommen.",
	 [WORD_LINK_AGAIN] = "Neuen Link bekommen",
	 [WORD_CLOSED] = "Teilnahme zurzeit nicht möglich",
	 [WORD_CLOSED_DRAFT] =
	     "Diese Aktion ist noch nicht geöffnet. Bitte schau später wieder vorbei.",
	 [WORD_CLOSED_PAUSED] =
	     "Diese Aktion macht gerade Pause. Bitte schau später wieder vorbei.",
	 [WORD_CLOSED_NOT_STARTED] =
	     "Diese Aktion hat noch nicht begonnen. Bitte schau später wieder vorbei.",
	 [WORD_CLOSED_ENDED] = "Diese Aktion ist zu Ende. Danke für dein Interesse.",
	 [WORD_CONTINUE] = "Weiter zu",
	 [WORD_UNKNOWN] = "Dieser Link führt ins Leere",
	 [WORD_UNKNOWN_BODY] =
	     "Bitte prüfe, ob er vollständig ist, oder lass dir einen neuen schicken.",
	 [WORD_UNSUBSCRIBE] = "Abmelden",
	 [WORD_UNSUBSCRIBE_BODY] = "Möchtest du keine Nachrichten mehr zu dieser Aktion bekommen?",
	 [WORD_UNSUBSCRIBED] = "Du bist abgemeldet",
	 [WORD_UNSUBSCRIBED_BODY] =
	     "Du bekommst keine Nachrichten mehr zu dieser Aktion. Dein Link gilt weiterhin.",
	 [WORD_BUSY] = "Bitte warte einen Moment",
	 [WORD_BUSY_BODY] = "Aus deinem Netzwerk kamen zu viele Anfragen. Warte eine Minute und "
			    "versuche es dann noch einmal.",
	 [WORD_TOO_LARGE] = "Zu viele Daten",
	 [WORD_TOO_LARGE_BODY] =
	     "Deine Angaben sind zu lang. Geh zurück, kürze sie und sende sie noch einmal.",
	 [WORD_HEADER_TOO_LARGE_BODY] =
	     "Dein Browser hat mehr Daten gesendet, als diese Website annimmt. Lösche die Cookies "
	     "dieser Website und versuche es noch einmal.",
     }},
    {"fr",
     {
	 [WORD_FIRST_NAME] = "Prénom",
	 [WORD_EMAIL] = "Adresse e-mail",
	 [WORD_OPTIONAL] = "facultatif",
	 [WORD_CHOOSE] = "Veuillez choisir",
	 [WORD_JOIN_HEADLINE] = "Invitez vos amis",
	 [WORD_JOIN_BODY] =
	     "Indiquez votre prénom et votre adresse e-mail. Vous recevez un lien à partager.",
	 [WORD_JOIN] = "Obtenir mon lien",
	 [WORD_ACCEPT] = "Accepter l’invitation",
	 [WORD_INVITED] = "{name} vous invite",
	 [WORD_INVITES_TO] = "{name} vous invite à rejoindre {campaign}",
	 [WORD_INVITED_TO] = "Une invitation à rejoindre {campaign}",
	 [WORD_TERMS] = "Conditions générales",
	 [WORD_ERROR] = "Erreur :",
	 [WORD_CHECK] = "Veuillez vérifier votre saisie :",
	 [WORD_THANKS] = "Merci de votre participation",
	 [WORD_KNOWN] = "Vous participez déjà",
	 [WORD_THANKS_BODY] =
	     "Envoyez votre lien à vos amis : chaque inscription par ce lien compte pour vous.",
	 [WORD_LINK] = "Votre lien",
	 [WORD_SHARE] = "Partager",
	 [WORD_BY_EMAIL] = "E-mail",
	 [WORD_NEW_TAB] = "s’ouvre dans un nouvel onglet",
	 [WORD_QR] = "Code QR de votre lien",
	 [WORD_QR_DOWNLOAD] = "Télécharger le code QR",
	 [WORD_COUNTS] = "Jusqu’ici",
	 [WORD_REFERRALS] = "amis inscrits",
	 [WORD_QUALIFIED] = "dont qualifiés",
	 [WORD_ACCEPTED] = "Merci",
	 [WORD_ACCEPTED_BODY] = "Vous aurez bientôt de nos nouvelles.",
	 [WORD_LINK_SENT] = "Consultez votre messagerie",
	 [WORD_LINK_SENT_BODY] = "Vous participez déjà. Dans quelques minutes, vous recevrez un "
				 "message avec un lien vers votre page.",
	 [WORD_WAY_BACK] = "Votre page",
	 [WORD_WAY_BACK_BODY] = "Appuyez sur le bouton pour voir votre lien et vos amis.",
	 [WORD_WAY_BACK_BUTTON] = "Ouvrir ma page",
	 [WORD_LINK_OVER] = "Ce lien n’est plus valable",
	 [WORD_LINK_OVER_BODY] =
	     "Un lien ne fonctionne qu’une fois, pendant une heure. Saisissez votre adresse e-mail "
	     "dans le formulaire pour en recevoir un nouveau.",
	 [WORD_LINK_AGAIN] = "Recevoir un nouveau lien",
	 [WORD_CLOSED] = "Inscriptions fermées pour le moment",
	 [WORD_CLOSED_DRAFT] =
	     "Cette campagne n’est pas encore ouverte. Veuillez revenir plus tard.",
	 [WORD_CLOSED_PAUSED] = "Cette campagne est en pause. Veuillez revenir plus tard.",
	 [WORD_CLOSED_NOT_STARTED] =
	     "Cette campagne n’a pas encore commencé. Veuillez revenir plus tard.",
	 [WORD_CLOSED_ENDED] = "Cette campagne est terminée. Merci de votre intérêt.",
	 [WORD_CONTINUE] = "Continuer vers",
	 [WORD_UNKNOWN] = "Ce lien ne mène nulle part",
	 [WORD_UNKNOWN_BODY] = "Vérifiez qu’il est complet ou demandez-en un nouveau.",
	 [WORD_UNSUBSCRIBE] = "Se désabonner",
	 [WORD_UNSUBSCRIBE_BODY] =
	     "Souhaitez-vous ne plus recevoir de messages au sujet de cette campagne ?",
	 [WORD_UNSUBSCRIBED] = "Désabonnement confirmé",
	 [WORD_UNSUBSCRIBED_BODY] = "Vous ne recevrez plus de messages au sujet de cette campagne. "
				    "Votre lien reste valable.",
	 [WORD_BUSY] = "Veuillez patienter un instant",
	 [WORD_BUSY_BODY] =
	     "Trop de demandes sont venues de votre réseau. Attendez une minute, puis réessayez.",
	 [WORD_TOO_LARGE] = "Trop de données",
	 [WORD_TOO_LARGE_BODY] = "Votre saisie est trop longue. Revenez en arrière, "
				 "raccourcissez-la, puis renvoyez-la.",
	 [WORD_HEADER_TOO_LARGE_BODY] =
	     "Votre navigateur a envoyé plus de données que ce site n’en accepte. Supprimez les "
	     "cookies de ce site, puis réessayez.",
     }},
    {"es",
     {
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
	 [WORD_CLOSED_DRAFT] = "Esta campaña aún no está abierta. Vuelve más tarde.",
	 [WORD_CLOSED_PAUSED] = "Esta campaña está en pausa. Vuelve más tarde.",
	 [WORD_CLOSED_NOT_STARTED] = "Esta campaña aún no ha empezado. Vuelve más tarde.",
	 [WORD_CLOSED_ENDED] = "Esta campaña ha terminado. Gracias por tu interés.",
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
     }},
};

/* Only the primary subtag counts: "de" of "de-AT". */
static bool speaks(struct text lang, const char *known)
{
	struct text primary, rest;
	text_cut(lang, '-', &primary, &rest);
	return text_ieq(primary, text_of(known));
}

const char *const *html_words_in(struct text lang)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (speaks(lang, languages[i].lang))
			return languages[i].words;
	return languages[0].words;
}

const char *html_word(struct text lang, enum html_word word)
{
	return html_words_in(lang)[word];
}

bool html_lang_rtl(struct text lang)
{
	static const char *const rtl[] = {"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"};
	for (size_t i = 0; i < sizeof rtl / sizeof *rtl; i++)
		if (speaks(lang, rtl[i]))
			return true;
	return false;
}
