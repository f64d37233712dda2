/*
 * Owns the tests of the leases of sleeping, killed and stopping nodes, of their balance, and of
 * webhooks that another node has changed. Never uses chance: test_nodes_random does. Run by make
 * test.
 */
#include "core/disorder.h"
#include "nodes_read.h"

enum { LANE_MS = LEASE_MS + 15 * SECOND }; /* a lease lasts longer by the webhook's timeout */

static struct fake_answer answer_after_5_seconds(void *arg, const struct fake_record *call)
{
	(void)arg;
	(void)call;
	return (struct fake_answer){.status = 200, .after_ms = 5 * SECOND};
}

static struct node *other_than(struct nodes_world *all, const struct node *node)
{
	return &all->nodes[node == &all->nodes[0] ? 1 : 0];
}

static void a_sleeping_holder_commits_nothing_stale(void **state)
{
	struct nodes_world *all = *state;
	uint64_t hook = hook_on(&all->nodes[0], "https://crm.example/in", ORDER_PER_USER);
	live_nodes(all, 3 * SECOND);
	struct node *sleeper = holder_of(all, hook), *other = other_than(all, sleeper);
	all->script = answer_after_5_seconds;
	join_on(other, 1, 1);
	live_nodes(all, SECOND);
	assert_int_equal(all->n_calls, 1);
	assert_int_equal(all->calls[0].node, sleeper->number);
	set_asleep(sleeper, true);
	live_nodes(all, MINUTE);
	assert_ptr_equal(holder_of(all, hook), other);
	assert_all_delivered(other, 1);
	struct delivery before = deliveries[0];
	set_asleep(sleeper, false); /* its answer is there, and its lease has expired */
	live_nodes(all, MINUTE);
	assert_int_equal(all->n_calls, 2);
	assert_all_delivered(other, 1);
	assert_int_equal(deliveries[0].attempts, 1);
	assert_int_equal(deliveries[0].finished_ms, before.finished_ms);
	assert_int_equal(count(other, &KIND_ATTEMPT), 1);
	assert_ptr_equal(holder_of(all, hook), other);
}

/* A node whose lease has expired begins no attempt, although no other node has taken it over. */
static void a_node_that_cannot_renew_begins_no_attempt(void **state)
{
	struct nodes_world *all = *state;
	uint64_t hook = hook_on(&all->nodes[0], "https://crm.example/in", ORDER_PER_USER);
	live_nodes(all, 3 * SECOND);
	struct node *holder = holder_of(all, hook), *other = other_than(all, holder);
	set_asleep(other, true);
	/* Its rounds do not come to an end. */
	holder->leases->busy = true;
	live_nodes(all, LEASE_MS - 2 * SECOND);
	assert_true(lane_is_held(lanes_find(&holder->w.scheduler->lanes, hook), 0));
	live_nodes(all, 3 * SECOND);
	join_on(holder, 1, 1); /* the lease lasts for 15 s, but the attempt might last longer */
	live_nodes(all, MINUTE);
	assert_int_equal(all->n_calls, 0);
	assert_false(lane_is_held(lanes_find(&holder->w.scheduler->lanes, hook), 0));
	holder->leases->busy = false;
	live_nodes(all, 2 * SECOND);
	assert_int_equal(all->n_calls, 1);
}

static void make_hooks(struct nodes_world *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hook_on(&all->nodes[i % 2], "https://crm.example/in", ORDER_PER_USER);
	live_nodes(all, 4 * SECOND);
}

static void the_lanes_of_a_killed_node_move_within_the_lease_time(void **state)
{
	struct nodes_world *all = *state;
	make_hooks(all, 4);
	assert_int_equal(lanes_of(&all->nodes[0]), 2);
	assert_int_equal(lanes_of(&all->nodes[1]), 2);
	close_node(&all->nodes[0]);
	join_on(&all->nodes[1], 1, 1);
	live_nodes(all, LEASE_MS / 2);
	assert_int_equal(lanes_of(&all->nodes[1]), 2);
	assert_int_equal(all->n_calls, 2);
	live_nodes(all, LANE_MS - LEASE_MS / 2 + LEASE_RENEW_MS);
	assert_int_equal(lanes_of(&all->nodes[1]), 4);
	live_nodes(all, SECOND);
	assert_all_delivered(&all->nodes[1], 4);
	assert_once_in_order(all, 0);
}

static void stop_node(struct node *node)
{
	scheduler_drain(node->w.scheduler);
	upkeep_drain(node->w.upkeep);
	leases_drain(node->leases);
}

static void a_stopping_node_releases_its_lanes_at_once(void **state)
{
	struct nodes_world *all = *state;
	make_hooks(all, 4);
	all->script = answer_after_5_seconds;
	join_on(&all->nodes[1], 1, 1);
	live_nodes(all, SECOND);
	stop_node(&all->nodes[0]);
	live_nodes(all, SECOND);
	assert_false(leases_drained(all->nodes[0].leases)); /* its attempts are under way */
	live_nodes(all, 4 * SECOND);
	assert_true(leases_drained(all->nodes[0].leases));
	assert_int_equal(lanes_of(&all->nodes[0]), 0);
	live_nodes(all, LEASE_RENEW_MS);
	assert_int_equal(lanes_of(&all->nodes[1]), 4);
	close_node(&all->nodes[0]);
	assert_all_delivered(&all->nodes[1], 4);
	assert_once_in_order(all, 0);
}

static void lanes_are_balanced_by_count(void **state)
{
	struct nodes_world *all = *state;
	make_hooks(all, 7);
	assert_int_equal(lanes_of(&all->nodes[0]), 4);
	assert_int_equal(lanes_of(&all->nodes[1]), 3);
	assert_int_equal(leases_nodes(all->nodes[0].leases), 2);
	all->shared.runs[2] = false;
	open_node(all, 2, &all->nodes[0]);
	live_nodes(all, 4 * SECOND);
	for (size_t i = 0; i < 3; i++)
		assert_in_range(lanes_of(&all->nodes[i]), 2, 3);
	for (size_t i = 0; i < all->n_hooks; i++)
		assert_non_null(holder_of(all, all->hooks[i]));
	assert_int_equal(leases_nodes(all->nodes[2].leases), 3);
}

static void set_url(struct node *node, uint64_t hook, const char *url)
{
	struct webhook_save save = {.command = {.decide = webhook_save_decide},
				    .webhook = {.id = hook, .url = text_of(url)},
				    .set = HOOK_SET(url),
				    .now_ms = node->w.core.now_ms};
	run_on(node, &save.command);
}

static void the_owner_follows_changes_of_other_nodes(void **state)
{
	struct nodes_world *all = *state;
	uint64_t hook = hook_on(&all->nodes[0], "https://old.example/in", ORDER_PER_USER);
	live_nodes(all, 3 * SECOND);
	struct node *holder = holder_of(all, hook), *other = other_than(all, holder);
	set_url(other, hook, "https://new.example/in");
	live_nodes(all, SECOND);
	join_on(other, 1, 1);
	live_nodes(all, SECOND);
	assert_int_equal(all->n_calls, 1);
	assert_string_equal(all->calls[0].host, "new.example");
	assert_int_equal(all->calls[0].node, holder->number);
	struct webhook_remove remove = {.command = {.decide = webhook_remove_decide}, .id = hook};
	all->script = answer_after_5_seconds;
	join_on(other, 2, 3);
	run_on(other, &remove.command);
	live_nodes(all, MINUTE);
	assert_int_equal(count(other, &KIND_DUE), 0);
	/* The lane has ended on both nodes, and its lease is removed. */
	assert_null(lanes_find(&holder->w.scheduler->lanes, hook));
	assert_null(lanes_find(&other->w.scheduler->lanes, hook));
	assert_int_equal(count(other, &KIND_LEASE), 3); /* two nodes, and the jobs */
}

/* A commit may take seconds, so its row may be due before rows that the owner has sent already. */
static void a_row_that_is_committed_late_is_sent_at_the_next_look(void **state)
{
	struct nodes_world *all = *state;
	enum { LATE_MS = ID_DISORDER_MS - 1000 };
	uint64_t hook = hook_on(&all->nodes[0], "https://late.example/in", ORDER_NONE);
	live_nodes(all, 3 * SECOND);
	struct node *other = other_than(all, holder_of(all, hook));
	join_on(other, 1, 1);
	live_nodes(all, SECOND);
	assert_int_equal(all->n_calls, 1);
	struct emit e = {.command = {.decide = emit_decide},
			 .first_user = 2,
			 .n = 1,
			 .at_ms = nodes_now(all) - LATE_MS};
	struct node_command c;
	submit_on(other, &c, &e.command);
	while (!c.done) { /* the store alone: the row has the time of a command that waited */
		store_set_steady_ms(other->w.core.store, steady_now(&other->w) - LATE_MS);
		nodes_run(&all->shared, other->number);
	}
	live_nodes(all, 2 * SECOND);
	assert_int_equal(all->n_calls, 2);
}

static bool runs_jobs(const struct node *node)
{
	return upkeep_next_ns(node->w.upkeep) != UINT64_MAX;
}

static void one_node_runs_the_jobs(void **state)
{
	struct nodes_world *all = *state;
	join_on(&all->nodes[0], 1, 1);
	uint64_t hook = hook_on(&all->nodes[0], "https://late.example/in", ORDER_PER_USER);
	live_nodes(all, 3 * SECOND);
	size_t leader = runs_jobs(&all->nodes[0]) ? 0 : 1;
	assert_true(runs_jobs(&all->nodes[leader]) && !runs_jobs(&all->nodes[1 - leader]));
	for (int i = 0; i < 2; i++, leader = 1 - leader) {
		struct replay_start start = {
		    .command = {.decide = replay_start_decide},
		    .replay = {.webhook_id = hook,
			       .statuses = i == 0 ? REPLAY_MISSING : 1u << DELIVERY_DELIVERED,
			       .created_ms = nodes_now(all)}};
		size_t asked = i == 0 ? 1 - leader : leader;
		run_on(&all->nodes[asked], &start.command);
		live_nodes(all, 3 * SECOND);
		assert_int_equal(all->n_calls, i + 1);
		if (i == 0) /* the other node takes over when the leader is gone */
			close_node(&all->nodes[leader]);
		live_nodes(all, LEASE_MS + 5 * SECOND);
	}
}

static int open_two(void **state)
{
	return open_nodes(state, 2, 2, (struct shared_faults){0});
}

static int open_two_of_three(void **state)
{
	return open_nodes(state, 3, 2, (struct shared_faults){0});
}

#define ON(opened, f)                                                                              \
	{                                                                                          \
#f " (" #opened ")", f, open_##opened, close_nodes, NULL                           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(two, a_sleeping_holder_commits_nothing_stale),
	    ON(two, a_node_that_cannot_renew_begins_no_attempt),
	    ON(two, the_lanes_of_a_killed_node_move_within_the_lease_time),
	    ON(two, a_stopping_node_releases_its_lanes_at_once),
	    ON(two_of_three, lanes_are_balanced_by_count),
	    ON(two, the_owner_follows_changes_of_other_nodes),
	    ON(two, a_row_that_is_committed_late_is_sent_at_the_next_look),
	    ON(two, one_node_runs_the_jobs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
