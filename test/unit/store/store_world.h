/*
 * The fixture of the store's tests: a store on a memory engine that fails on request, and commands
 * that record what they saw and when they were done.
 */
#ifndef TEST_STORE_STORE_WORLD_H
#define TEST_STORE_STORE_WORLD_H

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

/* A command of these tests: adds to an item's count, or creates an item. */
struct job {
	struct command command;
	struct world *world;
	uint64_t id; /* the item; make_decide sets it */
	uint64_t add;
	enum err verdict; /* the result of decide after its writes */
	struct job *next; /* submitted from within done */
	uint64_t seen;    /* the count it found */
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
	size_t gets_at_open;
	uint64_t rounds_at_open;
	bool pending;
	struct job jobs[JOBS];
	struct job *order[JOBS]; /* in the order in which they were done */
	size_t n_jobs, n_done;
	struct told told[JOBS];
	size_t n_told;
};

/* ---- fixture ---- */

static inline int open_world(void **state, bool pending, bool single_writer,
			     struct store_config config)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->pending = pending;
	w->engine = faulty_open(engine_memory_open(pending), single_writer);
	assert_non_null(w->engine);
	*state = w;
	assert_int_equal(store_open(&w->engine->engine, &config, &w->store), ERR_OK);
	w->gets_at_open = w->engine->gets;
	w->rounds_at_open = engine_memory_rounds(w->engine->inner);
	return 0;
}

static inline int on_memory(void **state)
{
	return open_world(state, false, true, (struct store_config){0});
}

static inline int on_pending(void **state)
{
	return open_world(state, true, true, (struct store_config){0});
}

static inline int on_small(void **state)
{
	return open_world(state, false, true,
			  (struct store_config){.batch_max = 3, .queue_max = 10});
}

static inline int on_paced(void **state)
{
	return open_world(state, false, true, (struct store_config){.paced = true});
}

static inline int on_shared(void **state)
{
	return open_world(state, false, false, (struct store_config){0});
}

static inline int on_shared_pending(void **state)
{
	return open_world(state, true, false, (struct store_config){0});
}

static inline int close_world(void **state)
{
	struct world *w = *state;
	store_close(w->store);
	free(w);
	return 0;
}

static inline void job_done(struct command *command, enum err err)
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
static inline enum err add_decide(struct command *command, struct tx *tx)
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
	assert_int_equal(tx_get(tx, &ITEM, &item), ERR_OK); /* it sees its own write */
	assert_int_equal(item.count, job->seen + job->add);
	return job->verdict;
}

static inline uint64_t last_id(const struct tx *tx)
{
	uint64_t last = 0;
	while (!tx_may_give(tx, &ITEM, last + 1))
		last++;
	return last;
}

/* Group 2: a new item. */
static inline enum err make_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	job->decided++;
	job->id = tx_next_id(tx, &ITEM);
	const struct item item = {.group = 2, .id = job->id, .count = job->add};
	tx_put(tx, &ITEM, &item);
	job->last_id = last_id(tx);
	return job->verdict;
}

static inline enum err remove_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->id};
	tx_delete(tx, &ITEM, &item);
	job->found = tx_get(tx, &ITEM, &item);
	return job->verdict;
}

/* Only reads. */
static inline enum err look_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->id};
	job->found = tx_get(tx, &ITEM, &item);
	job->seen = item.count;
	job->last_id = last_id(tx);
	return job->found == ERR_NOT_FOUND ? ERR_OK : job->found;
}

static inline struct job *job_new(struct world *w, command_decide_fn *decide, uint64_t id)
{
	assert_true(w->n_jobs < JOBS);
	struct job *job = &w->jobs[w->n_jobs++];
	*job = (struct job){.command = {.decide = decide, .done = job_done}, .world = w};
	job->id = id;
	job->add = 1;
	return job;
}

static inline struct job *submit(struct world *w, command_decide_fn *decide, uint64_t id)
{
	struct job *job = job_new(w, decide, id);
	assert_int_equal(store_submit(w->store, &job->command), ERR_OK);
	return job;
}

static inline void run(struct world *w)
{
	int turns = 0;
	while (!store_idle(w->store)) {
		store_wait(w->store);
		assert_true(++turns < TURNS_MAX);
	}
}

/* The stored count according to a query; UINT64_MAX if there is no item. */
static inline uint64_t stored_count(struct world *w, uint64_t id)
{
	struct job *job = job_new(w, look_decide, id);
	assert_int_equal(store_query(w->store, &job->command), ERR_OK);
	run(w);
	assert_int_equal(job->done, 1);
	w->n_jobs--;
	w->n_done--;
	return job->found == ERR_OK ? job->seen : UINT64_MAX;
}

#define ON(engine, f)                                                                              \
	{                                                                                          \
#f " (" #engine ")", f, on_##engine, close_world, NULL                             \
	}
#define ON_BOTH(f) ON(memory, f), ON(pending, f)

#endif
