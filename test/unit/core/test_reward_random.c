/* Rewards under random operations, many of them in one batch: what lives is what is earned, exactly once.
 * Never goes through HTTP: the commands and jobs are run on three stores.
 * Run by make test. */
#include "../../support/seeded.h"
#include "reward_world.h"
#include "verify_world.h"

enum { FRIENDS = 12, BATCH = 12, ROUNDS = 24, CHECK_EVERY = 4, HELD_DAYS = 3 };

struct run {
	struct world *w;
	struct people people;
	uint64_t standard, every_second, milestone, coupon, held; /* rules */
	size_t uploaded;
	struct seeded random;
};

static uint64_t below(struct run *r, uint64_t n)
{
	return seeded_below(&r->random, n);
}

static void begin(struct run *r, struct world *w)
{
	*r = (struct run){.w = w, .people = world_people(w, FRIENDS), .random = seeded_start("rewards", 7)};
	uint64_t campaign = r->people.campaign;
	struct rule second = rule_amount(campaign), milestone = rule_custom(campaign);
	struct rule held = rule_commission(campaign);
	second.type = REWARD_RECURRING;
	second.every = 2;
	second.auto_issue = 1;
	milestone.type = REWARD_MILESTONE;
	milestone.thresholds = TEXT("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\5");
	milestone.recipient = RECIPIENT_INVITED;
	held.auto_issue = 1;
	held.hold_ms = HELD_DAYS * (uint64_t)DAY_MS;
	r->standard = world_rule(w, rule_amount(campaign));
	r->every_second = world_rule(w, second);
	r->milestone = world_rule(w, milestone);
	r->coupon = world_rule(w, rule_coupon(campaign));
	r->held = world_rule(w, held);
}

/* ---- one round: commands that share a batch ---- */

struct op {
	struct world_call call;
	union {
		struct command command;
		struct qualify qualify;
		struct reward_act act;
	};
};

static void make_op(struct run *r, struct op *op)
{
	struct world *w = r->w;
	uint64_t last = world_count(w, &KIND_REWARD);
	if (last > 0 && below(r, 4) == 0) {
		op->act = reward_act(w, reward_issue_decide, 1 + below(r, last));
	} else {
		uint64_t friend = r->people.friends[below(r, FRIENDS)];
		op->qualify = world_qualify(w, friend, below(r, 3) != 0);
		op->qualify.has_amount = below(r, 4) != 0;
		op->qualify.amount_e4 = 10000 * below(r, 1000);
	}
	world_call_set(w, &op->call, &op->command);
}

static void run_batch(struct run *r)
{
	struct op ops[BATCH];
	size_t n = 1 + below(r, BATCH);
	for (size_t i = 0; i < n; i++)
		make_op(r, &ops[i]);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_submit(r->w->store, &ops[i].call.command), ERR_OK);
	world_settle(r->w);
	for (size_t i = 0; i < n; i++)
		assert_true(ops[i].call.err == ERR_OK || ops[i].call.err == ERR_REFUSED);
}

static void run_round(struct run *r)
{
	run_batch(r);
	if (below(r, 3) == 0) {
		size_t n = 1 + below(r, 4);
		world_coupons(r->w, r->coupon, 'C', 1 + r->uploaded, n);
		r->uploaded += n;
	}
	if (below(r, 2) == 0)
		r->w->now_ms += DAY_MS;
	if (below(r, 2) == 0)
		world_jobs(r->w);
}

/* ---- what must be so ---- */

static bool lives(const struct reward *reward)
{
	return reward->state != REWARD_CANCELLED && reward->clawback_ms == 0;
}

/* How many living rewards of the rule there are for this step. */
static size_t count_living(const struct reward *all, size_t n, uint64_t rule, uint64_t step)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += all[i].rule_id == rule && lives(&all[i]) && all[i].step == step;
	return found;
}

static void check(struct run *r)
{
	static struct reward all[REWARDS_MAX];
	const struct reward from = {0};
	size_t n = check_rewards(r->w), count = 0;
	assert_int_equal(world_list(r->w, &KIND_REWARD, &from, 0, all, REWARDS_MAX), n);
	const uint64_t each[] = {r->standard, r->coupon, r->held};
	for (size_t i = 0; i < FRIENDS; i++) {
		struct user friend = {.id = r->people.friends[i]};
		assert_int_equal(world_get(r->w, &KIND_USER, &friend), ERR_OK);
		count += friend.qualified_ms != 0;
		for (size_t rule = 0; rule < sizeof each / sizeof *each; rule++)
			assert_int_equal(count_living(all, n, each[rule], friend.id),
					 friend.qualified_ms != 0);
	}
	for (uint64_t step = 1; step <= FRIENDS; step++) {
		bool reached = step <= count;
		assert_int_equal(count_living(all, n, r->every_second, step), reached && step % 2 == 0);
		assert_int_equal(count_living(all, n, r->milestone, step),
				 reached && (step == 1 || step == 5));
	}
	world_assert_sound(r->w);
}

/* Every held reward is issued when its hold is over, every waiting one when there are coupons. */
static void check_end(struct run *r)
{
	struct world *w = r->w;
	world_coupons(w, r->coupon, 'C', 1 + r->uploaded, 2 * FRIENDS);
	w->now_ms += HELD_DAYS * (uint64_t)DAY_MS;
	world_jobs(w);
	check(r);
	assert_int_equal(world_count(w, &KIND_REWARD_HOLD), 0);
	assert_int_equal(world_stats(w, r->coupon).due, 0);
	assert_int_equal(world_stats(w, r->every_second).due, 0);
}

static void what_lives_is_what_is_earned(void **state)
{
	struct run r;
	begin(&r, *state);
	for (int round = 0; round < ROUNDS; round++) {
		run_round(&r);
		if (round % CHECK_EVERY == 0)
			check(&r);
	}
	check_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(what_lives_is_what_is_earned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
