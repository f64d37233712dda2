/*
 * Owns the table of the texts that a campaign may change. Never contains the default words or HTML.
 * Called by the campaign calls of the API, by the pages and by the user object.
 */
#include "core/page_text.h"

#include "base/utf8.h"

enum { HEADLINE_MAX = 200, BODY_MAX = 2000, BUTTON_MAX = 60, URL_MAX = 2048, SHARE_MAX = 1000 };

const struct page_text PAGE_TEXTS[] = {
    /* The form, through the campaign's link. */
    {"headline", PAGE_LINE, HEADLINE_MAX},
    {"body", PAGE_BLOCK, BODY_MAX},
    {"button", PAGE_LINE, BUTTON_MAX},
    {"terms_url", PAGE_URL, URL_MAX},
    /* The form, through a user's link. */
    {"invited_headline", PAGE_LINE, HEADLINE_MAX},
    {"invited_body", PAGE_BLOCK, BODY_MAX},
    {"offer", PAGE_LINE, HEADLINE_MAX},
    /* After joining. */
    {"thanks_headline", PAGE_LINE, HEADLINE_MAX},
    {"thanks_body", PAGE_BLOCK, BODY_MAX},
    /* The campaign is not open: draft, paused, not yet started, ended. */
    {"closed_headline", PAGE_LINE, HEADLINE_MAX},
    {"closed_body", PAGE_BLOCK, BODY_MAX},
    {"home_url", PAGE_URL, URL_MAX},
    /* The message that a user sends to friends. */
    {"share_subject", PAGE_LINE, HEADLINE_MAX},
    {"share_text", PAGE_BLOCK, SHARE_MAX},
    {NULL, PAGE_LINE, 0},
};

const struct page_text *page_text_find(struct text name)
{
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++)
		if (text_eq(name, text_of(t->name)))
			return t;
	return NULL;
}

const char *page_text_refusal(const struct page_text *which, struct text value)
{
	struct text rest = value, line;
	bool more = which->kind == PAGE_BLOCK;
	if (value.n > which->max)
		return "is too long";
	while (more) {
		more = text_cut(rest, '\n', &line, &rest);
		if (!utf8_printable(line))
			return "must not contain control characters other than line feeds";
	}
	return which->kind == PAGE_BLOCK || utf8_printable(value)
		   ? NULL
		   : "must not contain control characters: the text is a single line";
}

void page_texts_merge(struct pairs stored, struct pairs named, struct buf *out)
{
	struct text value;
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++) {
		struct text name = text_of(t->name);
		if ((pairs_find(named, name, &value) || pairs_find(stored, name, &value)) &&
		    value.n > 0)
			pairs_add(out, name, value);
	}
}

struct text page_text_of(const struct campaign *campaign, const char *name)
{
	struct text value;
	pairs_find(campaign->texts, text_of(name), &value);
	return value;
}
