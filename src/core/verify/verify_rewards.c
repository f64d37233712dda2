/*
 * Owns the checks of rewards, rules and coupons: the indexes, the coupons of rewards, the counters.
 * Never walks the records. Called by verify.c.
 */
#include "core/id_list.h"
#include "core/rule.h"
#include "verify_parts.h"

/* ---- rules ---- */

static enum err check_rule(struct verifier *v, const void *record)
{
	const struct rule *rule = record;
	struct rule_set set = {.campaign_id = rule->campaign_id};
	const struct campaign campaign = {.id = rule->campaign_id};
	struct problems problems = {0};
	verify_id(v, rule->id);
	rule_check(rule, &problems);
	if (problems.n > 0)
		verify_report(v, "has values with which a rule cannot be saved");
	enum err err =
	    verify_has(v, &KIND_CAMPAIGN, &campaign, "belongs to a campaign that does not exist");
	if (err != ERR_OK)
		return err;
	err = tx_get(v->tx, &KIND_RULE_SET, &set);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (!id_list_holds(set.rule_ids, rule->id))
		verify_report(v, "is not in the set of its campaign");
	return ERR_OK;
}

static enum err check_rule_set(struct verifier *v, const void *record)
{
	const struct rule_set *set = record;
	if (set->rule_ids.n == 0 || set->rule_ids.n % sizeof(uint64_t) != 0)
		verify_report(v, "is not a list of rules");
	for (size_t i = 0; i < id_list_length(set->rule_ids); i++) {
		struct rule rule = {.id = id_list_at(set->rule_ids, i)};
		enum err err =
		    verify_find(v, &KIND_RULE, &rule, "points to a rule that does not exist");
		if (err == ERR_OK && rule.campaign_id != set->campaign_id)
			verify_report(v, "points to a rule of another campaign");
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* If the rule has rewards, the walk along their index compares these counters. */
static enum err check_rule_stats(struct verifier *v, const void *record)
{
	const struct rule_stats *stats = record;
	const struct rule rule = {.id = stats->rule_id};
	const struct reward_by made = {REWARDS_BY_RULE, stats->rule_id, 0};
	bool any;
	enum err err = verify_has(v, &KIND_RULE, &rule, "counts for a rule that does not exist");
	if (err == ERR_OK)
		err = verify_any(v, &KIND_REWARD_BY, &made, 2, &any);
	if (err == ERR_OK && !any && stats->due + stats->issued + stats->cancelled > 0)
		verify_report(v, "counts rewards, but the rule has none");
	return err;
}

/* ---- coupons ---- */

static enum err check_pool(struct verifier *v, const void *record)
{
	const struct pool *pool = record;
	const struct rule rule = {.id = pool->rule_id};
	const struct coupon last = {.rule_id = pool->rule_id, .number = pool->added};
	if (pool->given > pool->added)
		verify_report(v, "has handed out more coupons than were added");
	enum err err = verify_has(v, &KIND_RULE, &rule, "belongs to a rule that does not exist");
	return err == ERR_OK
		   ? verify_has(v, &KIND_COUPON, &last, "counts coupons that do not exist")
		   : err;
}

enum { IN_POOL, HANDED_OUT };

static enum err end_coupons(struct verifier *v)
{
	struct pool pool = {.rule_id = v->group->by};
	enum err err = tx_get(v->tx, &KIND_POOL, &pool);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	verify_compare(v, &KIND_POOL, &pool, "added", pool.added, v->group->counted[IN_POOL]);
	verify_compare(v, &KIND_POOL, &pool, "given", pool.given, v->group->counted[HANDED_OUT]);
	return ERR_OK;
}

static enum err check_handed_out(struct verifier *v, const struct coupon *coupon)
{
	struct reward reward = {.id = coupon->reward_id};
	enum err err = verify_find(v, &KIND_REWARD, &reward,
				   "was handed out for a reward that does not exist");
	if (err == ERR_OK &&
	    (reward.rule_id != coupon->rule_id || !text_eq(reward.coupon, coupon->code)))
		verify_report(v, "was handed out for a reward that has another coupon");
	return err;
}

static enum err check_coupon(struct verifier *v, const void *record)
{
	const struct coupon *coupon = record;
	struct coupon_code named = {.code = coupon->code};
	enum err err = verify_enter_group(v, coupon->rule_id, 0, end_coupons);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	v->group->counted[IN_POOL]++;
	v->group->counted[HANDED_OUT] += coupon->reward_id != 0;
	if (coupon->number != v->group->counted[IN_POOL])
		verify_report(v, "follows a coupon that is missing");
	if ((coupon->reward_id != 0) && v->group->counted[HANDED_OUT] != coupon->number)
		verify_report(v, "was handed out before an earlier coupon of its pool");
	err = verify_find(v, &KIND_COUPON_CODE, &named, "cannot be found by its code");
	if (err == ERR_OK && (named.rule_id != coupon->rule_id || named.number != coupon->number))
		verify_report(v, "has the code of another coupon");
	if (err != ERR_OK || coupon->reward_id == 0)
		return err;
	return check_handed_out(v, coupon);
}

static enum err check_coupon_code(struct verifier *v, const void *record)
{
	const struct coupon_code *named = record;
	struct coupon coupon = {.rule_id = named->rule_id, .number = named->number};
	enum err err =
	    verify_find(v, &KIND_COUPON, &coupon, "points to a coupon that does not exist");
	if (err == ERR_OK && !text_eq(coupon.code, named->code))
		verify_report(v, "points to a coupon with another code");
	return err;
}

/* ---- one reward ---- */

static enum err check_rows(struct verifier *v, const struct reward *r)
{
	const struct {
		struct reward_by row;
		bool wanted;
		const char *missing;
	} rows[] = {
	    {{REWARDS_BY_STATE, r->state * 8 + r->metric, r->id},
	     true,
	     "is not in the list of its state"},
	    {{REWARDS_BY_USER, r->user_id, r->id}, true, "is not in the list of its recipient"},
	    {{REWARDS_BY_CAUSE, r->cause_id, r->id}, true, "is not in the list of its cause"},
	    {{REWARDS_BY_RULE, r->rule_id, r->id}, true, "is not in the list of its rule"},
	    {{REWARDS_WAITING, r->rule_id, r->id},
	     r->queue == QUEUE_COUPON,
	     "waits for a coupon, but is missing from the index of waiting rewards"},
	};
	const struct reward_hold hold = {r->due_ms, r->id};
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < sizeof rows / sizeof *rows; i++)
		if (rows[i].wanted)
			err = verify_has(v, &KIND_REWARD_BY, &rows[i].row, rows[i].missing);
	if (err == ERR_OK && r->queue == QUEUE_HOLD)
		err = verify_has(v, &KIND_REWARD_HOLD, &hold,
				 "is held, but is missing from the index of held rewards");
	return err;
}

/* The step names its newest reward, which has any id. The earlier rewards were cancelled or taken
 * back, or belong to other orders. */
static enum err check_step_of(struct verifier *v, const struct reward *r)
{
	struct reward_step step = {
	    .rule_id = r->rule_id, .referrer_id = r->referrer_id, .step = r->step};
	bool names_it = reward_lives(r) && r->repeat == REPEAT_ONCE;
	enum err err = verify_find(v, &KIND_REWARD_STEP, &step, "has no step");
	if (err == ERR_OK && names_it && step.reward_id != r->id)
		verify_report(v, "is not the reward that its step names: it was earned twice");
	return err;
}

static enum err check_coupon_of(struct verifier *v, const struct reward *r)
{
	struct coupon_code named = {.code = r->coupon};
	bool has_one = r->metric == METRIC_COUPON && r->state == REWARD_ISSUED;
	if (has_one != (r->coupon.n > 0))
		verify_report(v,
			      "is issued without a coupon, or has a coupon without being issued");
	if (r->coupon.n == 0)
		return ERR_OK;
	enum err err =
	    verify_find(v, &KIND_COUPON_CODE, &named, "has a coupon that does not exist");
	struct coupon coupon = {.rule_id = named.rule_id, .number = named.number};
	if (err == ERR_OK)
		err = verify_find(v, &KIND_COUPON, &coupon, "has a coupon that does not exist");
	if (err == ERR_OK && coupon.reward_id != r->id)
		verify_report(v, "has a coupon that was handed out for another reward");
	return err;
}

static enum err check_reward(struct verifier *v, const void *record)
{
	const struct reward *r = record;
	struct rule rule = {.id = r->rule_id};
	bool waits = r->state == REWARD_DUE && r->auto_issue && r->review != REVIEW_PENDING;
	verify_id(v, r->id);
	if (r->state < REWARD_DUE || r->state > REWARD_CANCELLED)
		verify_report(v, "has a state that does not exist");
	if ((r->issued_ms != 0) != (r->state == REWARD_ISSUED) ||
	    (r->cancelled_ms != 0) != (r->state == REWARD_CANCELLED) ||
	    (r->clawback_ms != 0 && r->state != REWARD_ISSUED))
		verify_report(v, "has timestamps that do not fit its state");
	if (r->clawback_amount != 0 && (r->clawback_ms == 0 || r->clawback_amount >= r->amount))
		verify_report(v,
			      "has a partial clawback that has no time or is not below its amount");
	if ((r->queue != QUEUE_NONE) != waits)
		verify_report(v, "is queued without waiting, or waits without being queued");
	enum err err = verify_find(v, &KIND_RULE, &rule, "belongs to a rule that does not exist");
	if (err == ERR_OK && rule.campaign_id != r->campaign_id)
		verify_report(v, "belongs to another campaign than its rule");
	if (err == ERR_OK)
		err = check_rows(v, r);
	if (err == ERR_OK)
		err = check_step_of(v, r);
	return err == ERR_OK ? check_coupon_of(v, r) : err;
}

/* ---- records that point to rewards ---- */

static enum err check_reward_step(struct verifier *v, const void *record)
{
	const struct reward_step *step = record;
	struct reward r = {.id = step->reward_id};
	enum err err = verify_find(v, &KIND_REWARD, &r, "points to a reward that does not exist");
	if (err == ERR_OK && (r.rule_id != step->rule_id || r.referrer_id != step->referrer_id ||
			      r.step != step->step))
		verify_report(v, "points to a reward of another step");
	return err;
}

enum { ARE_DUE, ARE_ISSUED, ARE_CANCELLED, ARE_TAKEN_BACK };
/* The counts of a group of REWARDS_BY_CAUSE. */
enum { TAKE_A_PLACE, THEIR_CAMPAIGN, THEIR_REFERRER };

/* The steps of one user count the living rewards of REPEAT_EVERY_ORDER, for each rule. */
static enum err end_rewards_by_cause(struct verifier *v)
{
	const uint64_t *counted = v->group->counted;
	struct rule_set set = {.campaign_id = counted[THEIR_CAMPAIGN]};
	const struct user cause = {.id = v->group->number};
	uint64_t places = 0;
	enum err err = tx_get(v->tx, &KIND_RULE_SET, &set);
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.rule_ids); i++) {
		struct reward_step step = {
		    .rule_id = id_list_at(set.rule_ids, i),
		    .referrer_id = counted[THEIR_REFERRER],
		    .step = v->group->number,
		};
		err = tx_get(v->tx, &KIND_REWARD_STEP, &step);
		places += step.living;
		if (err == ERR_NOT_FOUND)
			err = ERR_OK;
	}
	if (err == ERR_OK)
		verify_compare(v, &KIND_USER, &cause, "living rewards of all orders", places,
			       counted[TAKE_A_PLACE]);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err end_rewards_by(struct verifier *v)
{
	const uint64_t *counted = v->group->counted;
	struct rule_stats stats = {.rule_id = v->group->number};
	if (v->group->by == REWARDS_BY_CAUSE)
		return end_rewards_by_cause(v);
	if (v->group->by != REWARDS_BY_RULE)
		return ERR_OK;
	enum err err = tx_get(v->tx, &KIND_RULE_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	verify_compare(v, &KIND_RULE_STATS, &stats, "due", stats.due, counted[ARE_DUE]);
	verify_compare(v, &KIND_RULE_STATS, &stats, "issued", stats.issued, counted[ARE_ISSUED]);
	verify_compare(v, &KIND_RULE_STATS, &stats, "cancelled", stats.cancelled,
		       counted[ARE_CANCELLED]);
	verify_compare(v, &KIND_RULE_STATS, &stats, "clawbacks", stats.clawbacks,
		       counted[ARE_TAKEN_BACK]);
	return ERR_OK;
}

static void count(struct verify_group *g, const struct reward *r)
{
	if (g->by == REWARDS_BY_CAUSE) {
		g->counted[TAKE_A_PLACE] += r->repeat == REPEAT_EVERY_ORDER && reward_lives(r);
		g->counted[THEIR_CAMPAIGN] = r->campaign_id;
		g->counted[THEIR_REFERRER] = r->referrer_id;
		return;
	}
	g->counted[ARE_DUE] += r->state == REWARD_DUE;
	g->counted[ARE_ISSUED] += r->state == REWARD_ISSUED;
	g->counted[ARE_CANCELLED] += r->state == REWARD_CANCELLED;
	g->counted[ARE_TAKEN_BACK] += r->clawback_ms != 0;
}

static enum err check_reward_by(struct verifier *v, const void *record)
{
	const struct reward_by *row = record;
	struct reward r = {.id = row->reward_id};
	enum err err = verify_enter_group(v, row->by, row->number, end_rewards_by);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	err = verify_find(v, &KIND_REWARD, &r, "points to a reward that does not exist");
	if (err != ERR_OK)
		return err;
	const uint64_t numbers[] = {
	    [REWARDS_BY_STATE] = r.state * 8 + r.metric,
	    [REWARDS_BY_USER] = r.user_id,
	    [REWARDS_BY_CAUSE] = r.cause_id,
	    [REWARDS_BY_RULE] = r.rule_id,
	    [REWARDS_WAITING] = r.rule_id,
	};
	if (row->by == 0 || row->by >= sizeof numbers / sizeof *numbers)
		verify_report(v, "belongs to an index that does not exist");
	else if (numbers[row->by] != row->number ||
		 (row->by == REWARDS_WAITING && r.queue != QUEUE_COUPON))
		verify_report(v, "points to a reward that belongs under another key");
	else
		count(v->group, &r);
	return ERR_OK;
}

static enum err check_reward_hold(struct verifier *v, const void *record)
{
	const struct reward_hold *hold = record;
	struct reward r = {.id = hold->reward_id};
	enum err err = verify_find(v, &KIND_REWARD, &r, "points to a reward that does not exist");
	if (err == ERR_OK && (r.queue != QUEUE_HOLD || r.due_ms != hold->due_ms))
		verify_report(v, "points to a reward that is not held until this time");
	return err;
}

const struct verify_check VERIFY_REWARDS[] = {
    {&KIND_RULE, check_rule, NULL},
    {&KIND_RULE_SET, check_rule_set, NULL},
    {&KIND_RULE_STATS, check_rule_stats, NULL},
    {&KIND_POOL, check_pool, NULL},
    {&KIND_COUPON, check_coupon, end_coupons},
    {&KIND_COUPON_CODE, check_coupon_code, NULL},
    {&KIND_REWARD, check_reward, NULL},
    {&KIND_REWARD_STEP, check_reward_step, NULL},
    {&KIND_REWARD_BY, check_reward_by, end_rewards_by},
    {&KIND_REWARD_HOLD, check_reward_hold, NULL},
    {&KIND_REWARD_REVIEW, NULL, NULL},
    {NULL, NULL, NULL},
};
