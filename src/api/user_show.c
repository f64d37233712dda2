/*
 * Owns the JSON form of a user. Never reads a record. Called by the user calls.
 */
#include "user_show.h"

#include "api/call/etag.h"
#include "api/call/show.h"
#include "api/pages/sharing.h"
#include "base/form.h"
#include "base/ip.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "v1.h"

static void put_meta(struct json_out *o, struct pairs meta)
{
	struct text rest = meta.raw, field, value;
	json_open(o, "meta", '[');
	while (pairs_next(&rest, &field, &value)) {
		json_open(o, NULL, '{');
		json_put_text(o, "field", field);
		json_put_text(o, "value", value);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void put_link(struct json_out *o, const char *name, struct buf *base, const char *rest)
{
	const size_t n = base->n;
	buf_str(base, rest);
	json_put_text(o, name, buf_view(base));
	base->n = n;
}

/* Writes the URLs that begin with "{public_url}/{code}". */
static void put_links(struct call *call, struct json_out *o, struct text code)
{
	struct buf base = {0};
	buf_text(&base, call->api->public_url);
	buf_char(&base, '/');
	buf_text(&base, code);
	put_link(o, "url", &base, "/join");
	json_open(o, "qr", '{');
	put_link(o, "src", &base, "/qr-code");
	put_link(o, "download", &base, "/qr-code?download=1");
	json_close(o, '}');
	o->buf->failed = o->buf->failed || base.failed;
	buf_free(&base);
}

static void put_me_url(struct call *call, struct json_out *o, uint64_t user_id, struct text code)
{
	struct buf url = {0};
	code_write_me_url(call->api->codes, call->api->public_url, code, user_id, &url);
	show_secret(call, o, "me_url", buf_view(&url));
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

static void put_review(struct json_out *o, const struct user *u)
{
	json_open(o, "review", '{');
	if (u->review == REVIEW_NONE)
		json_put_null(o, "state");
	else
		show_word(o, "state", REVIEW_NAMES, u->review);
	json_open(o, "flags", '[');
	for (const struct name *flag = USER_FLAG_NAMES; flag->word != NULL; flag++)
		if (u->flags & flag->number)
			json_put_text(o, NULL, text_of(flag->word));
	json_close(o, ']');
	json_close(o, '}');
}

static void put_analytics(struct json_out *o, const struct user_stats *stats)
{
	json_open(o, "analytics", '{');
	json_put_u64(o, "reach", stats->reach);
	json_put_u64(o, "referrals", stats->referrals);
	json_put_u64(o, "qualified_referrals", stats->qualified_referrals);
	json_close(o, '}');
}

/* The members that Referral Factory's API does not have. */
static void put_further(struct json_out *o, const struct user *u)
{
	show_time(o, "signed_up_time", u->joined_ms);
	show_time(o, "qualified_time", u->qualified_ms);
	show_time(o, "unsubscribed_time", u->unsubscribed_ms);
	json_put_bool(o, "qualified", u->qualified_ms != 0);
	json_put_null(o, "promotion"); /* a Stripe promotion code in Referral Factory */
	json_put_bool(o, "test", u->test != 0);
	put_review(o, u);
}

void user_show(struct call *call, struct json_out *o, const struct user_view *v, bool analytics)
{
	const struct user *u = &v->user;
	char computed[CODE_LENGTH + 1], ip[IP_TEXT_SIZE];
	const struct zone *zone = campaign_zone(v->campaign);
	struct text code = code_of_user(call->api->codes, u->id, u->alias, computed);
	if (call_is_v1(call)) {
		v1_show_user(call, o, v);
		return;
	}
	json_put_u64(o, "id", u->id);
	json_put_u64(o, "campaign_id", u->campaign_id);
	show_id(o, "referrer_id", u->referrer_id);
	json_put_text(o, "first_name", u->first_name);
	json_put_text(o, "email", u->email);
	json_put_text(o, "code", code);
	json_put_u64(o, "reach", v->stats.reach);
	show_word(o, "source", SOURCE_NAMES, u->source);
	show_word(o, "type", USER_TYPE_NAMES, u->type);
	json_put_text_or_null(o, "ip", text_of(ip_text(u->ip, ip)));
	put_links(call, o, code);
	show_date(o, "signed_up_at", zone, u->joined_ms);
	show_date(o, "qualified_at", zone, u->qualified_ms);
	show_date(o, "unsubscribed_at", zone, u->unsubscribed_ms);
	put_meta(o, u->meta);
	sharing_put(call, o, v->campaign, code);
	put_further(o, u);
	put_me_url(call, o, u->id, code);
	if (analytics)
		put_analytics(o, &v->stats);
}

bool user_wants_analytics(struct call *call)
{
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		if (text_eq(name, TEXT("with")) && text_eq(value, TEXT("user.analytics")))
			return true;
	return false;
}

void user_reply(struct call *call, int status, const struct user_view *view)
{
	if (call_is_v1(call)) {
		v1_reply_user(call, status, view);
		return;
	}
	bool analytics = user_wants_analytics(call);
	struct json_out o = call_data(call);
	etag_put(call, &KIND_USER, &view->user);
	user_show(call, &o, view, analytics);
	call_reply_data(call, &o, status);
}
