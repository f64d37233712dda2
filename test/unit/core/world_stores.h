/*
 * The stores of the core tests: one on the memory engine, on a memory engine whose reads are
 * pending at first, or on LMDB, or several stores on one shared state.
 */
#ifndef TEST_CORE_WORLD_STORES_H
#define TEST_CORE_WORLD_STORES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../support/nodes.h"
#include "../../support/scratch.h"
#include "core/code.h"
#include "core/records.h"
#include "store/store.h"

enum { WORLD_NOW = 1000000 };

struct world {
	struct store *store;
	/* Stores on one shared state: each call goes to any of them. `store` is the first. */
	struct nodes *nodes;
	bool quiet;      /* world_quiet */
	uint64_t n_done; /* calls that have ended */
	struct codes *codes;
	char dir[SCRATCH_PATH];
	struct arena arena; /* texts of results, until the test ends */
	uint64_t now_ms;
	struct engine *adding; /* the engine of world_on_adding; the store owns it */
};

static inline struct codes *world_codes(void)
{
	uint8_t key[CODE_KEY_SIZE];
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	struct codes *codes = codes_new(key);
	assert_non_null(codes);
	return codes;
}

static inline int world_start(void **state, struct engine *engine, struct world *w)
{
	const struct store_config defaults = {0};
	assert_non_null(engine);
	w->codes = world_codes();
	w->now_ms = WORLD_NOW;
	*state = w;
	return store_open(engine, &defaults, &w->store) == ERR_OK ? 0 : -1;
}

static inline struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	return w;
}

static inline int world_on_memory(void **state)
{
	return world_start(state, engine_memory_open(false), world_new());
}

static inline int world_on_pending(void **state)
{
	return world_start(state, engine_memory_open(true), world_new());
}

/* The engine adds to counters itself, as an engine with several writers does. */
static inline int world_on_adding(void **state)
{
	struct engine *engine = engine_memory_open(false);
	assert_non_null(engine);
	engine_memory_set_adds(engine);
	struct world *w = world_new();
	w->adding = engine;
	return world_start(state, engine, w);
}

static inline int world_on_lmdb(void **state)
{
	struct world *w = world_new();
	struct engine *engine = NULL;
	const char *why = NULL;
	assert_true(scratch_make(w->dir));
	const struct engine_lmdb_config config = {.dir = w->dir, .map_size = 1 << 20};
	if (engine_lmdb_open(&config, &engine, &why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(engine_deferred_open(engine, record_kinds_scattered(), &engine), ERR_OK);
	return world_start(state, engine, w);
}

static inline int world_on_nodes(void **state, size_t n)
{
	struct world *w = world_new();
	struct seeded seed = seeded_start("shared engine", 1);
	w->nodes = calloc(1, sizeof *w->nodes);
	assert_non_null(w->nodes);
	w->codes = world_codes();
	w->now_ms = WORLD_NOW;
	*state = w;
	struct shared_faults faults = NODES_FAULTS;
	faults.again = n == 1 ? 2 : 0; /* several stores have conflicts of their own */
	bool opened = nodes_open(w->nodes, n, seed.state, &faults);
	w->store = w->nodes->stores[0];
	return opened ? 0 : -1;
}

static inline int world_on_one_node(void **state)
{
	return world_on_nodes(state, 1);
}

static inline int world_on_two_nodes(void **state)
{
	return world_on_nodes(state, 2);
}

static inline int world_on_three_nodes(void **state)
{
	return world_on_nodes(state, 3);
}

static inline int world_close(void **state)
{
	struct world *w = *state;
	if (w->nodes != NULL)
		nodes_close(w->nodes);
	else
		store_close(w->store);
	free(w->nodes);
	codes_free(w->codes);
	arena_free(&w->arena);
	if (w->dir[0] != '\0')
		scratch_remove(w->dir);
	free(w);
	return 0;
}

/* How many operations on several stores `make test-long` wants; 0: a short run. */
static inline uint64_t world_operations(void)
{
	const char *given = getenv("REFERD_OPERATIONS");
	return given == NULL ? 0 : strtoull(given, NULL, 10);
}

/* Runs the tests on one store, and on several stores that share a state. A long run repeats the
 * latter with other seeds; `each` is the number of operations of one such test. */
static inline int world_run_tests(const struct CMUnitTest *one, size_t n_one,
				  const struct CMUnitTest *several, size_t n_several, uint64_t each)
{
	uint64_t wanted = world_operations(), done = 0;
	if (wanted == 0)
		return _cmocka_run_group_tests("one store", one, n_one, NULL, NULL) +
		       _cmocka_run_group_tests("several stores", several, n_several, NULL, NULL);
	const char *given = getenv("REFERD_SEED");
	unsigned long long seed = given == NULL ? 1 : strtoull(given, NULL, 0);
	int failed = 0;
	for (; done < wanted && failed == 0; done += n_several * each, seed++) {
		char text[24];
		snprintf(text, sizeof text, "%llu", seed);
		setenv("REFERD_SEED", text, 1);
		failed = _cmocka_run_group_tests("long", several, n_several, NULL, NULL);
	}
	printf("%llu operations\n", (unsigned long long)done);
	return failed;
}

#define WORLD_ON(engine, f)                                                                        \
	{                                                                                          \
#f " (" #engine ")", f, world_on_##engine, world_close, NULL                       \
	}
#define WORLD_ON_ALL(f)                                                                            \
	WORLD_ON(memory, f), WORLD_ON(pending, f), WORLD_ON(lmdb, f), WORLD_ON(one_node, f)

#endif
