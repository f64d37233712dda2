/* Owns the tests of orders: what each of them earns, what a refund takes back, whether the user
 * stays qualified, and that the same request gets the same response. Never goes through HTTP: the
 * commands run on three stores. Run by make test. */
#include "base/crypto.h"
#include "core/reward_records.h"
#include "order_world.h"

/* ---- earning ---- */

static void each_order_earns(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_commission(0), 0));
	struct answer first = buy(w, byron, "A", 10000), second = buy(w, byron, "B", 5000);
	assert_answer(first, true, true, 1);
	assert_answer(second, false, true, 1);
	assert_int_equal(first.rewards[0].amount, 1000);
	assert_int_equal(second.rewards[0].amount, 500);
	assert_same(first, buy(w, byron, "A", 77700));
	assert_same(second, buy(w, byron, "B", 5000));
	assert_int_equal(living(w), 2);
	assert_int_equal(world_events(w, EVENT_USER_QUALIFIED), 1);
	assert_int_equal(world_events(w, EVENT_REWARD_DUE), 2);
}

static void a_rule_for_one_order_sees_only_the_first(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, rule_amount(0));
	assert_answer(buy(w, byron, "A", 100), true, true, 1);
	assert_answer(buy(w, byron, "B", 100), false, true, 0);
	/* The reward is for the friend, who stays qualified while an order stands. */
	assert_answer(refund(w, byron, "A"), false, true, 0);
	struct answer last = refund(w, byron, "B");
	assert_answer(last, true, false, 1);
	assert_int_equal(last.rewards[0].state, REWARD_CANCELLED);
}

static void a_single_commission_follows_its_order(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, rule_commission(0));
	assert_answer(buy(w, byron, "A", 10000), true, true, 1);
	assert_answer(buy(w, byron, "B", 10000), false, true, 0);
	assert_answer(refund(w, byron, "A"), false, true, 1);
	assert_int_equal(living(w), 0);
	assert_answer(refund(w, byron, "B"), true, false, 0);
}

static void the_limit_counts_rewards_that_stand(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_amount(0), 2));
	assert_int_equal(buy(w, byron, "A", 100).n, 1);
	assert_int_equal(buy(w, byron, "B", 100).n, 1);
	struct answer third = buy(w, byron, "C", 100);
	assert_answer(third, false, true, 0);
	assert_answer(refund(w, byron, "A"), false, true, 1);
	assert_same(third, buy(w, byron, "C", 100)); /* its first response: it earned nothing */
	assert_answer(buy(w, byron, "D", 100), false, true, 1);
	assert_int_equal(buy(w, byron, "E", 100).n, 0);
	assert_null(world_act(w, reward_cancel_decide, 2)); /* the operator cancels */
	assert_int_equal(buy(w, byron, "F", 100).n, 1);
	assert_int_equal(living(w), 2);
}

static void each_friend_has_a_limit_of_their_own(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	world_rule(w, every_order(rule_amount(p.campaign), 1));
	for (size_t i = 0; i < 2; i++) {
		assert_answer(buy(w, p.friends[i], "A", 100), true, true, 1);
		assert_answer(buy(w, p.friends[i], "B", 100), false, true, 0);
	}
	assert_answer(refund(w, p.friends[0], "A"), false, true, 1);
	struct user other = {.id = p.friends[1]};
	assert_int_equal(world_get(w, &KIND_USER, &other), ERR_OK);
	assert_true(other.qualified_ms != 0);
	assert_int_equal(living(w), 1);
}

static void the_friend_may_be_the_recipient(void **state)
{
	struct world *w = *state;
	struct rule rule = every_order(rule_amount(0), 0);
	rule.recipient = RECIPIENT_INVITED;
	rule.auto_issue = 1;
	uint64_t byron = friend_under(w, rule);
	assert_answer(buy(w, byron, "A", 100), true, true, 1);
	assert_answer(buy(w, byron, "B", 100), false, true, 1);
	assert_answer(refund(w, byron, "A"), false, true, 1);
	assert_answer(refund(w, byron, "B"), true, false, 1);
	assert_answer(buy(w, byron, "C", 100), true, true, 1);
}

static void the_currency_is_that_of_an_active_rule(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	uint64_t id = world_rule(w, every_order(rule_commission(p.campaign), 0));
	struct qualify q = request(w, p.friends[0], true, "A");
	q.currency = TEXT("GBP");
	assert_refused(ask(w, q), QUALIFY_CURRENCY);
	q.currency = TEXT("EUR");
	struct answer first = ask(w, q);
	assert_answer(first, true, true, 1);
	q.currency = TEXT("GBP"); /* a known order gets its first response */
	assert_same(first, ask(w, q));
	q.order_id = (struct text){0};
	assert_refused(ask(w, q), QUALIFY_CURRENCY);
	struct rule_remove remove = {
	    .command = {.decide = rule_remove_decide}, .id = id, .now_ms = 5};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_true(remove.archived);
	q.order_id = TEXT("B");
	assert_answer(ask(w, q), false, true, 0); /* no rule counts it */
}

/* ---- orders that stand ---- */

static void a_qualification_without_an_order_stands_too(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_amount(0), 0));
	assert_answer(buy(w, byron, "", 100), true, true, 1);
	assert_answer(buy(w, byron, "", 100), false, true, 0);
	assert_answer(buy(w, byron, "A", 100), false, true, 1);
	assert_answer(refund(w, byron, "A"), false, true, 1);
	struct answer all = refund(w, byron, "");
	assert_answer(all, true, false, 1);
	assert_int_equal(all.rewards[0].id, 1);
	assert_int_equal(living(w), 0);
	/* Again, and after an order. */
	assert_answer(buy(w, byron, "", 100), true, true, 1);
	assert_answer(refund(w, byron, ""), true, false, 1);
	assert_answer(buy(w, byron, "B", 100), true, true, 1);
	assert_answer(buy(w, byron, "", 100), false, true, 0);
	assert_answer(buy(w, byron, "", 100), false, true, 0);
	assert_answer(refund(w, byron, "B"), false, true, 1);
	assert_answer(refund(w, byron, ""), true, false, 0);
}

static void a_refund_without_an_order_takes_all(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_amount(0), 0));
	for (const char *id = "ABC"; *id != '\0'; id++) {
		const char order[] = {*id, '\0'};
		assert_int_equal(buy(w, byron, order, 100).n, 1);
	}
	assert_null(world_act(w, reward_issue_decide, 2));
	struct answer all = refund(w, byron, "");
	assert_answer(all, true, false, 3);
	assert_int_equal(living(w), 0);
	assert_int_equal(world_events(w, EVENT_USER_UNQUALIFIED), 1);
	assert_int_equal(world_reward(w, 2).state, REWARD_ISSUED);
	assert_int_equal(reward_clawback_amount(&(struct reward){.clawback_ms = 1, .amount = 4990}),
			 4990);
	assert_answer(refund(w, byron, ""), false, false, 0);
	assert_answer(refund(w, byron, "B"), false, false, 0);
	assert_answer(buy(w, byron, "A", 100), true, true,
		      1); /* the first response, and no change */
	struct user user = {.id = byron};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	assert_int_equal(user.qualified_ms, 0);
	assert_answer(buy(w, byron, "D", 100), true, true, 1);
}

static void a_refund_of_too_many_orders_is_refused(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	char id[24];
	for (int i = 0; i < QUALIFY_REFUND_MAX + 1; i++) {
		snprintf(id, sizeof id, "order %d", i);
		struct qualify q = request(w, p.friends[0], true, id);
		assert_int_equal(world_run(w, &q.command), ERR_OK);
	}
	assert_refused(refund(w, p.friends[0], ""), QUALIFY_TOO_MANY_ORDERS);
	assert_answer(refund(w, p.friends[0], "order 7"), false, true, 0);
	assert_answer(refund(w, p.friends[0], ""), true, false, 0);
}

static void a_refund_of_an_unknown_order_is_refused(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	assert_answer(buy(w, p.friends[0], "A", 100), true, true, 0);
	assert_refused(refund(w, p.friends[0], "B"), QUALIFY_NO_ORDER);
	assert_refused(refund(w, p.friends[1], "A"), QUALIFY_NO_ORDER);
	assert_refused(refund_part(w, p.friends[1], "A", 1), QUALIFY_NO_ORDER);
	assert_int_equal(world_count(w, &KIND_REFUND), 0);
}

static void the_same_order_many_times_at_once(void **state)
{
	enum { N = 20 };
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_amount(0), 0));
	struct answer answers[N];
	struct asked asked[N];
	for (size_t i = 0; i < N; i++) {
		asked[i].qualify = request(w, byron, true, i % 2 == 0 ? "A" : "B");
		asked[i].answer = &answers[i];
		asked[i].qualify.command =
		    (struct command){.decide = qualify_decide, .done = on_answered};
		assert_int_equal(store_submit(w->store, &asked[i].qualify.command), ERR_OK);
	}
	world_settle(w);
	for (size_t i = 2; i < N; i++)
		assert_same(answers[i % 2], answers[i]);
	assert_true(answers[0].changed != answers[1].changed);
	assert_int_equal(check_rewards(w), 2);
	world_assert_sound(w);
}

/* ---- the first response ---- */

static void a_repeated_order_gets_its_first_response(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_coupon(0), 0));
	struct answer bought = buy(w, byron, "A", 100);
	assert_answer(bought, true, true, 1);
	assert_int_equal(bought.rewards[0].state, REWARD_DUE);
	world_coupons(w, 1, 'A', 1, 3);
	world_jobs(w);
	assert_int_equal(world_reward(w, 1).state, REWARD_ISSUED);
	assert_same(bought, buy(w, byron, "A", 100));
	w->now_ms += 1000;
	struct answer refunded = refund(w, byron, "A");
	assert_answer(refunded, true, false, 1);
	assert_true(refunded.rewards[0].coupon.n > 0 &&
		    refunded.rewards[0].clawback_ms == w->now_ms);
	w->now_ms += 1000;
	assert_answer(buy(w, byron, "B", 100), true, true, 1);
	assert_same(bought, buy(w, byron, "A", 100));
	assert_same(refunded, refund(w, byron, "A"));
	assert_int_equal(living(w), 1);
}

static void a_repeated_key_returns_the_rewards(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, rule_amount(0));
	struct qualify q = request(w, byron, true, "");
	idempotency_key_make(&q.key, TEXT("qualify"), TEXT("k"), TEXT("body"), TEXT(""));
	struct answer first = ask(w, q);
	assert_answer(first, true, true, 1);
	assert_null(world_act(w, reward_issue_decide, 1));
	assert_same(first, ask(w, q));
}

/* ---- data of 0.1 ---- */

struct as_of_0_1 {
	struct command command;
	uint64_t user_id;
	const char *qualified_by, *seen;
};

/* Stores what 0.1 kept: the qualified user, and the response to each order. */
static enum err put_as_of_0_1(struct command *command, struct tx *tx)
{
	struct as_of_0_1 *old = (struct as_of_0_1 *)command;
	struct user user = {.id = old->user_id};
	uint8_t hashes[2][SHA256_SIZE];
	enum err err = tx_get(tx, &KIND_USER, &user);
	crypto_sha256(text_of(old->qualified_by), hashes[0]);
	crypto_sha256(text_of(old->seen), hashes[1]);
	for (size_t i = 0; i < 2; i++) {
		const struct order order = {
		    .user_id = user.id,
		    .hash = text_from(hashes[i], 16),
		    .changed = i == 0,
		    .qualified_ms = user.qualified_ms,
		    .at_ms = user.qualified_ms,
		};
		tx_put(tx, &KIND_ORDER, &order);
	}
	return err;
}

static uint64_t user_of_0_1(struct world *w)
{
	uint64_t byron = friend_under(w, rule_amount(0));
	assert_answer(buy(w, byron, "", 0), true, true, 1);
	struct as_of_0_1 old = {{.decide = put_as_of_0_1}, byron, "OLD-1", "OLD-2"};
	assert_int_equal(world_run(w, &old.command), ERR_OK);
	world_assert_sound(w);
	return byron;
}

static void the_order_that_qualified_in_0_1_is_refunded(void **state)
{
	struct world *w = *state;
	uint64_t byron = user_of_0_1(w);
	assert_answer(buy(w, byron, "OLD-1", 0), true, true, 0);
	assert_answer(buy(w, byron, "OLD-2", 0), false, true, 0);
	assert_answer(refund(w, byron, "OLD-2"), false, true, 0);
	assert_refused(refund_part(w, byron, "OLD-1", 1), QUALIFY_NO_AMOUNT);
	assert_answer(refund(w, byron, "OLD-1"), true, false, 1);
	assert_int_equal(living(w), 0);
}

static void new_orders_follow_an_order_of_0_1(void **state)
{
	struct world *w = *state;
	uint64_t byron = user_of_0_1(w);
	assert_answer(buy(w, byron, "NEW", 0), false, true, 0);
	assert_answer(refund(w, byron, "OLD-1"), false, true, 0);
	assert_int_equal(living(w), 1);
	assert_answer(refund(w, byron, "OLD-1"), false, true, 0);
	assert_answer(refund(w, byron, "NEW"), true, false, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(each_order_earns),
	    WORLD_ON_ALL(a_rule_for_one_order_sees_only_the_first),
	    WORLD_ON_ALL(a_single_commission_follows_its_order),
	    WORLD_ON_ALL(the_limit_counts_rewards_that_stand),
	    WORLD_ON_ALL(each_friend_has_a_limit_of_their_own),
	    WORLD_ON_ALL(the_friend_may_be_the_recipient),
	    WORLD_ON_ALL(the_currency_is_that_of_an_active_rule),
	    WORLD_ON_ALL(a_qualification_without_an_order_stands_too),
	    WORLD_ON_ALL(a_refund_without_an_order_takes_all),
	    WORLD_ON_ALL(a_refund_of_too_many_orders_is_refused),
	    WORLD_ON_ALL(a_refund_of_an_unknown_order_is_refused),
	    WORLD_ON_ALL(the_same_order_many_times_at_once),
	    WORLD_ON_ALL(a_repeated_order_gets_its_first_response),
	    WORLD_ON_ALL(a_repeated_key_returns_the_rewards),
	    WORLD_ON_ALL(the_order_that_qualified_in_0_1_is_refunded),
	    WORLD_ON_ALL(new_orders_follow_an_order_of_0_1),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
