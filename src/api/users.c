/*
 * Owns the user calls of the REST API. Never a rule about users. Called through the route table.
 */
#include "base/form.h"
#include "base/ip.h"
#include "core/reading.h"
#include "routes.h"
#include "show.h"

struct user_call {
	struct user_read read;
	struct call *call;
};

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

static void put_link(struct call *call, struct json_out *o, const char *name, const char *code,
    const char *rest)
{
	struct buf url = {0};
	buf_text(&url, call->api->public_url);
	buf_printf(&url, "/%s%s", code, rest);
	json_put_text(o, name, buf_view(&url));
	buf_free(&url);
}

static void put_analytics(struct json_out *o, const struct user_stats *stats)
{
	json_open(o, "analytics", '{');
	json_put_u64(o, "referrals", stats->referrals);
	json_put_u64(o, "qualified_referrals", stats->qualified_referrals);
	json_close(o, '}');
}

static void put_user(struct call *call, struct json_out *o, const struct user_read *r, bool analytics)
{
	const struct user *u = &r->user;
	char code[CODE_LENGTH + 1], ip[IP_TEXT_SIZE];
	code_write(call->api->config.codes, CODE_USER, u->id, code);
	json_put_u64(o, "id", u->id);
	json_put_u64(o, "campaign_id", u->campaign_id);
	show_id(o, "referrer_id", u->referrer_id);
	json_put_text(o, "first_name", u->first_name);
	json_put_text(o, "email", u->email);
	json_put_text(o, "code", text_of(code));
	show_word(o, "source", SOURCE_NAMES, u->source);
	show_word(o, "type", USER_TYPE_NAMES, u->type);
	json_put_text_or_null(o, "ip", text_of(ip_text(u->ip, ip)));
	put_link(call, o, "url", code, "/join");
	show_date(o, "signed_up_at", u->joined_ms);
	show_time(o, "signed_up_time", u->joined_ms);
	json_put_bool(o, "qualified", u->qualified_ms != 0);
	show_date(o, "qualified_at", u->qualified_ms);
	show_time(o, "qualified_time", u->qualified_ms);
	json_put_null(o, "unsubscribed_at");
	put_meta(o, u->meta);
	if (analytics)
		put_analytics(o, &r->stats);
}

static bool wants_analytics(struct call *call)
{
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		if (text_eq(name, TEXT("with")) && text_eq(value, TEXT("user.analytics")))
			return true;
	return false;
}

static void on_read(struct command *command, enum err err)
{
	struct user_call *uc = (struct user_call *)command;
	struct call *call = uc->call;
	if (err != ERR_OK) {
		call_reply_err(call, err, "no user has this id or code");
		return;
	}
	bool analytics = wants_analytics(call);
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	put_user(call, &o, &uc->read, analytics);
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(call, 200);
}

const struct operation OP_USER_GET = {
    .id = "getUser",
    .tag = "Users",
    .summary = "Read a user",
    .query = {{"with", "string", "user.analytics", "user.analytics adds the counters.", false}},
    .answers = {{200, ANSWER_DATA, "User"}},
};

void user_get(struct call *call)
{
	struct user_call *uc = call_alloc(call, sizeof *uc);
	if (uc == NULL)
		return;
	uc->call = call;
	uc->read.id = call_user_id(call, call->params[0]);
	uc->read.command = (struct command){.decide = user_read_decide, .done = on_read};
	call_query(call, &uc->read.command);
}
