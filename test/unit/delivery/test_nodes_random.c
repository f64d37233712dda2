/*
 * Owns the tests of deliveries from several nodes under chance: conflicts, lost answers, and leases
 * that expire while their owners work. Never waits: the clock belongs to the test. Run by make
 * test.
 */
#include "nodes_read.h"

static struct fake_answer slow_answer(void *arg, const struct fake_record *call)
{
	struct nodes_world *all = arg;
	(void)call;
	return (struct fake_answer){.status = 200,
				    .after_ms = seeded_below(&all->shared.state->random, 300)};
}

static struct node *any_node(struct nodes_world *all)
{
	struct node *node;
	do
		node = &all->nodes[seeded_below(&all->shared.state->random, all->shared.n)];
	while (!is_awake(node));
	return node;
}

/* Joins of two users at the same moment, on any nodes. */
static void join_for_a_while(struct nodes_world *all, size_t pairs)
{
	struct seeded *random = &all->shared.state->random;
	for (size_t i = 0; i < pairs; i++) {
		uint64_t user = 1 + seeded_below(random, USERS);
		struct emit emits[2];
		struct node_command commands[2];
		for (size_t n = 0; n < 2; n++) {
			struct node *node = any_node(all);
			emits[n] = (struct emit){.command = {.decide = emit_decide},
						 .n = 1,
						 .same_user = n == 0 ? user : user % USERS + 1,
						 .at_ms = node->w.core.now_ms};
			submit_on(node, &commands[n], &emits[n].command);
		}
		wait_for(all, &commands[0]);
		wait_for(all, &commands[1]);
		if (seeded_below(random, 3) == 0)
			live_nodes(all, 1 + seeded_below(random, 200));
		else
			advance_nodes(all, 1);
	}
}

static void everything_is_delivered_once_and_in_order(void **state)
{
	struct nodes_world *all = *state;
	enum { PAIRS = 30, JOINS = 2 * PAIRS, HOOKS = 4 };
	all->script = slow_answer;
	all->script_arg = all;
	uint64_t strict = hook_on(any_node(all), "https://strict.example/in", ORDER_STRICT);
	for (int i = 1; i < HOOKS; i++)
		hook_on(any_node(all), "https://crm.example/in", ORDER_PER_USER);
	live_nodes(all, 3 * SECOND);
	join_for_a_while(all, PAIRS);
	live_nodes(all, MINUTE);
	nodes_print(&all->shared);
	assert_true(nodes_were_tried(&all->shared));
	nodes_quiet(all);
	assert_all_delivered(&all->nodes[0], JOINS * HOOKS);
	assert_once_in_order(all, strict);
	assert_int_equal(all->shared.state->counts.blind, 0);
	/* Each node has sent its share. */
	for (size_t i = 0; i < all->shared.n; i++)
		assert_in_range(lanes_of(&all->nodes[i]), HOOKS / all->shared.n,
				HOOKS / all->shared.n + 1);
}

/* Nodes whose clocks are wrong take leases over while their owners work. Messages may then be sent
 * twice, but nothing is lost, and each result belongs to the owner. */
static void leases_that_expire_at_random_lose_nothing(void **state)
{
	struct nodes_world *all = *state;
	enum { PAIRS = 20, JOINS = 2 * PAIRS, HOOKS = 3 };
	struct lease leases[READ_MAX];
	all->script = slow_answer;
	all->script_arg = all;
	hook_on(any_node(all), "https://strict.example/in", ORDER_STRICT);
	for (int i = 1; i < HOOKS; i++)
		hook_on(any_node(all), "https://crm.example/in", ORDER_PER_USER);
	live_nodes(all, 3 * SECOND);
	join_for_a_while(all, PAIRS);
	live_nodes(all, MINUTE);
	assert_true(all->shared.state->counts.expired > 0);
	nodes_quiet(all);
	/* A lease from a wrong clock may last for an hour. */
	for (int minutes = 0; minutes < 90 && count(&all->nodes[0], &KIND_DUE) > 0; minutes++)
		live_nodes(all, MINUTE);
	assert_all_delivered(&all->nodes[0], JOINS * HOOKS);
	for (size_t i = 0; i < n_deliveries; i++)
		assert_int_equal(deliveries[i].attempts, 1);
	assert_int_equal(count(&all->nodes[0], &KIND_ATTEMPT), JOINS * HOOKS);
	assert_true(all->n_calls >= JOINS * HOOKS);
	uint64_t taken = 0;
	for (size_t i = 0, n = read_rows(&all->nodes[0], &KIND_LEASE, leases); i < n; i++)
		taken += leases[i].what == LEASE_LANE ? leases[i].fence : 0;
	printf("%llu lanes taken\n", (unsigned long long)taken);
	assert_true(taken > HOOKS);
}

static int open_two_with_faults(void **state)
{
	return open_nodes(state, 2, 2, NODES_FAULTS);
}

static int open_three_with_faults(void **state)
{
	return open_nodes(state, 3, 3, NODES_FAULTS);
}

static int open_three_with_wrong_clocks(void **state)
{
	struct shared_faults faults = NODES_FAULTS;
	faults.expired = 3;
	return open_nodes(state, 3, 3, faults);
}

#define ON(opened, f)                                                                              \
	{                                                                                          \
#f " (" #opened ")", f, open_##opened, close_nodes, NULL                           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(two_with_faults, everything_is_delivered_once_and_in_order),
	    ON(three_with_faults, everything_is_delivered_once_and_in_order),
	    ON(three_with_wrong_clocks, leases_that_expire_at_random_lose_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
