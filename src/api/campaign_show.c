/*
 * Owns the JSON form of a campaign. Never reads a record. Called by the campaign calls.
 */
#include "campaign_show.h"

#include <stddef.h>
#include <stdio.h>

#include "api/call/show.h"
#include "api/pages/html_words.h"
#include "base/clock.h"
#include "campaign_form.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/page_text.h"
#include "core/redirect.h"
#include "v1.h"

const char CAMPAIGN_UNKNOWN[] =
    "no campaign has this id or code: GET /api/v2/campaigns lists the campaigns";

static void show_link(struct call *call, struct json_out *o, const struct campaign *c)
{
	char room[CODE_LENGTH + 1];
	struct buf url = {0};
	struct text code = code_of_campaign(call->api->codes, c->id, c->alias, room);
	call_write_join_url(call, &url, code);
	json_put_text(o, "code", code);
	json_put_text(o, "url", buf_view(&url));
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

static void show_redirect(struct json_out *o, const struct campaign *c)
{
	char member[64];
	if (c->redirect_url.n == 0) {
		json_put_null(o, "redirect");
		return;
	}
	json_open(o, "redirect", '{');
	json_put_text(o, "url", c->redirect_url);
	for (size_t i = 0; REDIRECT_WORDS[i] != NULL; i++) {
		snprintf(member, sizeof member, "%s_param", REDIRECT_WORDS[i]);
		json_put_text_or_null(o, member, redirect_param(c, text_of(REDIRECT_WORDS[i])));
	}
	json_close(o, '}');
}

/* Only the words that the campaign replaces. */
static void show_own_words(struct json_out *o, const struct campaign *c)
{
	struct pairs own = page_words_of(c);
	json_open(o, "words", '{');
	for (size_t i = 0; own.raw.n > 0 && i < HTML_WORDS; i++) {
		const char *key = HTML_WORD_KEYS[i];
		struct text word = key != NULL ? page_word_find(own, key) : (struct text){0};
		if (word.n > 0)
			json_put_text(o, key, word);
	}
	json_close(o, '}');
}

static void show_pages(struct json_out *o, const struct campaign *c)
{
	json_open(o, "pages", '{');
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++)
		json_put_text_or_null(o, t->name, page_text_of(c, t->name));
	show_own_words(o, c);
	json_close(o, '}');
}

static void show_names(struct json_out *o, const char *member, struct pairs list)
{
	struct text rest = list.raw, name, nothing;
	json_open(o, member, '[');
	while (pairs_next(&rest, &name, &nothing))
		json_put_text(o, NULL, name);
	json_close(o, ']');
}

static void show_assets(struct json_out *o, const struct campaign *c)
{
	json_put_text_or_null(o, "logo_url", c->logo_url);
	json_put_text_or_null(o, "colour", c->colour);
}

static void show_analytics(struct json_out *o, const struct campaign_stats *stats)
{
	json_open(o, "analytics", '{');
	json_put_u64(o, "users", stats->users);
	json_put_u64(o, "referrals", stats->referrals);
	json_put_u64(o, "qualified_referrals", stats->qualified);
	json_put_u64(o, "reach", stats->reach);
	json_put_u64(o, "tests", stats->tests);
	show_ratio(o, "conversion", stats->qualified, stats->referrals);
	json_close(o, '}');
}

void campaign_show(struct call *call, struct json_out *o, const struct campaign *c,
		   const struct campaign_stats *stats, bool analytics)
{
	if (call_is_v1(call)) {
		v1_show_campaign(call, o, c, stats);
		return;
	}
	json_put_u64(o, "id", c->id);
	json_put_text(o, "name", c->name);
	show_link(call, o, c);
	json_put_text(o, "lang", c->lang);
	json_put_u64(o, "reach", stats->reach);
	show_word(o, "status", CAMPAIGN_STATUS_NAMES, c->status);
	json_put_text(o, "timezone", text_of(zone_name(campaign_zone(c))));
	show_time(o, "starts_at", c->starts_ms);
	show_time(o, "ends_at", c->ends_ms);
	show_time(o, "created_at", c->created_ms);
	show_word(o, "existing", EXISTING_NAMES, c->existing);
	json_put_bool(o, "test_mode", c->test_mode != 0);
	json_open(o, "fields", '{');
	campaign_form_show(o, "person_referring", c->fields_referring);
	campaign_form_show(o, "person_invited", c->fields_invited);
	json_close(o, '}');
	show_redirect(o, c);
	show_names(o, "pass_params", pass_params_of(c));
	show_pages(o, c);
	/* Other tools read these values under "assets"; a PUT sets them under their own names. */
	show_assets(o, c);
	json_open(o, "assets", '{');
	show_assets(o, c);
	json_open(o, "logo", '{');
	json_put_text(o, "type", TEXT("rectangle")); /* pages do not crop it */
	json_put_text_or_null(o, "path", c->logo_url);
	json_close(o, '}');
	json_close(o, '}');
	show_names(o, "origins", c->origins);
	if (analytics)
		show_analytics(o, stats);
}

static void show_counter(struct json_out *o, const char *name, const struct day *days, size_t n,
			 size_t offset)
{
	json_open(o, name, '[');
	for (size_t i = 0; i < n; i++)
		json_put_u64(o, NULL,
			     *(const uint64_t *)(const void *)((const char *)&days[i] + offset));
	json_close(o, ']');
}

void campaign_show_days(struct json_out *o, const struct day *days, size_t n)
{
	char date[CLOCK_DATE_SIZE];
	json_open(o, "days", '{');
	clock_format_day(days[0].date, date);
	json_put_text(o, "from", text_of(date));
	clock_format_day(days[n - 1].date, date);
	json_put_text(o, "to", text_of(date));
	show_counter(o, "joins", days, n, offsetof(struct day, joins));
	show_counter(o, "referrals", days, n, offsetof(struct day, referrals));
	show_counter(o, "qualified", days, n, offsetof(struct day, qualified));
	json_close(o, '}');
}
