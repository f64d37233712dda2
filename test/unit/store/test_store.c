/* The store: batches, refusals, debts, queries, watches, and commits that fail.
 * Never touches a disk: the engine is in memory, immediate or pending, and fails when told to.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/scratch.h"
#include "faulty.h"
#include "kinds.h"
#include "store/store.h"

enum { JOBS = 64, TURNS_MAX = 1000 };

struct world;

/* A command of these tests: adds to an item's count, or makes a new item. */
struct job {
	struct command command;
	struct world *world;
	uint64_t id;       /* of the item; job_make sets it */
	uint64_t add;
	enum err verdict;  /* what decide returns after its writes */
	struct job *next;  /* submitted from inside done */
	uint64_t seen;     /* the count it found */
	uint64_t last_id;
	enum err found;
	int decided, done;
	enum err err;
};

struct told {
	uint64_t id, count;
	bool deleted;
};

struct world {
	struct store *store;
	struct faulty *engine;
	bool pending;
	struct job jobs[JOBS];
	struct job *order[JOBS]; /* in the order of their done */
	size_t n_jobs, n_done;
	struct told told[JOBS];
	size_t n_told;
};

/* ---- fixture ---- */

static int open_world(void **state, bool pending, struct store_config config)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->pending = pending;
	w->engine = faulty_open(engine_memory_open(pending));
	assert_non_null(w->engine);
	*state = w;
	return store_open(&w->engine->engine, &config, &w->store) == ERR_OK ? 0 : -1;
}

static int on_memory(void **state)
{
	return open_world(state, false, (struct store_config){0});
}

static int on_pending(void **state)
{
	return open_world(state, true, (struct store_config){0});
}

static int on_small(void **state)
{
	return open_world(state, false, (struct store_config){.batch_max = 3, .queue_max = 10});
}

static int close_world(void **state)
{
	struct world *w = *state;
	store_close(w->store);
	free(w);
	return 0;
}

static void job_done(struct command *command, enum err err)
{
	struct job *job = (struct job *)command;
	struct world *w = job->world;
	job->done++;
	job->err = err;
	w->order[w->n_done++] = job;
	if (job->next != NULL)
		assert_int_equal(store_submit(w->store, &job->next->command), ERR_OK);
}

/* Group 1, item `id`: its count grows by `add`. */
static enum err add_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->id};
	job->decided++;
	job->found = tx_get(tx, &ITEM, &item);
	if (job->found != ERR_OK && job->found != ERR_NOT_FOUND)
		return job->found;
	job->seen = item.count;
	item.count += job->add;
	item.word = TEXT("written");
	tx_put(tx, &ITEM, &item);
	assert_int_equal(tx_get(tx, &ITEM, &item), ERR_OK); /* its own write */
	assert_int_equal(item.count, job->seen + job->add);
	return job->verdict;
}

/* Group 2: a new item. */
static enum err make_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	job->decided++;
	job->id = tx_next_id(tx, &ITEM);
	const struct item item = {.group = 2, .id = job->id, .count = job->add};
	tx_put(tx, &ITEM, &item);
	job->last_id = tx_last_id(tx, &ITEM);
	return job->verdict;
}

static enum err remove_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->id};
	tx_delete(tx, &ITEM, &item);
	job->found = tx_get(tx, &ITEM, &item);
	return job->verdict;
}

/* Only looks. */
static enum err look_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->id};
	job->found = tx_get(tx, &ITEM, &item);
	job->seen = item.count;
	job->last_id = tx_last_id(tx, &ITEM);
	return job->found == ERR_NOT_FOUND ? ERR_OK : job->found;
}

static struct job *job_new(struct world *w, command_decide_fn *decide, uint64_t id)
{
	assert_true(w->n_jobs < JOBS);
	struct job *job = &w->jobs[w->n_jobs++];
	*job = (struct job){.command = {.decide = decide, .done = job_done}, .world = w};
	job->id = id;
	job->add = 1;
	return job;
}

static struct job *submit(struct world *w, command_decide_fn *decide, uint64_t id)
{
	struct job *job = job_new(w, decide, id);
	assert_int_equal(store_submit(w->store, &job->command), ERR_OK);
	return job;
}

static void run(struct world *w)
{
	int turns = 0;
	while (!store_idle(w->store)) {
		store_turn(w->store);
		assert_true(++turns < TURNS_MAX);
	}
}

/* What a query says is stored; UINT64_MAX: nothing. */
static uint64_t stored_count(struct world *w, uint64_t id)
{
	struct job *job = job_new(w, look_decide, id);
	assert_int_equal(store_query(w->store, &job->command), ERR_OK);
	run(w);
	assert_int_equal(job->done, 1);
	w->n_jobs--;
	w->n_done--;
	return job->found == ERR_OK ? job->seen : UINT64_MAX;
}

/* ---- batches ---- */

static void one_commit_for_many(void **state)
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
		assert_int_equal(jobs[i]->seen, i); /* the writes of those before it */
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

static void a_batch_has_its_limit(void **state)
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

static void the_queue_has_its_limit(void **state)
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

static void a_refusal_leaves_nothing(void **state)
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
	assert_int_equal(w->engine->last_writes, 4); /* two made, one added to, one sequence */
}

/* Nothing to write is nothing to commit, and the debt is paid all the same. */
static void refusals_alone_commit_nothing(void **state)
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

/* ---- queries and debts ---- */

static void queries_see_what_is_committed(void **state)
{
	struct world *w = *state;
	submit(w, add_decide, 1);
	submit(w, make_decide, 0);
	struct job *early = job_new(w, look_decide, 1), *late = job_new(w, look_decide, 1);
	assert_int_equal(store_query(w->store, &early->command), ERR_OK);
	store_turn(w->store);
	if (!w->pending) {
		assert_ptr_equal(w->order[0], early); /* it waited for no commit */
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

/* ---- watches ---- */

static void take_told(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct world *w = arg;
	const struct item *item = record;
	assert_ptr_equal(kind, &ITEM);
	assert_int_equal(w->n_done, 0); /* before the debts are paid */
	assert_true(deleted == (item->word.n == 0));
	w->told[w->n_told++] = (struct told){item->id, item->count, deleted};
}

static void watches_are_told_what_was_committed(void **state)
{
	struct world *w = *state;
	store_watch(w->store, &ITEM, take_told, w);
	struct job *refused = job_new(w, add_decide, 7);
	submit(w, add_decide, 4);
	submit(w, add_decide, 2);
	refused->verdict = ERR_REFUSED;
	assert_int_equal(store_submit(w->store, &refused->command), ERR_OK);
	submit(w, add_decide, 4);
	submit(w, look_decide, 9);
	submit(w, remove_decide, 2);
	run(w);
	assert_int_equal(w->n_told, 2); /* each record once, as it now is */
	assert_true(w->told[0].id == 4 && w->told[0].count == 2 && !w->told[0].deleted);
	assert_true(w->told[1].id == 2 && w->told[1].deleted);
}

static void watches_hear_nothing_of_a_failed_commit(void **state)
{
	struct world *w = *state;
	store_watch(w->store, &ITEM, take_told, w);
	w->engine->fail_at = 1;
	w->engine->fail_with = ERR_NO_SPACE;
	submit(w, add_decide, 4);
	run(w);
	assert_int_equal(w->n_told, 0);
	assert_int_equal(w->n_done, 1);
}

/* ---- commits that fail ---- */

static void fail_and_recover(struct world *w, enum err with)
{
	submit(w, add_decide, 1);
	submit(w, make_decide, 0);
	run(w);
	w->engine->fail_at = w->engine->commits + 1;
	w->engine->fail_with = with;
	struct job *add = submit(w, add_decide, 1), *look = submit(w, look_decide, 1);
	struct job *make = submit(w, make_decide, 0), *refused = submit(w, add_decide, 1);
	refused->verdict = ERR_REFUSED;
	run(w);
	/* All of the batch: what one only read, another may have written in vain. */
	assert_true(add->err == with && look->err == with && make->err == with);
	assert_int_equal(refused->err, with);
	assert_int_equal(make->id, 2);
	assert_int_equal(stored_count(w, 1), 1);
	struct job *again = submit(w, add_decide, 1), *made = submit(w, make_decide, 0);
	run(w);
	assert_true(again->err == ERR_OK && again->seen == 1 && made->id == 2);
	assert_int_equal(stored_count(w, 1), 2);
	assert_int_equal(store_counters(w->store).failed_commits, 1);
	assert_int_equal(store_counters(w->store).commits, 2);
}

static void a_full_disk(void **state)
{
	fail_and_recover(*state, ERR_NO_SPACE);
}

static void no_memory(void **state)
{
	fail_and_recover(*state, ERR_NO_MEMORY);
}

static void every_other_commit_fails(void **state)
{
	struct world *w = *state;
	uint64_t kept = 0;
	for (size_t i = 0; i < 30; i++) {
		w->engine->fail_at = i % 2 == 0 ? w->engine->commits + 1 : 0;
		w->engine->fail_with = ERR_NO_SPACE;
		struct job *job = submit(w, add_decide, 1), *make = submit(w, make_decide, 0);
		run(w);
		assert_int_equal(job->err, i % 2 == 0 ? ERR_NO_SPACE : ERR_OK);
		assert_int_equal(job->seen, kept);
		kept += i % 2;
		assert_int_equal(make->id, i / 2 + 1);
		w->n_jobs = w->n_done = 0;
	}
	assert_int_equal(stored_count(w, 1), kept);
}

/* Without a view nothing is decided, for it would be decided over old data. */
static void a_view_that_fails_delays(void **state)
{
	struct world *w = *state;
	submit(w, add_decide, 1);
	run(w);
	w->engine->view_fails_with = ERR_IO;
	struct job *add = submit(w, add_decide, 1), *look = job_new(w, look_decide, 1);
	assert_int_equal(store_query(w->store, &look->command), ERR_OK);
	for (int i = 0; i < 5; i++)
		assert_true(store_turn(w->store));
	assert_true(add->decided == 0 && look->done == 0);
	w->engine->view_fails_with = ERR_OK;
	run(w);
	assert_true(add->seen == 1 && look->done == 1 && add->err == ERR_OK);
}

/* ---- the pending engine ---- */

/* Who waits for a fetch may be overtaken, but nobody is lost, and nobody decides on old data. */
static void pending_is_decided_again(void **state)
{
	struct world *w = *state;
	uint64_t seen = 0;
	struct job *c = submit(w, add_decide, 2);
	for (int i = 0; i < 10; i++)
		submit(w, add_decide, 1);
	run(w);
	assert_true(c->decided >= 2 && c->seen == 0 && c->err == ERR_OK);
	for (size_t i = 1; i <= 10; i++) {
		assert_true(w->jobs[i].done == 1 && w->jobs[i].err == ERR_OK);
		seen |= (uint64_t)1 << w->jobs[i].seen;
	}
	assert_int_equal(seen, 0x3ff); /* each saw another count */
	assert_int_equal(store_counters(w->store).commands, 11);
	assert_int_equal(stored_count(w, 1), 10);
}

static void a_commit_that_failed_late(void **state)
{
	struct world *w = *state;
	struct job *lost = submit(w, add_decide, 1);
	w->engine->fail_at = 1;
	w->engine->fail_with = ERR_NO_SPACE;
	run(w);
	struct job *kept = submit(w, add_decide, 1);
	run(w);
	assert_true(lost->err == ERR_NO_SPACE && kept->err == ERR_OK && kept->seen == 0);
	assert_int_equal(stored_count(w, 1), 1);
}

static void commands_wait_while_a_commit_is_under_way(void **state)
{
	struct world *w = *state;
	struct job *first = submit(w, make_decide, 0);
	store_turn(w->store); /* decided, and the commit asked for */
	assert_true(first->decided == 1 && first->done == 0);
	assert_false(store_idle(w->store));
	struct job *second = submit(w, make_decide, 0);
	store_turn(w->store);
	assert_true(first->done == 1 && second->decided == 0);
	run(w);
	assert_true(second->id == 2 && second->err == ERR_OK);
	assert_int_equal(store_counters(w->store).commits, 2);
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

static void sequences_survive(void **state)
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

/* A command may take an id, and write nothing else: that id is gone all the same. */
static enum err take_id_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	job->id = tx_next_id(tx, &ITEM);
	return ERR_OK;
}

static void an_id_alone_is_kept(void **state)
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

#define ON(engine, f) {#f " (" #engine ")", f, on_##engine, close_world, NULL}
#define ON_BOTH(f) ON(memory, f), ON(pending, f)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(memory, one_commit_for_many),
	    ON(small, a_batch_has_its_limit),
	    ON(small, the_queue_has_its_limit),
	    ON(memory, a_refusal_leaves_nothing),
	    ON(memory, refusals_alone_commit_nothing),
	    ON(memory, put_and_delete_in_one_batch),
	    ON_BOTH(queries_see_what_is_committed),
	    ON_BOTH(done_may_submit),
	    ON_BOTH(done_may_free),
	    ON(memory, watches_are_told_what_was_committed),
	    ON_BOTH(watches_hear_nothing_of_a_failed_commit),
	    ON(memory, a_full_disk),
	    ON(memory, no_memory),
	    ON(memory, every_other_commit_fails),
	    ON(memory, a_view_that_fails_delays),
	    ON(pending, pending_is_decided_again),
	    ON(pending, a_commit_that_failed_late),
	    ON(pending, commands_wait_while_a_commit_is_under_way),
	    cmocka_unit_test(sequences_survive),
	    cmocka_unit_test(an_id_alone_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
