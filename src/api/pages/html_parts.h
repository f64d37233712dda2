/*
 * What all pages are made of; for html_*.c alone.
 */
#ifndef API_HTML_PARTS_H
#define API_HTML_PARTS_H

#include "html.h"
#include "html_words.h"

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
struct html html_begin(struct call *call, const struct campaign *campaign, const char *before,
		       struct text headline, bool wide);
/** The rest, the headers and the reply. */
void html_end(struct html *html, int status);
/** The rest alone: the page is in api->out. */
void html_close(struct html *html);

/** Markup as it is. */
void html_put(struct html *html, const char *markup);
/** What somebody typed, escaped. */
void html_put_text(struct html *html, struct text t);
/** One of the page's own words, escaped. */
void html_put_word(struct html *html, enum html_word word);
/** One paragraph for each line. */
void html_put_block(struct html *html, struct text block);
/** The campaign's text of that name, or else the page's own word. */
struct text html_text_or(const struct html *html, const char *name, enum html_word word);

#endif
