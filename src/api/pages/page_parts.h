/*
 * What all pages are made of; for page_*.c alone.
 */
#ifndef API_PAGE_PARTS_H
#define API_PAGE_PARTS_H

#include "page.h"
#include "page_words.h"

/* A page under construction. */
struct html {
	struct call *call;
	struct buf *out;                 /* the call's reply, under construction */
	const struct campaign *campaign; /* NULL: the page of no campaign */
	struct text lang;
	bool leads_away; /* its form may end at another site: the policy must not hold it back */
};

/** Everything up to the headline. `before` (may be NULL) stands in front of it in the title; `wide`
 * leaves room for two columns. */
struct html page_begin(struct call *call, const struct campaign *campaign, const char *before,
		       struct text headline, bool wide);
/** The rest, the headers and the reply. */
void page_end(struct html *page, int status);
/** The rest alone: the page is in api->out. */
void page_close(struct html *page);

/** Markup as it is. */
void page_put(struct html *page, const char *html);
/** What somebody typed, escaped. */
void page_put_text(struct html *page, struct text t);
/** One of the page's own words, escaped. */
void page_put_word(struct html *page, enum page_word word);
/** One paragraph for each line. */
void page_put_block(struct html *page, struct text block);
/** The campaign's text of that name, or else the page's own word. */
struct text page_text_or(const struct html *page, const char *name, enum page_word word);

#endif
