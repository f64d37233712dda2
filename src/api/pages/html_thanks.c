/*
 * Owns the page after joining: the person's link, its QR code, links to share it, and the counts
 * of referrals. Never decides who may see it (thanks.c). Called by thanks.c.
 */
#include "core/code_alias.h"
#include "core/page_text.h"
#include "html_parts.h"
#include "sharing.h"

static void put_link(struct html *html, struct text link)
{
	html_put(html, "<label for=\"link\">");
	html_put_word(html, WORD_LINK);
	html_put(html, "</label>\n<input class=\"link\" id=\"link\" readonly value=\"");
	html_put_text(html, link);
	html_put(html, "\">\n");
}

/* In a new tab: networks refuse to be shown in a frame, and people return to this page. */
static void put_share(struct html *html, const struct sharing_network *network, struct text link)
{
	struct buf url = {0};
	sharing_write_url(&url, network, html->campaign, link);
	html_put(html, "<li><a href=\"");
	html_put_text(html, buf_view(&url));
	if (network->label == NULL) {
		html_put(html, "\">");
		html_put_word(html, WORD_BY_EMAIL);
	} else {
		html_put(html, "\" target=\"_blank\" rel=\"noopener noreferrer\">");
		html_put(html, network->label);
		html_put(html, "<span class=\"unseen\">, ");
		html_put_word(html, WORD_NEW_TAB);
		html_put(html, "</span>");
	}
	html_put(html, "</a></li>\n");
	html->out->failed = html->out->failed || url.failed;
	buf_free(&url);
}

/* Networks for a message to one friend come first, then networks for a post to everybody. */
static const char *const SHARE_ORDER[] = {"whatsapp", "email",    "telegram",
					  "linkedin", "facebook", "twitter"};

static void put_share_named(struct html *html, const char *social, struct text link)
{
	for (const struct sharing_network *n = SHARING_NETWORKS; n->social != NULL; n++)
		if (text_eq(text_of(n->social), text_of(social)))
			put_share(html, n, link);
}

static void put_shares(struct html *html, struct text link)
{
	html_put(html, "<h2>");
	html_put_word(html, WORD_SHARE);
	html_put(html, "</h2>\n<ul class=\"share\">\n");
	for (size_t i = 0; i < sizeof SHARE_ORDER / sizeof *SHARE_ORDER; i++)
		put_share_named(html, SHARE_ORDER[i], link);
	html_put(html, "</ul>\n");
}

/* The address of one of the user's pages, up to the end of the code. */
static void put_code_path(struct html *html, struct text code)
{
	html_put_text(html, html->call->api->public_path);
	html_put(html, "/");
	html_put_text(html, code);
}

static void put_qr(struct html *html, struct text code)
{
	html_put(html, "<figure class=\"qr\">\n<img width=\"224\" height=\"224\" src=\"");
	put_code_path(html, code);
	html_put(html, "/qr-code\" alt=\"");
	html_put_word(html, WORD_QR);
	html_put(html, "\">\n<figcaption><a href=\"");
	put_code_path(html, code);
	html_put(html, "/qr-code?download=1\" download>");
	html_put_word(html, WORD_QR_DOWNLOAD);
	html_put(html, "</a></figcaption>\n</figure>\n");
}

static void put_count(struct html *html, enum html_word what, uint64_t n)
{
	html_put(html, "<div><dt>");
	html_put_word(html, what);
	html_put(html, "</dt><dd>");
	buf_u64(html->out, n);
	html_put(html, "</dd></div>\n");
}

static void put_counts(struct html *html, const struct user_stats *stats)
{
	html_put(html, "<section class=\"counts\">\n<h2>");
	html_put_word(html, WORD_COUNTS);
	html_put(html, "</h2>\n<dl>\n");
	put_count(html, WORD_REFERRALS, stats->referrals);
	put_count(html, WORD_QUALIFIED, stats->qualified_referrals);
	html_put(html, "</dl>\n</section>\n");
}

/* The unsubscribe link. Only the person knows the address of this page. */
static void put_unsubscribe(struct html *html, const struct user *user, struct text code)
{
	char secret[CODE_SECRET_SIZE];
	if (user->unsubscribed_ms != 0)
		return;
	code_secret_write(html->call->api->codes, SECRET_UNSUBSCRIBE, user->id, secret);
	html_put(html, "<p class=\"terms\"><a href=\"");
	put_code_path(html, code);
	html_put(html, "/unsubscribe?t=");
	html_put(html, secret);
	html_put(html, "\">");
	html_put_word(html, WORD_UNSUBSCRIBE);
	html_put(html, "</a></p>\n");
}

void html_reply_thanks(struct call *call, const struct html_thanks *thanks)
{
	char computed[CODE_LENGTH + 1];
	const struct campaign *c = thanks->campaign;
	const struct user *user = thanks->user;
	struct text code = code_of_user(call->api->codes, user->id, user->alias, computed);
	struct buf link = {0};
	call_write_short_url(call, &link, code);
	struct text headline = page_text_of(c, "thanks_headline");
	if (thanks->stats == NULL)
		headline = html_word_of(c, WORD_KNOWN);
	else if (headline.n == 0)
		headline = html_word_of(c, WORD_THANKS);
	struct html html = html_begin(call, c, headline, true);
	html_put_block(&html, html_text_or(&html, "thanks_body", WORD_THANKS_BODY));
	html_put(&html, "<div class=\"mine\">\n<div>\n");
	put_link(&html, buf_view(&link));
	put_shares(&html, buf_view(&link));
	html_put(&html, "</div>\n");
	put_qr(&html, code);
	html_put(&html, "</div>\n");
	if (thanks->stats != NULL) {
		put_counts(&html, thanks->stats);
		put_unsubscribe(&html, user, code);
	}
	html.out->failed = html.out->failed || link.failed;
	buf_free(&link);
	html_end(&html, 200);
}
