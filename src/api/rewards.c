/*
 * Owns the calls that read, issue, cancel and change one reward. Never decides about a reward
 * (core/reward*.c), and never lists rewards (reward_lists.c). Called through the route table.
 */
#include "core/reward.h"

#include "api/call/body.h"
#include "api/call/identifier.h"
#include "base/utf8.h"
#include "core/money.h"
#include "reward_show.h"
#include "routes.h"

struct act_call {
	struct reward_act act;
	struct call *call;
};

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
    .audit = {AUDIT_REWARD_ISSUE, offsetof(struct reward_act, id)},
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
    .audit = {AUDIT_REWARD_CANCEL, offsetof(struct reward_act, id)},
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
    .audit = {AUDIT_REWARD_UPDATE, offsetof(struct reward_act, id)},
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
