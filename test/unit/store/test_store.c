/* Owns the tests of the store: batches, refusals, results, queries, sequences that survive a
 * restart.
 * Never fails a commit: test_store_failures.c does.
 * Run by make test. */
#include "store_world.h"

#include "base/clock.h"

/* ---- batches ---- */

static void one_commit_serves_many_commands(void **state)
{
	struct world *w = *state;
	struct job *jobs[10];
	for (size_t i = 0; i < 10; i++)
		jobs[i] = submit(w, add_decide, 1);
	assert_int_equal(store_counters(w->store).queued, 10);
	run(w);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(jobs[i]->done, 1);
		assert_int_equal(jobs[i]->err, ERR_OK);
		assert_int_equal(jobs[i]->seen, i); /* it sees the writes of earlier commands */
		assert_ptr_equal(w->order[i], jobs[i]);
	}
	struct store_counters c = store_counters(w->store);
	assert_int_equal(c.commits, 1);
	assert_int_equal(w->engine->commits, 1);
	assert_int_equal(c.commands, 10);
	assert_int_equal(c.writes, 1);
	assert_true(c.refused == 0 && c.failed_commits == 0 && c.queued == 0);
	assert_int_equal(stored_count(w, 1), 10);
}

static void a_batch_is_limited(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < 8; i++)
		submit(w, add_decide, 1);
	assert_true(store_turn(w->store));
	assert_int_equal(w->n_done, 3);
	assert_true(store_turn(w->store));
	assert_int_equal(w->n_done, 6);
	assert_false(store_turn(w->store));
	assert_int_equal(w->n_done, 8);
	for (size_t i = 0; i < 8; i++)
		assert_ptr_equal(w->order[i], &w->jobs[i]);
	assert_int_equal(store_counters(w->store).commits, 3);
	assert_int_equal(stored_count(w, 1), 8);
}

/* 32 of them take longer than a batch may. */
static enum err slow_decide(struct command *command, struct tx *tx)
{
	uint64_t began_ns = clock_system.mono_ns(&clock_system);
	while (clock_system.mono_ns(&clock_system) - began_ns < 100000)
		continue;
	return add_decide(command, tx);
}

static void slow_commands_are_divided_into_batches(void **state)
{
	struct world *w = *state;
	enum { SLOW = JOBS - 4 };
	for (size_t i = 0; i < SLOW; i++)
		submit(w, slow_decide, 1);
	assert_true(store_turn(w->store)); /* the next turn does not wait for other commands */
	assert_int_equal(w->n_done, 32);
	assert_false(store_turn(w->store));
	assert_int_equal(w->n_done, SLOW);
	for (size_t i = 0; i < SLOW; i++)
		assert_ptr_equal(w->order[i], &w->jobs[i]);
	assert_int_equal(stored_count(w, 1), SLOW);
}

static void the_queue_is_limited(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < 10; i++)
		submit(w, add_decide, 1);
	struct job *late = job_new(w, add_decide, 1), *looks[10];
	assert_int_equal(store_submit(w->store, &late->command), ERR_BUSY);
	for (size_t i = 0; i < 10; i++) {
		looks[i] = job_new(w, look_decide, 1);
		assert_int_equal(store_query(w->store, &looks[i]->command), ERR_OK);
	}
	struct job *late_look = job_new(w, look_decide, 1);
	assert_int_equal(store_query(w->store, &late_look->command), ERR_BUSY);
	run(w);
	assert_int_equal(w->n_done, 20);
	assert_true(late->done == 0 && late_look->done == 0 && late->decided == 0);
	assert_int_equal(store_submit(w->store, &late->command), ERR_OK);
	run(w);
	assert_true(late->done == 1 && late->seen == 10);
}

static void a_refused_command_writes_nothing(void **state)
{
	struct world *w = *state;
	struct job *first = submit(w, make_decide, 0);
	struct job *refused = submit(w, make_decide, 0);
	struct job *adds = submit(w, add_decide, 1);
	struct job *after = submit(w, make_decide, 0);
	struct job *looks = submit(w, add_decide, 1);
	refused->verdict = ERR_REFUSED;
	adds->verdict = ERR_INVALID;
	run(w);
	assert_int_equal(refused->err, ERR_REFUSED);
	assert_int_equal(adds->err, ERR_INVALID);
	assert_true(first->id == 1 && refused->id == 2 && after->id == 2);
	assert_int_equal(after->last_id, 2);
	assert_int_equal(looks->seen, 0);
	assert_int_equal(store_counters(w->store).refused, 2);
	assert_int_equal(store_counters(w->store).commits, 1);
	assert_int_equal(w->engine->last_writes,
			 4); /* two new items, one changed item, one sequence */
}

/* Without writes there is no commit, but done runs all the same. */
static void a_batch_of_refusals_commits_nothing(void **state)
{
	struct world *w = *state;
	struct job *refused = submit(w, make_decide, 0), *look = submit(w, look_decide, 5);
	refused->verdict = ERR_REFUSED;
	run(w);
	assert_true(refused->done == 1 && look->done == 1);
	assert_int_equal(look->found, ERR_NOT_FOUND);
	assert_int_equal(look->last_id, 0);
	assert_int_equal(w->engine->commits, 0);
	assert_true(store_is_new(w->store));
	submit(w, make_decide, 0);
	run(w);
	assert_false(store_is_new(w->store));
}

static void put_and_delete_in_one_batch(void **state)
{
	struct world *w = *state;
	struct job *put = submit(w, add_decide, 1), *removed = submit(w, remove_decide, 1);
	struct job *again = submit(w, add_decide, 1), *gone = submit(w, remove_decide, 1);
	run(w);
	assert_true(put->found == ERR_NOT_FOUND && removed->found == ERR_NOT_FOUND);
	assert_true(again->found == ERR_NOT_FOUND && again->seen == 0);
	assert_int_equal(gone->err, ERR_OK);
	assert_int_equal(stored_count(w, 1), UINT64_MAX);
}

/* ---- queries and results ---- */

static void queries_see_committed_data(void **state)
{
	struct world *w = *state;
	submit(w, add_decide, 1);
	submit(w, make_decide, 0);
	struct job *early = job_new(w, look_decide, 1), *late = job_new(w, look_decide, 1);
	assert_int_equal(store_query(w->store, &early->command), ERR_OK);
	store_turn(w->store);
	if (!w->pending) {
		assert_ptr_equal(w->order[0], early); /* it did not wait for a commit */
		assert_int_equal(early->found, ERR_NOT_FOUND);
		assert_int_equal(early->last_id, 0);
	}
	run(w);
	assert_int_equal(store_query(w->store, &late->command), ERR_OK);
	run(w);
	assert_true(late->found == ERR_OK && late->seen == 1 && late->last_id == 1);
	assert_int_equal(store_counters(w->store).queries, 2);
}

static void done_may_submit(void **state)
{
	struct world *w = *state;
	struct job *second = job_new(w, add_decide, 1), *third = job_new(w, add_decide, 1);
	struct job *first = submit(w, add_decide, 1);
	first->next = second;
	second->next = third;
	run(w);
	assert_true(first->seen == 0 && second->seen == 1 && third->seen == 2);
	assert_int_equal(store_counters(w->store).commits, 3);
}

static void freed_in_done(struct command *command, enum err err)
{
	struct job *job = (struct job *)command;
	assert_int_equal(err, ERR_OK);
	job->world->n_told++;
	free(job);
}

static void done_may_free(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 5; i++) {
		struct job *job = calloc(1, sizeof *job);
		assert_non_null(job);
		job->world = w;
		job->command = (struct command){.decide = add_decide, .done = freed_in_done};
		assert_int_equal(store_submit(w->store, &job->command), ERR_OK);
		job = calloc(1, sizeof *job);
		assert_non_null(job);
		job->world = w;
		job->command = (struct command){.decide = look_decide, .done = freed_in_done};
		assert_int_equal(store_query(w->store, &job->command), ERR_OK);
	}
	run(w);
	assert_int_equal(w->n_told, 10);
}

/* ---- sequences ---- */

static struct store *store_on(const char *dir)
{
	const struct engine_lmdb_config config = {.dir = dir};
	const struct store_config defaults = {0};
	struct engine *engine;
	struct store *store;
	const char *why;
	assert_int_equal(engine_lmdb_open(&config, &engine, &why), ERR_OK);
	assert_int_equal(store_open(engine, &defaults, &store), ERR_OK);
	return store;
}

static void sequences_survive_a_restart(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	char dir[SCRATCH_PATH];
	(void)state;
	assert_non_null(w);
	assert_true(scratch_make(dir));
	for (uint64_t start = 0; start < 3; start++) {
		w->store = store_on(dir);
		assert_int_equal(store_is_new(w->store), start == 0);
		struct job *a = submit(w, make_decide, 0), *b = submit(w, make_decide, 0);
		struct job *add = submit(w, add_decide, 1);
		b->verdict = ERR_REFUSED;
		run(w);
		assert_true(a->id == start + 1 && b->id == start + 2);
		assert_int_equal(add->seen, start);
		store_close(w->store);
	}
	scratch_remove(dir);
	free(w);
}

/* A command may take an id and write nothing else: the id is still used up. */
static enum err take_id_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	job->id = tx_next_id(tx, &ITEM);
	return ERR_OK;
}

static void an_id_is_used_up_without_other_writes(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	char dir[SCRATCH_PATH];
	(void)state;
	assert_non_null(w);
	assert_true(scratch_make(dir));
	for (uint64_t start = 0; start < 2; start++) {
		w->store = store_on(dir);
		struct job *job = submit(w, take_id_decide, 0);
		run(w);
		assert_int_equal(job->id, start + 1);
		store_close(w->store);
	}
	scratch_remove(dir);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(memory, one_commit_serves_many_commands),
	    ON(small, a_batch_is_limited),
	    ON(paced, slow_commands_are_divided_into_batches),
	    ON(small, the_queue_is_limited),
	    ON(memory, a_refused_command_writes_nothing),
	    ON(memory, a_batch_of_refusals_commits_nothing),
	    ON(memory, put_and_delete_in_one_batch),
	    ON_BOTH(queries_see_committed_data),
	    ON_BOTH(done_may_submit),
	    ON_BOTH(done_may_free),
	    cmocka_unit_test(sequences_survive_a_restart),
	    cmocka_unit_test(an_id_is_used_up_without_other_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
