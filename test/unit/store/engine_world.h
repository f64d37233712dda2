/*
 * The fixture of the engine tests: an engine of each kind, and calls that wait for pending reads.
 */
#ifndef TEST_STORE_ENGINE_WORLD_H
#define TEST_STORE_ENGINE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/engine_shared.h"
#include "../../support/postgresql_cluster.h"
#include "../../support/scratch.h"
#include "../../support/seeded.h"
#include "store/engine_ops.h"

enum { KIND_A = 3, KIND_B = 30, KIND_HASH = 20 };
static const uint8_t DEFERRED_KINDS[] = {KIND_A, KIND_B, KIND_HASH};

enum place { MEMORY, LMDB, DEFERRED, SHARED, POSTGRESQL };

struct world {
	struct engine *engine;
	struct shared_state *shared; /* of a shared engine */
	struct engine *neighbour;    /* another node of it */
	enum place place;
	bool pending;
	char dir[SCRATCH_PATH];
	size_t map_size;
	struct arena arena;
};

/* ---- fixture ---- */

static inline void open_lmdb(struct world *w)
{
	const struct engine_lmdb_config config = {.dir = w->dir, .map_size = w->map_size};
	const char *why = NULL;
	if (engine_lmdb_open(&config, &w->engine, &why) != ERR_OK)
		fail_msg("%s", why);
	uint64_t kinds = 0;
	for (size_t i = 0; i < sizeof DEFERRED_KINDS; i++)
		kinds |= (uint64_t)1 << DEFERRED_KINDS[i];
	if (w->place == DEFERRED)
		assert_int_equal(engine_deferred_open(w->engine, kinds, &w->engine), ERR_OK);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

/* The server of all tests of a suite; each test has a database of its own. */
static struct postgresql_cluster cluster;

static inline int start_cluster(void **state)
{
	(void)state;
	return postgresql_cluster_start(&cluster) ? 0 : -1;
}

static inline int stop_cluster(void **state)
{
	(void)state;
	postgresql_cluster_stop(&cluster);
	return 0;
}

static inline void open_postgresql(struct world *w)
{
	static unsigned databases;
	char create[64], address[160];
	(void)snprintf(create, sizeof create, "CREATE DATABASE test_%u", ++databases);
	postgresql_run(&cluster, "postgres", create, NULL, 0);
	(void)snprintf(address, sizeof address, "host=%s user=referd dbname=test_%u", cluster.dir,
		       databases);
	struct engine_postgresql_config config = {.address = address, .node_name = "test"};
	for (size_t i = 0; i < sizeof DEFERRED_KINDS; i++)
		config.raw_kinds |= (uint64_t)1 << DEFERRED_KINDS[i];
	const char *why = NULL;
	if (engine_postgresql_open(&config, &w->engine, &why) != ERR_OK)
		fail_msg("%s", why);
}

static inline int start(void **state, enum place place, bool pending, size_t map_size)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->place = place;
	w->pending = pending;
	w->map_size = map_size;
	*state = w;
	if (place == MEMORY) {
		w->engine = engine_memory_open(pending);
	} else if (place == SHARED) {
		w->shared = shared_state_new(1);
		w->engine = engine_shared_open(w->shared, 0);
		w->neighbour = engine_shared_open(w->shared, 1);
	} else if (place == POSTGRESQL) {
		open_postgresql(w);
	} else {
		assert_true(scratch_make(w->dir));
		open_lmdb(w);
	}
	assert_non_null(w->engine);
	return 0;
}

static inline int on_memory(void **state)
{
	return start(state, MEMORY, false, 0);
}

static inline int on_pending(void **state)
{
	return start(state, MEMORY, true, 0);
}

static inline int on_lmdb(void **state)
{
	return start(state, LMDB, false, 0);
}

static inline int on_tiny_lmdb(void **state)
{
	return start(state, LMDB, false, 1 << 20);
}

/* One of two nodes; the other node does not move. */
static inline int on_shared(void **state)
{
	return start(state, SHARED, false, 0);
}

static inline int on_postgresql(void **state)
{
	return start(state, POSTGRESQL, true, 0);
}

static inline int finish(void **state)
{
	struct world *w = *state;
	engine_close(w->engine);
	engine_close(w->neighbour);
	shared_state_free(w->shared);
	if (w->dir[0] != '\0')
		scratch_remove(w->dir);
	arena_free(&w->arena);
	free(w);
	return 0;
}

/* ---- calls that wait for pending reads ---- */

static inline void commit_without_view(struct world *w, const struct engine_write *writes, size_t n)
{
	const struct engine_batch batch = {.writes = writes, .n_writes = n};
	enum err err = w->engine->ops->commit(w->engine, &batch);
	if (w->pending) {
		assert_int_equal(err, ERR_PENDING);
		err = engine_commit_blocking(w->engine, &batch);
	}
	assert_int_equal(err, ERR_OK);
}

static inline void commit(struct world *w, const struct engine_write *writes, size_t n)
{
	commit_without_view(w, writes, n);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static inline void put(struct world *w, uint8_t kind, struct text key, struct text value)
{
	commit(w, &(struct engine_write){kind, false, key, value}, 1);
}

static inline void remove_key(struct world *w, uint8_t kind, struct text key)
{
	commit(w, &(struct engine_write){kind, true, key, {0}}, 1);
}

static inline enum err get(struct world *w, uint8_t kind, struct text key, struct text *value)
{
	enum err err = w->engine->ops->get(w->engine, kind, key, value);
	return err == ERR_PENDING && w->pending ? engine_get_blocking(w->engine, kind, key, value)
						: err;
}

static inline void assert_value(struct world *w, uint8_t kind, struct text key,
				struct text expected)
{
	struct text value;
	assert_int_equal(get(w, kind, key, &value), ERR_OK);
	assert_true(text_eq(value, expected));
}

static inline void assert_missing(struct world *w, uint8_t kind, struct text key)
{
	struct text value = {0};
	assert_int_equal(get(w, kind, key, &value), ERR_NOT_FOUND);
	assert_null(value.p);
}

/* The keys of a scan, joined by blanks: "aa ab ac". */
struct listing {
	struct buf keys;
	size_t max;
};

static inline bool take_key(void *arg, struct text key, struct text value)
{
	struct listing *l = arg;
	assert_true(value.n > 0);
	if (l->keys.n > 0)
		buf_char(&l->keys, ' ');
	buf_text(&l->keys, key);
	return --l->max > 0;
}

static inline void assert_scan(struct world *w, struct engine_scan scan, size_t max,
			       const char *expected)
{
	struct listing l = {.max = max};
	scan.kind = KIND_A;
	while (w->engine->ops->scan(w->engine, &scan, take_key, &l) == ERR_PENDING) {
		w->engine->ops->wait(w->engine);
		buf_reset(&l.keys);
		l.max = max;
	}
	if (!text_eq(buf_view(&l.keys), text_of(expected)))
		fail_msg("\"%.*s\", not \"%s\"", TEXT_ARGS(buf_view(&l.keys)), expected);
	buf_free(&l.keys);
}

/* A key above all keys of the tests makes the engine defer every later write. */
static inline int on_deferred(void **state)
{
	char top[RECORD_KEY_MAX];
	int rc = start(state, DEFERRED, false, 0);
	memset(top, 0xff, sizeof top);
	for (size_t i = 0; i < sizeof DEFERRED_KINDS; i++) {
		put(*state, DEFERRED_KINDS[i], text_from(top, sizeof top), TEXT("v"));
		remove_key(*state, DEFERRED_KINDS[i], text_from(top, sizeof top));
	}
	return rc;
}

#define ON(engine, f)                                                                              \
	{                                                                                          \
#f " (" #engine ")", f, on_##engine, finish, NULL                                  \
	}
/* The tests on a PostgreSQL server are on if REFERD_POSTGRESQL is set. */
static inline bool wants_postgresql(void)
{
	return getenv("REFERD_POSTGRESQL") != NULL;
}

#define ON_ALL(f) ON(memory, f), ON(pending, f), ON(lmdb, f), ON(deferred, f), ON(shared, f)

#endif
