/*
 * Owns the words of the pages in the languages that referd speaks itself. Never what a campaign
 * says (core/page_text.h). Called by the pages.
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
	 [WORD_REQUIRED] = "required",
	 [WORD_CHOOSE] = "Please choose",
	 [WORD_JOIN] = "Join",
	 [WORD_INVITED] = "invited you",
	 [WORD_TERMS] = "Terms and conditions",
	 [WORD_ERROR] = "Error",
	 [WORD_CHECK] = "Please check what you entered:",
	 [WORD_THANKS] = "Thank you for joining",
	 [WORD_KNOWN] = "You have already joined",
	 [WORD_THANKS_BODY] =
	     "Send your link to friends: everybody who joins through it counts for you.",
	 [WORD_LINK] = "Your link",
	 [WORD_SHARE] = "Share it",
	 [WORD_BY_EMAIL] = "E-mail",
	 [WORD_NEW_TAB] = "opens a new tab",
	 [WORD_QR] = "QR code of your link",
	 [WORD_QR_DOWNLOAD] = "Download the QR code",
	 [WORD_COUNTS] = "So far",
	 [WORD_REFERRALS] = "friends joined",
	 [WORD_QUALIFIED] = "of them qualified",
	 [WORD_ACCEPTED] = "Thank you",
	 [WORD_ACCEPTED_BODY] = "You will hear from us soon.",
	 [WORD_CLOSED] = "Not open at the moment",
	 [WORD_CLOSED_DRAFT] = "This campaign is not open yet. Please come back later.",
	 [WORD_CLOSED_PAUSED] = "This campaign is taking a break. Please come back later.",
	 [WORD_CLOSED_NOT_STARTED] = "This campaign has not started yet. Please come back later.",
	 [WORD_CLOSED_ENDED] = "This campaign has ended. Thank you for your interest.",
	 [WORD_UNKNOWN] = "This link leads nowhere",
	 [WORD_UNKNOWN_BODY] = "Please check that it is complete, or ask for a new one.",
	 [WORD_UNSUBSCRIBE] = "Unsubscribe",
	 [WORD_UNSUBSCRIBE_BODY] = "Do you want to get no more messages about this campaign?",
	 [WORD_UNSUBSCRIBED] = "You are unsubscribed",
	 [WORD_UNSUBSCRIBED_BODY] =
	     "You will get no more messages about it. Your link keeps working.",
	 [WORD_BUSY] = "Please wait a moment",
	 [WORD_BUSY_BODY] =
	     "Too many requests came from your network. Wait a minute, then try again.",
	 [WORD_TOO_LARGE] = "That was too much",
	 [WORD_TOO_LARGE_BODY] =
	     "What you sent is too large. Go back, shorten it, then send it again.",
	 [WORD_HEADER_TOO_LARGE_BODY] = "Your browser sent more than this site accepts. Delete "
					"this site's cookies, then try again.",
     }},
    {"de",
     {
	 [WORD_FIRST_NAME] = "Vorname",
	 [WORD_EMAIL] = "E-Mail",
	 [WORD_REQUIRED] = "Pflichtfeld",
	 [WORD_CHOOSE] = "Bitte wählen",
	 [WORD_JOIN] = "Mitmachen",
	 [WORD_INVITED] = "hat dich eingeladen",
	 [WORD_TERMS] = "Teilnahmebedingungen",
	 [WORD_ERROR] = "Fehler",
	 [WORD_CHECK] = "Bitte prüfe deine Angaben:",
	 [WORD_THANKS] = "Danke fürs Mitmachen",
	 [WORD_KNOWN] = "Du bist schon dabei",
	 [WORD_THANKS_BODY] =
	     "Schick deinen Link an Freunde: Wer darüber mitmacht, zählt für dich.",
	 [WORD_LINK] = "Dein Link",
	 [WORD_SHARE] = "Teilen",
	 [WORD_BY_EMAIL] = "E-Mail",
	 [WORD_NEW_TAB] = "öffnet einen neuen Tab",
	 [WORD_QR] = "QR-Code deines Links",
	 [WORD_QR_DOWNLOAD] = "QR-Code herunterladen",
	 [WORD_COUNTS] = "Bisher",
	 [WORD_REFERRALS] = "Freunde sind dabei",
	 [WORD_QUALIFIED] = "davon qualifiziert",
	 [WORD_ACCEPTED] = "Danke",
	 [WORD_ACCEPTED_BODY] = "Du hörst bald von uns.",
	 [WORD_CLOSED] = "Im Moment nicht möglich",
	 [WORD_CLOSED_DRAFT] = "Diese Aktion ist noch nicht offen. Bitte komm später wieder.",
	 [WORD_CLOSED_PAUSED] = "Diese Aktion macht gerade Pause. Bitte komm später wieder.",
	 [WORD_CLOSED_NOT_STARTED] =
	     "Diese Aktion hat noch nicht begonnen. Bitte komm später wieder.",
	 [WORD_CLOSED_ENDED] = "Diese Aktion ist zu Ende. Danke für dein Interesse.",
	 [WORD_UNKNOWN] = "Dieser Link führt nirgendwohin",
	 [WORD_UNKNOWN_BODY] = "Bitte prüfe, ob er vollständig ist, oder frag nach einem neuen.",
	 [WORD_UNSUBSCRIBE] = "Abmelden",
	 [WORD_UNSUBSCRIBE_BODY] = "Möchtest du keine Nachrichten zu dieser Aktion mehr bekommen?",
	 [WORD_UNSUBSCRIBED] = "Du bist abgemeldet",
	 [WORD_UNSUBSCRIBED_BODY] =
	     "Du bekommst keine Nachrichten dazu mehr. Dein Link gilt weiter.",
	 [WORD_BUSY] = "Bitte warte einen Moment",
	 [WORD_BUSY_BODY] = "Aus deinem Netz kamen zu viele Anfragen. Warte eine Minute und "
			    "versuch es dann noch einmal.",
	 [WORD_TOO_LARGE] = "Das war zu viel",
	 [WORD_TOO_LARGE_BODY] =
	     "Was du gesendet hast, ist zu groß. Geh zurück, kürze es und sende es noch einmal.",
	 [WORD_HEADER_TOO_LARGE_BODY] =
	     "Dein Browser hat mehr gesendet, als diese Seite annimmt. Lösch die Cookies dieser "
	     "Seite und versuch es noch einmal.",
     }},
    {"fr",
     {
	 [WORD_FIRST_NAME] = "Prénom",
	 [WORD_EMAIL] = "E-mail",
	 [WORD_REQUIRED] = "obligatoire",
	 [WORD_CHOOSE] = "Veuillez choisir",
	 [WORD_JOIN] = "Participer",
	 [WORD_INVITED] = "vous invite",
	 [WORD_TERMS] = "Conditions générales",
	 [WORD_ERROR] = "Erreur",
	 [WORD_CHECK] = "Veuillez vérifier votre saisie :",
	 [WORD_THANKS] = "Merci de votre participation",
	 [WORD_KNOWN] = "Vous participez déjà",
	 [WORD_THANKS_BODY] =
	     "Envoyez votre lien à vos amis : chaque inscription compte pour vous.",
	 [WORD_LINK] = "Votre lien",
	 [WORD_SHARE] = "Partager",
	 [WORD_BY_EMAIL] = "E-mail",
	 [WORD_NEW_TAB] = "s'ouvre dans un nouvel onglet",
	 [WORD_QR] = "Code QR de votre lien",
	 [WORD_QR_DOWNLOAD] = "Télécharger le code QR",
	 [WORD_COUNTS] = "Jusqu'ici",
	 [WORD_REFERRALS] = "amis inscrits",
	 [WORD_QUALIFIED] = "dont qualifiés",
	 [WORD_ACCEPTED] = "Merci",
	 [WORD_ACCEPTED_BODY] = "Vous aurez bientôt de nos nouvelles.",
	 [WORD_CLOSED] = "Fermé pour le moment",
	 [WORD_CLOSED_DRAFT] = "Cette campagne n'est pas encore ouverte. Revenez plus tard.",
	 [WORD_CLOSED_PAUSED] = "Cette campagne fait une pause. Revenez plus tard.",
	 [WORD_CLOSED_NOT_STARTED] = "Cette campagne n'a pas encore commencé. Revenez plus tard.",
	 [WORD_CLOSED_ENDED] = "Cette campagne est terminée. Merci de votre intérêt.",
	 [WORD_UNKNOWN] = "Ce lien ne mène nulle part",
	 [WORD_UNKNOWN_BODY] = "Vérifiez qu'il est complet, ou demandez-en un nouveau.",
	 [WORD_UNSUBSCRIBE] = "Se désabonner",
	 [WORD_UNSUBSCRIBE_BODY] = "Voulez-vous ne plus recevoir de messages sur cette campagne ?",
	 [WORD_UNSUBSCRIBED] = "Vous êtes désabonné",
	 [WORD_UNSUBSCRIBED_BODY] =
	     "Vous ne recevrez plus de messages à ce sujet. Votre lien reste valable.",
	 [WORD_BUSY] = "Veuillez patienter un instant",
	 [WORD_BUSY_BODY] =
	     "Trop de requêtes viennent de votre réseau. Attendez une minute, puis réessayez.",
	 [WORD_TOO_LARGE] = "C'était trop",
	 [WORD_TOO_LARGE_BODY] = "Ce que vous avez envoyé est trop volumineux. Revenez en arrière, "
				 "raccourcissez-le, puis renvoyez-le.",
	 [WORD_HEADER_TOO_LARGE_BODY] = "Votre navigateur a envoyé plus que ce site n'accepte. "
					"Supprimez les cookies de ce site, puis réessayez.",
     }},
    {"es",
     {
	 [WORD_FIRST_NAME] = "Nombre",
	 [WORD_EMAIL] = "Correo electrónico",
	 [WORD_REQUIRED] = "obligatorio",
	 [WORD_CHOOSE] = "Elige una opción",
	 [WORD_JOIN] = "Participar",
	 [WORD_INVITED] = "te invita",
	 [WORD_TERMS] = "Términos y condiciones",
	 [WORD_ERROR] = "Error",
	 [WORD_CHECK] = "Revisa lo que has escrito:",
	 [WORD_THANKS] = "Gracias por participar",
	 [WORD_KNOWN] = "Ya estabas participando",
	 [WORD_THANKS_BODY] =
	     "Envía tu enlace a tus amigos: quien se apunte con él cuenta para ti.",
	 [WORD_LINK] = "Tu enlace",
	 [WORD_SHARE] = "Compartir",
	 [WORD_BY_EMAIL] = "Correo",
	 [WORD_NEW_TAB] = "se abre en otra pestaña",
	 [WORD_QR] = "Código QR de tu enlace",
	 [WORD_QR_DOWNLOAD] = "Descargar el código QR",
	 [WORD_COUNTS] = "Hasta ahora",
	 [WORD_REFERRALS] = "amigos apuntados",
	 [WORD_QUALIFIED] = "de ellos, válidos",
	 [WORD_ACCEPTED] = "Gracias",
	 [WORD_ACCEPTED_BODY] = "Pronto tendrás noticias nuestras.",
	 [WORD_CLOSED] = "Cerrado por el momento",
	 [WORD_CLOSED_DRAFT] = "Esta campaña aún no está abierta. Vuelve más tarde.",
	 [WORD_CLOSED_PAUSED] = "Esta campaña está en pausa. Vuelve más tarde.",
	 [WORD_CLOSED_NOT_STARTED] = "Esta campaña aún no ha empezado. Vuelve más tarde.",
	 [WORD_CLOSED_ENDED] = "Esta campaña ha terminado. Gracias por tu interés.",
	 [WORD_UNKNOWN] = "Este enlace no lleva a ninguna parte",
	 [WORD_UNKNOWN_BODY] = "Comprueba que está completo o pide uno nuevo.",
	 [WORD_UNSUBSCRIBE] = "Darse de baja",
	 [WORD_UNSUBSCRIBE_BODY] = "¿Quieres dejar de recibir mensajes sobre esta campaña?",
	 [WORD_UNSUBSCRIBED] = "Te has dado de baja",
	 [WORD_UNSUBSCRIBED_BODY] =
	     "No recibirás más mensajes sobre ella. Tu enlace sigue funcionando.",
	 [WORD_BUSY] = "Espera un momento",
	 [WORD_BUSY_BODY] =
	     "Han llegado demasiadas peticiones de tu red. Espera un minuto y vuelve a intentarlo.",
	 [WORD_TOO_LARGE] = "Era demasiado",
	 [WORD_TOO_LARGE_BODY] =
	     "Lo que has enviado es demasiado grande. Vuelve atrás, acórtalo y envíalo de nuevo.",
	 [WORD_HEADER_TOO_LARGE_BODY] = "Tu navegador ha enviado más de lo que este sitio acepta. "
					"Borra las cookies de este sitio y vuelve a intentarlo.",
     }},
};

/* The primary subtag ("de" of "de-AT") is what counts. */
static bool speaks(struct text lang, const char *known)
{
	struct text primary, rest;
	text_cut(lang, '-', &primary, &rest);
	return text_ieq(primary, text_of(known));
}

const char *html_word(struct text lang, enum html_word word)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (speaks(lang, languages[i].lang))
			return languages[i].words[word];
	return languages[0].words[word];
}

bool html_lang_rtl(struct text lang)
{
	static const char *const rtl[] = {"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"};
	for (size_t i = 0; i < sizeof rtl / sizeof *rtl; i++)
		if (speaks(lang, rtl[i]))
			return true;
	return false;
}
