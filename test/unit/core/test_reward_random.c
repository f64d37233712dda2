/* Owns the test of rewards under random operations, many of them in one batch: the rewards that
 * stand are the earned ones, exactly once. Never goes through HTTP: the commands and jobs run on
 * three stores. Run by make test. */
#include "../../support/seeded.h"
#include "reward_world.h"
#include "verify_world.h"

enum { FRIENDS = 12, BATCH = 12, ROUNDS = 24, CHECK_EVERY = 4, HELD_DAYS = 3 };
enum {
	ORDERS = 5,
	PLACES = 2,
	CENTS_MAX = 100000
}; /* order 0 is the qualification without an order */

/* The expected state of one order. Commands are decided in the order in which they are made. */
struct model_order {
	bool known, stands, earned; /* earned: under the rule for every order, and not taken back */
	bool has_amount;
	uint64_t cents, refunded;
};

struct model_friend {
	struct model_order orders[ORDERS];
	struct model_order *held; /* the order of the held commission, or NULL */
};

struct run {
	struct world *w;
	struct people people;
	uint64_t standard, every_second, milestone, coupon, held, each; /* rules */
	struct model_friend friends[FRIENDS];
	size_t uploaded, batch_max;
	unsigned picked; /* friends in this batch */
	struct seeded random;
};

static uint64_t below(struct run *r, uint64_t n)
{
	return seeded_below(&r->random, n);
}

static void begin(struct run *r, struct world *w)
{
	world_quiet(w, true);
	*r = (struct run){
	    .w = w, .people = world_people(w, FRIENDS), .random = seeded_start("rewards", 7)};
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
	struct rule each = rule_commission(campaign);
	each.auto_issue = 1;
	each.repeat = REPEAT_EVERY_ORDER;
	each.max_per_user = PLACES;
	r->standard = world_rule(w, rule_amount(campaign));
	r->every_second = world_rule(w, second);
	r->milestone = world_rule(w, milestone);
	r->coupon = world_rule(w, rule_coupon(campaign));
	r->held = world_rule(w, held);
	r->each = world_rule(w, each);
	world_quiet(w, false);
}

/* ---- the model ---- */

static bool stands(const struct model_friend *f)
{
	for (size_t i = 0; i < ORDERS; i++)
		if (f->orders[i].stands)
			return true;
	return false;
}

static void buy(struct model_friend *f, size_t number, bool has_amount, uint64_t cents)
{
	struct model_order *o = &f->orders[number];
	size_t taken = 0;
	bool was_qualified = stands(f);
	if (number == 0 ? o->stands : o->known)
		return;
	for (size_t i = 0; i < ORDERS; i++)
		taken += f->orders[i].earned;
	*o = (struct model_order){true, true, false, has_amount, cents, 0};
	o->earned = (number != 0 || !was_qualified) && taken < PLACES;
	if (!was_qualified)
		f->held = o;
}

static void undo(struct model_friend *f, struct model_order *o)
{
	o->stands = o->earned = false;
	o->refunded = o->cents;
	if (f->held == o)
		f->held = NULL;
}

/* Order 0 means all orders. */
static void refund(struct model_friend *f, size_t number)
{
	for (size_t i = 0; i < ORDERS; i++)
		if ((number == 0 || number == i) && f->orders[i].stands)
			undo(f, &f->orders[i]);
}

/* Ten percent of the remaining amount; zero without an amount. */
static uint64_t commission(const struct model_order *o)
{
	return o->has_amount ? (o->cents - o->refunded + 5) / 10 : 0;
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

/* Several stores may decide the orders of a batch in any order, so there each order is about
 * another friend. The rewards for numbers of friends still depend on all of them. */
static size_t pick_friend(struct run *r)
{
	size_t friend = below(r, FRIENDS);
	if (r->w->nodes == NULL)
		return friend;
	while ((r->picked >> friend & 1) != 0)
		friend = (friend + 1) % FRIENDS;
	r->picked |= 1u << friend;
	return friend;
}

static void make_order(struct run *r, struct op *op)
{
	static const char *const names[ORDERS] = {"", "A", "B", "C", "D"};
	size_t friend = pick_friend(r), number = below(r, ORDERS);
	struct model_friend *f = &r->friends[friend];
	struct model_order *o = &f->orders[number];
	uint64_t what = below(r, 6), cents = 100 + below(r, CENTS_MAX);
	struct qualify *q = &op->qualify;
	*q = world_qualify(r->w, r->people.friends[friend], what < 3);
	q->order_id = text_of(names[number]);
	if (q->qualified) {
		q->has_amount = below(r, 4) != 0;
		q->amount_e4 = 100 * cents;
		buy(f, number, q->has_amount, cents);
	} else if (what == 3 && o->stands && o->has_amount && number != 0) {
		/* At least ten cents are left, because a commission of zero makes no reward. */
		o->refunded += below(r, o->cents - o->refunded - 10);
		q->has_refund = true;
		q->refund_e4 = 100 * o->refunded;
	} else {
		refund(f, number);
	}
}

static void make_op(struct run *r, struct op *op)
{
	struct world *w = r->w;
	static struct reward all[REWARDS_MAX];
	const struct reward from = {0};
	size_t n = world_list(w, &KIND_REWARD, &from, 0, all, REWARDS_MAX);
	if (n > 0 && below(r, 4) == 0) {
		op->act = reward_act(w, reward_issue_decide, all[below(r, n)].id);
	} else {
		make_order(r, op);
	}
	world_call_set(w, &op->call, &op->command);
}

static void run_batch(struct run *r)
{
	struct op ops[BATCH];
	size_t n = 1 + below(r, r->batch_max);
	r->picked = 0;
	for (size_t i = 0; i < n; i++)
		make_op(r, &ops[i]);
	for (size_t i = 0; i < n; i++)
		world_submit(r->w, &ops[i].call);
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

/* ---- checks ---- */

static bool lives(const struct reward *reward)
{
	return reward->state != REWARD_CANCELLED &&
	       (reward->clawback_ms == 0 || reward->clawback_amount != 0);
}

/* The total amount of the rule's standing rewards for this step. */
static uint64_t sum_living(const struct reward *all, size_t n, uint64_t rule, uint64_t step)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		if (all[i].rule_id == rule && lives(&all[i]) && all[i].step == step)
			sum += all[i].amount - all[i].clawback_amount;
	return sum;
}

/* The number of the rule's standing rewards for this step. */
static size_t count_living(const struct reward *all, size_t n, uint64_t rule, uint64_t step)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += all[i].rule_id == rule && lives(&all[i]) && all[i].step == step;
	return found;
}

static void check_orders(struct run *r, const struct reward *all, size_t n)
{
	for (size_t i = 0; i < FRIENDS; i++) {
		const struct model_friend *f = &r->friends[i];
		uint64_t id = r->people.friends[i], earned = 0, sum = 0;
		for (size_t k = 0; k < ORDERS; k++) {
			earned += f->orders[k].earned;
			sum += f->orders[k].earned ? commission(&f->orders[k]) : 0;
		}
		assert_int_equal(count_living(all, n, r->each, id), earned);
		assert_int_equal(sum_living(all, n, r->each, id), sum);
		assert_int_equal(count_living(all, n, r->held, id), f->held != NULL);
		assert_int_equal(sum_living(all, n, r->held, id),
				 f->held == NULL ? 0 : commission(f->held));
	}
}

static void check(struct run *r)
{
	static struct reward all[REWARDS_MAX];
	const struct reward from = {0};
	size_t n = check_rewards(r->w), count = 0;
	assert_int_equal(world_list(r->w, &KIND_REWARD, &from, 0, all, REWARDS_MAX), n);
	const uint64_t once[] = {r->standard, r->coupon};
	for (size_t i = 0; i < FRIENDS; i++) {
		struct user friend = {.id = r->people.friends[i]};
		assert_int_equal(world_get(r->w, &KIND_USER, &friend), ERR_OK);
		assert_int_equal(friend.qualified_ms != 0, stands(&r->friends[i]));
		count += friend.qualified_ms != 0;
		for (size_t rule = 0; rule < sizeof once / sizeof *once; rule++)
			assert_int_equal(count_living(all, n, once[rule], friend.id),
					 friend.qualified_ms != 0);
	}
	for (uint64_t step = 1; step <= FRIENDS; step++) {
		bool reached = step <= count;
		assert_int_equal(count_living(all, n, r->every_second, step),
				 reached && step % 2 == 0);
		assert_int_equal(count_living(all, n, r->milestone, step),
				 reached && (step == 1 || step == 5));
	}
	check_orders(r, all, n);
	world_assert_sound(r->w);
}

/* At the end every hold is over and coupons are available, so every waiting reward is issued. */
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

static void what_lives_is_what_is_earned(struct world *w, size_t batch_max)
{
	struct run r;
	begin(&r, w);
	r.batch_max = batch_max;
	int rounds = w->nodes != NULL ? 2 * ROUNDS : ROUNDS;
	for (int round = 0; round < rounds; round++) {
		run_round(&r);
		if (round % CHECK_EVERY == 0)
			check(&r);
	}
	check_end(&r);
	world_assert_tried(w);
}

static void rewards_in_batches_match_the_model(void **state)
{
	what_lives_is_what_is_earned(*state, BATCH);
}

/* If reads are pending, commands of one batch may be decided in another order. */
static void rewards_one_by_one_match_the_model(void **state)
{
	what_lives_is_what_is_earned(*state, 1);
}

int main(void)
{
	const struct CMUnitTest one[] = {
	    WORLD_ON(memory, rewards_in_batches_match_the_model),
	    WORLD_ON(pending, rewards_one_by_one_match_the_model),
	    WORLD_ON(lmdb, rewards_in_batches_match_the_model),
	};
	const struct CMUnitTest several[] = {
	    WORLD_ON(one_node, rewards_in_batches_match_the_model),
	    WORLD_ON(two_nodes, rewards_in_batches_match_the_model),
	    WORLD_ON(three_nodes, rewards_in_batches_match_the_model),
	};
	return world_run_tests(one, 3, several, 3, ROUNDS * (BATCH + 1));
}
