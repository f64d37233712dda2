/*
 * What all pages are made of; for page_*.c alone.
 */
#ifndef API_PAGE_PARTS_H
#define API_PAGE_PARTS_H

#include "page.h"
#include "page_words.h"

struct page {
	struct call *call;
	struct buf *out; /* the call's reply, under construction */
	const struct campaign *campaign; /* NULL: the page of no campaign */
	struct text lang;
};

/** Everything up to the headline. `before` (may be NULL) stands in front of it in the title; `layout` is
 *  a class of page.css, or "". */
struct page page_begin(struct call *call, const struct campaign *campaign, const char *before,
    struct text headline, const char *layout);
/** The rest, the headers and the reply. */
void page_end(struct page *page, int status);

/** Markup as it is. */
void page_put(struct page *page, const char *html);
/** What somebody typed, escaped. */
void page_put_text(struct page *page, struct text t);
/** One of the page's own words, escaped. */
void page_put_word(struct page *page, enum page_word word);
/** One paragraph for each line. */
void page_put_block(struct page *page, struct text block);
/** The campaign's text of that name, or else the page's own word. */
struct text page_text_or(const struct page *page, const char *name, enum page_word word);

#endif
