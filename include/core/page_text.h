/*
 * The texts and looks of a campaign's pages and sharing links: their names, kinds and maximum
 * lengths. Pure.
 */
#ifndef CORE_PAGE_TEXT_H
#define CORE_PAGE_TEXT_H

#include "core/records.h"

enum page_text_kind {
	PAGE_LINE,   /* one line */
	PAGE_BLOCK,  /* "\n" separates paragraphs */
	PAGE_URL,    /* http:// or https:// */
	PAGE_IMAGE,  /* https:// */
	PAGE_COLOUR, /* #1a2b3c */
	PAGE_LAYOUT, /* card or split */
};

struct page_text {
	const char *name;
	enum page_text_kind kind;
	size_t max; /* bytes */
};

/* The table of all texts; ends with a NULL name. */
extern const struct page_text PAGE_TEXTS[];

/** Returns the text with that name, or NULL. */
const struct page_text *page_text_find(struct text name);
/** Judges a value. Returns NULL, or a sentence fragment that completes "headline ...". The
 * caller checks whether a PAGE_URL or a PAGE_IMAGE is a URL. */
const char *page_text_refusal(const struct page_text *which, struct text value) WARN_UNUSED;
/** Judges a colour, such as #1a2b3c; empty means no colour. Returns NULL or a sentence fragment. */
const char *page_colour_refusal(struct text value) WARN_UNUSED;
/* A word that a campaign replaces is stored as a further text, after the texts of the table. Its
 * name is this prefix and the key of the word: "words.first_name". */
#define PAGE_WORD_PREFIX "words."
/* The rule for these texts. */
extern const struct page_text PAGE_WORD;
/** Returns the words that the campaign replaces. */
struct pairs page_words_of(const struct campaign *campaign);
/** Returns the word with this key, or an empty text. */
struct text page_word_find(struct pairs words, const char *key);

/** Appends the texts of `stored`, replaced by the texts of `named`: first the texts of the table,
 * in its order, then the words. An empty text is left out. */
void page_texts_merge(struct pairs stored, struct pairs named, struct buf *out);
/** Returns the campaign's own text of that name; empty: the page uses its default words. */
struct text page_text_of(const struct campaign *campaign, const char *name);

#endif
