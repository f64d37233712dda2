/* Owns the page after joining: the own link, its QR code, where to share it, what came of it so
 * far. Never who may see it (thanks.c). Called by that.
 */
#include "core/page_text.h"
#include "core/who.h"
#include "page_parts.h"
#include "sharing.h"

static void put_link(struct html *page, struct text link)
{
	page_put(page, "<label for=\"link\">");
	page_put_word(page, WORD_LINK);
	page_put(page, "</label>\n<input class=\"link\" id=\"link\" readonly value=\"");
	page_put_text(page, link);
	page_put(page, "\">\n");
}

/* In a new tab: a network would not show in a frame, and the page is wanted again. */
static void put_share(struct html *page, const struct sharing_network *network, struct text link)
{
	struct buf url = {0};
	sharing_write_url(&url, network, page->campaign, link);
	page_put(page, "<li><a href=\"");
	page_put_text(page, buf_view(&url));
	if (network->label == NULL) {
		page_put(page, "\">");
		page_put_word(page, WORD_BY_EMAIL);
	} else {
		page_put(page, "\" target=\"_blank\" rel=\"noopener noreferrer\">");
		page_put(page, network->label);
		page_put(page, "<span class=\"unseen\">, ");
		page_put_word(page, WORD_NEW_TAB);
		page_put(page, "</span>");
	}
	page_put(page, "</a></li>\n");
	page->out->failed = page->out->failed || url.failed;
	buf_free(&url);
}

static void put_shares(struct html *page, struct text link)
{
	page_put(page, "<h2>");
	page_put_word(page, WORD_SHARE);
	page_put(page, "</h2>\n<ul class=\"share\">\n");
	for (const struct sharing_network *n = SHARING_NETWORKS; n->social != NULL; n++)
		put_share(page, n, link);
	page_put(page, "</ul>\n");
}

static void put_qr(struct html *page, struct text code)
{
	page_put(page, "<figure class=\"qr\">\n<img width=\"224\" height=\"224\" src=\"/");
	page_put_text(page, code);
	page_put(page, "/qr-code\" alt=\"");
	page_put_word(page, WORD_QR);
	page_put(page, "\">\n<figcaption><a href=\"/");
	page_put_text(page, code);
	page_put(page, "/qr-code?download=1\" download>");
	page_put_word(page, WORD_QR_DOWNLOAD);
	page_put(page, "</a></figcaption>\n</figure>\n");
}

static void put_count(struct html *page, enum page_word what, uint64_t n)
{
	page_put(page, "<div><dt>");
	page_put_word(page, what);
	page_put(page, "</dt><dd>");
	buf_u64(page->out, n);
	page_put(page, "</dd></div>\n");
}

static void put_counts(struct html *page, const struct user_stats *stats)
{
	page_put(page, "<section class=\"counts\">\n<h2>");
	page_put_word(page, WORD_COUNTS);
	page_put(page, "</h2>\n<dl>\n");
	put_count(page, WORD_REFERRALS, stats->referrals);
	put_count(page, WORD_QUALIFIED, stats->qualified_referrals);
	page_put(page, "</dl>\n</section>\n");
}

/* The way out, for those who know the address of this page. */
static void put_unsubscribe(struct html *page, const struct user *user, struct text code)
{
	char secret[CODE_SECRET_SIZE];
	if (user->unsubscribed_ms != 0)
		return;
	code_secret_write(page->call->api->config.codes, SECRET_UNSUBSCRIBE, user->id, secret);
	page_put(page, "<p class=\"terms\"><a href=\"/");
	page_put_text(page, code);
	page_put(page, "/unsubscribe?t=");
	page_put(page, secret);
	page_put(page, "\">");
	page_put_word(page, WORD_UNSUBSCRIBE);
	page_put(page, "</a></p>\n");
}

void page_reply_thanks(struct call *call, const struct page_thanks *thanks)
{
	char computed[CODE_LENGTH + 1];
	const struct campaign *c = thanks->campaign;
	const struct user *user = thanks->user;
	struct text code = code_of_user(call->api->config.codes, user->id, user->alias, computed);
	struct buf link = {0};
	call_write_join_url(call, &link, code);
	struct text headline = page_text_of(c, "thanks_headline");
	if (thanks->stats == NULL)
		headline = text_of(page_word(c->lang, WORD_KNOWN));
	else if (headline.n == 0)
		headline = text_of(page_word(c->lang, WORD_THANKS));
	struct html page = page_begin(call, c, NULL, headline, true);
	page_put_block(&page, page_text_or(&page, "thanks_body", WORD_THANKS_BODY));
	page_put(&page, "<div class=\"mine\">\n<div>\n");
	put_link(&page, buf_view(&link));
	put_shares(&page, buf_view(&link));
	page_put(&page, "</div>\n");
	put_qr(&page, code);
	page_put(&page, "</div>\n");
	if (thanks->stats != NULL) {
		put_counts(&page, thanks->stats);
		put_unsubscribe(&page, user, code);
	}
	page.out->failed = page.out->failed || link.failed;
	buf_free(&link);
	page_end(&page, 200);
}
