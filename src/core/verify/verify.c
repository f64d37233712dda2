/*
 * Owns the walk over every record of every kind. Never contains the checks, which are in
 * verify_*.c, one file for each family. Called by `referd verify`, `referd backup` and tests.
 */
#include "core/verify.h"

#include <assert.h>
#include <string.h>

#include "verify_parts.h"

enum { SLICE = 256 };

static const struct verify_check *const families[] = {
    VERIFY_ACCESS,     VERIFY_CAMPAIGNS, VERIFY_USERS, VERIFY_WEBHOOKS,
    VERIFY_DELIVERIES, VERIFY_REWARDS,   VERIFY_AUDIT,
};
enum { FAMILIES = sizeof families / sizeof *families };

/* An error in one check does not end the walk, unless nothing can be read any more. */
static bool ends_walk(enum err err)
{
	return err != ERR_OK && err != ERR_NOT_FOUND && err != ERR_CORRUPT && err != ERR_FORMAT;
}

static enum err look_at(struct verifier *v, const struct verify_check *check, const void *record)
{
	v->record = record;
	enum err err = check->row == NULL ? ERR_OK : check->row(v, record);
	if (err == ERR_CORRUPT || err == ERR_FORMAT)
		v->group->incomplete = true;
	return v->err != ERR_OK ? v->err : err;
}

/* If a row waits for a record, the walk looks at the rows behind it only to name the records that
 * they need. The engine fetches all of them together, and the walk of the slice starts again. */
static enum err look_at_all(struct verifier *v, const struct verify_check *check, const char *rows,
			    size_t n)
{
	enum err err = ERR_OK;
	for (size_t i = 0; i < n; i++) {
		enum err met = look_at(v, check, rows + i * check->kind->size);
		if (ends_walk(met) && met != ERR_PENDING)
			return met;
		err = met == ERR_PENDING ? met : err;
	}
	return err;
}

/* Goes to the next check and the beginning of its kind. */
static void go_on(struct verify_state *s)
{
	s->last_n = 0;
	s->group = (struct verify_group){0};
	if (families[s->family][++s->check].kind != NULL)
		return;
	s->family++;
	s->check = 0;
}

static enum err walk_slice(struct verifier *v, struct verify_state *s, size_t *n)
{
	assert(s->family < FAMILIES);
	const struct verify_check *check = &families[s->family][s->check];
	const struct record_kind *kind = check->kind;
	max_align_t from[RECORD_SIZE_MAX / sizeof(max_align_t)] = {0};
	char *rows = arena_alloc(tx_arena(v->tx), SLICE * kind->size);
	if (rows == NULL)
		return ERR_NO_MEMORY;
	v->kind = kind;
	enum err err = ERR_OK;
	if (s->last_n > 0)
		err = record_decode_key(kind, text_from(s->last, s->last_n), from);
	struct tx_scan scan = {.from = from,
			       .after = s->last_n > 0,
			       .max = SLICE,
			       .records = rows,
			       .damaged = verify_damaged,
			       .arg = v};
	if (err == ERR_OK)
		err = tx_scan(v->tx, kind, &scan);
	err = err == ERR_OK ? look_at_all(v, check, rows, scan.n) : err;
	if (err != ERR_OK)
		return err;
	*n = scan.n;
	if (scan.n == SLICE) {
		s->last_n = record_encode_key(kind, rows + (SLICE - 1) * kind->size, s->last);
		return ERR_OK;
	}
	if (s->group.open && !s->group.incomplete && ends_walk(err = check->end(v)))
		return err;
	go_on(s);
	return v->err;
}

enum err verify_decide(struct command *command, struct tx *tx)
{
	struct verify *cmd = (struct verify *)command;
	/* A pending slice is walked again from its start, so only whole slices are kept. */
	struct verify_state state = cmd->state;
	struct verifier v = {.tx = tx, .codes = cmd->codes, .group = &state.group};
	size_t n = 0;
	enum err err = walk_slice(&v, &state, &n);
	if (err != ERR_OK)
		return err;
	cmd->state = state;
	cmd->problems = v.first;
	cmd->n_slices++;
	cmd->n_records += n;
	cmd->n_users += v.kind == &KIND_USER ? n : 0;
	cmd->n_problems += v.n_problems;
	cmd->finished = state.family == FAMILIES;
	return ERR_OK;
}
