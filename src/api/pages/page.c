/* Owns what all pages have in common: head, policy, headers, escaping. No script, no style inside.
 * Never what a page is about (page_*.c). Called by those.
 */
#include "assets.h"
#include "core/page_text.h"
#include "http/url.h"
#include "page_parts.h"

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
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void page_escape(struct buf *out, struct text t)
{
	size_t from = 0;
	for (size_t i = 0; i < t.n; i++) {
		const char *entity = entity_of(t.p[i]);
		if (entity == NULL)
			continue;
		buf_add(out, t.p + from, i - from);
		buf_str(out, entity);
		from = i + 1;
	}
	buf_add(out, t.p + from, t.n - from);
}

void page_put(struct html *page, const char *html)
{
	buf_str(page->out, html);
}

void page_put_text(struct html *page, struct text t)
{
	page_escape(page->out, t);
}

void page_put_word(struct html *page, enum page_word word)
{
	page_escape(page->out, text_of(page_word(page->lang, word)));
}

void page_put_block(struct html *page, struct text block)
{
	struct text line;
	while (block.n > 0) {
		text_cut(block, '\n', &line, &block);
		line = text_trim(line);
		if (line.n == 0)
			continue;
		page_put(page, "<p>");
		page_put_text(page, line);
		page_put(page, "</p>\n");
	}
}

struct text page_text_or(const struct html *page, const char *name, enum page_word word)
{
	struct text own = {0};
	if (page->campaign != NULL)
		own = page_text_of(page->campaign, name);
	return own.n > 0 ? own : text_of(page_word(page->lang, word));
}

/* The campaign's logo, or its name, unless that is the headline anyway. */
static void put_brand(struct html *page, struct text headline)
{
	const struct campaign *c = page->campaign;
	if (c == NULL || (c->logo_url.n == 0 && text_eq(c->name, headline)))
		return;
	page_put(page, "<p class=\"brand\">");
	if (c->logo_url.n > 0) {
		page_put(page, "<img src=\"");
		page_put_text(page, c->logo_url);
		page_put(page, "\" alt=\"");
		page_put_text(page, c->name);
		page_put(page, "\">");
	} else {
		page_put_text(page, c->name);
	}
	page_put(page, "</p>\n");
}

static void put_title(struct html *page, const char *before, struct text headline)
{
	const struct campaign *c = page->campaign;
	page_put(page, "<title>");
	if (before != NULL) {
		page_put(page, before);
		page_put(page, ": ");
	}
	page_put_text(page, headline);
	if (c != NULL && !text_eq(c->name, headline)) {
		page_put(page, " – ");
		page_put_text(page, c->name);
	}
	page_put(page, "</title>\n");
}

struct html page_begin(struct call *call, const struct campaign *campaign, const char *before,
		       struct text headline, bool wide)
{
	struct html page = {.call = call, .out = &call->api->out, .campaign = campaign};
	page.lang = campaign != NULL && campaign->lang.n > 0 ? campaign->lang : TEXT("en");
	buf_reset(page.out);
	page_put(&page, "<!doctype html>\n<html lang=\"");
	page_put_text(&page, page.lang);
	page_put(&page, page_lang_rtl(page.lang) ? "\" dir=\"rtl\">\n" : "\">\n");
	page_put(&page,
		 "<head>\n<meta charset=\"utf-8\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	put_title(&page, before, headline);
	assets_put_styles(page.out, campaign != NULL ? campaign->colour : (struct text){0});
	page_put(&page, "</head>\n<body>\n");
	page_put(&page, wide ? "<main class=\"wide\">\n" : "<main>\n");
	put_brand(&page, headline);
	page_put(&page, "<h1>");
	page_put_text(&page, headline);
	page_put(&page, "</h1>\n");
	return page;
}

/* The origin of a URL as a source of the policy; nothing where it is none. */
static void put_source(struct buf *out, struct text address)
{
	struct url url;
	if (address.n == 0 || url_parse(address, URL_ALLOW_HTTP | URL_ALLOW_FRAGMENT, &url) != NULL)
		return;
	buf_str(out, url.https ? " https://" : " http://");
	url_write_authority(out, &url);
}

/* Chromium holds every redirect after a form to form-action, and nobody knows where a shop
 * redirects to: a page whose form leads away has none. */
static void write_policy(struct buf *out, const struct html *page)
{
	const struct campaign none = {0}, *c = page->campaign != NULL ? page->campaign : &none;
	struct text rest = c->origins.raw, origin, nothing;
	buf_str(out, "default-src 'none'; style-src 'self'; img-src 'self'");
	put_source(out, c->logo_url);
	if (!page->leads_away)
		buf_str(out, "; form-action 'self'");
	buf_str(out, "; base-uri 'none'; frame-ancestors 'self'");
	while (pairs_next(&rest, &origin, &nothing))
		put_source(out, origin);
}

void page_close(struct html *page)
{
	page_put(page, "</main>\n</body>\n</html>\n");
}

void page_end(struct html *page, int status)
{
	struct buf policy = {0};
	write_policy(&policy, page);
	const struct http_header headers[] = {
	    {TEXT("Content-Security-Policy"), buf_view(&policy)},
	    {TEXT("Referrer-Policy"), TEXT("no-referrer")},
	};
	page_close(page);
	if (page->out->failed || policy.failed)
		call_reply_err(page->call, ERR_NO_MEMORY, NULL);
	else
		call_reply_with(page->call, status, "text/html; charset=utf-8", buf_view(page->out),
				headers, sizeof headers / sizeof *headers);
	buf_free(&policy);
}
