/* Owns the tests of several stores on one PostgreSQL database: no update is lost, a changed
 * configuration is seen at once, a replaced node stores nothing, and a cut connection neither loses
 * nor doubles a commit. REFERD_SEED repeats a run. Run by make test-postgresql.
 *
 * Mutations that were tried. If hold_locks only rolls back, no_update_of_several_nodes_is_lost
 * counts more conflicts than commits. If a commit does not check the epoch,
 * other_nodes_see_a_changed_configuration_in_their_next_command fails. If it does not check the
 * generation, or the fence, a_raised_fence_or_generation_stops_every_commit fails. If a commit does
 * not mark the keys that are locked, a_locked_row_holds_up_no_command_that_does_not_read_it fails.
 */
#include <sys/wait.h>

#include "base/clock.h"
#include "nodes_world.h"

/* ---- tests ---- */

static void no_update_of_several_nodes_is_lost(void **state)
{
	struct world *w = begin(state);
	struct bump *bumps = calloc(NODES * COMMANDS, sizeof *bumps);
	assert_non_null(bumps);
	uint64_t conflicts = 0, commits = 0;
	submit_everywhere(w, bumps);
	settle(w);
	all_succeeded(bumps);
	check_counts(w, bumps, NODES * COMMANDS);
	for (size_t i = 0; i < NODES; i++) {
		conflicts += store_counters(w->stores[i]).conflicts;
		commits += store_counters(w->stores[i]).commits;
	}
	print_message("%llu conflicts, %llu commits\n", (unsigned long long)conflicts,
		      (unsigned long long)commits);
	/* After a conflict, the batch is decided again on locked rows, and then stored. */
	assert_in_range(conflicts, 1, commits);
	free(bumps);
	end(w);
}

/* Reads many rows, one after another, and then counts in the row that other nodes rewrite. */
static enum err decide_slowly(struct command *command, struct tx *tx)
{
	for (uint64_t id = 100; id < 140; id++) {
		struct hot row = {.id = id};
		enum err err = tx_get(tx, &HOT, &row);
		if (err != ERR_NOT_FOUND)
			return err;
	}
	return decide_bump(command, tx);
}

static void a_slow_command_ends_although_other_nodes_rewrite_its_row(void **state)
{
	struct world *w = begin(state);
	struct bump slow = {
	    .command = {.decide = decide_slowly, .done = on_bump}, .id = 1, .plain = true};
	struct bump others[NODES] = {
	    {.id = 1}, {.id = 1, .plain = true, .done = 1}, {.id = 1, .plain = true, .done = 1}};
	submit(w->stores[0], &others[0]);
	settle(w);
	assert_int_equal(store_submit(w->stores[0], &slow.command), ERR_OK);
	size_t rewritten = 0;
	for (int turns = 0; slow.done == 0 && turns < TURNS_MAX; turns++) {
		for (size_t i = 1; i < NODES; i++) {
			if (others[i].done == 0)
				continue;
			assert_int_equal(others[i].err, ERR_OK);
			others[i].done = 0;
			submit(w->stores[i], &others[i]);
			rewritten++;
		}
		(void)run_turn(w);
	}
	settle(w);
	assert_int_equal(slow.err, ERR_OK);
	assert_int_equal(slow.done, 1);
	uint64_t conflicts = store_counters(w->stores[0]).conflicts;
	print_message("%zu times rewritten, %llu conflicts\n", rewritten,
		      (unsigned long long)conflicts);
	assert_in_range(conflicts, 0, 2);
	end(w);
}

static void cut_connections_lose_and_double_nothing(void **state)
{
	struct world *w = begin(state);
	struct bump *bumps = calloc(NODES * COMMANDS, sizeof *bumps);
	assert_non_null(bumps);
	submit_everywhere(w, bumps);
	for (int turns = 0; run_turn(w); turns++)
		if (seeded_below(&w->random, 12) == 0)
			sql(w, "postgres",
			    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
			    "application_name LIKE 'referd node%' ORDER BY random() LIMIT 2");
	all_succeeded(bumps);
	check_counts(w, bumps, NODES * COMMANDS);
	free(bumps);
	end(w);
}

static void a_lost_commit_that_waited_for_its_standby_is_stored(void **state)
{
	struct world *w = begin(state);
	/* A plain command needs no block of ids, which would wait for the standby too. */
	struct bump bump = {.id = 1, .plain = true};
	sql(w, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	sql(w, "postgres", "SELECT pg_reload_conf()");
	submit(w->stores[2], &bump);
	cut_writer(w, "wait_event = 'SyncRep'");
	assert_int_equal(bump.done, 0);
	sql(w, "postgres", "ALTER SYSTEM RESET synchronous_standby_names");
	sql(w, "postgres", "SELECT pg_reload_conf()");
	settle(w);
	assert_int_equal(bump.done, 1);
	assert_int_equal(bump.err, ERR_OK);
	assert_int_equal(engine_postgresql_outcomes(w->newest, false), 0);
	assert_int_equal(engine_postgresql_outcomes(w->newest, true), 1);
	check_counts(w, &bump, 1);
	end(w);
}

static void a_lost_commit_that_waited_for_a_lock_is_decided_again(void **state)
{
	struct world *w = begin(state);
	struct bump bump = {.id = 1};
	static const char *const lock[] = {"BEGIN", "LOCK TABLE tally_slots IN SHARE MODE",
					   "SET application_name = 'locker'",
					   "SELECT pg_sleep(600)", NULL};
	pid_t locker = postgresql_begin(&w->cluster, strstr(w->address, "dbname=") + 7, lock);
	run_until(w, "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'locker' AND "
		     "wait_event = 'PgSleep'");
	submit(w->stores[2], &bump);
	cut_writer(w, "wait_event_type = 'Lock'");
	sql(w, "postgres",
	    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE "
	    "application_name = 'locker'");
	assert_int_equal(waitpid(locker, NULL, 0), locker);
	settle(w);
	assert_int_equal(bump.done, 1);
	assert_int_equal(bump.err, ERR_OK);
	assert_int_equal(engine_postgresql_outcomes(w->newest, false), 1);
	assert_int_equal(engine_postgresql_outcomes(w->newest, true), 0);
	check_counts(w, &bump, 1);
	end(w);
}

static void other_nodes_see_a_changed_configuration_in_their_next_command(void **state)
{
	struct world *w = begin(state);
	for (uint64_t value = 1; value <= 4; value++) {
		size_t from = (size_t)seeded_below(&w->random, NODES);
		struct bump rule = {.command = {.decide = decide_rule, .done = on_bump},
				    .id = value};
		struct bump bumps[NODES] = {0};
		assert_int_equal(store_submit(w->stores[from], &rule.command), ERR_OK);
		settle(w);
		assert_int_equal(rule.err, ERR_OK);
		for (size_t i = 0; i < NODES; i++) {
			bumps[i].id = 1;
			submit(w->stores[i], &bumps[i]);
		}
		settle(w);
		for (size_t i = 0; i < NODES; i++) {
			assert_int_equal(bumps[i].err, ERR_OK);
			assert_int_equal(bumps[i].seen, value);
		}
	}
	end(w);
}

static void a_replaced_node_stores_nothing(void **state)
{
	struct world *w = begin(state);
	struct bump before = {.id = 1}, stale = {.id = 1}, after = {.id = 1};
	submit(w->stores[0], &before);
	settle(w);
	struct store *old = w->stores[0];
	w->stores[0] = open_node(w, "node 0");
	submit(old, &stale);
	for (int turns = 0; !store_idle(old) && turns < TURNS_MAX; turns++)
		store_wait(old);
	assert_int_equal(stale.err, ERR_IO);
	submit(w->stores[0], &after);
	settle(w);
	assert_int_equal(after.err, ERR_OK);
	const struct bump kept[] = {before, after};
	struct look *l = malloc(sizeof *l);
	assert_non_null(l);
	look(w, 1, 1, l);
	assert_int_equal(l->hot.count, sizeof kept / sizeof *kept);
	free(l);
	store_close(old);
	end(w);
}

/* Each of the two numbers alone stops the commits of a node that another process has replaced. */
static void a_raised_fence_or_generation_stops_every_commit(void **state)
{
	static const char *const columns[] = {"fence", "generation"};
	struct world *w = begin(state);
	struct look *l = malloc(sizeof *l);
	assert_non_null(l);
	for (size_t i = 0; i < 2; i++) {
		struct bump before = {.id = 1, .plain = true}, stale = {.id = 1, .plain = true};
		char text[120];
		submit(w->stores[i], &before);
		settle(w);
		assert_int_equal(before.err, ERR_OK);
		(void)snprintf(text, sizeof text,
			       "UPDATE referd_node SET %s = %s + 1 WHERE name = 'node %zu'",
			       columns[i], columns[i], i);
		sql(w, strstr(w->address, "dbname=") + 7, text);
		submit(w->stores[i], &stale);
		settle(w);
		assert_int_equal(stale.err, ERR_IO);
		look(w, 2, 1, l);
		assert_int_equal(l->hot.count, i + 1);
	}
	free(l);
	end(w);
}

/* Another transaction locks row 1 until its session ends. */
static pid_t lock_row(struct world *w)
{
	static const char *const lock[] = {"SET application_name = 'locker'",
					   "BEGIN; SELECT 1 FROM hot WHERE id = 1 FOR UPDATE",
					   "SELECT pg_sleep(600)", NULL};
	pid_t locker = postgresql_begin(&w->cluster, strstr(w->address, "dbname=") + 7, lock);
	run_until(w, "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'locker' AND "
		     "wait_event = 'PgSleep'");
	return locker;
}

static void unlock_row(struct world *w, pid_t locker)
{
	sql(w, "postgres",
	    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE "
	    "application_name = 'locker'");
	assert_int_equal(waitpid(locker, NULL, 0), locker);
}

/* A node that waits for a lock reports a conflict when the server gives up, after 5 s. */
static void run_while_locked(struct world *w, const struct bump *b)
{
	uint64_t before = store_counters(w->stores[0]).conflicts;
	while (b->done == 0 && store_counters(w->stores[0]).conflicts < before + 3)
		(void)run_turn(w);
}

/* Makes commands that count in rows 1 and 2 in turn. The first two are stored, so that both rows
 * exist, and then row 1 is locked. */
static pid_t lock_first_row(struct world *w, struct bump *bumps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bumps[i] = (struct bump){.id = 1 + i % 2, .plain = true};
	submit(w->stores[0], &bumps[0]);
	submit(w->stores[0], &bumps[1]);
	settle(w);
	return lock_row(w);
}

static void all_of(const struct bump *bumps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(bumps[i].done == 1 && bumps[i].err == ERR_OK);
}

static void a_locked_row_holds_up_no_command_that_does_not_read_it(void **state)
{
	struct world *w = begin(state);
	enum { N = 8 };
	struct bump bumps[N];
	pid_t locker = lock_first_row(w, bumps, N);
	for (size_t i = 2; i < N; i += 2) { /* the first pair meets the lock, the others know it */
		submit(w->stores[0], &bumps[i]);
		submit(w->stores[0], &bumps[i + 1]);
		run_while_locked(w, &bumps[i + 1]);
		assert_int_equal(bumps[i + 1].done, 1);
		assert_int_equal(bumps[i].done, 0);
	}
	assert_false(store_idle(w->stores[0]));
	unlock_row(w, locker);
	settle(w);
	all_of(bumps, N);
	check_counts(w, bumps, N);
	end(w);
}

static void commands_that_keep_their_order_wait_for_a_locked_row_together(void **state)
{
	struct world *w = begin(state);
	enum { N = 6 };
	struct bump bumps[N];
	pid_t locker = lock_first_row(w, bumps, N);
	for (size_t i = 2; i < N; i++) { /* the first pair makes the store avoid row 1 */
		bumps[i].in_order = i >= 4;
		submit(w->stores[0], &bumps[i]);
		if (i == 3)
			run_while_locked(w, &bumps[3]);
	}
	assert_int_equal(bumps[3].done, 1);
	run_until(w, "count(*) = 2 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
	for (size_t i = 4; i < N; i++)
		assert_int_equal(bumps[i].done, 0);
	unlock_row(w, locker);
	settle(w);
	all_of(bumps, N);
	check_counts(w, bumps, N);
	end(w);
}

/* A server that takes no more connections must not keep the commands of the second store for ever
 * without a sign of it. */
static void a_second_store_without_connections_counts_in_the_health(void **state)
{
	struct world *w = begin(state);
	enum { N = 5 };
	struct bump bumps[N];
	struct store_health health;
	char text[128];
	const char *database = strstr(w->address, "dbname=") + 7;
	pid_t locker = lock_first_row(w, bumps, N);
	submit(w->stores[0], &bumps[2]);
	submit(w->stores[0], &bumps[3]);
	run_while_locked(w, &bumps[3]);
	run_until(w, "count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
	assert_true(store_health(w->stores[0], &health) && health.connected);
	(void)snprintf(text, sizeof text, "ALTER DATABASE %s ALLOW_CONNECTIONS false", database);
	sql(w, "postgres", text);
	sql(w, "postgres",
	    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE wait_event_type "
	    "= 'Lock'");
	uint64_t end_ns = clock_system.mono_ns(&clock_system) + 60000000000;
	while (health.connected && clock_system.mono_ns(&clock_system) < end_ns) {
		(void)run_turn(w);
		assert_true(store_health(w->stores[0], &health));
	}
	assert_false(health.connected);
	submit(w->stores[0], &bumps[4]); /* the first store waits for the lock itself */
	unlock_row(w, locker);
	while (bumps[4].done == 0 && clock_system.mono_ns(&clock_system) < end_ns)
		(void)run_turn(w);
	assert_int_equal(bumps[4].done, 1);
	assert_int_equal(bumps[2].done, 0);
	(void)snprintf(text, sizeof text, "ALTER DATABASE %s ALLOW_CONNECTIONS true", database);
	sql(w, "postgres", text);
	settle(w);
	all_of(bumps, N);
	check_counts(w, bumps, N);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_update_of_several_nodes_is_lost),
	    cmocka_unit_test(a_slow_command_ends_although_other_nodes_rewrite_its_row),
	    cmocka_unit_test(cut_connections_lose_and_double_nothing),
	    cmocka_unit_test(a_lost_commit_that_waited_for_its_standby_is_stored),
	    cmocka_unit_test(a_lost_commit_that_waited_for_a_lock_is_decided_again),
	    cmocka_unit_test(other_nodes_see_a_changed_configuration_in_their_next_command),
	    cmocka_unit_test(a_replaced_node_stores_nothing),
	    cmocka_unit_test(a_raised_fence_or_generation_stops_every_commit),
	    cmocka_unit_test(a_locked_row_holds_up_no_command_that_does_not_read_it),
	    cmocka_unit_test(commands_that_keep_their_order_wait_for_a_locked_row_together),
	    cmocka_unit_test(a_second_store_without_connections_counts_in_the_health),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
