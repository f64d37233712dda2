/*
 * Owns the keys by which a campaign replaces the words of its pages. Never contains a word. Called
 * by the pages and by the calls that read and show campaigns.
 */
#include "html_words.h"

const char *const HTML_WORD_KEYS[HTML_WORDS] = {
    [WORD_FIRST_NAME] = "first_name",
    [WORD_EMAIL] = "email",
    [WORD_OPTIONAL] = "optional",
    [WORD_CHOOSE] = "choose",
    [WORD_JOIN_HEADLINE] = "join_headline",
    [WORD_JOIN_BODY] = "join_body",
    [WORD_JOIN] = "join",
    [WORD_ACCEPT] = "accept",
    [WORD_INVITED] = "invited",
    [WORD_INVITES_TO] = "invites_to",
    [WORD_INVITED_TO] = "invited_to",
    [WORD_TERMS] = "terms",
    [WORD_ERROR] = "error",
    [WORD_CHECK] = "check",
    [WORD_WRONG] = "wrong",
    [WORD_WRONG_REQUIRED] = "wrong_required",
    [WORD_WRONG_UNCHECKED] = "wrong_unchecked",
    [WORD_WRONG_EMAIL] = "wrong_email",
    [WORD_WRONG_PHONE] = "wrong_phone",
    [WORD_WRONG_NUMBER] = "wrong_number",
    [WORD_WRONG_DATE] = "wrong_date",
    [WORD_WRONG_CHOICE] = "wrong_choice",
    [WORD_WRONG_LONG] = "wrong_long",
    [WORD_WRONG_CHARACTER] = "wrong_character",
    [WORD_THANKS] = "thanks",
    [WORD_KNOWN] = "known",
    [WORD_THANKS_BODY] = "thanks_body",
    [WORD_LINK] = "link",
    [WORD_SHARE] = "share",
    [WORD_BY_EMAIL] = "by_email",
    [WORD_NEW_TAB] = "new_tab",
    [WORD_QR] = "qr",
    [WORD_QR_DOWNLOAD] = "qr_download",
    [WORD_COUNTS] = "counts",
    [WORD_REFERRALS] = "referrals",
    [WORD_QUALIFIED] = "qualified",
    [WORD_ACCEPTED] = "accepted",
    [WORD_ACCEPTED_BODY] = "accepted_body",
    [WORD_LINK_SENT] = "link_sent",
    [WORD_LINK_SENT_BODY] = "link_sent_body",
    [WORD_WAY_BACK] = "way_back",
    [WORD_WAY_BACK_BODY] = "way_back_body",
    [WORD_WAY_BACK_BUTTON] = "way_back_button",
    [WORD_LINK_OVER] = "link_over",
    [WORD_LINK_OVER_BODY] = "link_over_body",
    [WORD_LINK_AGAIN] = "link_again",
    [WORD_CLOSED] = "closed",
    [WORD_ENDED] = "ended",
    [WORD_CLOSED_DRAFT] = "closed_draft",
    [WORD_CLOSED_PAUSED] = "closed_paused",
    [WORD_CLOSED_NOT_STARTED] = "closed_not_started",
    [WORD_CLOSED_ENDED] = "closed_ended",
    [WORD_CONTINUE] = "continue",
    [WORD_UNKNOWN] = "unknown",
    [WORD_UNKNOWN_BODY] = "unknown_body",
    [WORD_UNSUBSCRIBE] = "unsubscribe",
    [WORD_UNSUBSCRIBE_BODY] = "unsubscribe_body",
    [WORD_UNSUBSCRIBED] = "unsubscribed",
    [WORD_UNSUBSCRIBED_BODY] = "unsubscribed_body",
};

bool html_word_find(struct text key, enum html_word *word)
{
	for (size_t i = 0; i < HTML_WORDS; i++) {
		if (HTML_WORD_KEYS[i] == NULL || !text_eq(key, text_of(HTML_WORD_KEYS[i])))
			continue;
		*word = (enum html_word)i;
		return true;
	}
	return false;
}
