/*
 * Owns the German words of the pages. Never contains another language or the texts of a campaign
 * (core/page_text.h). Called by html_words.c.
 */
#include "html_words_in.h"

const char *const HTML_WORDS_DE[HTML_WORDS] = {
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
    [WORD_WRONG] = "{label}: bitte prüfen",
    [WORD_WRONG_REQUIRED] = "{label}: bitte ausfüllen",
    [WORD_WRONG_UNCHECKED] = "{label}: bitte ankreuzen",
    [WORD_WRONG_EMAIL] = "{label}: bitte eine E-Mail-Adresse wie name@example.com eingeben",
    [WORD_WRONG_PHONE] = "{label}: bitte eine Telefonnummer wie +49 30 901820 eingeben",
    [WORD_WRONG_NUMBER] =
	"{label}: bitte eine Zahl wie 42 oder -1.5 eingeben, mit Punkt statt Komma",
    [WORD_WRONG_DATE] = "{label}: bitte ein Datum wie 2026-11-23 eingeben",
    [WORD_WRONG_CHOICE] = "{label}: bitte etwas aus der Liste auswählen",
    [WORD_WRONG_LONG] = "{label}: bitte kürzer fassen",
    [WORD_WRONG_CHARACTER] = "{label}: bitte das unzulässige Zeichen entfernen",
    [WORD_THANKS] = "Danke fürs Mitmachen",
    [WORD_KNOWN] = "Du bist schon dabei",
    [WORD_THANKS_BODY] = "Schicke deinen Link an Freunde: Jede Anmeldung darüber zählt für dich.",
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
    [WORD_WAY_BACK_BODY] = "Klicke auf den Knopf, um deinen Link und deine Freunde zu sehen.",
    [WORD_WAY_BACK_BUTTON] = "Meine Seite öffnen",
    [WORD_LINK_OVER] = "Dieser Link funktioniert nicht mehr",
    [WORD_LINK_OVER_BODY] = "Ein Link funktioniert nur einmal und nur eine Stunde lang. Gib im "
			    "Formular deine E-Mail-Adresse ein, um einen neuen zu bekommen.",
    [WORD_LINK_AGAIN] = "Neuen Link anfordern",
    [WORD_CLOSED] = "Teilnahme zurzeit nicht möglich",
    [WORD_ENDED] = "Diese Aktion ist zu Ende",
    [WORD_CLOSED_DRAFT] = "Diese Aktion ist noch nicht geöffnet. Bitte schau später wieder vorbei.",
    [WORD_CLOSED_PAUSED] = "Diese Aktion macht gerade Pause. Bitte schau später wieder vorbei.",
    [WORD_CLOSED_NOT_STARTED] =
	"Diese Aktion hat noch nicht begonnen. Bitte schau später wieder vorbei.",
    [WORD_CLOSED_ENDED] = "Du kannst nicht mehr mitmachen. Danke für dein Interesse.",
    [WORD_CONTINUE] = "Weiter zu",
    [WORD_UNKNOWN] = "Dieser Link führt ins Leere",
    [WORD_UNKNOWN_BODY] = "Bitte prüfe, ob er vollständig ist, oder lass dir einen neuen schicken.",
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
};
