/*
 * Owns the part of a page's head for search engines, and for messengers and networks that show a
 * preview of its link (https://ogp.me). Never contains a text of its own. Called by html.c.
 */
#include "core/code_alias.h"
#include "core/page_text.h"
#include "html_parts.h"

/* Appends an element whose last attribute is the text. */
static void put_element(struct html *html, const char *start, struct text value)
{
	html_put(html, start);
	html_put_text(html, value);
	html_put(html, "\">\n");
}

static void put_address(struct html *html, const char *start, struct text code)
{
	html_put(html, start);
	html_put_text(html, html->call->api->public_url);
	html_put(html, "/");
	html_put_text(html, code);
	html_put(html, "/join\">\n");
}

/* Search engines keep the page of the campaign, and no page with the name of a person. */
static void put_addresses(struct html *html, struct text code)
{
	char room[CODE_LENGTH + 1];
	const struct campaign *c = html->campaign;
	struct text own = code_of_campaign(html->call->api->codes, c->id, c->alias, room);
	put_address(html, "<link rel=\"canonical\" href=\"", own);
	put_address(html, "<meta property=\"og:url\" content=\"", code);
}

static void put_image(struct html *html)
{
	struct text image = page_text_of(html->campaign, "share_image_url");
	if (image.n == 0)
		image = page_text_of(html->campaign, "image_url");
	html_put(html, "<meta name=\"twitter:card\" content=\"");
	html_put(html, image.n > 0 ? "summary_large_image\">\n" : "summary\">\n");
	if (image.n > 0)
		put_element(html, "<meta property=\"og:image\" content=\"", image);
}

void html_put_preview(struct html *html, const struct html_head *head)
{
	const struct campaign *c = html->campaign;
	if (c != NULL && c->logo_url.n > 0)
		put_element(html, "<link rel=\"icon\" href=\"", c->logo_url);
	if (c == NULL || head->code.n == 0) {
		html_put(html, "<meta name=\"robots\" content=\"noindex\">\n");
		return;
	}
	put_element(html, "<meta name=\"description\" content=\"", head->description);
	html_put(html, "<meta property=\"og:type\" content=\"website\">\n");
	put_element(html, "<meta property=\"og:site_name\" content=\"", c->name);
	put_element(html, "<meta property=\"og:title\" content=\"", head->headline);
	put_element(html, "<meta property=\"og:description\" content=\"", head->description);
	put_addresses(html, head->code);
	put_image(html);
}
