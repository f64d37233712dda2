/*
 * Owns the states of a reward, with its index rows, counters, coupon and events, which change only
 * here. Never judges whether a reward is earned (reward.c). Called by the reward commands and jobs.
 */
#include "reward_state.h"

#include <assert.h>
#include <stddef.h>

#include "core/campaign_defaults.h"
#include "core/day.h"
#include "core/money.h"
#include "core/outbox/event.h"

/* The obstacles to issuing a due reward. */
enum obstacle {
	NO_OBSTACLE,
	RECIPIENT_GONE,
	REVIEW_OPEN,
	REVIEW_SAID_NO,
	AMOUNT_MISSING,
	POOL_EMPTY,
};

static const char *const obstacle_text[] = {
    [RECIPIENT_GONE] = "its recipient was erased: cancel it",
    [REVIEW_OPEN] =
	"its recipient or the user who caused it is under review: accept or reject that user first",
    [REVIEW_SAID_NO] = "its recipient or the user who caused it was rejected: cancel it",
    [AMOUNT_MISSING] = "no amount was sent with its order, so it has no commission yet: set its "
		       "amount, or cancel it",
    [POOL_EMPTY] = REWARD_POOL_EMPTY,
};

/* ---- rows ---- */

static void put_by(struct tx *tx, enum reward_index by, uint64_t number, uint64_t id)
{
	const struct reward_by row = {by, number, id};
	tx_put(tx, &KIND_REWARD_BY, &row);
}

static void delete_by(struct tx *tx, enum reward_index by, uint64_t number, uint64_t id)
{
	const struct reward_by row = {by, number, id};
	tx_delete(tx, &KIND_REWARD_BY, &row);
}

/* A reward that waits to be issued automatically has at most one row, in the index of its queue. */
static void enter_queue(struct tx *tx, struct reward *r, enum reward_queue queue)
{
	const struct reward_hold row = {r->due_ms, r->id};
	assert(r->state == REWARD_DUE && r->queue == QUEUE_NONE);
	r->queue = queue;
	if (queue == QUEUE_HOLD)
		tx_put(tx, &KIND_REWARD_HOLD, &row);
	else if (queue == QUEUE_COUPON)
		put_by(tx, REWARDS_WAITING, r->rule_id, r->id);
}

static void leave_queue(struct tx *tx, struct reward *r)
{
	const struct reward_hold row = {r->due_ms, r->id};
	if (r->queue == QUEUE_HOLD)
		tx_delete(tx, &KIND_REWARD_HOLD, &row);
	else if (r->queue == QUEUE_COUPON)
		delete_by(tx, REWARDS_WAITING, r->rule_id, r->id);
	r->queue = QUEUE_NONE;
}

static enum err count(struct tx *tx, const struct reward *r, uint64_t state, uint64_t at_ms)
{
	const bool due = state == REWARD_DUE, issued = state == REWARD_ISSUED;
	const bool cancelled = !due && !issued;
	const struct rule_stats rule = {.rule_id = r->rule_id,
					.due = due ? 1 : (uint64_t)-1,
					.issued = issued,
					.cancelled = cancelled};
	const struct day day = {.campaign_id = r->campaign_id,
				.rewards_due = due,
				.rewards_issued = issued,
				.rewards_cancelled = cancelled};
	const struct zone *zone;
	enum err err = tx_add(tx, &KIND_RULE_STATS, &rule);
	if (err == ERR_OK)
		err = campaign_read_zone(tx, r->campaign_id, &zone);
	return err == ERR_OK ? day_add(tx, zone, at_ms, &day) : err;
}

/* ---- events ---- */

/* `amount` is the amount of the event: the whole reward, or the part that is taken back now. */
static enum err emit(struct tx *tx, const struct reward *r, enum event_type type, uint64_t amount,
		     const struct reward_at *at)
{
	struct user user = {.id = r->user_id};
	struct event event = {
	    .type = type,
	    .at_ms = at->now_ms,
	    .public_url = at->public_url,
	    .rule_id = r->rule_id,
	    .reward_id = r->id,
	    .reward_metric = r->metric,
	    .reward_amount = amount,
	    .recipient = r->recipient,
	    .reward_name = r->name,
	    .reward_currency = r->currency,
	    .reward_coupon = r->coupon,
	    .reward_clawback = r->clawback_ms != 0,
	    .reward_clawback_amount = reward_clawback_amount(r),
	    .reason = r->reason,
	};
	enum err err = tx_get_ahead(tx, &KIND_USER, &user);
	if (err == ERR_NOT_FOUND && !tx_is_unsure(tx))
		return ERR_OK; /* the recipient was erased, so no event is fired */
	if (err == ERR_NOT_FOUND) {
		user.campaign_id = r->campaign_id;
		err = ERR_OK;
	}
	const struct zone *zone;
	if (err == ERR_OK)
		err = campaign_read_zone(tx, user.campaign_id, &zone);
	if (err == ERR_OK)
		err = event_snapshot(tx, &user, zone, &event);
	return err == ERR_OK ? event_emit_about(tx, &user, &event) : err;
}

/* ---- steps: how many rewards of a rule live for one user ---- */

/* The step names its newest reward, and counts the living rewards of all orders. */
static enum err enter_step(struct tx *tx, const struct reward *r)
{
	struct reward_step step = {
	    .rule_id = r->rule_id, .referrer_id = r->referrer_id, .step = r->step};
	enum err err =
	    r->repeat == REPEAT_ONCE ? ERR_OK : tx_get_ahead(tx, &KIND_REWARD_STEP, &step);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	step.reward_id = r->id;
	step.living += r->repeat != REPEAT_ONCE;
	tx_put(tx, &KIND_REWARD_STEP, &step);
	return ERR_OK;
}

/* The reward ends, so another order may take its place. */
static enum err leave_step(struct tx *tx, const struct reward *r)
{
	struct reward_step step = {
	    .rule_id = r->rule_id, .referrer_id = r->referrer_id, .step = r->step};
	enum err err =
	    r->repeat == REPEAT_ONCE ? ERR_NOT_FOUND : tx_get(tx, &KIND_REWARD_STEP, &step);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	step.living -= step.living > 0;
	tx_put(tx, &KIND_REWARD_STEP, &step);
	return ERR_OK;
}

/* Puts the reward into an end state, with its rows, counters and event. */
static enum err finish(struct tx *tx, struct reward *r, enum reward_state state,
		       enum event_type type, const struct reward_at *at)
{
	assert(r->state == REWARD_DUE && state != REWARD_DUE);
	delete_by(tx, REWARDS_BY_STATE, r->state * 8 + r->metric, r->id);
	leave_queue(tx, r);
	r->state = state;
	put_by(tx, REWARDS_BY_STATE, r->state * 8 + r->metric, r->id);
	tx_put(tx, &KIND_REWARD, r);
	enum err err = count(tx, r, state, at->now_ms);
	return err == ERR_OK ? emit(tx, r, type, r->amount, at) : err;
}

/* ---- obstacles ---- */

static enum err read_review(struct tx *tx, uint64_t user_id, uint64_t *review)
{
	struct user user = {.id = user_id};
	enum err err = tx_get_ahead(tx, &KIND_USER, &user);
	*review = user.review;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err reward_review_of(struct tx *tx, uint64_t cause_id, uint64_t user_id, uint64_t *review)
{
	static const enum user_review strictest_first[] = {REVIEW_REJECTED, REVIEW_PENDING,
							   REVIEW_ACCEPTED, REVIEW_NONE};
	uint64_t of_cause = REVIEW_NONE, of_recipient = REVIEW_NONE;
	enum err err = read_review(tx, cause_id, &of_cause);
	if (err == ERR_OK)
		err = read_review(tx, user_id, &of_recipient);
	for (size_t i = 0; i < sizeof strictest_first / sizeof *strictest_first; i++) {
		*review = strictest_first[i];
		if (of_cause == *review || of_recipient == *review)
			return err;
	}
	return err;
}

static enum err find_obstacle(struct tx *tx, struct reward *r, enum obstacle *found)
{
	struct user recipient = {.id = r->user_id};
	struct pool pool = {.rule_id = r->rule_id};
	enum err err = tx_get(tx, &KIND_USER, &recipient);
	*found = RECIPIENT_GONE;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	/* The review may be decided already, although the job has not reached this reward. */
	err = reward_review_of(tx, r->cause_id, r->user_id, &r->review);
	*found = r->review == REVIEW_REJECTED ? REVIEW_SAID_NO : REVIEW_OPEN;
	if (err != ERR_OK || r->review == REVIEW_REJECTED || r->review == REVIEW_PENDING)
		return err;
	*found = AMOUNT_MISSING;
	if (r->metric == METRIC_COMMISSION && r->amount == 0)
		return ERR_OK;
	*found = NO_OBSTACLE;
	if (r->metric != METRIC_COUPON)
		return ERR_OK;
	err = tx_get(tx, &KIND_POOL, &pool);
	*found = pool.given == pool.added ? POOL_EMPTY : NO_OBSTACLE;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Takes the next coupon of the rule's pool, which has one. */
static enum err take_coupon(struct tx *tx, struct reward *r)
{
	struct pool pool = {.rule_id = r->rule_id};
	enum err err = tx_get(tx, &KIND_POOL, &pool);
	struct coupon coupon = {.rule_id = r->rule_id, .number = ++pool.given};
	if (err == ERR_OK)
		err = tx_get(tx, &KIND_COUPON, &coupon);
	if (err != ERR_OK)
		return err;
	coupon.reward_id = r->id;
	r->coupon = coupon.code;
	tx_put(tx, &KIND_COUPON, &coupon);
	tx_put(tx, &KIND_POOL, &pool);
	return ERR_OK;
}

static enum err issue(struct tx *tx, struct reward *r, const struct reward_at *at)
{
	enum err err = r->metric == METRIC_COUPON ? take_coupon(tx, r) : ERR_OK;
	if (err != ERR_OK)
		return err;
	r->issued_ms = at->now_ms;
	r->reason = (struct text){0};
	return finish(tx, r, REWARD_ISSUED, EVENT_REWARD_ISSUED, at);
}

enum err reward_issue(struct tx *tx, struct reward *r, const struct reward_at *at, const char **why)
{
	enum obstacle obstacle;
	enum err err = find_obstacle(tx, r, &obstacle);
	if (err != ERR_OK)
		return err;
	if (obstacle == NO_OBSTACLE)
		return issue(tx, r, at);
	*why = obstacle_text[obstacle];
	return ERR_REFUSED;
}

enum err reward_can_be_issued(struct tx *tx, const struct reward *reward, bool *yes)
{
	struct reward r = *reward; /* its review is read again */
	enum obstacle obstacle;
	*yes = false;
	if (r.state != REWARD_DUE)
		return ERR_OK;
	enum err err = find_obstacle(tx, &r, &obstacle);
	*yes = obstacle == NO_OBSTACLE;
	return err;
}

enum err reward_cancel(struct tx *tx, struct reward *r, struct text reason,
		       const struct reward_at *at)
{
	enum err err = leave_step(tx, r);
	if (err != ERR_OK)
		return err;
	r->cancelled_ms = at->now_ms;
	r->reason = reason;
	return finish(tx, r, REWARD_CANCELLED, EVENT_REWARD_CANCELLED, at);
}

enum err reward_take_back(struct tx *tx, struct reward *r, uint64_t left, struct text reason,
			  const struct reward_at *at)
{
	const struct rule_stats stats = {.rule_id = r->rule_id, .clawbacks = r->clawback_ms == 0};
	assert(r->state == REWARD_ISSUED && reward_lives(r));
	uint64_t taken = r->amount - reward_clawback_amount(r) - left;
	enum err err = tx_add(tx, &KIND_RULE_STATS, &stats);
	if (err == ERR_OK && left == 0)
		err = leave_step(tx, r);
	if (err != ERR_OK)
		return err;
	r->clawback_ms = at->now_ms;
	r->clawback_amount = left == 0 ? 0 : r->amount - left;
	r->reason = reason;
	tx_put(tx, &KIND_REWARD, r);
	return emit(tx, r, EVENT_REWARD_CANCELLED, taken, at);
}

/* ---- without an operator ---- */

enum err reward_advance(struct tx *tx, struct reward *r, const struct reward_at *at)
{
	enum obstacle obstacle;
	enum err err = find_obstacle(tx, r, &obstacle);
	if (err != ERR_OK)
		return err;
	if (obstacle == REVIEW_SAID_NO)
		return reward_cancel(
		    tx, r, TEXT("its recipient or the user who caused it was rejected"), at);
	leave_queue(tx, r);
	if (obstacle == RECIPIENT_GONE || obstacle == AMOUNT_MISSING)
		r->auto_issue = 0; /* only an operator can help */
	bool by_itself = r->auto_issue && obstacle != REVIEW_OPEN, held = r->due_ms > at->now_ms;
	if (by_itself && !held && obstacle == NO_OBSTACLE)
		return issue(tx, r, at);
	if (by_itself)
		enter_queue(tx, r, held ? QUEUE_HOLD : QUEUE_COUPON);
	/* An empty pool matters only once a coupon is needed. */
	bool matters = obstacle != POOL_EMPTY || r->queue == QUEUE_COUPON;
	r->reason = text_of(matters ? obstacle_text[obstacle] : NULL);
	tx_put(tx, &KIND_REWARD, r);
	return ERR_OK;
}

enum err reward_create(struct tx *tx, struct reward *r, const struct reward_at *at)
{
	assert(r->id == 0 && r->rule_id != 0 && r->user_id != 0 && r->cause_id != 0);
	r->id = tx_next_id(tx, &KIND_REWARD);
	r->state = REWARD_DUE;
	r->created_ms = at->now_ms;
	put_by(tx, REWARDS_BY_STATE, r->state * 8 + r->metric, r->id);
	put_by(tx, REWARDS_BY_USER, r->user_id, r->id);
	put_by(tx, REWARDS_BY_CAUSE, r->cause_id, r->id);
	put_by(tx, REWARDS_BY_RULE, r->rule_id, r->id);
	enum err err = enter_step(tx, r);
	if (err == ERR_OK)
		err = count(tx, r, REWARD_DUE, at->now_ms);
	if (err == ERR_OK)
		err = emit(tx, r, EVENT_REWARD_DUE, r->amount, at);
	return err == ERR_OK ? reward_advance(tx, r, at) : err;
}
