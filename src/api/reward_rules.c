/*
 * Owns the reward-rule calls of the REST API. Never applies a rule (core/rule*.c). Called through
 * the route table.
 */
#include "reward_rules.h"

#include <stddef.h>

#include "api/call/decode.h"
#include "api/call/paging.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "core/id_list.h"
#include "core/money.h"
#include "core/names.h"
#include "reward_show.h"
#include "routes.h"

enum { CURRENCY_TEXT_MAX = 16 };

struct rule_call {
	union {
		struct command command;
		struct rule_save save;
		struct rule_remove remove;
		struct rule_read read;
		struct rule_list list;
	};
	struct paging paging;
	struct call *call;
};

/* ---- members ---- */

static const char *read_percent(struct call *call, const struct json *v, void *record)
{
	struct rule *rule = record;
	struct text t;
	(void)call;
	rule->percent = 0;
	if (json_kind(v) == JSON_NULL)
		return NULL;
	return json_number_text(v, &t) && decimal_read(t, PERCENT_PLACES, &rule->percent) == ERR_OK
		   ? NULL
		   : "must be a number above 0 and at most 100, with at most two decimals";
}

static const char *read_money(struct call *call, const struct json *v, uint64_t *out)
{
	const char *problem = decode_whole(call, v, MONEY_MAX, out);
	return problem == NULL ? NULL : decode_problem(call, "%s: " MONEY_IN_MINOR_UNITS, problem);
}

static const char *read_amount(struct call *call, const struct json *v, void *record)
{
	return read_money(call, v, &((struct rule *)record)->amount);
}

static const char *read_cap(struct call *call, const struct json *v, void *record)
{
	return read_money(call, v, &((struct rule *)record)->cap);
}

static const char *read_thresholds(struct call *call, const struct json *v, void *record)
{
	struct rule *rule = record;
	uint64_t count;
	rule->thresholds = (struct text){0};
	if (json_kind(v) == JSON_NULL)
		return NULL;
	if (json_kind(v) != JSON_ARRAY || json_length(v) > RULE_THRESHOLDS_MAX)
		return "must be a list of 1 to 64 counts, such as [5, 10, 50]";
	for (size_t i = 0; i < json_length(v); i++) {
		if (!json_u64(json_at(v, i), false, &count))
			return "must be a list of whole numbers, such as [5, 10, 50]";
		if (id_list_add(rule->thresholds, count, &call->req->arena, &rule->thresholds) !=
		    ERR_OK)
			return DECODE_NO_MEMORY;
	}
	return NULL;
}

static const char *read_auto_issue(struct call *call, const struct json *v, void *record)
{
	bool on;
	(void)call;
	if (!json_bool(v, &on))
		return "must be true or false";
	((struct rule *)record)->auto_issue = on;
	return NULL;
}

static const char *read_hold(struct call *call, const struct json *v, void *record)
{
	uint64_t days;
	(void)call;
	if (!json_u64(v, false, &days) || days > RULE_HOLD_DAYS_MAX)
		return "must be a whole number of days from 0 to 3650";
	((struct rule *)record)->hold_ms = days * CLOCK_DAY_MS;
	return NULL;
}

#define AT(member) offsetof(struct rule, member)
static const struct decode_field table[] = {
    {"campaign_id", DECODE_U64, AT(campaign_id), UINT64_MAX, NULL, NULL},
    {"name", DECODE_NAME, AT(name), RULE_NAME_MAX, NULL, NULL},
    {"description", DECODE_TEXT, AT(description), RULE_DESCRIPTION_MAX, NULL, NULL},
    {"metric", DECODE_WORD, AT(metric), 0, METRIC_NAMES, NULL},
    {"recipient", DECODE_WORD, AT(recipient), 0, RECIPIENT_NAMES, NULL},
    {"trigger", DECODE_WORD, AT(trigger), 0, TRIGGER_NAMES, NULL},
    {"type", DECODE_WORD, AT(type), 0, REWARD_TYPE_NAMES, NULL},
    {"method", DECODE_WORD, AT(method), 0, REWARD_METHOD_NAMES, NULL},
    {"amount", DECODE_CUSTOM, AT(amount), 0, NULL, read_amount},
    {"currency", DECODE_TEXT, AT(currency), CURRENCY_TEXT_MAX, NULL, NULL},
    {"percent", DECODE_CUSTOM, AT(percent), 0, NULL, read_percent},
    {"cap", DECODE_CUSTOM, AT(cap), 0, NULL, read_cap},
    {"every", DECODE_U64, AT(every), RULE_COUNT_MAX, NULL, NULL},
    {"thresholds", DECODE_CUSTOM, AT(thresholds), 0, NULL, read_thresholds},
    {"repeat", DECODE_WORD, AT(repeat), 0, REPEAT_NAMES, NULL},
    {"max_per_user", DECODE_U64, AT(max_per_user), RULE_COUNT_MAX, NULL, NULL},
    {"auto_issue", DECODE_CUSTOM, AT(auto_issue), 0, NULL, read_auto_issue},
    {"hold_days", DECODE_CUSTOM, AT(hold_ms), 0, NULL, read_hold},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

/* ---- responses ---- */

static const char no_rule[] =
    "no reward rule has this id: GET /api/v2/reward-rules lists the rules";

static void reply_rule(struct call *call, int status, const struct rule_row *row)
{
	struct json_out o = call_data(call);
	rule_show(&o, row);
	call_reply_data(call, &o, status);
}

void rule_show_rows(struct json_out *o, const struct rule_list *list)
{
	for (size_t i = 0; i < list->page.n; i++) {
		json_open(o, NULL, '{');
		rule_show(o, &list->rows[i]);
		json_close(o, '}');
	}
}

static struct rule_call *begin(struct call *call, command_decide_fn *decide, command_done_fn *done)
{
	struct rule_call *rc = call_alloc(call, sizeof *rc);
	if (rc == NULL)
		return NULL;
	rc->call = call;
	rc->command = (struct command){.decide = decide, .done = done};
	return rc;
}

/* ---- the list ---- */

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	struct rule_call *rc = arg;
	(void)call;
	if (text_eq(name, TEXT("metric")))
		return name_find(METRIC_NAMES, value, &rc->list.metric)
			   ? NULL
			   : "must be amount, commission, coupon or custom";
	if (!text_eq(name, TEXT("campaign_id")))
		return PAGING_UNKNOWN;
	return text_to_u64(value, &rc->list.campaign_id) && rc->list.campaign_id != 0
		   ? NULL
		   : "must be the id of a campaign";
}

static void on_list(struct command *command, enum err err)
{
	struct rule_call *rc = (struct rule_call *)command;
	if (err != ERR_OK) {
		call_reply_err(rc->call, err, NULL);
		return;
	}
	struct json_out o = paging_begin(rc->call);
	rule_show_rows(&o, &rc->list);
	paging_reply(rc->call, &rc->paging, rc->list.page.next, &o);
}

const struct operation OP_RULE_LIST = {
    .id = "listRewardRules",
    .tag = "Rewards",
    .summary = "List reward rules",
    .query = {{"campaign_id", "integer", "1", "The id of a campaign.", false},
	      {"metric", "RewardMetric", "coupon", "The metric of the rules.", false}},
    .answers = {{200, ANSWER_LIST, "RewardRule"}},
};

void rule_list(struct call *call)
{
	struct rule_call *rc = begin(call, rule_list_decide, on_list);
	if (rc == NULL || !paging_read(call, &rc->paging, read_filter, rc))
		return;
	rc->list.page = paging_ask(&rc->paging);
	rc->list.rows = call_alloc(call, rc->list.page.max * sizeof *rc->list.rows);
	if (rc->list.rows != NULL)
		call_query(call, &rc->command);
}

/* ---- creating and changing ---- */

static void on_saved(struct command *command, enum err err)
{
	struct rule_call *rc = (struct rule_call *)command;
	if (err == ERR_REFUSED && call_reply_key_refused(rc->call, &rc->save.key))
		return;
	if (err == ERR_REFUSED)
		call_reply_problems(rc->call, &rc->save.problems);
	else if (err != ERR_OK)
		call_reply_err(rc->call, err, no_rule);
	else
		reply_rule(rc->call, rc->call->params[0].n > 0 ? 200 : 201, &rc->save.row);
}

static void save(struct call *call, struct rule_call *rc)
{
	struct body body;
	if (!body_read(call, &body))
		return;
	bool ok = (rc->save.rule.id != 0 || call_read_creation_key(call, &rc->save.key)) &&
		  decode_record(call, &body, table, &KIND_RULE, &rc->save.rule, &rc->save.set);
	body_free(&body);
	rc->save.now_ms = call_now_ms(call);
	if (ok)
		call_submit_noted(call, &rc->command, &rc->save.problems);
}

const struct operation OP_RULE_CREATE = {
    .id = "createRewardRule",
    .tag = "Rewards",
    .audit = {AUDIT_RULE_CREATE, offsetof(struct rule_save, row.rule.id)},
    .summary = "Create a reward rule",
    .description = "The rule counts from now on: earlier events earn nothing.",
    .takes = TAKES_JSON,
    .request = "RewardRuleCreate",
    .idempotent = true,
    .conflict = CALL_KEY_CONFLICT,
    .answers = {{201, ANSWER_DATA, "RewardRule"}},
};

void rule_create(struct call *call)
{
	struct rule_call *rc = begin(call, rule_save_decide, on_saved);
	if (rc == NULL)
		return;
	rc->save.rule = (struct rule){
	    .recipient = RECIPIENT_REFERRER,
	    .trigger = TRIGGER_QUALIFY,
	    .type = REWARD_STANDARD,
	    .method = REWARD_BY_WEBHOOK,
	};
	save(call, rc);
}

const struct operation OP_RULE_UPDATE = {
    .id = "updateRewardRule",
    .tag = "Rewards",
    .audit = {AUDIT_RULE_UPDATE, offsetof(struct rule_save, row.rule.id)},
    .summary = "Change a reward rule",
    .description = "Due rewards keep the name and the money with which they were earned.",
    .takes = TAKES_JSON,
    .request = "RewardRuleChange",
    .answers = {{200, ANSWER_DATA, "RewardRule"}},
};

void rule_update(struct call *call)
{
	struct rule_call *rc = begin(call, rule_save_decide, on_saved);
	if (rc != NULL && call_read_id(call, &rc->save.rule.id, no_rule))
		save(call, rc);
}

/* ---- a single record ---- */

static void on_read(struct command *command, enum err err)
{
	struct rule_call *rc = (struct rule_call *)command;
	if (err != ERR_OK)
		call_reply_err(rc->call, err, no_rule);
	else
		reply_rule(rc->call, 200, &rc->read.row);
}

const struct operation OP_RULE_GET = {
    .id = "getRewardRule",
    .tag = "Rewards",
    .summary = "Read a reward rule",
    .answers = {{200, ANSWER_DATA, "RewardRule"}},
};

void rule_get(struct call *call)
{
	struct rule_call *rc = begin(call, rule_read_decide, on_read);
	if (rc != NULL && call_read_id(call, &rc->read.id, no_rule))
		call_query(call, &rc->command);
}

static void on_removed(struct command *command, enum err err)
{
	struct rule_call *rc = (struct rule_call *)command;
	if (err != ERR_OK)
		call_reply_err(rc->call, err, no_rule);
	else if (rc->remove.archived)
		reply_rule(rc->call, 200, &rc->remove.row);
	else
		call_reply_nothing(rc->call);
}

const struct operation OP_RULE_DELETE = {
    .id = "deleteRewardRule",
    .tag = "Rewards",
    .audit = {AUDIT_RULE_DELETE, offsetof(struct rule_remove, id)},
    .summary = "Delete a reward rule, or archive it if it has rewards or coupons",
    .description = "An archived rule makes no more rewards. Due rewards stay due.",
    .answers = {{204, ANSWER_EMPTY, NULL}, {200, ANSWER_DATA, "RewardRule"}},
};

void rule_delete(struct call *call)
{
	struct rule_call *rc = begin(call, rule_remove_decide, on_removed);
	if (rc == NULL || !call_read_id(call, &rc->remove.id, no_rule))
		return;
	rc->remove.now_ms = call_now_ms(call);
	call_submit(call, &rc->command);
}
