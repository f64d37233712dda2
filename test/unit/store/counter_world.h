/*
 * The fixture of the tests of counters: a kind of counters, a store on each engine, and commands
 * that are lists of steps.
 */
#ifndef TEST_STORE_COUNTER_WORLD_H
#define TEST_STORE_COUNTER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/scratch.h"
#include "../../support/seeded.h"
#include "field.h"
#include "store/counter.h"
#include "store/engine_ops.h"
#include "store/store.h"

struct tally {
	uint64_t id; /* key */
	uint64_t up, down;
	struct text note; /* a retired field */
};

static const struct field tally_keys[] = {FIELD(0, U64, tally, id)};
static const struct field tally_values[] = {
    FIELD(1, U64, tally, up),
    FIELD(2, TEXT, tally, note),
    FIELD(3, U64, tally, down),
};
static const struct record_kind TALLY = {
    .id = 7,
    .name = "tally",
    .size = sizeof(struct tally),
    .keys = tally_keys,
    .n_keys = 1,
    .values = tally_values,
    .n_values = 3,
    .class = RECORD_COUNTER,
};

/* ---- fixture ---- */

struct world {
	struct engine *engine;
	struct store *store;
	char dir[SCRATCH_PATH];
	bool pending;
	uint64_t told; /* sum of `up` that the watch has seen */
};

static inline int open_world(void **state, struct engine *engine, struct world *w)
{
	const struct store_config config = {0};
	assert_non_null(engine);
	w->engine = engine;
	*state = w;
	return store_open(engine, &config, &w->store) == ERR_OK ? 0 : -1;
}

static inline int open_memory(void **state, bool pending, bool adds)
{
	struct world *w = calloc(1, sizeof *w);
	struct engine *engine = engine_memory_open(pending);
	assert_true(w != NULL && engine != NULL);
	w->pending = pending;
	if (adds)
		engine_memory_set_adds(engine);
	return open_world(state, engine, w);
}

static inline int on_memory(void **state)
{
	return open_memory(state, false, false);
}

static inline int on_pending(void **state)
{
	return open_memory(state, true, false);
}

static inline int on_adding(void **state)
{
	return open_memory(state, false, true);
}

static inline int on_adding_pending(void **state)
{
	return open_memory(state, true, true);
}

static inline int on_lmdb(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct engine *engine = NULL;
	const char *why = NULL;
	assert_non_null(w);
	assert_true(scratch_make(w->dir));
	const struct engine_lmdb_config config = {.dir = w->dir, .map_size = 1 << 20};
	assert_int_equal(engine_lmdb_open(&config, &engine, &why), ERR_OK);
	return open_world(state, engine, w);
}

static inline int close_world(void **state)
{
	struct world *w = *state;
	store_close(w->store);
	if (w->dir[0] != '\0')
		scratch_remove(w->dir);
	free(w);
	return 0;
}

/* ---- commands: lists of steps ---- */

enum what { END, ADD, PUT, DELETE, SEE, SEE_BEFORE, SEE_NONE, REFUSE };

struct step {
	enum what what;
	uint64_t id;
	int64_t up, down;
};

struct script {
	struct command command;
	const struct step *steps;
	enum err err;
};

static inline enum err see(struct tx *tx, const struct step *s, bool before)
{
	struct tally t = {.id = s->id};
	enum err err = before ? tx_get_before(tx, &TALLY, &t) : tx_get(tx, &TALLY, &t);
	if (err == ERR_PENDING)
		return err;
	assert_int_equal(err, s->what == SEE_NONE ? ERR_NOT_FOUND : ERR_OK);
	assert_int_equal(t.up, s->up < 0 ? 0 : s->up); /* a sum below zero reads as zero */
	assert_int_equal(t.down, s->down < 0 ? 0 : s->down);
	return ERR_OK;
}

static inline enum err take_step(struct tx *tx, const struct step *s)
{
	const struct tally t = {.id = s->id, .up = (uint64_t)s->up, .down = (uint64_t)s->down};
	switch (s->what) {
	case ADD:
		return tx_add(tx, &TALLY, &t);
	case PUT:
		tx_put(tx, &TALLY, &t);
		return ERR_OK;
	case DELETE:
		tx_delete(tx, &TALLY, &t);
		return ERR_OK;
	case SEE:
	case SEE_NONE:
		return see(tx, s, false);
	case SEE_BEFORE:
		return see(tx, s, true);
	case REFUSE:
		return ERR_REFUSED;
	case END:
		break;
	}
	return ERR_OK;
}

static inline enum err script_decide(struct command *command, struct tx *tx)
{
	const struct script *script = (struct script *)command;
	enum err err = ERR_OK;
	for (const struct step *s = script->steps; err == ERR_OK && s->what != END; s++)
		err = take_step(tx, s);
	return err;
}

static inline void script_done(struct command *command, enum err err)
{
	((struct script *)command)->err = err;
}

static inline void settle(struct world *w)
{
	for (int turns = 0; !store_idle(w->store); turns++) {
		assert_true(turns < 1000);
		store_wait(w->store);
	}
}

/* All scripts share one batch, unless a read is pending. */
static inline void run(struct world *w, struct script *scripts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		scripts[i].command = (struct command){.decide = script_decide, .done = script_done};
		assert_int_equal(store_submit(w->store, &scripts[i].command), ERR_OK);
	}
	settle(w);
}

/* Behind a pending command, the others of its batch run only to name their keys, and see old values
 * then. The steps of a script expect the right values, so it gets a batch of its own there. */
static inline void run_in_order(struct world *w, struct script *scripts, size_t n)
{
	size_t each = w->pending ? 1 : n;
	for (size_t i = 0; i < n; i += each)
		run(w, scripts + i, each);
}

static inline void run_steps(struct world *w, const struct step *steps)
{
	struct script script = {.steps = steps};
	run(w, &script, 1);
	assert_int_equal(script.err, ERR_OK);
}

static inline void assert_stored(struct world *w, uint64_t id, int64_t up, int64_t down)
{
	const struct step steps[] = {{SEE, id, up, down}, {0}};
	struct script script = {.command = {.decide = script_decide, .done = script_done},
				.steps = steps};
	assert_int_equal(store_query(w->store, &script.command), ERR_OK);
	settle(w);
	assert_int_equal(script.err, ERR_OK);
}

/* ---- stored values ---- */

static inline struct text stored(const struct tally *t, uint8_t room[64])
{
	uint8_t key[RECORD_KEY_MAX];
	size_t n = record_encode_key(&TALLY, t, key);
	return text_from(room, record_encode_value(&TALLY, t, text_from(key, n), room));
}

#define ON(engine, f)                                                                              \
	{                                                                                          \
#f " (" #engine ")", f, on_##engine, close_world, NULL                             \
	}
#define ON_ALL(f) ON(memory, f), ON(pending, f), ON(adding, f), ON(adding_pending, f), ON(lmdb, f)

#endif
