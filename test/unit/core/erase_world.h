/* Shared by the tests of erasing: erasing, its job, people with names, attempts with responses, and
 * a search for a text in all records.
 */
#ifndef TEST_ERASE_WORLD_H
#define TEST_ERASE_WORLD_H

#include "core/erase.h"

#include <stdio.h>

#include "core/replay.h"
#include "reward_world.h"
#include "verify_world.h"

enum { RECORDS_MAX = 2048, SLICES_MAX = 10000 };

/* ---- erasing ---- */

static inline enum err erase(struct world *w, uint64_t id)
{
	struct user_erase cmd = {.command = {.decide = user_erase_decide},
				 .who = {.id = id},
				 .codes = w->codes,
				 .now_ms = w->now_ms};
	return world_run(w, &cmd.command);
}

/* Runs one slice; false if no work was left. The database is sound after each slice. */
static inline bool step(struct world *w, size_t *work)
{
	struct erase_slice job = {.slice = {.now_ms = w->now_ms}};
	bool any = world_slice(w, &job.slice, erase_find_decide, erase_change_decide) > 0;
	world_assert_sound(w);
	*work = job.work;
	return any;
}

static inline size_t finish(struct world *w)
{
	size_t slices = 0, work;
	while (step(w, &work))
		assert_true(++slices < SLICES_MAX);
	assert_int_equal(world_count(w, &KIND_ERASURE), 0);
	return slices;
}

static inline struct join named(struct world *w, uint64_t campaign, uint64_t referrer,
				const char *name, const char *email)
{
	struct join join = world_join(w, campaign, referrer, email);
	join.first_name = text_of(name);
	return join;
}

static inline uint64_t person(struct world *w, uint64_t campaign, uint64_t referrer,
			      const char *name, const char *email)
{
	struct join join = named(w, campaign, referrer, name, email);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
	return join.user.id;
}

static inline void attempt(struct world *w, uint64_t delivery_id, enum delivery_verdict verdict,
			   const char *answer)
{
	struct delivery d = world_delivery(w, delivery_id);
	struct delivery_record_attempt cmd = {
	    .command = {.decide = delivery_record_attempt_decide},
	    .attempt = {.delivery_id = delivery_id,
			.at_ms = w->now_ms,
			.status = verdict == VERDICT_DELIVERED ? 200 : 500,
			.answer = text_of(answer)},
	    .claimed_due_ms = d.due_ms,
	    .verdict = verdict,
	    .retry_ms = w->now_ms + 1,
	    .now_ms = w->now_ms,
	};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
}

/* ---- searching all records ---- */

struct search {
	struct command command;
	const struct record_kind *kind;
	struct text word;
	size_t found;
};

static inline bool field_contains(const struct field *field, const void *record, struct text word)
{
	const struct text *t =
	    (const struct text *)(const void *)((const char *)record + field->offset);
	return field->type != FIELD_U64 && t->n > 0 && memmem(t->p, t->n, word.p, word.n) != NULL;
}

static inline bool contains(const struct record_kind *kind, const void *record, struct text word)
{
	bool found = false;
	for (size_t i = 0; i < kind->n_keys; i++)
		found = found || field_contains(&kind->keys[i], record, word);
	for (size_t i = 0; i < kind->n_values; i++)
		found = found || field_contains(&kind->values[i], record, word);
	return found;
}

static inline enum err search_decide(struct command *command, struct tx *tx)
{
	struct search *s = (struct search *)command;
	char from[RECORD_SIZE_MAX] = {0};
	char *records = arena_alloc(tx_arena(tx), RECORDS_MAX * s->kind->size);
	struct tx_scan scan = {.from = from, .max = RECORDS_MAX, .records = records};
	enum err err = tx_scan(tx, s->kind, &scan);
	s->found = 0;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		s->found += contains(s->kind, records + i * s->kind->size, s->word);
	assert_true(scan.n < RECORDS_MAX);
	return err;
}

static inline size_t records_containing(struct world *w, const char *word)
{
	size_t found = 0;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		struct search s = {
		    {.decide = search_decide}, RECORD_KINDS_ALL[i], text_of(word), 0};
		assert_int_equal(world_ask(w, &s.command, NULL, NULL), ERR_OK);
		found += s.found;
	}
	return found;
}

#endif
