/*
 * Owns the JSON of /api/v1: users with the counts of their referrals, campaigns, and reward rules
 * as rewards. Never contains a call, except the list of rewards. Called by the calls that show
 * users and campaigns, and through the route table.
 */
#include "v1.h"

#include "api/call/paging.h"
#include "api/call/show.h"
#include "api/pages/sharing.h"
#include "base/decimal.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/erase.h"
#include "core/join.h"
#include "core/money.h"
#include "core/names.h"
#include "core/rule.h"
#include "core/user_change.h"
#include "routes.h"
#include "user_query.h"

/* ---- users ---- */

static void put_url(struct json_out *o, const char *name, struct buf *url, const char *rest)
{
	size_t n = url->n;
	buf_str(url, rest);
	json_put_text(o, name, buf_view(url));
	o->buf->failed = o->buf->failed || url->failed;
	url->n = n;
}

static void put_links(struct call *call, struct json_out *o, const struct user_view *v)
{
	char computed[CODE_LENGTH + 1];
	struct buf base = {0};
	struct text code = code_of_user(call->api->codes, v->user.id, v->user.alias, computed);
	buf_printf(&base, "%.*s/%.*s", TEXT_ARGS(call->api->public_url), TEXT_ARGS(code));
	json_put_text(o, "code", code);
	put_url(o, "url", &base, "/join");
	json_open(o, "qr", '{');
	put_url(o, "url", &base, "/qr-code");
	put_url(o, "download", &base, "/qr-code?download=1");
	json_close(o, '}');
	sharing_put_socials(call, o, "sharing", v->campaign, code);
	buf_free(&base);
}

void v1_show_user(struct call *call, struct json_out *o, const struct user_view *v)
{
	const struct user *u = &v->user;
	const struct zone *zone = campaign_zone(v->campaign);
	json_put_u64(o, "id", u->id);
	json_put_u64(o, "campaign_id", u->campaign_id);
	show_id(o, "referrer_id", u->referrer_id);
	json_put_text(o, "first_name", u->first_name);
	json_put_text(o, "email", u->email);
	put_links(call, o, v);
	json_put_u64(o, "reach", v->stats.reach);
	show_word(o, "source", SOURCE_NAMES, u->source);
	show_word(o, "type", USER_TYPE_NAMES, u->type);
	json_put_u64(o, "referrals_count", v->stats.referrals);
	json_put_u64(o, "converted_referrals_count", v->stats.qualified_referrals);
	json_put_bool(o, "qualified", u->qualified_ms != 0);
	show_date(o, "qualified_at", zone, u->qualified_ms);
	show_date(o, "signed_up_at", zone, u->joined_ms);
}

void v1_reply_user(struct call *call, int status, const struct user_view *view)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	if (call->req->method == HTTP_POST)
		json_put_text(&o, "message", TEXT("The user was added."));
	if (call->req->method == HTTP_PUT)
		json_put_text(&o, "message", TEXT("The user was changed."));
	json_open(&o, "data", '{');
	v1_show_user(call, &o, view);
	call_reply_data(call, &o, status);
}

void v1_reply_message(struct call *call, const char *message)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_put_text(&o, "message", text_of(message));
	json_close(&o, '}');
	call_reply_json(call, 200);
}

/* ---- campaigns ---- */

void v1_show_campaign(struct call *call, struct json_out *o, const struct campaign *c,
		      const struct campaign_stats *stats)
{
	char computed[CODE_LENGTH + 1];
	struct buf url = {0};
	struct text code = code_of_campaign(call->api->codes, c->id, c->alias, computed);
	call_write_join_url(call, &url, code);
	json_put_u64(o, "id", c->id);
	json_put_text(o, "name", c->name);
	json_put_text(o, "lang", c->lang);
	json_put_text(o, "code", code);
	json_put_text(o, "url", buf_view(&url));
	json_put_u64(o, "reach", stats->reach);
	show_word(o, "status", CAMPAIGN_STATUS_NAMES, c->status);
	json_put_bool(o, "live", join_admission(c, call_now_ms(call)) == JOIN_CREATED);
	show_time(o, "starts_at", c->starts_ms);
	show_time(o, "ends_at", c->ends_ms);
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

/* ---- rewards: rules, not due rewards ---- */

struct v1_reward_list_call {
	struct rule_list list;
	struct gather gather;
};

/* Writes the amount in units of its currency, or the percentage; null for other rules. */
static void put_value(struct json_out *o, const struct rule *r)
{
	char room[32];
	struct buf value = {.p = room, .cap = sizeof room};
	if (r->metric == METRIC_AMOUNT)
		decimal_write(&value, r->amount, currency_places(r->currency));
	else if (r->metric == METRIC_COMMISSION)
		decimal_write(&value, r->percent, PERCENT_PLACES);
	json_put_text_or_null(o, "value", buf_view(&value));
}

static void put_reward(struct json_out *o, const struct rule *r)
{
	json_open(o, NULL, '{');
	json_put_u64(o, "id", r->id);
	json_put_u64(o, "campaign_id", r->campaign_id);
	json_put_text(o, "name", r->name);
	json_put_text(o, "reward_for",
		      r->recipient == RECIPIENT_INVITED ? TEXT("person_invited")
							: TEXT("person_referring"));
	show_word(o, "type", METRIC_NAMES, r->metric);
	put_value(o, r);
	show_word(o, "when_referral", TRIGGER_NAMES, r->trigger);
	json_close(o, '}');
}

static void on_list(struct command *command, enum err err)
{
	struct v1_reward_list_call *lc = (struct v1_reward_list_call *)command;
	for (size_t i = 0; err == ERR_OK && i < lc->list.page.n; i++)
		put_reward(&lc->gather.o, &lc->list.rows[i].rule);
	gather_done(&lc->gather, err, NULL);
}

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	struct v1_reward_list_call *lc = arg;
	(void)call;
	if (!text_eq(name, TEXT("campaign_id")))
		return PAGING_UNKNOWN;
	return text_to_u64(value, &lc->list.campaign_id) && lc->list.campaign_id != 0
		   ? NULL
		   : "must be the id of a campaign";
}

void v1_reward_list(struct call *call)
{
	struct v1_reward_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc == NULL || !gather_read(&lc->gather, call, read_filter, lc))
		return;
	lc->list.command = (struct command){.decide = rule_list_decide, .done = on_list};
	lc->list.rows = call_alloc(call, lc->gather.paging.per_page * sizeof *lc->list.rows);
	if (lc->list.rows != NULL)
		gather_begin(&lc->gather, &lc->list.command, &lc->list.page);
}

/* ---- operations ---- */

#define V1_PAGE                                                                                    \
	{                                                                                          \
		"page", "integer", "1",                                                            \
		    "The number of the page, from 1. 0 is the first page too.", false              \
	}

const struct operation OP_V1_USER_LIST = {
    .id = "v1ListUsers",
    .tag = "Version 1",
    .summary = "List users with the counts of their referrals",
    .query = {V1_PAGE, USER_QUERY},
    .answers = {{200, ANSWER_LIST, "V1User"}},
};

const struct operation OP_V1_USER_CREATE = {
    .id = "v1CreateUser",
    .tag = "Version 1",
    .audit = {AUDIT_USER_CREATE, offsetof(struct join, user.id)},
    .summary = "Add a user",
    .takes = TAKES_JSON | TAKES_FORM,
    .request = "V1UserCreate",
    .idempotent = true,
    .conflict =
	"The campaign is not open, or the Idempotency-Key was already used with another body.",
    .answers = {{201, ANSWER_WHOLE, "V1UserChanged"}},
};

const struct operation OP_V1_USER_GET = {
    .id = "v1GetUser",
    .tag = "Version 1",
    .summary = "Read a user",
    .conflict = "Users of several campaigns have the e-mail address in the path.",
    .answers = {{200, ANSWER_DATA, "V1User"}},
};

const struct operation OP_V1_USER_UPDATE = {
    .id = "v1UpdateUser",
    .tag = "Version 1",
    .audit = {AUDIT_USER_UPDATE, offsetof(struct user_change, view.user.id)},
    .summary = "Change, qualify or unqualify a user",
    .takes = TAKES_JSON | TAKES_FORM,
    .request = "V1UserUpdate",
    .conflict = "Users of several campaigns have the e-mail address in the path.",
    .answers = {{200, ANSWER_WHOLE, "V1UserChanged"}},
};

const struct operation OP_V1_USER_DELETE = {
    .id = "v1EraseUser",
    .tag = "Version 1",
    .audit = {AUDIT_USER_ERASE, offsetof(struct user_erase, user_id)},
    .summary = "Erase a user",
    .conflict = "Users of several campaigns have the e-mail address in the path.",
    .answers = {{200, ANSWER_WHOLE, "V1Message"}},
};

const struct operation OP_V1_CAMPAIGN_LIST = {
    .id = "v1ListCampaigns",
    .tag = "Version 1",
    .summary = "List campaigns",
    .query = {V1_PAGE},
    .answers = {{200, ANSWER_LIST, "V1Campaign"}},
};

const struct operation OP_V1_CAMPAIGN_GET = {
    .id = "v1GetCampaign",
    .tag = "Version 1",
    .summary = "Read a campaign",
    .answers = {{200, ANSWER_DATA, "V1Campaign"}},
};

const struct operation OP_V1_REWARD_LIST = {
    .id = "v1ListRewards",
    .tag = "Version 1",
    .summary = "List the reward rules of the campaigns",
    .query = {V1_PAGE, {"campaign_id", "integer", "1", "The id of a campaign.", false}},
    .answers = {{200, ANSWER_LIST, "V1Reward"}},
};
