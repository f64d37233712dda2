/*
 * Owns the lists of rewards. Never changes a reward (rewards.c). Called through the route table.
 */
#include "core/reward.h"

#include "api/call/identifier.h"
#include "api/call/paging.h"
#include "api/call/search.h"
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
