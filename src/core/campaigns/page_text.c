/*
 * Owns the table of the texts that a campaign may change. Never contains the default words or HTML.
 * Called by the campaign calls of the API, by the pages and by the user object.
 */
#include "core/page_text.h"

#include "base/ascii.h"
#include "base/utf8.h"

enum {
	HEADLINE_MAX = 200,
	BODY_MAX = 2000,
	BUTTON_MAX = 60,
	URL_MAX = 2048,
	SHARE_MAX = 1000,
	COLOUR_MAX = 7,
	LAYOUT_MAX = 5,
	WORD_MAX = 400,
};

const struct page_text PAGE_WORD = {PAGE_WORD_PREFIX, PAGE_LINE, WORD_MAX};

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
    {"share_image_url", PAGE_IMAGE, URL_MAX},
    /* The look. */
    {"layout", PAGE_LAYOUT, LAYOUT_MAX},
    {"image_url", PAGE_IMAGE, URL_MAX},
    {"background", PAGE_COLOUR, COLOUR_MAX},
    {"button_colour", PAGE_COLOUR, COLOUR_MAX},
    {NULL, PAGE_LINE, 0},
};

const struct page_text *page_text_find(struct text name)
{
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++)
		if (text_eq(name, text_of(t->name)))
			return t;
	return NULL;
}

const char *page_colour_refusal(struct text value)
{
	bool fine = value.n == 0 || (value.n == COLOUR_MAX && value.p[0] == '#');
	for (size_t i = 1; fine && i < value.n; i++)
		fine = ascii_is_alnum(value.p[i]) && (value.p[i] | 0x20) <= 'f';
	return fine ? NULL : "must be a colour such as #1a2b3c";
}

static const char *layout_refusal(struct text value)
{
	bool fine = value.n == 0 || text_eq(value, TEXT("card")) || text_eq(value, TEXT("split"));
	return fine ? NULL : "must be card or split";
}

static const char *image_refusal(struct text value)
{
	bool fine = value.n == 0 || text_starts(value, TEXT("https://"));
	return fine ? NULL : "must be a URL that starts with https://";
}

/* The rule of the kind, or NULL for a kind whose values are any printable text. */
static const char *kind_refusal(enum page_text_kind kind, struct text value)
{
	if (kind == PAGE_COLOUR)
		return page_colour_refusal(value);
	if (kind == PAGE_LAYOUT)
		return layout_refusal(value);
	return kind == PAGE_IMAGE ? image_refusal(value) : NULL;
}

const char *page_text_refusal(const struct page_text *which, struct text value)
{
	struct text rest = value, line;
	bool more = which->kind == PAGE_BLOCK;
	const char *refusal = kind_refusal(which->kind, value);
	if (refusal != NULL)
		return refusal;
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

static bool is_word(struct text name)
{
	return text_starts(name, TEXT(PAGE_WORD_PREFIX));
}

/* Keeps the order of the stored words: new words follow them. */
static void merge_words(struct pairs stored, struct pairs named, struct buf *out)
{
	struct text rest = stored.raw, name, value, newer;
	while (pairs_next(&rest, &name, &value)) {
		if (!is_word(name))
			continue;
		if (pairs_find(named, name, &newer))
			value = newer;
		if (value.n > 0)
			pairs_add(out, name, value);
	}
	for (rest = named.raw; pairs_next(&rest, &name, &value);)
		if (is_word(name) && value.n > 0 && !pairs_find(stored, name, &newer))
			pairs_add(out, name, value);
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
	merge_words(stored, named, out);
}

struct pairs page_words_of(const struct campaign *campaign)
{
	struct text rest = campaign->texts.raw, from = rest, name, value;
	while (pairs_next(&rest, &name, &value)) {
		if (is_word(name))
			return (struct pairs){from};
		from = rest;
	}
	return (struct pairs){0};
}

struct text page_word_find(struct pairs words, const char *key)
{
	const size_t prefix = sizeof PAGE_WORD_PREFIX - 1;
	struct text rest = words.raw, name, value;
	while (pairs_next(&rest, &name, &value))
		if (text_eq(text_from(name.p + prefix, name.n - prefix), text_of(key)))
			return value;
	return (struct text){0};
}

struct text page_text_of(const struct campaign *campaign, const char *name)
{
	struct text value;
	pairs_find(campaign->texts, text_of(name), &value);
	return value;
}
