/*
 * Verifying a test's world: every problem as a line, as `referd verify` prints them.
 */
#ifndef TEST_VERIFY_WORLD_H
#define TEST_VERIFY_WORLD_H

#include "core/verify.h"
#include "core_world.h"

/* A slice on its way: what it found is copied in its turn. */
struct world_verify {
	struct verify verify;
	struct buf *out;
	bool done;
};

static inline void world_verify_done(struct command *command, enum err err)
{
	struct world_verify *v = (struct world_verify *)command;
	assert_true(err == ERR_OK || err == ERR_CORRUPT);
	for (const struct verify_problem *p = v->verify.problems; p != NULL; p = p->next)
		buf_printf(v->out, "%s %.*s: %.*s\n", p->kind, TEXT_ARGS(p->key), TEXT_ARGS(p->what));
	v->done = true;
}

/* Answers the walk as it ended; `out` gets the problems. */
static inline struct verify world_verify(struct world *w, struct buf *out)
{
	struct world_verify v = {.verify = {.codes = w->codes}, .out = out};
	while (!v.verify.finished) {
		v.done = false;
		v.verify.problems = NULL;
		v.verify.command =
		    (struct command){.decide = verify_decide, .done = world_verify_done};
		assert_int_equal(store_query(w->store, &v.verify.command), ERR_OK);
		world_settle(w);
		assert_true(v.done);
	}
	return v.verify;
}

static inline void world_assert_sound(struct world *w)
{
	struct buf out = {0};
	struct verify v = world_verify(w, &out);
	if (v.n_problems != 0)
		fail_msg("%u problems:\n%.*s", (unsigned)v.n_problems, TEXT_ARGS(buf_view(&out)));
	buf_free(&out);
}

#endif
