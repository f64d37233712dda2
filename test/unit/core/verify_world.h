/* Verifying a test's world: every problem as a line, as `referd verify` prints it; and damaging it.
 */
#ifndef TEST_VERIFY_WORLD_H
#define TEST_VERIFY_WORLD_H

#include "core/verify.h"
#include "core_world.h"

/* A slice under way: its problems are copied in its turn. */
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
		buf_printf(v->out, "%s %.*s: %.*s\n", p->kind, TEXT_ARGS(p->key),
			   TEXT_ARGS(p->what));
	v->done = true;
}

/* Runs the walk to its end and returns it; `out` gets the problems. */
static inline struct verify world_verify(struct world *w, struct buf *out)
{
	struct world_verify v = {.verify = {.codes = w->codes}, .out = out};
	size_t node;
	while (!v.verify.finished) {
		v.done = false;
		v.verify.problems = NULL;
		v.verify.command =
		    (struct command){.decide = verify_decide, .done = world_verify_done};
		assert_int_equal(store_query(world_pick(w, &node), &v.verify.command), ERR_OK);
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

/* ---- damage ---- */

/* Damage to one record: written or deleted. */
struct damage {
	struct command command;
	const struct record_kind *kind;
	const void *record;
	bool deleted;
};

static inline enum err damage_decide(struct command *command, struct tx *tx)
{
	const struct damage *d = (const struct damage *)command;
	if (d->deleted)
		tx_delete(tx, d->kind, d->record);
	else
		tx_put(tx, d->kind, d->record);
	return ERR_OK;
}

static inline void put(struct world *w, const struct record_kind *kind, const void *record)
{
	struct damage d = {{.decide = damage_decide}, kind, record, false};
	assert_int_equal(world_run(w, &d.command), ERR_OK);
}

static inline void drop(struct world *w, const struct record_kind *kind, const void *record)
{
	struct damage d = {{.decide = damage_decide}, kind, record, true};
	assert_int_equal(world_run(w, &d.command), ERR_OK);
}

/* The problems found include this line. */
static inline void assert_found(struct world *w, const char *line)
{
	struct buf out = {0};
	struct verify v = world_verify(w, &out);
	buf_char(&out, '\0');
	assert_true(v.n_problems > 0);
	if (strstr(out.p, line) == NULL)
		fail_msg("not \"%s\" in:\n%s", line, out.p);
	buf_free(&out);
}

/* Removes the record, or replaces it by another value; checks that verify finds it; repairs it. */
static inline void check_missing(struct world *w, const struct record_kind *kind, const void *key,
				 const char *line)
{
	max_align_t stored[RECORD_SIZE_MAX / sizeof(max_align_t)];
	memcpy(stored, key, kind->size);
	assert_int_equal(world_get(w, kind, stored), ERR_OK);
	drop(w, kind, stored);
	assert_found(w, line);
	put(w, kind, stored);
	world_assert_sound(w);
}

static inline void check_extra(struct world *w, const struct record_kind *kind, const void *record,
			       const char *line)
{
	put(w, kind, record);
	assert_found(w, line);
	drop(w, kind, record);
	world_assert_sound(w);
}

#define GET(kind, record) assert_int_equal(world_get(w, kind, record), ERR_OK)
#define CHANGED(kind, record, member, value, line)                                                 \
	do {                                                                                       \
		GET(kind, record);                                                                 \
		__typeof__((record)->member) before = (record)->member;                            \
		(record)->member = value;                                                          \
		put(w, kind, record);                                                              \
		assert_found(w, line);                                                             \
		(record)->member = before;                                                         \
		put(w, kind, record);                                                              \
		world_assert_sound(w);                                                             \
	} while (0)

#endif
