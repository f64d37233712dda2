/* Shared by the tests of orders: requests about an order, their results, and after each request a
 * check of all rewards and of the database.
 */
#ifndef TEST_ORDER_WORLD_H
#define TEST_ORDER_WORLD_H

#include "reward_world.h"
#include "verify_world.h"

/* The result of a request: the rewards as they were. The database after the command is sound. */
struct answer {
	enum err err;
	enum qualify_outcome outcome;
	bool changed, qualified;
	size_t n;
	struct reward rewards[8]; /* their texts are left out */
};

struct asked {
	struct qualify qualify;
	struct answer *answer;
};

/* Runs in the turn of the command, whose memory ends with it. */
static inline void on_answered(struct command *command, enum err err)
{
	struct asked *asked = (struct asked *)((char *)command - offsetof(struct asked, qualify));
	const struct qualify *q = &asked->qualify;
	struct answer *a = asked->answer;
	*a = (struct answer){.err = err, .outcome = q->outcome};
	if (err != ERR_OK)
		return;
	a->changed = q->changed;
	a->qualified = q->user.qualified_ms != 0;
	a->n = q->rewards.n;
	assert_true(a->n <= 8);
	for (size_t i = 0; i < a->n; i++) {
		a->rewards[i] = q->rewards.rewards[i];
		a->rewards[i].name = a->rewards[i].currency = a->rewards[i].reason =
		    (struct text){0};
		a->rewards[i].coupon.p = NULL;
	}
}

static inline struct answer ask(struct world *w, struct qualify q)
{
	struct answer answer;
	struct asked asked = {.qualify = q, .answer = &answer};
	asked.qualify.command = (struct command){.decide = qualify_decide, .done = on_answered};
	assert_int_equal(store_submit(w->store, &asked.qualify.command), ERR_OK);
	world_settle(w);
	check_rewards(w);
	world_assert_sound(w);
	return answer;
}

/* "" means no order_id. */
static inline struct qualify request(struct world *w, uint64_t user_id, bool qualified,
				     const char *order_id)
{
	struct qualify q = world_qualify(w, user_id, qualified);
	q.order_id = text_of(order_id);
	return q;
}

static inline struct answer buy(struct world *w, uint64_t user_id, const char *order_id,
				uint64_t cents)
{
	struct qualify q = request(w, user_id, true, order_id);
	q.has_amount = cents != 0;
	q.amount_e4 = cents * 100;
	return ask(w, q);
}

static inline struct answer refund(struct world *w, uint64_t user_id, const char *order_id)
{
	return ask(w, request(w, user_id, false, order_id));
}

static inline struct answer refund_part(struct world *w, uint64_t user_id, const char *order_id,
					uint64_t cents)
{
	struct qualify q = request(w, user_id, false, order_id);
	q.has_refund = true;
	q.refund_e4 = cents * 100;
	return ask(w, q);
}

static inline struct rule every_order(struct rule rule, uint64_t max_per_user)
{
	rule.repeat = REPEAT_EVERY_ORDER;
	rule.max_per_user = max_per_user;
	return rule;
}

/* Adds a friend of Jessica in a campaign with this rule. */
static inline uint64_t friend_under(struct world *w, struct rule rule)
{
	struct people p = world_people(w, 2);
	rule.campaign_id = p.campaign;
	world_rule(w, rule);
	return p.friends[0];
}

static inline void assert_answer(struct answer a, bool changed, bool qualified, size_t n)
{
	assert_int_equal(a.err, ERR_OK);
	assert_int_equal(a.outcome, QUALIFY_DONE);
	assert_int_equal(a.changed, changed);
	assert_int_equal(a.qualified, qualified);
	assert_int_equal(a.n, n);
}

static inline void assert_refused(struct answer a, enum qualify_outcome outcome)
{
	assert_int_equal(a.err, ERR_REFUSED);
	assert_int_equal(a.outcome, outcome);
}

static inline void assert_same(struct answer a, struct answer b)
{
	assert_answer(b, a.changed, a.qualified, a.n);
	for (size_t i = 0; i < a.n; i++) {
		const struct reward *x = &a.rewards[i], *y = &b.rewards[i];
		assert_int_equal(x->id, y->id);
		assert_int_equal(x->state, y->state);
		assert_int_equal(x->amount, y->amount);
		assert_int_equal(x->clawback_ms, y->clawback_ms);
		assert_int_equal(reward_clawback_amount(x), reward_clawback_amount(y));
		assert_int_equal(x->coupon.n, y->coupon.n);
	}
}

static inline size_t living(struct world *w)
{
	size_t n = 0;
	for (uint64_t id = 1; id <= world_count(w, &KIND_REWARD); id++) {
		struct reward r = world_reward(w, id);
		n += reward_lives(&r);
	}
	return n;
}

#endif
