/*
 * Owns the analytics call: the time that is asked about, the answer's shape. Never adds up
 * (core/analytics.c). Called through the route table.
 */
#include "core/analytics.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/form.h"
#include "core/who.h"
#include "routes.h"
#include "show.h"

enum { DAYS = 30 /* where the query does not say */ };

/* Asks for slices until there is none left, then for the leaders. */
struct analytics_call {
	union {
		struct analytics_slice slice;
		struct analytics_top top;
	};
	struct analytics sum;
	uint64_t campaign_id; /* 0: all */
	struct call *call;
};

/* ---- the answer ---- */

static void put_counters(struct json_out *o, const struct day *day)
{
	json_put_u64(o, "joins", day->joins);
	json_put_u64(o, "referrals", day->referrals);
	json_put_u64(o, "qualified", day->qualified);
	json_put_u64(o, "unqualified", day->unqualified);
	json_put_u64(o, "rewards_due", day->rewards_due);
	json_put_u64(o, "rewards_issued", day->rewards_issued);
	json_put_u64(o, "rewards_cancelled", day->rewards_cancelled);
}

static void put_date(struct json_out *o, const char *name, uint64_t day)
{
	char date[CLOCK_DATE_SIZE];
	clock_format_date(day * CLOCK_DAY_MS, date);
	json_put_text(o, name, text_of(date));
}

static void put_days(struct json_out *o, const struct analytics *sum)
{
	json_open(o, "days", '[');
	for (uint64_t i = 0; i < sum->n_days; i++) {
		json_open(o, NULL, '{');
		put_date(o, "date", sum->first + i);
		put_counters(o, &sum->days[i]);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void put_sums(struct json_out *o, const struct analytics *sum)
{
	json_open(o, "totals", '{');
	put_counters(o, &sum->total);
	json_close(o, '}');
	json_open(o, "all_time", '{');
	json_put_u64(o, "users", sum->all_time.users);
	json_put_u64(o, "referrals", sum->all_time.referrals);
	json_put_u64(o, "qualified_referrals", sum->all_time.qualified);
	json_close(o, '}');
	json_open(o, "conversion", '{');
	show_ratio(o, "period", sum->total.qualified, sum->total.referrals);
	show_ratio(o, "all_time", sum->all_time.qualified, sum->all_time.referrals);
	json_close(o, '}');
}

static void put_top(struct call *call, struct json_out *o, const struct analytics_top *top)
{
	char room[CODE_LENGTH + 1];
	json_open(o, "top_referrers", '[');
	for (size_t i = 0; i < top->n; i++) {
		const struct user *u = &top->users[i];
		json_open(o, NULL, '{');
		json_put_u64(o, "id", u->id);
		json_put_text(o, "code", code_of_user(call->api->config.codes, u->id, u->alias, room));
		json_put_text(o, "first_name", u->first_name);
		json_put_u64(o, "referrals", top->stats[i].referrals);
		json_put_u64(o, "qualified_referrals", top->stats[i].qualified_referrals);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void on_top(struct command *command, enum err err)
{
	struct analytics_call *ac = (struct analytics_call *)command;
	const struct analytics *sum = &ac->sum;
	if (err != ERR_OK) {
		call_reply_err(ac->call, err, NULL);
		return;
	}
	struct json_out o = call_data(ac->call);
	show_id(&o, "campaign_id", ac->campaign_id);
	put_date(&o, "from", sum->first);
	put_date(&o, "to", sum->first + sum->n_days - 1);
	put_days(&o, sum);
	put_sums(&o, sum);
	put_top(ac->call, &o, &ac->top);
	call_reply_data(ac->call, &o, 200);
}

/* ---- gathering ---- */

static void on_slice(struct command *command, enum err err)
{
	struct analytics_call *ac = (struct analytics_call *)command;
	struct analytics_slice *slice = &ac->slice;
	if (err != ERR_OK) {
		call_reply_err(ac->call, err, "no campaign has this id or code: see campaign_id");
		return;
	}
	analytics_add(&ac->sum, slice);
	if (slice->next != 0) {
		slice->from = slice->next;
		call_query(ac->call, &slice->command);
		return;
	}
	if (slice->name.id != 0 || slice->name.code.n > 0)
		ac->campaign_id = slice->stats[0].campaign_id;
	ac->top = (struct analytics_top){
	    .command = {.decide = analytics_top_decide, .done = on_top}, .of = &ac->sum};
	call_query(ac->call, &ac->top.command);
}

/* ---- the query ---- */

struct asked {
	struct campaign_name name;
	uint64_t from, to; /* days */
	bool has_from, has_to;
};

static const char *read_day(struct text value, uint64_t *day, bool *given)
{
	uint64_t ms;
	if (!clock_is_date(value.p, value.n) || clock_parse_time(value.p, value.n, &ms) != 0)
		return "must be a date such as 2026-11-23";
	*day = ms / CLOCK_DAY_MS;
	*given = true;
	return NULL;
}

static const char *read_parameter(struct asked *asked, struct text name, struct text value)
{
	if (text_eq(name, TEXT("from")))
		return read_day(value, &asked->from, &asked->has_from);
	if (text_eq(name, TEXT("to")))
		return read_day(value, &asked->to, &asked->has_to);
	if (!text_eq(name, TEXT("campaign_id")))
		return "is not a parameter of this call";
	asked->name = call_campaign(value);
	return value.n > 0 ? NULL : "must be a campaign's id or code";
}

/* False after it has replied. */
static bool read_query(struct call *call, struct asked *asked)
{
	struct text rest = call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK) {
		const char *problem = read_parameter(asked, name, value);
		if (problem == NULL)
			continue;
		call_reply_named(call, name, problem);
		return false;
	}
	if (err == ERR_NOT_FOUND)
		return true;
	call_reply_err(call, err, NULL);
	return false;
}

/* The days that are asked about. False after it has replied. */
static bool read_days(struct call *call, struct asked *asked)
{
	if (!asked->has_to)
		asked->to = call_now_ms(call) / CLOCK_DAY_MS;
	if (!asked->has_from)
		asked->from = asked->to >= DAYS ? asked->to - (DAYS - 1) : 0;
	if (asked->from > asked->to)
		call_reply_field(call, "from", "must not be after to (which is today where it is not given)");
	else if (asked->to - asked->from >= ANALYTICS_DAYS_MAX)
		call_reply_field(call, "from", "must be at most 365 days before to: ask for the time in parts");
	else
		return true;
	return false;
}

const struct operation OP_ANALYTICS_GET = {
    .id = "getAnalytics",
    .tag = "Analytics",
    .summary = "What happened by day, conversion, and who referred most",
    .query = {{"campaign_id", "string", "1", "Of this campaign, by id or code; else of all.", false},
	      {"from", "string", "2026-01-01", "The first day (UTC); else 29 days before the last.", false},
	      {"to", "string", "2026-12-31", "The last day (UTC); else today. At most 366 days.", false}},
    .answers = {{200, ANSWER_DATA, "Analytics"}},
};

void analytics_get(struct call *call)
{
	struct asked asked = {0};
	struct analytics_call *ac = call_alloc(call, sizeof *ac);
	if (ac == NULL || !read_query(call, &asked) || !read_days(call, &asked))
		return;
	ac->call = call;
	ac->sum.first = asked.from;
	ac->sum.n_days = asked.to - asked.from + 1;
	ac->sum.days = call_alloc(call, ac->sum.n_days * sizeof *ac->sum.days);
	if (ac->sum.days == NULL)
		return;
	ac->slice.command = (struct command){.decide = analytics_slice_decide, .done = on_slice};
	ac->slice.name = asked.name;
	ac->slice.codes = call->api->config.codes;
	ac->slice.first = ac->sum.first;
	ac->slice.n_days = ac->sum.n_days;
	call_query(call, &ac->slice.command);
}
