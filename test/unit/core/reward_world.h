/* Shared by the tests of rewards: short constructors of rules, people who qualify, the jobs, and a
 * check of everything that must hold for all rewards at any moment.
 */
#ifndef TEST_REWARD_WORLD_H
#define TEST_REWARD_WORLD_H

#include <stdio.h>

#include "core/reward.h"
#include "core/reward_jobs.h"
#include "core/rule.h"
#include "core_world.h"

enum { REWARDS_MAX = 1024, DAY_MS = 86400000 };

/* ---- rules ---- */

static inline struct rule rule_custom(uint64_t campaign_id)
{
	return (struct rule){
	    .campaign_id = campaign_id,
	    .name = TEXT("A dinner"),
	    .metric = METRIC_CUSTOM,
	    .recipient = RECIPIENT_REFERRER,
	    .trigger = TRIGGER_QUALIFY,
	    .type = REWARD_STANDARD,
	};
}

static inline struct rule rule_amount(uint64_t campaign_id)
{
	struct rule rule = rule_custom(campaign_id);
	rule.metric = METRIC_AMOUNT;
	rule.amount = 4990;
	rule.currency = TEXT("EUR");
	return rule;
}

static inline struct rule rule_commission(uint64_t campaign_id)
{
	struct rule rule = rule_custom(campaign_id);
	rule.metric = METRIC_COMMISSION;
	rule.percent = 1000;
	rule.currency = TEXT("EUR");
	return rule;
}

static inline struct rule rule_coupon(uint64_t campaign_id)
{
	struct rule rule = rule_custom(campaign_id);
	rule.metric = METRIC_COUPON;
	rule.auto_issue = 1;
	return rule;
}

static inline struct rule_save rule_command(struct world *w, struct rule rule)
{
	return (struct rule_save){
	    .command = {.decide = rule_save_decide}, .rule = rule, .now_ms = w->now_ms};
}

static inline uint64_t world_rule(struct world *w, struct rule rule)
{
	struct rule_save save = rule_command(w, rule);
	if (world_run(w, &save.command) != ERR_OK)
		fail_msg("%s", save.problems.items[0].what);
	return save.row.rule.id;
}

/* ---- coupons ---- */

/* Uploads coupons "P-1" to "P-n": the letter is given, and the numbers begin at `first`. */
static inline void world_coupons(struct world *w, uint64_t rule_id, char letter, size_t first,
				 size_t n)
{
	static char text[COUPONS_ADD_MAX][16];
	struct coupons_add add = {
	    .command = {.decide = coupons_add_decide}, .rule_id = rule_id, .n = n};
	assert_true(n <= COUPONS_ADD_MAX);
	for (size_t i = 0; i < n; i++) {
		snprintf(text[i], sizeof text[i], "%c-%zu", letter, first + i);
		add.codes[i] = text_of(text[i]);
	}
	assert_int_equal(world_run(w, &add.command), ERR_OK);
	assert_int_equal(add.added, n);
}

/* ---- causes ---- */

struct people {
	uint64_t campaign, jessica;
	uint64_t friends[16];
};

static inline struct people world_people(struct world *w, size_t friends)
{
	struct people p = {.campaign = world_launched(w)};
	char email[48];
	p.jessica = world_user(w, p.campaign, 0, "jessica@example.com");
	for (size_t i = 0; i < friends; i++) {
		snprintf(email, sizeof email, "friend%zu@example.com", i);
		p.friends[i] = world_user(w, 0, p.jessica, email);
	}
	return p;
}

static inline void world_becomes(struct world *w, uint64_t user_id, bool qualified)
{
	struct qualify q = world_qualify(w, user_id, qualified);
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	assert_true(q.changed);
}

/* ---- rewards ---- */

static inline struct reward world_reward(struct world *w, uint64_t id)
{
	struct reward r = {.id = id};
	assert_int_equal(world_get(w, &KIND_REWARD, &r), ERR_OK);
	return r;
}

static inline struct rule_stats world_stats(struct world *w, uint64_t rule_id)
{
	struct rule_stats s = {.rule_id = rule_id};
	enum err err = world_get(w, &KIND_RULE_STATS, &s);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return s;
}

static inline struct reward_act reward_act(struct world *w, command_decide_fn *decide, uint64_t id)
{
	return (struct reward_act){
	    .command = {.decide = decide},
	    .id = id,
	    .now_ms = w->now_ms,
	    .public_url = TEXT("https://refer.example"),
	};
}

/* Runs an operator's command. Returns NULL if it succeeded, or the refusal. */
static inline const char *world_act(struct world *w, command_decide_fn *decide, uint64_t id)
{
	struct reward_act act = reward_act(w, decide, id);
	enum err err = world_run(w, &act.command);
	assert_true(err == ERR_OK || err == ERR_REFUSED);
	return err == ERR_OK ? NULL : act.refusal;
}

static inline size_t world_events(struct world *w, uint64_t type)
{
	static struct event events[4096];
	const struct event from = {0};
	size_t n = world_list(w, &KIND_EVENT, &from, 0, events, 4096), found = 0;
	for (size_t i = 0; i < n; i++)
		found += events[i].type == type;
	return found;
}

/* Counts clawbacks of part of a reward: the reward itself still stands. */
static inline size_t world_part_clawbacks(struct world *w)
{
	static struct event events[4096];
	const struct event from = {0};
	size_t n = world_list(w, &KIND_EVENT, &from, 0, events, 4096), found = 0;
	for (size_t i = 0; i < n; i++)
		found +=
		    events[i].type == EVENT_REWARD_CANCELLED && events[i].reward_clawback &&
		    events[i].reward_clawback_amount < world_reward(w, events[i].reward_id).amount;
	return found;
}

/* ---- jobs ---- */

/* Runs all jobs until no work is left. */
static inline void world_jobs(struct world *w)
{
	struct reward_release held = {.slice.now_ms = w->now_ms}, waiting = held;
	struct reward_reviews reviews = {.slice.now_ms = w->now_ms};
	int turns = 0;
	while (
	    world_slice(w, &held.slice, reward_find_held_decide, reward_release_decide) +
		world_slice(w, &waiting.slice, reward_find_waiting_decide, reward_release_decide) +
		world_slice(w, &reviews.slice, reward_find_reviewed_decide,
			    reward_follow_review_decide) >
	    0)
		assert_true(++turns < WORLD_TURNS_MAX);
}

/* ---- invariants ---- */

static inline bool has_by(struct world *w, uint64_t by, uint64_t number, uint64_t id)
{
	struct reward_by row = {by, number, id};
	return world_get(w, &KIND_REWARD_BY, &row) == ERR_OK;
}

static inline void check_reward(struct world *w, const struct reward *r)
{
	struct reward_hold hold = {r->due_ms, r->id};
	struct reward_step step = {
	    .rule_id = r->rule_id, .referrer_id = r->referrer_id, .step = r->step};
	bool lives =
	    r->state != REWARD_CANCELLED && (r->clawback_ms == 0 || r->clawback_amount != 0);
	for (uint64_t state = REWARD_DUE; state <= REWARD_CANCELLED; state++)
		assert_int_equal(has_by(w, REWARDS_BY_STATE, state * 8 + r->metric, r->id),
				 state == r->state);
	assert_true(has_by(w, REWARDS_BY_USER, r->user_id, r->id));
	assert_true(has_by(w, REWARDS_BY_CAUSE, r->cause_id, r->id));
	assert_true(has_by(w, REWARDS_BY_RULE, r->rule_id, r->id));
	assert_int_equal(has_by(w, REWARDS_WAITING, r->rule_id, r->id), r->queue == QUEUE_COUPON);
	assert_int_equal(world_get(w, &KIND_REWARD_HOLD, &hold) == ERR_OK, r->queue == QUEUE_HOLD);
	assert_int_equal(world_get(w, &KIND_REWARD_STEP, &step), ERR_OK);
	assert_true(!lives || step.reward_id == r->id || r->repeat == REPEAT_EVERY_ORDER);
	assert_int_equal(r->queue != QUEUE_NONE,
			 r->state == REWARD_DUE && r->auto_issue && r->review != REVIEW_PENDING);
	assert_int_equal(r->issued_ms != 0, r->state == REWARD_ISSUED);
	assert_int_equal(r->cancelled_ms != 0, r->state == REWARD_CANCELLED);
}

/* Coupons 1 to `given` are handed out, each to the reward that names it. The others are not. */
static inline void check_pool(struct world *w, uint64_t rule_id, size_t issued)
{
	struct pool pool = {.rule_id = rule_id};
	enum err err = world_get(w, &KIND_POOL, &pool);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	assert_int_equal(pool.given, issued);
	for (uint64_t n = 1; n <= pool.added; n++) {
		struct coupon coupon = {.rule_id = rule_id, .number = n};
		assert_int_equal(world_get(w, &KIND_COUPON, &coupon), ERR_OK);
		assert_int_equal(coupon.reward_id != 0, n <= pool.given);
		if (coupon.reward_id == 0)
			continue;
		struct reward r = world_reward(w, coupon.reward_id);
		assert_true(r.rule_id == rule_id && text_eq(r.coupon, coupon.code));
	}
}

static inline void check_rule(struct world *w, uint64_t rule_id, const struct reward *all, size_t n)
{
	struct rule_stats stats = world_stats(w, rule_id);
	size_t by_state[4] = {0}, clawbacks = 0;
	struct rule rule = {.id = rule_id};
	for (size_t i = 0; i < n; i++) {
		by_state[all[i].state] += all[i].rule_id == rule_id;
		clawbacks += all[i].rule_id == rule_id && all[i].clawback_ms != 0;
	}
	assert_int_equal(stats.due, by_state[REWARD_DUE]);
	assert_int_equal(stats.issued, by_state[REWARD_ISSUED]);
	assert_int_equal(stats.cancelled, by_state[REWARD_CANCELLED]);
	assert_int_equal(stats.clawbacks, clawbacks);
	assert_int_equal(world_get(w, &KIND_RULE, &rule), ERR_OK);
	check_pool(w, rule_id, rule.metric == METRIC_COUPON ? stats.issued : 0);
}

/* Checks everything that must hold for all rewards. Returns their number. */
static inline size_t check_rewards(struct world *w)
{
	static struct reward all[REWARDS_MAX];
	static struct day days[REWARDS_MAX];
	const struct reward from = {0};
	const struct day first_day = {0};
	size_t n = world_list(w, &KIND_REWARD, &from, 0, all, REWARDS_MAX);
	size_t n_days = world_list(w, &KIND_DAY, &first_day, 0, days, REWARDS_MAX);
	size_t issued = 0, cancelled = 0, taken_back = 0;
	uint64_t counted[3] = {0};
	for (size_t i = 0; i < n; i++) {
		check_reward(w, &all[i]);
		issued += all[i].state == REWARD_ISSUED;
		cancelled += all[i].state == REWARD_CANCELLED;
		taken_back += all[i].clawback_ms != 0 && all[i].clawback_amount == 0;
	}
	for (uint64_t rule_id = 1; rule_id <= world_count(w, &KIND_RULE); rule_id++)
		check_rule(w, rule_id, all, n);
	for (size_t i = 0; i < n_days; i++) {
		counted[0] += days[i].rewards_due;
		counted[1] += days[i].rewards_issued;
		counted[2] += days[i].rewards_cancelled;
	}
	assert_true(counted[0] == n && counted[1] == issued && counted[2] == cancelled);
	assert_int_equal(world_events(w, EVENT_REWARD_DUE), n);
	assert_int_equal(world_events(w, EVENT_REWARD_ISSUED), issued);
	assert_int_equal(world_events(w, EVENT_REWARD_CANCELLED),
			 cancelled + taken_back + world_part_clawbacks(w));
	return n;
}

#endif
