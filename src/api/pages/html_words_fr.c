/*
 * Owns the French words of the pages. Never contains another language or the texts of a campaign
 * (core/page_text.h). Called by html_words.c.
 */
#include "html_words_in.h"

const char *const HTML_WORDS_FR[HTML_WORDS] = {
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
    [WORD_WRONG] = "{label} : veuillez vérifier ce champ",
    [WORD_WRONG_REQUIRED] = "{label} : veuillez remplir ce champ",
    [WORD_WRONG_UNCHECKED] = "{label} : veuillez cocher cette case",
    [WORD_WRONG_EMAIL] = "{label} : indiquez une adresse e-mail comme nom@example.com",
    [WORD_WRONG_PHONE] = "{label} : indiquez un numéro de téléphone comme +33 1 99 00 12 34",
    [WORD_WRONG_NUMBER] = "{label} : indiquez un nombre comme 42 ou -1.5, avec un point décimal",
    [WORD_WRONG_DATE] = "{label} : indiquez une date comme 2026-11-23",
    [WORD_WRONG_CHOICE] = "{label} : choisissez une option de la liste",
    [WORD_WRONG_LONG] = "{label} : votre saisie est trop longue",
    [WORD_WRONG_CHARACTER] = "{label} : supprimez le caractère non autorisé",
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
    [WORD_ENDED] = "Cette campagne est terminée",
    [WORD_CLOSED_DRAFT] = "Cette campagne n’est pas encore ouverte. Veuillez revenir plus tard.",
    [WORD_CLOSED_PAUSED] = "Cette campagne est en pause. Veuillez revenir plus tard.",
    [WORD_CLOSED_NOT_STARTED] =
	"Cette campagne n’a pas encore commencé. Veuillez revenir plus tard.",
    [WORD_CLOSED_ENDED] = "Il n’est plus possible de s’inscrire. Merci de votre intérêt.",
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
};
