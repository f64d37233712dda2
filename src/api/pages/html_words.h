/*
 * The words of the pages. A campaign may replace some of them with its own texts.
 */
#ifndef API_HTML_WORDS_H
#define API_HTML_WORDS_H

#include <stdbool.h>

#include "base/bytes.h"

enum html_word {
	WORD_FIRST_NAME,
	WORD_EMAIL,
	WORD_OPTIONAL,      /* after the label of a field, in brackets */
	WORD_CHOOSE,        /* the first, empty option of a select */
	WORD_JOIN_HEADLINE, /* of the campaign's link */
	WORD_JOIN_BODY,
	WORD_JOIN,   /* the button of the campaign's link */
	WORD_ACCEPT, /* the button of a user's link */
	/* Of a user's link: {name} is the referrer's first name, {campaign} the campaign's name. */
	WORD_INVITED,    /* above the headline */
	WORD_INVITES_TO, /* the headline of a campaign without texts */
	WORD_INVITED_TO, /* the same, if the referrer has no name */
	WORD_TERMS,
	WORD_ERROR, /* before the title of a form with a problem, with its colon */
	WORD_CHECK, /* above the problem */
	/* Why a field is refused: {label} is its label. html_problem_word chooses one of these. */
	WORD_WRONG, /* for every other reason */
	WORD_WRONG_REQUIRED,
	WORD_WRONG_UNCHECKED,
	WORD_WRONG_EMAIL,
	WORD_WRONG_PHONE,
	WORD_WRONG_NUMBER,
	WORD_WRONG_DATE,
	WORD_WRONG_CHOICE,
	WORD_WRONG_LONG,
	WORD_WRONG_CHARACTER,
	WORD_THANKS,
	WORD_KNOWN, /* instead of thanks, for a person who has joined already */
	WORD_THANKS_BODY,
	WORD_LINK,
	WORD_SHARE,
	WORD_BY_EMAIL,
	WORD_NEW_TAB,
	WORD_QR,
	WORD_QR_DOWNLOAD,
	WORD_COUNTS,
	WORD_REFERRALS,
	WORD_QUALIFIED,
	WORD_ACCEPTED, /* for campaigns that do not reveal who is known */
	WORD_ACCEPTED_BODY,
	WORD_LINK_SENT, /* the way back comes by mail */
	WORD_LINK_SENT_BODY,
	WORD_WAY_BACK, /* the page of a one-time link */
	WORD_WAY_BACK_BODY,
	WORD_WAY_BACK_BUTTON,
	WORD_LINK_OVER, /* a one-time link that was used or has expired */
	WORD_LINK_OVER_BODY,
	WORD_LINK_AGAIN,
	WORD_CLOSED,
	WORD_ENDED, /* the headline after the end, instead of WORD_CLOSED */
	WORD_CLOSED_DRAFT,
	WORD_CLOSED_PAUSED,
	WORD_CLOSED_NOT_STARTED,
	WORD_CLOSED_ENDED,
	WORD_CONTINUE, /* before the host of home_url */
	WORD_UNKNOWN,
	WORD_UNKNOWN_BODY,
	WORD_UNSUBSCRIBE,
	WORD_UNSUBSCRIBE_BODY,
	WORD_UNSUBSCRIBED,
	WORD_UNSUBSCRIBED_BODY,
	WORD_BUSY, /* too many requests */
	WORD_BUSY_BODY,
	WORD_TOO_LARGE, /* the entries of a form */
	WORD_TOO_LARGE_BODY,
	WORD_HEADER_TOO_LARGE_BODY, /* mostly because of cookies */
	HTML_WORDS,
};

/* The keys of the words in `words` of a campaign's pages: "first_name". NULL for the words of pages
 * without a campaign. */
extern const char *const HTML_WORD_KEYS[HTML_WORDS];
/** Finds the word with that key. */
bool html_word_find(struct text key, enum html_word *word);

/** All words in the language of a tag ("de-AT"), or in English if referd does not speak the
 * language: indexed by the word. */
const char *const *html_words_in(struct text lang);
/** The word in the language of a tag ("de-AT"), or in English if referd does not speak the
 * language. */
const char *html_word(struct text lang, enum html_word word);
/** The word for a field's problem (struct problem), which core reports in English. WORD_WRONG if no
 * other word fits. */
enum html_word html_problem_word(const char *what);
/** Is the language written from right to left? */
bool html_lang_rtl(struct text lang);

#endif
