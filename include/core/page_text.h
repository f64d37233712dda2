/*
 * The texts of a campaign's pages and of its sharing links: which there are, how long they may be.
 * Pure.
 */
#ifndef CORE_PAGE_TEXT_H
#define CORE_PAGE_TEXT_H

#include "core/records.h"

enum page_text_kind {
	PAGE_LINE,  /* one line */
	PAGE_BLOCK, /* "\n" parts paragraphs */
	PAGE_URL,   /* http:// or https:// */
};

struct page_text {
	const char *name;
	enum page_text_kind kind;
	size_t max; /* bytes */
};

/* All there are; ends with a NULL name. */
extern const struct page_text PAGE_TEXTS[];

/** The text of that name, or NULL. */
const struct page_text *page_text_find(struct text name);
/** NULL, or a sentence fragment that completes "headline ...". Whether a PAGE_URL is a URL is not
 * judged here. */
const char *page_text_refusal(const struct page_text *which, struct text value) WARN_UNUSED;
/** Appends the texts of `stored` with those of `named` in their place, in the table's order; an
 * empty one is left out. */
void page_texts_merge(struct pairs stored, struct pairs named, struct buf *out);
/** What the campaign says under that name; empty: nothing, the page has its own words. */
struct text page_text_of(const struct campaign *campaign, const char *name);

#endif
