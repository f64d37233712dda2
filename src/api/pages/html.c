/*
 * Owns the parts that all pages share: head, policy, headers, escaping. Never writes the content of
 * a page (html_*.c), a script or an inline style. Called by html_*.c.
 */
#include <assert.h>

#include "assets.h"
#include "core/page_text.h"
#include "html_parts.h"
#include "http/url.h"

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return "&#39;";
	}
}

/* The characters that have an entity. A page escapes most of its bytes, so each byte costs one
 * look-up. */
static const bool special[256] = {
    ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};

void html_escape(struct buf *out, struct text t)
{
	size_t from = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (!special[(unsigned char)t.p[i]])
			continue;
		buf_add(out, t.p + from, i - from);
		buf_str(out, entity_of(t.p[i]));
		from = i + 1;
	}
	buf_add(out, t.p + from, t.n - from);
}

void html_put(struct html *html, const char *markup)
{
	buf_str(html->out, markup);
}

void html_put_text(struct html *html, struct text t)
{
	html_escape(html->out, t);
}

struct text html_word_of(const struct campaign *campaign, enum html_word word)
{
	struct text own = {0};
	if (campaign != NULL && HTML_WORD_KEYS[word] != NULL)
		own = page_word_find(page_words_of(campaign), HTML_WORD_KEYS[word]);
	if (own.n > 0)
		return own;
	return text_of(html_word(campaign != NULL ? campaign->lang : own, word));
}

struct text html_word_on(const struct html *html, enum html_word word)
{
	struct text own = {0};
	if (html->own_words.raw.n > 0 && HTML_WORD_KEYS[word] != NULL)
		own = page_word_find(html->own_words, HTML_WORD_KEYS[word]);
	return own.n > 0 ? own : text_of(html->words[word]);
}

void html_put_word(struct html *html, enum html_word word)
{
	html_escape(html->out, html_word_on(html, word));
}

void html_put_form_token(struct html *html)
{
	struct call *call = html->call;
	char text[CODE_SECRET_SIZE];
	const struct form_token token = {call_now_ms(call), ++call->api->pages & INT64_MAX};
	code_form_token_write(call->api->codes, token, text);
	html_put(html, "<input type=\"hidden\" name=\"" FORM_TOKEN "\" value=\"");
	html_put(html, text);
	html_put(html, "\">\n");
}

void html_put_block(struct html *html, struct text block)
{
	struct text line;
	while (block.n > 0) {
		text_cut(block, '\n', &line, &block);
		line = text_trim(line);
		if (line.n == 0)
			continue;
		html_put(html, "<p>");
		html_put_text(html, line);
		html_put(html, "</p>\n");
	}
}

struct text html_text_or(const struct html *html, const char *name, enum html_word word)
{
	struct text own = {0};
	if (html->campaign != NULL)
		own = page_text_of(html->campaign, name);
	return own.n > 0 ? own : html_word_on(html, word);
}

/* ---- words with names ---- */

/* The value of a word in braces, or NULL. */
static const struct text *value_of(const struct html_names *names, struct text word)
{
	if (text_eq(word, TEXT("name")))
		return &names->name;
	if (text_eq(word, TEXT("label")) && names->label.n > 0)
		return &names->label;
	return text_eq(word, TEXT("campaign")) ? &names->campaign : NULL;
}

/* A part of a pattern: some text, and the value that follows it. */
struct pattern_part {
	struct text before;
	const struct text *value; /* NULL: before is all that is left */
};

/* Cuts the next part off the pattern. Unknown words in braces are text. */
static struct pattern_part next_part(struct text *rest, const struct html_names *names)
{
	const struct text whole = *rest;
	for (size_t i = 0; i < whole.n; i++) {
		struct text braced, after;
		if (whole.p[i] != '{')
			continue;
		text_cut(text_from(whole.p + i + 1, whole.n - i - 1), '}', &braced, &after);
		const struct text *value = value_of(names, braced);
		if (value == NULL)
			continue;
		*rest = after;
		return (struct pattern_part){text_from(whole.p, i), value};
	}
	*rest = (struct text){0};
	return (struct pattern_part){whole, NULL};
}

void html_put_pattern(struct html *html, enum html_word word, const struct html_names *names)
{
	struct text rest = html_word_on(html, word);
	while (rest.n > 0) {
		struct pattern_part part = next_part(&rest, names);
		html_put_text(html, part.before);
		if (part.value == NULL)
			continue;
		html_put(html, "<bdi>");
		html_put_text(html, *part.value);
		html_put(html, "</bdi>");
	}
}

struct text html_pattern_text(struct call *call, struct text pattern,
			      const struct html_names *names)
{
	struct text rest = pattern, kept;
	struct buf plain = {0};
	while (rest.n > 0) {
		struct pattern_part part = next_part(&rest, names);
		buf_text(&plain, part.before);
		if (part.value != NULL)
			buf_text(&plain, *part.value);
	}
	return buf_keep(&plain, &call->req->arena, &kept) == ERR_OK ? kept : (struct text){0};
}

/* ---- the head ---- */

/* The campaign's logo; or its name, unless the name is the headline. */
static void put_brand(struct html *html, struct text headline)
{
	const struct campaign *c = html->campaign;
	if (c == NULL || (c->logo_url.n == 0 && text_eq(c->name, headline)))
		return;
	html_put(html, "<header class=\"brand\">");
	if (c->logo_url.n > 0) {
		html_put(html, "<img src=\"");
		html_put_text(html, c->logo_url);
		html_put(html, "\" alt=\"");
		html_put_text(html, c->name);
		html_put(html, "\">");
	} else {
		html_put_text(html, c->name);
	}
	html_put(html, "</header>\n");
}

static void put_title(struct html *html, struct text before, struct text headline)
{
	const struct campaign *c = html->campaign;
	html_put(html, "<title>");
	if (before.n > 0) {
		html_put_text(html, before);
		html_put(html, " ");
	}
	html_put_text(html, headline);
	if (c != NULL && !text_eq(c->name, headline)) {
		html_put(html, " – ");
		html_put_text(html, c->name);
	}
	html_put(html, "</title>\n");
}

static void put_styles(struct html *html)
{
	const struct campaign *c = html->campaign;
	struct assets_colours colours = {0};
	if (c != NULL)
		colours = (struct assets_colours){.colour = c->colour,
						  .button = page_text_of(c, "button_colour"),
						  .background = page_text_of(c, "background")};
	assets_put_styles(html->out, html->call->api->public_path, &colours);
}

static void put_head(struct html *html, const struct html_head *head)
{
	html_put(html, "<!doctype html>\n<html lang=\"");
	html_put_text(html, html->lang);
	html_put(html, html_lang_rtl(html->lang) ? "\" dir=\"rtl\">\n" : "\">\n");
	html_put(html,
		 "<head>\n<meta charset=\"utf-8\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	if (html->call->preview)
		html_put(html, "<base target=\"_blank\">\n");
	put_title(html, head->before, head->headline);
	html_put_preview(html, head);
	put_styles(html);
	html_put(html, "</head>\n");
}

/* The image only decorates, so its alternative text is empty. */
static void put_picture(struct html *html, struct text address)
{
	html_put(html, "<img class=\"picture\" src=\"");
	html_put_text(html, address);
	html_put(html, "\" alt=\"\">\n");
}

struct html html_open(struct call *call, const struct campaign *campaign,
		      const struct html_head *head)
{
	struct html html = {.call = call, .out = &call->api->out, .campaign = campaign};
	struct text picture = {0};
	html.lang = campaign != NULL && campaign->lang.n > 0 ? campaign->lang : TEXT("en");
	html.words = html_words_in(html.lang);
	if (campaign != NULL)
		html.own_words = page_words_of(campaign);
	if (head->pictured)
		picture = page_text_of(campaign, "image_url");
	html.pictured = picture.n > 0;
	bool split = html.pictured && text_eq(page_text_of(campaign, "layout"), TEXT("split"));
	buf_reset(html.out);
	put_head(&html, head);
	html_put(&html, split ? "<body class=\"split\">\n" : "<body>\n");
	put_brand(&html, head->headline);
	html_put(&html, head->wide ? "<main class=\"wide\">\n" : "<main>\n");
	if (html.pictured)
		put_picture(&html, picture);
	return html;
}

struct html html_begin(struct call *call, const struct campaign *campaign, struct text headline,
		       bool wide)
{
	struct html_head head = {.headline = headline, .wide = wide};
	struct html html = html_open(call, campaign, &head);
	html_put(&html, "<h1>");
	html_put_text(&html, headline);
	html_put(&html, "</h1>\n");
	return html;
}

/* Appends the origin of a URL as a source of the policy, unless the URL is empty or invalid. */
static void put_source(struct buf *out, struct text address)
{
	struct url url;
	if (address.n == 0 || url_parse(address, URL_ALLOW_HTTP | URL_ALLOW_FRAGMENT, &url) != NULL)
		return;
	buf_str(out, url.https ? " https://" : " http://");
	url_write_authority(out, &url);
}

/* In a preview, the sandbox stops forms and, with the base element of its head, links.
 * Chromium applies form-action to every redirect after a form, and a shop may redirect anywhere. So
 * a page whose form leads away has no form-action. */
static void write_policy(struct buf *out, const struct html *html)
{
	const struct campaign none = {0}, *c = html->campaign != NULL ? html->campaign : &none;
	struct text rest = c->origins.raw, origin, nothing;
	buf_str(out, "default-src 'none'; style-src 'self'; img-src 'self'");
	put_source(out, c->logo_url);
	if (html->pictured)
		put_source(out, page_text_of(c, "image_url"));
	if (!html->leads_away)
		buf_str(out, "; form-action 'self'");
	buf_str(out, "; base-uri 'none'; frame-ancestors 'self'");
	while (pairs_next(&rest, &origin, &nothing))
		put_source(out, origin);
	if (html->call->preview)
		buf_str(out, "; sandbox");
}

void html_close(struct html *html)
{
	html_put(html, "</main>\n</body>\n</html>\n");
}

void html_end(struct html *html, int status)
{
	struct buf policy = {0};
	assert(html->out == &html->call->api->out && "a page is the call's only reply");
	write_policy(&policy, html);
	const struct http_header headers[] = {
	    {TEXT("Content-Security-Policy"), buf_view(&policy)},
	    {TEXT("Referrer-Policy"), TEXT("no-referrer")},
	};
	html_close(html);
	if (html->out->failed || policy.failed)
		call_reply_err(html->call, ERR_NO_MEMORY, NULL);
	else
		call_reply_with(html->call, status, "text/html; charset=utf-8", buf_view(html->out),
				headers, sizeof headers / sizeof *headers);
	buf_free(&policy);
}
