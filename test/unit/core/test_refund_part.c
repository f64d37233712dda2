/* Owns the tests of partial refunds of an order: the effect on commissions that are due and on
 * issued ones. Never goes through HTTP: the commands run on three stores. Run by make test. */
#include "order_world.h"

static void a_partial_refund_reduces_a_due_commission(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, every_order(rule_commission(0), 0));
	assert_int_equal(buy(w, byron, "A", 10000).rewards[0].amount, 1000);
	assert_int_equal(buy(w, byron, "B", 10000).rewards[0].amount, 1000);
	struct answer part = refund_part(w, byron, "A", 2500);
	assert_answer(part, false, true, 1);
	assert_int_equal(part.rewards[0].amount, 750);
	assert_int_equal(part.rewards[0].state, REWARD_DUE);
	assert_same(part, refund_part(w, byron, "A", 2500));
	assert_int_equal(refund_part(w, byron, "A", 5000).rewards[0].amount, 500);
	assert_same(part, refund_part(w, byron, "A", 2500)); /* arrives late */
	assert_int_equal(world_reward(w, 1).amount, 500);
	assert_int_equal(world_reward(w, 2).amount, 1000);
	assert_int_equal(world_events(w, EVENT_REWARD_CANCELLED), 0);
	assert_refused(refund_part(w, byron, "A", 4999), QUALIFY_REFUND_TOO_SMALL);
	assert_refused(refund_part(w, byron, "A", 10001), QUALIFY_REFUND_TOO_LARGE);
	/* The whole amount, sent as a partial refund. */
	struct answer whole = refund_part(w, byron, "A", 10000);
	assert_answer(whole, false, true, 1);
	assert_int_equal(whole.rewards[0].state, REWARD_CANCELLED);
	assert_answer(refund(w, byron, "A"), false, true, 0);
	assert_refused(refund_part(w, byron, "A", 1), QUALIFY_REFUND_TOO_SMALL);
}

static void a_partial_refund_claws_back_an_issued_commission(void **state)
{
	struct world *w = *state;
	struct rule rule = every_order(rule_commission(0), 1);
	rule.auto_issue = 1;
	uint64_t byron = friend_under(w, rule);
	assert_int_equal(buy(w, byron, "A", 10000).rewards[0].state, REWARD_ISSUED);
	struct answer part = refund_part(w, byron, "A", 2500);
	assert_answer(part, false, true, 1);
	assert_int_equal(part.rewards[0].amount, 1000);
	assert_int_equal(reward_clawback_amount(&part.rewards[0]), 250);
	w->now_ms++;
	assert_int_equal(reward_clawback_amount(&refund_part(w, byron, "A", 5000).rewards[0]), 500);
	assert_int_equal(world_stats(w, 1).clawbacks, 1);
	assert_int_equal(world_part_clawbacks(w), 2);
	assert_int_equal(buy(w, byron, "B", 10000).n,
			 0); /* the reward still counts towards the limit */
	struct answer rest = refund(w, byron, "A");
	assert_answer(rest, false, true, 1);
	assert_int_equal(reward_clawback_amount(&rest.rewards[0]), 1000);
	assert_int_equal(world_stats(w, 1).clawbacks, 1);
	assert_int_equal(buy(w, byron, "C", 10000).n, 1);
}

static void the_cap_applies_to_the_remaining_amount(void **state)
{
	struct world *w = *state;
	struct rule rule = rule_commission(0);
	rule.cap = 600;
	uint64_t byron = friend_under(w, rule);
	assert_int_equal(buy(w, byron, "A", 10000).rewards[0].amount, 600);
	assert_int_equal(refund_part(w, byron, "A", 4000).n, 0);
	assert_int_equal(refund_part(w, byron, "A", 5000).rewards[0].amount, 500);
	/* The remaining amount earns no commission. */
	struct answer nothing = refund_part(w, byron, "A", 9999);
	assert_answer(nothing, false, true, 1);
	assert_int_equal(nothing.rewards[0].state, REWARD_CANCELLED);
}

static void a_partial_refund_leaves_other_orders_alone(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	world_rule(w, rule_amount(p.campaign));
	world_rule(w, every_order(rule_custom(p.campaign), 0));
	world_rule(w, rule_commission(p.campaign));
	assert_int_equal(buy(w, p.friends[0], "A", 10000).n, 3);
	struct reward_act edit = reward_act(w, reward_edit_decide, 3);
	edit.set_amount = true;
	edit.amount = 777;
	assert_int_equal(world_run(w, &edit.command), ERR_OK);
	assert_answer(refund_part(w, p.friends[0], "A", 9000), false, true, 0);
	assert_int_equal(world_reward(w, 3).amount, 777);
	assert_answer(refund(w, p.friends[0], "A"), true, false, 3);
}

static void a_partial_refund_needs_an_order_with_an_amount(void **state)
{
	struct world *w = *state;
	uint64_t byron = friend_under(w, rule_commission(0));
	assert_answer(buy(w, byron, "A", 0), true, true, 1);
	struct qualify nothing = request(w, byron, true, "nothing");
	nothing.has_amount = true;
	assert_answer(ask(w, nothing), false, true, 0);
	assert_answer(refund_part(w, byron, "nothing", 0), false, true, 0);
	assert_answer(refund(w, byron, "nothing"), false, true, 0);
	assert_refused(refund_part(w, byron, "A", 100), QUALIFY_NO_AMOUNT);
	assert_answer(refund(w, byron, "A"), true, false, 1);
}

static void a_refund_is_in_the_currency_of_the_order(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct rule dollars = every_order(rule_commission(p.campaign), 0);
	dollars.currency = TEXT("USD");
	world_rule(w, every_order(rule_commission(p.campaign), 0));
	world_rule(w, dollars);
	struct qualify q = request(w, p.friends[0], true, "A");
	q.has_amount = true;
	q.amount_e4 = 500000;
	q.currency = TEXT("GBP");
	assert_refused(ask(w, q), QUALIFY_CURRENCY);
	q.currency = TEXT("USD");
	struct answer bought = ask(w, q);
	assert_answer(bought, true, true, 1);
	assert_int_equal(bought.rewards[0].rule_id, 2);
	struct qualify back = request(w, p.friends[0], false, "A");
	back.currency = TEXT("EUR");
	assert_refused(ask(w, back), QUALIFY_ORDER_CURRENCY);
	back.currency = TEXT("USD");
	assert_answer(ask(w, back), true, false, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_partial_refund_reduces_a_due_commission),
	    WORLD_ON_ALL(a_partial_refund_claws_back_an_issued_commission),
	    WORLD_ON_ALL(the_cap_applies_to_the_remaining_amount),
	    WORLD_ON_ALL(a_partial_refund_leaves_other_orders_alone),
	    WORLD_ON_ALL(a_partial_refund_needs_an_order_with_an_amount),
	    WORLD_ON_ALL(a_refund_is_in_the_currency_of_the_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
