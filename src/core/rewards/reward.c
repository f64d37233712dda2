/*
 * Owns the fulfilment of rules: which user gets which reward for which cause, and how it is undone.
 * Never issues a reward (reward_state.c). Called by joining and qualifying, in the transaction of
 * the cause.
 */
#include "core/reward.h"

#include <assert.h>

#include "core/id_list.h"
#include "core/money.h"
#include "core/records/derived.h"
#include "core/rule.h"
#include "reward_state.h"

/* ---- earning ---- */

/* Finds the step that this cause fulfils; false if it fulfils none. */
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

/* Returns id 0 if the rule has no recipient here. */
static uint64_t recipient_of(const struct rule *rule, const struct user *user)
{
	bool invited = user->referrer_id != 0;
	if (rule->recipient == RECIPIENT_INVITED)
		return invited ? user->id : 0;
	return invited ? user->referrer_id : user->id;
}

static enum err step_is_free(struct tx *tx, const struct rule *rule, struct reward_step *step,
			     bool *is_free)
{
	struct reward before;
	enum err err = tx_get_ahead(tx, &KIND_REWARD_STEP, step);
	*is_free = true;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (rule->repeat == REPEAT_EVERY_ORDER) {
		*is_free = rule->max_per_user == 0 || step->living < rule->max_per_user;
		return ERR_OK;
	}
	before = (struct reward){.id = step->reward_id};
	err = tx_get(tx, &KIND_REWARD, &before);
	*is_free = !reward_lives(&before);
	return err;
}

/* ---- money ---- */

/* cap 0: no cap. */
static uint64_t commission_of(uint64_t amount_e4, uint64_t percent, uint64_t cap,
			      struct text currency)
{
	uint64_t amount = money_percent(amount_e4, percent, currency);
	return cap != 0 && amount > cap ? cap : amount;
}

static uint64_t amount_of(const struct rule *rule, const struct reward_cause *cause)
{
	if (rule->metric == METRIC_AMOUNT)
		return rule->amount;
	if (rule->metric != METRIC_COMMISSION || !cause->has_amount)
		return 0;
	return commission_of(cause->amount_e4, rule->percent, rule->cap, rule->currency);
}

/* A rule does not count amounts in another currency. A commission that rounds to 0 makes no reward.
 * A commission without an amount makes a reward, which waits until an operator sets the amount. */
static bool is_nothing(const struct rule *rule, const struct reward_cause *cause)
{
	if (rule->metric != METRIC_COMMISSION)
		return false;
	if (cause->currency.n > 0 && !text_eq(cause->currency, rule->currency))
		return true;
	return cause->has_amount && amount_of(rule, cause) == 0;
}

static enum err note(struct tx *tx, const struct reward_cause *cause, const struct reward *reward)
{
	return cause->changes == NULL ? ERR_OK
				      : reward_changes_add(cause->changes, tx_arena(tx), reward);
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
	    .repeat = rule->repeat,
	    .percent = rule->percent,
	    .cap = rule->cap,
	};
	enum err err = reward_create(tx, &reward, &at);
	return err == ERR_OK ? note(tx, cause, &reward) : err;
}

static enum err earn_by(struct tx *tx, const struct rule *rule, const struct reward_cause *cause)
{
	struct reward_step step;
	struct user recipient = {.id = recipient_of(rule, cause->user)};
	uint64_t review;
	bool is_free;
	if (rule->archived_ms != 0 || recipient.id == 0 ||
	    (cause->is_repeated && rule->repeat != REPEAT_EVERY_ORDER) ||
	    !find_step(rule, cause, &step) || is_nothing(rule, cause))
		return ERR_OK;
	enum err err = step_is_free(tx, rule, &step, &is_free);
	if (err != ERR_OK)
		return err;
	err = tx_get_ahead(tx, &KIND_USER, &recipient);
	if (err == ERR_NOT_FOUND && !tx_is_unsure(tx))
		return ERR_OK; /* the recipient was erased */
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if ((err = reward_review_of(tx, cause->user->id, recipient.id, &review)) != ERR_OK)
		return err;
	if (recipient.test || review == REVIEW_REJECTED || !is_free)
		return ERR_OK;
	return make(tx, rule, cause, &step, recipient.id);
}

/* ---- undoing ---- */

/* Reduces a living reward to `left`; 0 undoes all of it. */
static enum err leave(struct tx *tx, struct reward *r, uint64_t left, struct text reason,
		      const struct reward_cause *cause)
{
	const struct reward_at at = {cause->public_url, cause->now_ms};
	enum err err = ERR_OK;
	if (r->state == REWARD_ISSUED) {
		err = reward_take_back(tx, r, left, reason, &at);
	} else if (left == 0) {
		err = reward_cancel(tx, r, reason, &at);
	} else {
		r->amount = left;
		tx_put(tx, &KIND_REWARD, r);
	}
	return err == ERR_OK ? note(tx, cause, r) : err;
}

static enum err undo_step(struct tx *tx, const struct reward_step *named,
			  const struct reward_cause *cause)
{
	struct reward_step step = *named;
	enum err err = tx_get(tx, &KIND_REWARD_STEP, &step);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct reward reward = {.id = step.reward_id};
	err = tx_get(tx, &KIND_REWARD, &reward);
	if (err != ERR_OK || !reward_lives(&reward))
		return err;
	return leave(tx, &reward, 0, TEXT("the user who caused it was unqualified"), cause);
}

/* Undoes the reward even if the rule has changed since. */
static enum err undo_by(struct tx *tx, const struct rule *rule, const struct reward_cause *cause)
{
	struct reward_step step;
	if (rule->repeat == REPEAT_EVERY_ORDER)
		return ERR_OK;
	(void)find_step(rule, cause, &step);
	return undo_step(tx, &step, cause);
}

/* ---- refunds of one order ---- */

enum err reward_undo_order(struct tx *tx, const struct reward_cause *cause, const uint64_t *ids,
			   size_t n)
{
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < n; i++) {
		struct reward reward = {.id = ids[i]};
		err = tx_get(tx, &KIND_REWARD, &reward);
		bool is_of_order =
		    reward.repeat == REPEAT_EVERY_ORDER || reward.metric == METRIC_COMMISSION;
		if (err == ERR_OK && is_of_order && reward_lives(&reward))
			err = leave(tx, &reward, 0, TEXT("its order was refunded"), cause);
	}
	return err;
}

enum err reward_reduce_order(struct tx *tx, const struct reward_cause *cause, const uint64_t *ids,
			     size_t n)
{
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < n; i++) {
		struct reward r = {.id = ids[i]};
		err = tx_get(tx, &KIND_REWARD, &r);
		if (err != ERR_OK || r.metric != METRIC_COMMISSION || r.percent == 0 ||
		    !reward_lives(&r))
			continue;
		uint64_t left = commission_of(cause->amount_e4, r.percent, r.cap, r.currency);
		if (left < r.amount - reward_clawback_amount(&r))
			err = leave(tx, &r, left, TEXT("a part of its order was refunded"), cause);
	}
	return err;
}

/* ---- rules ---- */

typedef enum err rule_fn(struct tx *tx, const struct rule *rule, const struct reward_cause *cause);

/* The number of a list names the campaign and the trigger. */
enum { TRIGGERS = 16 };

static enum err list_rules(struct tx *tx, uint64_t number, struct text *ids)
{
	struct rule_set set = {.campaign_id = number / TRIGGERS};
	enum err err = tx_get(tx, &KIND_RULE_SET, &set);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.rule_ids); i++) {
		struct rule rule = {.id = id_list_at(set.rule_ids, i)};
		err = tx_get(tx, &KIND_RULE, &rule);
		if (err == ERR_OK && rule.trigger == number % TRIGGERS)
			err = id_list_add(*ids, rule.id, tx_arena(tx), ids);
	}
	return err;
}

/* The rules of a campaign with a trigger, archived rules included. */
static const struct derived rules_for = {
    .id = DERIVED_RULES,
    .kinds = {&KIND_RULE_SET, &KIND_RULE},
    .make = list_rules,
};

static enum err each_rule(struct tx *tx, const struct reward_cause *cause, rule_fn *fn)
{
	struct text ids;
	assert(cause->user->id != 0 && cause->trigger < (unsigned)TRIGGERS);
	if (cause->user->test)
		return ERR_OK;
	enum err err =
	    tx_derive(tx, &rules_for, cause->user->campaign_id * TRIGGERS + cause->trigger, &ids);
	for (size_t i = 0; err == ERR_OK && i < id_list_length(ids); i++) {
		struct rule rule = {.id = id_list_at(ids, i)};
		err = tx_get(tx, &KIND_RULE, &rule);
		if (err == ERR_OK)
			err = fn(tx, &rule, cause);
	}
	return err;
}

enum err reward_takes_currency(struct tx *tx, uint64_t campaign_id, struct text currency,
			       bool *takes)
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
