/*
 * Owns the pages with a message: closed, unknown, accepted, unsubscribed, limited. Never decides
 * which message to show. Called by the public calls.
 */
#include "core/code_alias.h"
#include "core/page_text.h"
#include "html_parts.h"
#include "http/url.h"

#define WORD(lit)                                                                                  \
	{                                                                                          \
		.p = (lit), .n = sizeof(lit) - 1                                                   \
	}

static void reply(struct call *call, const struct campaign *campaign, struct text headline,
		  struct text body, int status)
{
	struct html html = html_begin(call, campaign, headline, false);
	html_put_block(&html, body);
	html_end(&html, status);
}

static void reply_words(struct call *call, const struct campaign *campaign, enum html_word headline,
			enum html_word body, int status)
{
	reply(call, campaign, html_word_of(campaign, headline), html_word_of(campaign, body),
	      status);
}

/* Writes the link to home_url: a visitor of a closed campaign may still become a customer. */
static void put_way_home(struct html *html)
{
	struct text address = page_text_of(html->campaign, "home_url");
	struct url url;
	if (address.n == 0 || url_parse(address, URL_ALLOW_HTTP | URL_ALLOW_FRAGMENT, &url) != NULL)
		return;
	html_put(html, "<p class=\"home\"><a href=\"");
	html_put_text(html, address);
	html_put(html, "\">");
	html_put_word(html, WORD_CONTINUE);
	html_put(html, " <bdi>");
	html_put_text(html, text_of(url.host));
	html_put(html, "</bdi></a></p>\n");
}

void html_reply_closed(struct call *call, const struct campaign *campaign, enum join_outcome why,
		       int status)
{
	static const struct {
		enum join_outcome why;
		enum html_word word;
	} reasons[] = {
	    {JOIN_DRAFT, WORD_CLOSED_DRAFT},
	    {JOIN_PAUSED, WORD_CLOSED_PAUSED},
	    {JOIN_NOT_STARTED, WORD_CLOSED_NOT_STARTED},
	    {JOIN_ENDED, WORD_CLOSED_ENDED},
	    {JOIN_ARCHIVED, WORD_CLOSED_ENDED},
	};
	const bool ended = why == JOIN_ENDED || why == JOIN_ARCHIVED;
	struct text headline = page_text_of(campaign, "closed_headline");
	struct text body = page_text_of(campaign, "closed_body");
	struct html html;
	if (headline.n == 0)
		headline = html_word_of(campaign, ended ? WORD_ENDED : WORD_CLOSED);
	for (size_t i = 0; body.n == 0 && i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].why == why)
			body = html_word_of(campaign, reasons[i].word);
	html = html_begin(call, campaign, headline, false);
	html_put_block(&html, body);
	put_way_home(&html);
	html_end(&html, status);
}

void html_reply_accepted(struct call *call, const struct campaign *campaign, bool known)
{
	if (known)
		reply_words(call, campaign, WORD_LINK_SENT, WORD_LINK_SENT_BODY, 202);
	else
		reply_words(call, campaign, WORD_ACCEPTED, WORD_ACCEPTED_BODY, 202);
}

static void reply_link_over(struct call *call, const struct campaign *campaign)
{
	char computed[CODE_LENGTH + 1];
	struct text code =
	    code_of_campaign(call->api->codes, campaign->id, campaign->alias, computed);
	struct html html =
	    html_begin(call, campaign, html_word_of(campaign, WORD_LINK_OVER), false);
	html_put_block(&html, html_word_of(campaign, WORD_LINK_OVER_BODY));
	html_put(&html, "<p class=\"home\"><a href=\"");
	html_put_text(&html, call->api->public_path);
	html_put(&html, "/");
	html_put_text(&html, code);
	html_put(&html, "/join\">");
	html_put_word(&html, WORD_LINK_AGAIN);
	html_put(&html, "</a></p>\n");
	html_end(&html, 410);
}

void html_reply_way_back(struct call *call, const struct campaign *campaign, bool good)
{
	if (!good) {
		reply_link_over(call, campaign);
		return;
	}
	struct html html = html_begin(call, campaign, html_word_of(campaign, WORD_WAY_BACK), false);
	html_put_block(&html, html_word_of(campaign, WORD_WAY_BACK_BODY));
	html_put(&html, "<form method=\"post\">\n");
	html_put_form_token(&html);
	html_put(&html, "<button>");
	html_put_word(&html, WORD_WAY_BACK_BUTTON);
	html_put(&html, "</button></form>\n");
	html_end(&html, 200);
}

void html_reply_unknown(struct call *call, const struct campaign *campaign)
{
	struct html html = html_begin(call, campaign, html_word_of(campaign, WORD_UNKNOWN), false);
	html_put_block(&html, html_word_of(campaign, WORD_UNKNOWN_BODY));
	if (campaign != NULL)
		put_way_home(&html);
	html_end(&html, 404);
}

void html_reply_unsubscribe(struct call *call, const struct campaign *campaign, bool done)
{
	if (done) {
		reply_words(call, campaign, WORD_UNSUBSCRIBED, WORD_UNSUBSCRIBED_BODY, 200);
		return;
	}
	struct html html =
	    html_begin(call, campaign, html_word_of(campaign, WORD_UNSUBSCRIBE), false);
	html_put_block(&html, html_word_of(campaign, WORD_UNSUBSCRIBE_BODY));
	html_put(&html, "<form method=\"post\"><button>");
	html_put_word(&html, WORD_UNSUBSCRIBE);
	html_put(&html, "</button></form>\n");
	html_end(&html, 200);
}

/* ---- refusals without a campaign ---- */

static const char html_type[] = "text/html; charset=utf-8";

enum { POLICY, REFERRER, CACHE, PLAIN_HEADERS };

static const struct http_header plain_headers[PLAIN_HEADERS] = {
    [POLICY] = {WORD("Content-Security-Policy"),
		WORD("default-src 'none'; style-src 'self'; base-uri 'none'")},
    [REFERRER] = {WORD("Referrer-Policy"), WORD("no-referrer")},
    [CACHE] = {WORD("Cache-Control"), WORD("no-store")},
};

static struct text write_plain(struct api *api, enum html_word headline, enum html_word body)
{
	struct call call = {.api = api};
	struct html html = html_begin(&call, NULL, html_word_of(NULL, headline), false);
	html_put_block(&html, html_word_of(NULL, body));
	html_close(&html);
	return buf_view(html.out);
}

void html_reply_limited(struct call *call, struct text retry_s)
{
	/* The call adds Cache-Control itself. */
	const struct http_header headers[] = {
	    plain_headers[POLICY], plain_headers[REFERRER], {TEXT("Retry-After"), retry_s}};
	struct text html = write_plain(call->api, WORD_BUSY, WORD_BUSY_BODY);
	if (call->api->out.failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_with(call, 429, html_type, html, headers,
				sizeof headers / sizeof *headers);
}

bool html_write_refusal(struct api *api, struct http_reply *reply)
{
	static const struct {
		int status;
		enum html_word headline, body;
	} pages[] = {
	    {413, WORD_TOO_LARGE, WORD_TOO_LARGE_BODY},
	    {431, WORD_TOO_LARGE, WORD_HEADER_TOO_LARGE_BODY},
	};
	size_t i = 0, n = sizeof pages / sizeof *pages;
	while (i < n && pages[i].status != reply->status)
		i++;
	if (i == n)
		return false;
	reply->content_type = text_of(html_type);
	reply->body = write_plain(api, pages[i].headline, pages[i].body);
	reply->headers = plain_headers;
	reply->n_headers = PLAIN_HEADERS;
	return !api->out.failed;
}
