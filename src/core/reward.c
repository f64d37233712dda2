/*
 * Owns the fulfilment of rules: who gets what for which cause, and what is undone with it. Never issues
 * (reward_state.c). Called by joining and qualifying, in the transaction of the cause.
 */
#include "core/reward.h"

#include "core/money.h"
#include "core/rule.h"
#include "reward_state.h"

/* ---- earning ---- */

/* The step that this cause fulfils; false where it fulfils none. */
static bool find_step(const struct rule *rule, const struct reward_cause *cause,
    struct reward_step *step)
{
	bool standard = rule->type == REWARD_STANDARD;
	*step = (struct reward_step){
	    .rule_id = rule->id,
	    .referrer_id = cause->user->referrer_id,
	    .step = standard ? cause->user->id : cause->count,
	};
	return standard || (cause->count != 0 && rule_counts(rule, cause->count));
}

/* Id 0: nobody. */
static uint64_t recipient_of(const struct rule *rule, const struct user *user)
{
	bool invited = user->referrer_id != 0;
	if (rule->recipient == RECIPIENT_INVITED)
		return invited ? user->id : 0;
	return invited ? user->referrer_id : user->id;
}

static enum err step_is_free(struct tx *tx, struct reward_step *step, bool *is_free)
{
	struct reward before;
	enum err err = tx_get(tx, &KIND_REWARD_STEP, step);
	*is_free = true;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	before = (struct reward){.id = step->reward_id};
	err = tx_get(tx, &KIND_REWARD, &before);
	*is_free = before.state == REWARD_CANCELLED || before.clawback_ms != 0;
	return err;
}

static uint64_t amount_of(const struct rule *rule, const struct reward_cause *cause)
{
	if (rule->metric == METRIC_AMOUNT)
		return rule->amount;
	if (rule->metric != METRIC_COMMISSION || !cause->has_amount)
		return 0;
	uint64_t amount = money_percent(cause->amount_e4, rule->percent, rule->currency);
	return rule->cap != 0 && amount > rule->cap ? rule->cap : amount;
}

/* An amount in another currency is no business of this rule. A commission of a few cents may come to
 * nothing: that is no reward. A commission without an amount is made, and waits for somebody who knows
 * the amount. */
static bool is_nothing(const struct rule *rule, const struct reward_cause *cause)
{
	if (rule->metric != METRIC_COMMISSION)
		return false;
	if (cause->currency.n > 0 && !text_eq(cause->currency, rule->currency))
		return true;
	return cause->has_amount && amount_of(rule, cause) == 0;
}

static enum err make(struct tx *tx, const struct rule *rule, const struct reward_cause *cause,
    const struct reward_step *step, uint64_t recipient_id)
{
	const struct reward_at at = {cause->public_url, cause->now_ms};
	struct reward reward = {
	    .rule_id = rule->id,
	    .campaign_id = rule->campaign_id,
	    .user_id = recipient_id,
	    .cause_id = cause->user->id,
	    .referrer_id = step->referrer_id,
	    .step = step->step,
	    .due_ms = cause->now_ms + rule->hold_ms,
	    .metric = rule->metric,
	    .recipient = rule->recipient,
	    .amount = amount_of(rule, cause),
	    .name = rule->name,
	    .currency = rule->currency,
	    .auto_issue = rule->auto_issue,
	    .method = rule->method,
	};
	return reward_create(tx, &reward, &at);
}

static enum err earn_by(struct tx *tx, const struct rule *rule, const struct reward_cause *cause)
{
	struct reward_step step;
	struct user recipient = {.id = recipient_of(rule, cause->user)};
	uint64_t review;
	bool is_free;
	if (rule->archived_ms != 0 || rule->trigger != cause->trigger || recipient.id == 0 ||
	    !find_step(rule, cause, &step) || is_nothing(rule, cause))
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_USER, &recipient);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err; /* erased */
	if ((err = reward_review_of(tx, cause->user->id, recipient.id, &review)) != ERR_OK ||
	    (err = step_is_free(tx, &step, &is_free)) != ERR_OK)
		return err;
	if (recipient.test || review == REVIEW_REJECTED || !is_free)
		return ERR_OK;
	return make(tx, rule, cause, &step, recipient.id);
}

/* ---- undoing ---- */

static enum err undo_step(struct tx *tx, const struct reward_step *named,
    const struct reward_cause *cause)
{
	const struct reward_at at = {cause->public_url, cause->now_ms};
	const struct text reason = TEXT("the user who caused it was unqualified");
	struct reward_step step = *named;
	enum err err = tx_get(tx, &KIND_REWARD_STEP, &step);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct reward reward = {.id = step.reward_id};
	if ((err = tx_get(tx, &KIND_REWARD, &reward)) != ERR_OK)
		return err;
	if (reward.state == REWARD_DUE)
		return reward_cancel(tx, &reward, reason, &at);
	if (reward.state == REWARD_ISSUED && reward.clawback_ms == 0)
		return reward_take_back(tx, &reward, reason, &at);
	return ERR_OK;
}

/* Whatever the rule says today: what it made is undone. */
static enum err undo_by(struct tx *tx, const struct rule *rule, const struct reward_cause *cause)
{
	struct reward_step step;
	if (rule->trigger != cause->trigger)
		return ERR_OK;
	(void)find_step(rule, cause, &step);
	return undo_step(tx, &step, cause);
}

/* ---- both ---- */

typedef enum err rule_fn(struct tx *tx, const struct rule *rule, const struct reward_cause *cause);

static enum err each_rule(struct tx *tx, const struct reward_cause *cause, rule_fn *fn)
{
	struct rule_set set = {.campaign_id = cause->user->campaign_id};
	if (cause->user->test)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_RULE_SET, &set);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.rule_ids); i++) {
		struct rule rule = {.id = id_list_at(set.rule_ids, i)};
		err = tx_get(tx, &KIND_RULE, &rule);
		if (err == ERR_OK)
			err = fn(tx, &rule, cause);
	}
	return err;
}

enum err reward_takes_currency(struct tx *tx, uint64_t campaign_id, struct text currency, bool *takes)
{
	struct rule_set set = {.campaign_id = campaign_id};
	enum err err = tx_get(tx, &KIND_RULE_SET, &set);
	*takes = true;
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.rule_ids); i++) {
		struct rule rule = {.id = id_list_at(set.rule_ids, i)};
		err = tx_get(tx, &KIND_RULE, &rule);
		if (err != ERR_OK || rule.metric != METRIC_COMMISSION || rule.archived_ms != 0)
			continue;
		if ((*takes = text_eq(rule.currency, currency)))
			return ERR_OK;
	}
	return err;
}

enum err reward_earn(struct tx *tx, const struct reward_cause *cause)
{
	return each_rule(tx, cause, earn_by);
}

enum err reward_undo(struct tx *tx, const struct reward_cause *cause)
{
	return each_rule(tx, cause, undo_by);
}

void reward_review_decided(struct tx *tx, uint64_t user_id)
{
	const struct reward_review row = {user_id};
	tx_put(tx, &KIND_REWARD_REVIEW, &row);
}
