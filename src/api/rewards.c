/*
 * Owns the reward calls of the REST API: lists, issuing, cancelling. Never decides about a reward
 * (core/reward*.c). Called through the route table.
 */
#include "core/reward.h"

#include "api/call/body.h"
#include "api/call/identifier.h"
#include "api/call/paging.h"
#include "api/call/search.h"
#include "base/utf8.h"
#include "core/money.h"
#include "core/names.h"
#include "reward_rules.h"
#include "reward_show.h"
#include "routes.h"

struct reward_list_call {
	union {
		struct command command;
		struct reward_list list;
		struct rule_list dashboard;
	};
	struct gather gather;
	uint64_t state, metric, campaign_id, rule_id; /* 0: any */
	struct who user;
	struct filter where;
	bool is_dashboard;
	bool of_all; /* state and metric are filters, not parts of the path */
};

struct act_call {
	struct reward_act act;
	struct call *call;
};

/* ---- lists ---- */

static const char *read_id(struct text value, uint64_t *id, const char *problem)
{
	return text_to_u64(value, id) && *id != 0 ? NULL : problem;
}

static const char *read_kind(struct reward_list_call *lc, struct text name, struct text value)
{
	if (text_eq(name, TEXT("state")))
		return name_find(REWARD_STATE_NAMES, value, &lc->state)
			   ? NULL
			   : "must be due, issued or cancelled";
	if (text_eq(name, TEXT("metric")))
		return name_find(METRIC_NAMES, value, &lc->metric)
			   ? NULL
			   : "must be amount, commission, coupon or custom";
	return PAGING_UNKNOWN;
}

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	struct reward_list_call *lc = arg;
	if (text_eq(name, TEXT("campaign_id")))
		return read_id(value, &lc->campaign_id, "must be the id of a campaign");
	if (lc->is_dashboard)
		return PAGING_UNKNOWN;
	if (text_eq(name, TEXT("rule_id")))
		return read_id(value, &lc->rule_id, "must be the id of a reward rule");
	if (text_eq(name, TEXT("user_id")))
		return identifier_read_user(call, value, &lc->user);
	return lc->of_all ? read_kind(lc, name, value) : PAGING_UNKNOWN;
}

/* Returns NULL after it has replied. */
static struct reward_list_call *begin_list(struct call *call, bool is_dashboard, bool of_all)
{
	struct reward_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc == NULL)
		return NULL;
	lc->is_dashboard = is_dashboard;
	lc->of_all = of_all;
	if (!of_all && !name_find(METRIC_NAMES, call->params[0], &lc->metric)) {
		call_reply_error(call, 404,
				 "this list does not exist: the last part of the path must be "
				 "amount, commission, coupon or custom");
		return NULL;
	}
	const struct filter_field *fields =
	    is_dashboard ? RULE_FILTER_FIELDS : REWARD_FILTER_FIELDS;
	return search_read(&lc->gather, call, fields, &lc->where, read_filter, lc) ? lc : NULL;
}

static void fail_list(struct command *command, enum err err)
{
	struct call *call = ((struct reward_list_call *)command)->gather.call;
	if (err == ERR_NOT_FOUND || err == ERR_TOO_LARGE)
		call_reply_field(call, "user_id", IDENTIFIER_NO_USER);
	else
		call_reply_err(call, err, NULL);
}

static void on_list(struct command *command, enum err err)
{
	struct reward_list_call *lc = (struct reward_list_call *)command;
	struct json_out *o = &lc->gather.o;
	for (size_t i = 0; err == ERR_OK && i < lc->list.page.n; i++) {
		json_open(o, NULL, '{');
		reward_show(lc->gather.call, o, &lc->list.rows[i]);
		json_close(o, '}');
	}
	gather_done(&lc->gather, err, fail_list);
}

/* `lc`: from begin_list, or NULL. */
static void list_rewards(struct call *call, struct reward_list_call *lc)
{
	if (lc == NULL)
		return;
	lc->list = (struct reward_list){
	    .command = {.decide = reward_list_decide, .done = on_list},
	    .state = lc->state,
	    .metric = lc->metric,
	    .campaign_id = lc->campaign_id,
	    .user = lc->user,
	    .codes = call->api->codes,
	    .rule_id = lc->rule_id,
	    .where = lc->where,
	    .rows = call_alloc(call, lc->gather.paging.per_page * sizeof *lc->list.rows),
	};
	if (lc->list.rows != NULL)
		gather_begin(&lc->gather, &lc->command, &lc->list.page);
}

static void list_state(struct call *call, enum reward_state state)
{
	struct reward_list_call *lc = begin_list(call, false, false);
	if (lc != NULL)
		lc->state = state;
	list_rewards(call, lc);
}

#define REWARD_PAGE                                                                                \
	{                                                                                          \
		"page", "integer", "1",                                                            \
		    "The number of the page, from 1. Following links.next costs less.", false      \
	}
#define REWARD_FILTERS                                                                             \
	{                                                                                          \
		REWARD_PAGE, {"campaign_id", "integer", "1", "The id of a campaign.", false},      \
		    {"user_id", "string", "1", "The id or code of the recipient.", false},         \
		    {"rule_id", "integer", "1", "The id of a reward rule.", false},                \
		    SEARCH_PARAMETER("recipient_id", "1"),                                         \
	}

const struct operation OP_REWARD_LIST = {
    .id = "listRewards",
    .tag = "Rewards",
    .summary = "List rewards",
    .description = "Rewards of every state and metric, oldest first. Filter by user_id or rule_id, "
		   "or by both state and metric: then referd reads only these rewards.",
    .query = {REWARD_PAGE,
	      {"campaign_id", "integer", "1", "The id of a campaign.", false},
	      {"user_id", "string", "1", "The id or code of the recipient.", false},
	      {"rule_id", "integer", "1", "The id of a reward rule.", false},
	      {"state", "RewardState", "due", "The state of the rewards.", false},
	      {"metric", "RewardMetric", "amount", "The metric of the rewards.", false}},
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

void reward_list(struct call *call)
{
	list_rewards(call, begin_list(call, false, true));
}

const struct operation OP_REWARD_LIST_DUE = {
    .id = "listDueRewards",
    .tag = "Rewards",
    .summary = "List due rewards",
    .query = REWARD_FILTERS,
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

const struct operation OP_REWARD_SEARCH_DUE = {
    .id = "searchDueRewards",
    .tag = "Rewards",
    .summary = "Search due rewards",
    .description = "The parameters and the response are the same as for listDueRewards.",
    SEARCH_TAKES,
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

void reward_list_due(struct call *call)
{
	list_state(call, REWARD_DUE);
}

const struct operation OP_REWARD_LIST_ISSUED = {
    .id = "listIssuedRewards",
    .tag = "Rewards",
    .summary = "List issued rewards",
    .description = "Rewards that are to be taken back have clawback_at.",
    .query = REWARD_FILTERS,
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

const struct operation OP_REWARD_SEARCH_ISSUED = {
    .id = "searchIssuedRewards",
    .tag = "Rewards",
    .summary = "Search issued rewards",
    .description = "The parameters and the response are the same as for listIssuedRewards.",
    SEARCH_TAKES,
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

void reward_list_issued(struct call *call)
{
	list_state(call, REWARD_ISSUED);
}

const struct operation OP_REWARD_LIST_CANCELLED = {
    .id = "listCancelledRewards",
    .tag = "Rewards",
    .summary = "List cancelled rewards",
    .query = REWARD_FILTERS,
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

const struct operation OP_REWARD_SEARCH_CANCELLED = {
    .id = "searchCancelledRewards",
    .tag = "Rewards",
    .summary = "Search cancelled rewards",
    .description = "The parameters and the response are the same as for listCancelledRewards.",
    SEARCH_TAKES,
    .answers = {{200, ANSWER_LIST, "Reward"}},
};

void reward_list_cancelled(struct call *call)
{
	list_state(call, REWARD_CANCELLED);
}

static void on_dashboard(struct command *command, enum err err)
{
	struct reward_list_call *lc = (struct reward_list_call *)command;
	if (err == ERR_OK)
		rule_show_rows(&lc->gather.o, &lc->dashboard);
	gather_done(&lc->gather, err, NULL);
}

const struct operation OP_REWARD_DASHBOARD = {
    .id = "listRewardDashboard",
    .tag = "Rewards",
    .summary = "List the rules of a metric with the counts of their rewards and coupons",
    .query = {REWARD_PAGE,
	      {"campaign_id", "integer", "1", "The id of a campaign.", false},
	      SEARCH_PARAMETER("name", "Voucher")},
    .answers = {{200, ANSWER_LIST, "RewardRule"}},
};

const struct operation OP_REWARD_SEARCH_DASHBOARD = {
    .id = "searchRewardDashboard",
    .tag = "Rewards",
    .summary = "Search the rules of a metric",
    .description = "The parameters and the response are the same as for the dashboard's list.",
    SEARCH_TAKES,
    .answers = {{200, ANSWER_LIST, "RewardRule"}},
};

void reward_dashboard(struct call *call)
{
	struct reward_list_call *lc = begin_list(call, true, false);
	if (lc == NULL)
		return;
	lc->dashboard = (struct rule_list){
	    .command = {.decide = rule_list_decide, .done = on_dashboard},
	    .metric = lc->metric,
	    .campaign_id = lc->campaign_id,
	    .where = lc->where,
	    .rows = call_alloc(call, lc->gather.paging.per_page * sizeof *lc->dashboard.rows),
	};
	if (lc->dashboard.rows != NULL)
		gather_begin(&lc->gather, &lc->command, &lc->dashboard.page);
}

/* ---- a single record ---- */

static void reply_reward(struct act_call *ac, bool with_changed)
{
	struct json_out o = call_data(ac->call);
	reward_show(ac->call, &o, &ac->act.row);
	json_close(&o, '}');
	if (with_changed)
		json_put_bool(&o, "changed", ac->act.changed);
	json_close(&o, '}');
	call_reply_json(ac->call, 200);
}

static void refuse(struct act_call *ac)
{
	if (ac->act.field != NULL)
		call_reply_field(ac->call, ac->act.field, ac->act.refusal);
	else
		call_reply_error(ac->call, 409, ac->act.refusal);
}

/* GET /rewards/due matches this route too: its metric is missing. */
static const char no_reward[] =
    "no reward has this id: the lists are /rewards/due/{metric}, /rewards/issued/{metric}, "
    "/rewards/cancelled/{metric} and /rewards/dashboard/{metric}; metric is amount, commission, "
    "coupon or custom";

static void on_read(struct command *command, enum err err)
{
	struct act_call *ac = (struct act_call *)command;
	if (err == ERR_OK)
		reply_reward(ac, false);
	else if (err == ERR_REFUSED)
		refuse(ac);
	else
		call_reply_err(ac->call, err, no_reward);
}

static void on_acted(struct command *command, enum err err)
{
	struct act_call *ac = (struct act_call *)command;
	if (err == ERR_OK)
		reply_reward(ac, true);
	else
		on_read(command, err);
}

/* Returns NULL after it has replied. */
static struct act_call *begin_act(struct call *call, command_decide_fn *decide,
				  command_done_fn *done)
{
	struct act_call *ac = call_alloc(call, sizeof *ac);
	if (ac == NULL)
		return NULL;
	if (!call_read_id(call, &ac->act.id, no_reward))
		return NULL;
	ac->call = call;
	ac->act.command = (struct command){.decide = decide, .done = done};
	ac->act.now_ms = call_now_ms(call);
	ac->act.public_url = call->api->public_url;
	return ac;
}

const struct operation OP_REWARD_GET = {
    .id = "getReward",
    .tag = "Rewards",
    .summary = "Read a reward",
    .answers = {{200, ANSWER_DATA, "Reward"}},
};

void reward_get(struct call *call)
{
	struct act_call *ac = begin_act(call, reward_read_decide, on_read);
	if (ac != NULL)
		call_query(call, &ac->act.command);
}

const struct operation OP_REWARD_ISSUE = {
    .id = "issueReward",
    .tag = "Rewards",
    .summary = "Issue a due reward now",
    .description = "A reward can be issued during its hold. Fires reward.issued. If the reward is "
		   "issued already, changed is false.",
    .conflict = "The reward was cancelled, waits for a review or has no amount, or the coupon pool "
		"is empty.",
    .answers = {{200, ANSWER_WHOLE, "RewardChanged"}},
};

void reward_issue_post(struct call *call)
{
	struct act_call *ac = begin_act(call, reward_issue_decide, on_acted);
	if (ac != NULL)
		call_submit(call, &ac->act.command);
}

/* Copies the member "reason"; returns false after 503. */
static bool read_reason(struct act_call *ac, const struct body *body)
{
	struct text reason;
	enum body_field given = body_text(body, "reason", false, &reason);
	ac->act.set_reason = given == BODY_TEXT;
	if (given == BODY_WRONG || reason.n > REWARD_REASON_MAX || !utf8_printable(reason)) {
		call_note(ac->call, "reason",
			  "must be text of at most 500 bytes without control characters");
		return true;
	}
	return call_keep(ac->call, reason, &ac->act.reason);
}

const struct operation OP_REWARD_CANCEL = {
    .id = "cancelReward",
    .tag = "Rewards",
    .summary = "Cancel a due reward",
    .description = "Fires reward.cancelled. If the reward is cancelled already, changed is false.",
    .takes = TAKES_JSON | TAKES_FORM | TAKES_OPTIONAL,
    .request = "RewardCancel",
    .conflict = "The reward was issued.",
    .answers = {{200, ANSWER_WHOLE, "RewardChanged"}},
};

void reward_cancel_post(struct call *call)
{
	struct body body;
	struct act_call *ac = begin_act(call, reward_cancel_decide, on_acted);
	if (ac == NULL || !body_read(call, &body))
		return;
	bool ok = read_reason(ac, &body);
	body_free(&body);
	if (ok && ac->act.reason.n == 0)
		ac->act.reason = TEXT("cancelled by the operator");
	if (ok)
		call_submit(call, &ac->act.command);
}

static void read_amount(struct act_call *ac, const struct body *body)
{
	struct text amount;
	enum body_field given = body_text(body, "amount", true, &amount);
	ac->act.set_amount = given == BODY_TEXT;
	if (given == BODY_ABSENT || (given == BODY_TEXT && text_to_u64(amount, &ac->act.amount)))
		return;
	call_note(ac->call, "amount", "must be a whole number: " MONEY_IN_MINOR_UNITS);
}

const struct operation OP_REWARD_UPDATE = {
    .id = "updateReward",
    .tag = "Rewards",
    .summary = "Change the amount or the reason of a due reward",
    .takes = TAKES_JSON | TAKES_FORM,
    .request = "RewardChange",
    .conflict = "The reward is no longer due.",
    .answers = {{200, ANSWER_DATA, "Reward"}},
};

void reward_update(struct call *call)
{
	struct body body;
	struct act_call *ac = begin_act(call, reward_edit_decide, on_read);
	if (ac == NULL || !body_read(call, &body))
		return;
	bool ok = read_reason(ac, &body);
	read_amount(ac, &body);
	body_free(&body);
	if (ok)
		call_submit(call, &ac->act.command);
}
