/* Owns the tests of queries on several stores of one PostgreSQL database: they see every commit
 * that came before them, and one snapshot each. REFERD_SEED repeats a run, and REFERD_REVOCATIONS
 * sets its length. Run by make test-postgresql.
 *
 * Mutations of engine_postgresql_reads.c that were tried: If a view of queries is ready before its
 * epoch is known, or reports the epoch 0, both tests fail. If a view keeps the transaction of the
 * earlier view, the first test does not end. If a view outlives its lost connection, the second
 * test fails. */
#include "nodes_world.h"

enum { ITEMS = 6 };

/* Writes n to all rows and to the rule, or reads them one after another. */
struct job {
	struct command command;
	uint64_t n, seen[ITEMS], rule;
	int done;
};

static enum err decide_write(struct command *command, struct tx *tx)
{
	const struct job *job = (struct job *)command;
	for (uint64_t i = 0; i < ITEMS; i++)
		tx_put(tx, &HOT, &(struct hot){.id = i + 1, .count = job->n});
	tx_put(tx, &RULE, &(struct hot){.id = 1, .count = job->n});
	return ERR_OK;
}

static enum err decide_rule_read(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct hot rule = {.id = 1};
	enum err err = tx_get(tx, &RULE, &rule);
	job->rule = rule.count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err decide_read(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	enum err err = ERR_OK;
	for (uint64_t i = 0; err == ERR_OK && i < ITEMS; i++) {
		struct hot row = {.id = i + 1};
		err = tx_get(tx, &HOT, &row);
		job->seen[i] = row.count;
	}
	return err == ERR_OK ? decide_rule_read(command, tx) : err;
}

static void job_done(struct command *command, enum err err)
{
	assert_int_equal(err, ERR_OK);
	((struct job *)command)->done++;
}

static struct job job_of(command_decide_fn *decide, uint64_t n)
{
	return (struct job){.command = {.decide = decide, .done = job_done}, .n = n};
}

static void write_all(struct world *w, size_t node, uint64_t n)
{
	struct job job = job_of(decide_write, n);
	assert_int_equal(store_submit(w->stores[node], &job.command), ERR_OK);
	settle(w);
	assert_int_equal(job.done, 1);
}

/* A store tends itself about every second, which ends an idle view. */
static void pause_stores(struct world *w)
{
	for (size_t i = 0; i < NODES; i++)
		store_tend(w->stores[i]);
	for (int turns = 0; turns < 4; turns++)
		(void)event_base_loop(w->base, EVLOOP_NONBLOCK);
}

static void the_next_query_of_another_node_knows_a_changed_rule(void **state)
{
	struct world *w = begin(state);
	const char *times = getenv("REFERD_REVOCATIONS");
	uint64_t n = times == NULL ? 30 : strtoull(times, NULL, 10);
	for (uint64_t value = 1; value <= n; value++) {
		size_t from = (size_t)seeded_below(&w->random, NODES);
		write_all(w, from, value);
		for (uint64_t pauses = seeded_below(&w->random, 3); pauses > 0; pauses--)
			pause_stores(w);
		for (size_t i = 0; i < NODES; i++) {
			struct job job = job_of(decide_rule_read, 0);
			assert_int_equal(store_query(w->stores[i], &job.command), ERR_OK);
			settle(w);
			assert_int_equal(job.done, 1);
			assert_int_equal(job.rule, value);
		}
	}
	end(w);
}

static void cut_queries(struct world *w)
{
	sql(w, "postgres",
	    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE "
	    "'referd node%queries'");
}

static void a_query_sees_one_snapshot_although_its_connection_breaks(void **state)
{
	struct world *w = begin(state);
	struct job reads[NODES];
	write_all(w, 0, 1);
	for (uint64_t value = 2; value < 14; value++) {
		for (size_t i = 0; i < NODES; i++) {
			reads[i] = job_of(decide_read, 0);
			assert_int_equal(store_query(w->stores[i], &reads[i].command), ERR_OK);
		}
		for (uint64_t turns = seeded_below(&w->random, 3 * ITEMS); turns > 0; turns--)
			(void)run_turn(w);
		cut_queries(w);
		write_all(w, (size_t)seeded_below(&w->random, NODES), value);
		for (size_t i = 0; i < NODES; i++) {
			assert_int_equal(reads[i].done, 1);
			assert_in_range(reads[i].rule, value - 1, value);
			for (size_t row = 0; row < ITEMS; row++)
				assert_int_equal(reads[i].seen[row], reads[i].rule);
		}
	}
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_next_query_of_another_node_knows_a_changed_rule),
	    cmocka_unit_test(a_query_sees_one_snapshot_although_its_connection_breaks),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
