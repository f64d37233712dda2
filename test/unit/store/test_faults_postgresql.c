/* Owns the tests of connections and servers that break in the middle of a commit: no commit is
 * lost, and no commit is stored twice. REFERD_CUT_STEP is the number of bytes between two cuts; 1
 * cuts after every byte. Run by make test-postgresql.
 *
 * Mutations that were tried. Where a warning at COMMIT counts as success,
 * a_commit_that_no_longer_waits_for_its_standby_is_not_known_to_be_stored fails. The same test
 * fails where the node reads its last batch without raising its fence. Where a batch without writes
 * skips its commit, an_answer_waits_for_the_replication_of_the_rows_that_it_rests_on fails. */
#include "../../support/postgresql_proxy.h"
#include "nodes_world.h"

enum { CUTS = 16 };

/* ---- cuts after an exact number of bytes ---- */

static void bump_once(struct world *w, struct bump *b)
{
	*b = (struct bump){.id = 1, .plain = true};
	submit(w->stores[NODES - 1], b);
	settle(w);
	assert_int_equal(b->done, 1);
	assert_int_equal(b->err, ERR_OK);
}

/* Opens the last node again, behind the proxy. */
static void open_behind(struct world *w, const struct postgresql_proxy *proxy)
{
	char address[sizeof w->address];
	(void)snprintf(address, sizeof address, "%s", w->address);
	store_close(w->stores[NODES - 1]);
	(void)snprintf(w->address, sizeof w->address, "host=%s %s", proxy->dir,
		       strstr(address, "user="));
	w->stores[NODES - 1] = open_node(w, "node 2");
	(void)snprintf(w->address, sizeof w->address, "%s", address);
}

/* Cuts the stream of one batch after `at` bytes. The batch before it has sent all statements. */
static void cut_batch(struct world *w, struct proxy_wire *wire, enum proxy_way way, uint64_t at)
{
	struct bump bump;
	bump_once(w, &bump);
	wire->cut_at[way] = wire->passed[way] + at;
	bump_once(w, &bump);
	wire->cut_at[way] = 0;
}

static void a_cut_after_any_byte_loses_and_doubles_nothing(void **state)
{
	struct world *w = begin(state);
	struct postgresql_proxy proxy = {0};
	struct bump bump;
	struct look *l = malloc(sizeof *l);
	const char *text = getenv("REFERD_CUT_STEP");
	uint64_t bumps = 3;
	assert_non_null(l);
	postgresql_proxy_start(&proxy, &w->cluster, "node 2 writer");
	open_behind(w, &proxy);
	bump_once(w, &bump);
	bump_once(w, &bump); /* the first bump inserts the rows; this bump finds them */
	uint64_t size[PROXY_WAYS];
	for (size_t way = 0; way < PROXY_WAYS; way++)
		size[way] = proxy.wire->passed[way];
	bump_once(w, &bump);
	for (size_t way = 0; way < PROXY_WAYS; way++)
		size[way] = proxy.wire->passed[way] - size[way];
	for (size_t way = 0; way < PROXY_WAYS; way++) {
		uint64_t step = text == NULL ? size[way] / CUTS + 1 : strtoull(text, NULL, 10);
		for (uint64_t at = 1; at <= size[way]; at += step, bumps += 2)
			cut_batch(w, proxy.wire, (enum proxy_way)way, at);
	}
	print_message("%llu cuts: %llu batches were stored, %llu were not\n",
		      (unsigned long long)proxy.wire->cuts,
		      (unsigned long long)engine_postgresql_outcomes(w->newest, true),
		      (unsigned long long)engine_postgresql_outcomes(w->newest, false));
	assert_true(engine_postgresql_outcomes(w->newest, true) > 0);
	assert_true(engine_postgresql_outcomes(w->newest, false) > 0);
	look(w, 0, 1, l);
	assert_int_equal(l->hot.count, bumps);
	assert_int_equal(l->tally.count, bumps);
	free(l);
	end(w);
	postgresql_proxy_stop(&proxy);
}

/* ---- cancels ---- */

static void wait_for_nobody(struct world *w)
{
	sql(w, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	sql(w, "postgres", "SELECT pg_reload_conf()");
}

static void wait_no_more(struct world *w)
{
	sql(w, "postgres", "ALTER SYSTEM RESET synchronous_standby_names");
	sql(w, "postgres", "SELECT pg_reload_conf()");
}

/* Node 2 commits, and then no longer waits for the standby. */
static void cancel_a_commit(struct world *w, struct bump *bump)
{
	wait_for_nobody(w);
	submit(w->stores[2], bump);
	run_while(w,
		  "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'referd node 2 "
		  "writer' AND wait_event = 'SyncRep'",
		  bump);
	sql(w, "postgres",
	    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = "
	    "'referd node 2 writer'");
}

static void a_commit_that_no_longer_waits_for_its_standby_is_not_known_to_be_stored(void **state)
{
	struct world *w = begin(state);
	struct bump bump = {.id = 1, .plain = true};
	cancel_a_commit(w, &bump);
	/* The node asks for the outcome, and this answer waits for the standby too. */
	run_while(w,
		  "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'referd node 2 "
		  "writer' AND wait_event = 'SyncRep' AND query LIKE '%fence = fence + 1%'",
		  &bump);
	assert_int_equal(bump.done, 0);
	wait_no_more(w);
	settle(w);
	assert_int_equal(bump.done, 1);
	assert_int_equal(bump.err, ERR_OK);
	assert_int_equal(engine_postgresql_outcomes(w->newest, true), 1);
	check_counts(w, &bump, 1);
	end(w);
}

/* The server goes on with a commit whose connection is gone. */
static void the_outcome_is_known_when_the_old_commit_has_ended(void **state)
{
	struct world *w = begin(state);
	struct postgresql_proxy proxy = {0};
	struct bump first, bump = {.id = 1, .plain = true};
	postgresql_proxy_start(&proxy, &w->cluster, "node 2 writer");
	open_behind(w, &proxy);
	bump_once(w, &first);
	wait_for_nobody(w);
	submit(w->stores[2], &bump);
	run_until(w, "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'referd node 2 "
		     "writer' AND wait_event = 'SyncRep' AND query = 'COMMIT'");
	proxy.wire->cut_now = true;
	run_while(w,
		  "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'referd node 2 "
		  "writer' AND wait_event_type = 'Lock' AND query LIKE '%fence = fence + 1%'",
		  &bump);
	assert_int_equal(bump.done, 0);
	wait_no_more(w);
	settle(w);
	assert_int_equal(bump.done, 1);
	assert_int_equal(engine_postgresql_outcomes(w->newest, true), 1);
	const struct bump kept[] = {first, bump};
	check_counts(w, kept, 2);
	end(w);
	postgresql_proxy_stop(&proxy);
}

static enum err decide_nothing(struct command *command, struct tx *tx)
{
	struct bump *b = (struct bump *)command;
	struct hot hot = {.id = b->id};
	enum err err = tx_get(tx, &HOT, &hot);
	b->seen = hot.count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* After a cancelled wait for the standby, the row is visible, but a failover may lose it. */
static void an_answer_waits_for_the_replication_of_the_rows_that_it_rests_on(void **state)
{
	struct world *w = begin(state);
	struct bump bump = {.id = 1, .plain = true};
	struct bump reader = {.command = {.decide = decide_nothing, .done = on_bump}, .id = 1};
	cancel_a_commit(w, &bump);
	run_while(w,
		  "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'referd node 2 "
		  "writer' AND query LIKE '%fence = fence + 1%'",
		  &bump);
	assert_int_equal(store_submit(w->stores[0], &reader.command), ERR_OK);
	run_while(w,
		  "count(*) > 0 FROM pg_stat_activity WHERE application_name = 'referd node 0 "
		  "writer' AND wait_event = 'SyncRep' AND query = 'COMMIT'",
		  &reader);
	assert_int_equal(reader.done, 0);
	wait_no_more(w);
	settle(w);
	assert_int_equal(reader.done, 1);
	assert_int_equal(reader.seen, 1);
	assert_int_equal(bump.done, 1);
	end(w);
}

/* ---- restarts ---- */

static void a_restarted_server_loses_and_doubles_nothing(void **state)
{
	struct world *w = begin(state);
	struct bump *bumps = calloc(NODES * COMMANDS, sizeof *bumps);
	assert_non_null(bumps);
	submit_everywhere(w, bumps);
	for (int restarts = 0; restarts < 3; restarts++) {
		for (uint64_t turns = seeded_below(&w->random, 40); turns > 0; turns--)
			(void)run_turn(w);
		postgresql_cluster_restart(&w->cluster);
	}
	settle(w);
	all_succeeded(bumps);
	check_counts(w, bumps, NODES * COMMANDS);
	free(bumps);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cut_after_any_byte_loses_and_doubles_nothing),
	    cmocka_unit_test(
		a_commit_that_no_longer_waits_for_its_standby_is_not_known_to_be_stored),
	    cmocka_unit_test(the_outcome_is_known_when_the_old_commit_has_ended),
	    cmocka_unit_test(an_answer_waits_for_the_replication_of_the_rows_that_it_rests_on),
	    cmocka_unit_test(a_restarted_server_loses_and_doubles_nothing),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
