/*
 * The parts of a page, for html_*.c alone.
 */
#ifndef API_HTML_PARTS_H
#define API_HTML_PARTS_H

#include "html.h"
#include "html_words.h"

/* A page under construction. */
struct html {
	struct call *call;
	struct buf *out;                 /* api->out: the reply being written */
	const struct campaign *campaign; /* NULL: the page has no campaign */
	struct text lang;
	const char *const *words; /* in the language of the page */
	struct pairs own_words;   /* the words that the campaign replaces */
	bool leads_away; /* its form may redirect to another site, which the policy must allow */
	bool pictured;   /* it shows the campaign's image, which the policy must allow */
};

/* What the head of a page says. */
struct html_head {
	struct text before;   /* before the title, or empty */
	struct text headline; /* plain text */
	bool wide;            /* there is room for two columns */
	bool pictured;        /* with the campaign's image, if it has one */
	/* For search engines and previews of the link. Without a code, the page asks not to be
	 * indexed. */
	struct text code, description;
};
/** Begins a page and writes everything up to its headline. */
struct html html_open(struct call *call, const struct campaign *campaign,
		      const struct html_head *head);
/** The same for a page without an image, and writes the headline. The title is the headline. `wide`
 * leaves room for two columns. */
struct html html_begin(struct call *call, const struct campaign *campaign, struct text headline,
		       bool wide);
/** Ends the page, and replies with it. */
void html_end(struct html *html, int status);
/** Ends the page without a reply: the page is in api->out. */
void html_close(struct html *html);

/** Appends markup, unescaped. */
void html_put(struct html *html, const char *markup);
/** Appends a typed text, escaped. */
void html_put_text(struct html *html, struct text t);
/** Appends one of the page's own words, escaped. */
void html_put_word(struct html *html, enum html_word word);
/** Returns one of the page's own words. */
struct text html_word_on(const struct html *html, enum html_word word);
/** The same before the page begins. campaign may be NULL. */
struct text html_word_of(const struct campaign *campaign, enum html_word word);
/** Appends the hidden field that tells this page from every other page (struct form_token). */
void html_put_form_token(struct html *html);
/* The values of the words in braces. */
struct html_names {
	struct text name, campaign;
	struct text label; /* only the words of a refused field have one */
};
/** Appends one of the page's own words. `{name}`, `{campaign}` and `{label}` become the values,
 * each isolated from the direction of the text around it. */
void html_put_pattern(struct html *html, enum html_word word, const struct html_names *names);
/** Returns the pattern as plain text that lives as long as the call. Empty if memory runs out. */
struct text html_pattern_text(struct call *call, struct text pattern,
			      const struct html_names *names);
/** Appends a paragraph for each line of the text. */
void html_put_block(struct html *html, struct text block);
/** The campaign's text with this name, or else the page's own word. */
struct text html_text_or(const struct html *html, const char *name, enum html_word word);

/** Appends what search engines and previews of the link show. */
void html_put_preview(struct html *html, const struct html_head *head);

/** Appends the list of the problems of a refused form. It has the focus. */
void html_put_summary(struct html *html, const struct html_form *form);
/** Appends the form. */
void html_put_form(struct html *html, const struct html_form *form);

#endif
