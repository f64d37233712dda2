/*
 * Owns the analytics call: the requested days and the form of the response. Never adds up counters
 * (core/analytics.c). Called through the route table.
 */
#include "core/analytics.h"

#include <stddef.h>
#include <string.h>

#include "api/call/show.h"
#include "base/clock.h"
#include "base/form.h"
#include "base/typed.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "routes.h"

enum { DAYS = 30 /* the default */ };

struct asked {
	struct campaign_name name; /* id 0 and no code: all */
	uint64_t from, to;         /* days */
	bool has_from, has_to;
};

/* First reads the campaign, then slices of days until the last one, then the top referrers. */
struct analytics_call {
	union {
		struct campaign_read read;
		struct analytics_slice slice;
		struct analytics_top top;
	};
	struct analytics sum;
	struct asked asked;
	uint64_t campaign_id; /* 0: all */
	bool with_tomorrow;   /* the last day is tomorrow, for campaigns east of Greenwich */
	struct call *call;
};

/* ---- the response ---- */

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
	clock_format_day(day, date);
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
		json_put_text(o, "code", code_of_user(call->api->codes, u->id, u->alias, room));
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

static const char no_campaign[] = "no campaign has this id or code: check campaign_id";

/* Leaves tomorrow out of the response if nothing has happened on it. */
static void drop_empty_tomorrow(struct analytics_call *ac)
{
	const struct day none = {0};
	struct analytics *sum = &ac->sum;
	if (ac->with_tomorrow && memcmp(&sum->days[sum->n_days - 1], &none, sizeof none) == 0)
		sum->n_days--;
}

static void on_slice(struct command *command, enum err err)
{
	struct analytics_call *ac = (struct analytics_call *)command;
	struct analytics_slice *slice = &ac->slice;
	if (err != ERR_OK) {
		call_reply_err(ac->call, err, no_campaign);
		return;
	}
	analytics_add(&ac->sum, slice);
	if (slice->next != 0) {
		slice->from = slice->next;
		call_query(ac->call, &slice->command);
		return;
	}
	drop_empty_tomorrow(ac);
	ac->top = (struct analytics_top){
	    .command = {.decide = analytics_top_decide, .done = on_top}, .of = &ac->sum};
	call_query(ac->call, &ac->top.command);
}

/* ---- the query ---- */

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
		return "is not a parameter of this call: the parameters are campaign_id, from and "
		       "to";
	asked->name = campaign_name_read(value);
	return value.n > 0 ? NULL : "must be a campaign's id or code";
}

/* Returns false after it has replied. */
static bool read_query(struct call *call, struct asked *asked)
{
	struct text rest = call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK) {
		value = typed_trim(value);
		const char *problem = read_parameter(asked, name, value);
		if (problem != NULL)
			call_note_named(call, name, problem);
	}
	if (err == ERR_NOT_FOUND)
		return call_check(call);
	call_reply_err(call, err, NULL);
	return false;
}

/* Computes the first and the last day; today is a day in that zone. Returns false after it has
 * replied. */
static bool settle_days(struct call *call, struct asked *asked, const struct zone *zone)
{
	if (!asked->has_to)
		asked->to = zone_day(zone, call_now_ms(call));
	if (!asked->has_from)
		asked->from = asked->to >= DAYS ? asked->to - (DAYS - 1) : 0;
	if (asked->from > asked->to)
		call_reply_field(call, "from", "must not be after to (the default of to is today)");
	else if (asked->to - asked->from >= ANALYTICS_DAYS_MAX)
		call_reply_field(
		    call, "from",
		    "must be at most 365 days before to: split the period into several requests");
	else
		return true;
	return false;
}

/* In the time zones of some campaigns it may already be tomorrow in UTC, so that day is read too.
 */
static void add_tomorrow(struct analytics_call *ac)
{
	enum { EAST_MAX_MS = 14 * 3600 * 1000 }; /* Kiribati */
	struct asked *asked = &ac->asked;
	uint64_t latest = (call_now_ms(ac->call) + EAST_MAX_MS) / CLOCK_DAY_MS;
	ac->with_tomorrow = ac->campaign_id == 0 && !asked->has_to && latest > asked->to &&
			    asked->to - asked->from + 1 < ANALYTICS_DAYS_MAX;
	asked->to += ac->with_tomorrow;
}

static void begin(struct analytics_call *ac, const struct zone *zone)
{
	struct call *call = ac->call;
	struct analytics *sum = &ac->sum;
	if (!settle_days(call, &ac->asked, zone))
		return;
	add_tomorrow(ac);
	sum->first = ac->asked.from;
	sum->n_days = ac->asked.to - ac->asked.from + 1;
	sum->days = call_alloc(call, sum->n_days * sizeof *sum->days);
	if (sum->days == NULL)
		return;
	ac->slice = (struct analytics_slice){
	    .command = {.decide = analytics_slice_decide, .done = on_slice},
	    .name = {.id = ac->campaign_id},
	    .codes = call->api->codes,
	    .first = sum->first,
	    .n_days = sum->n_days,
	};
	call_query(call, &ac->slice.command);
}

static void on_campaign(struct command *command, enum err err)
{
	struct analytics_call *ac = (struct analytics_call *)command;
	const struct campaign *campaign = &ac->read.campaign;
	ac->campaign_id = campaign->id;
	if (err == ERR_OK)
		begin(ac, campaign_zone(campaign));
	else
		call_reply_err(ac->call, err, no_campaign);
}

const struct operation OP_ANALYTICS_GET = {
    .id = "getAnalytics",
    .tag = "Analytics",
    .summary = "Read daily counts, the conversion and the top referrers",
    .description =
	"Days are in the campaign's own time zone; a change of the time zone does not move "
	"counted days. Without campaign_id, today is a day in UTC, and the list also has "
	"tomorrow if a campaign in an eastern time zone has counted something on it already.",
    .query = {{"campaign_id", "string", "1",
	       "The id or code of a campaign. Without it, all campaigns are added up.", false},
	      {"from", "string", "2026-01-01",
	       "The first day. Default: 29 days before the last day.", false},
	      {"to", "string", "2026-12-31",
	       "The last day. Default: today. A period has at most 366 days.", false}},
    .answers = {{200, ANSWER_DATA, "Analytics"}},
};

void analytics_get(struct call *call)
{
	struct analytics_call *ac = call_alloc(call, sizeof *ac);
	if (ac == NULL || !read_query(call, &ac->asked))
		return;
	const struct campaign_name *name = &ac->asked.name;
	ac->call = call;
	if (name->id == 0 && name->code.n == 0) {
		begin(ac, zone_find((struct text){0}));
		return;
	}
	ac->read = (struct campaign_read){
	    .command = {.decide = campaign_read_decide, .done = on_campaign},
	    .name = *name,
	    .codes = call->api->codes,
	};
	call_query(call, &ac->read.command);
}
