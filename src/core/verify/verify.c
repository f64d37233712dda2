/*
 * Owns the walk over every record of every kind, and the reporting of problems. Never the checks
 * themselves, which are in verify_*.c, one file for each family. Called by `referd verify`, `referd
 * backup` and tests.
 */
#include "core/verify.h"

#include <string.h>

#include "verify_parts.h"

enum { SLICE = 256 };

static const struct verify_check *const families[] = {
    VERIFY_ACCESS,   VERIFY_CAMPAIGNS,  VERIFY_USERS,
    VERIFY_WEBHOOKS, VERIFY_DELIVERIES, VERIFY_REWARDS,
};
enum { FAMILIES = sizeof families / sizeof *families };

/* ---- reporting ---- */

static bool is_word(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] > '~')
			return false;
	return t.n > 0;
}

static void write_text(struct buf *out, struct text t)
{
	if (is_word(t)) {
		buf_text(out, t);
		return;
	}
	for (size_t i = 0; i < t.n; i++)
		buf_printf(out, "%02x", (unsigned char)t.p[i]);
}

static void write_key(struct buf *out, const struct record_kind *kind, const void *record)
{
	for (size_t i = 0; i < kind->n_keys; i++) {
		const void *field = (const char *)record + kind->keys[i].offset;
		if (i > 0)
			buf_char(out, '/');
		if (kind->keys[i].type == FIELD_U64)
			buf_u64(out, *(const uint64_t *)field);
		else
			write_text(out, *(const struct text *)field);
	}
}

/* Takes the contents of both buffers, and frees them. */
static void tell(struct verifier *v, const struct record_kind *kind, struct buf *key,
		 struct buf *what)
{
	struct arena *arena = tx_arena(v->tx);
	struct verify_problem *p = arena_zalloc(arena, sizeof *p);
	v->n_problems++;
	if (p != NULL) {
		p->kind = kind->name;
		p->key = arena_copy(arena, buf_view(key));
		p->what = arena_copy(arena, buf_view(what));
		if (v->last == NULL)
			v->first = p;
		else
			v->last->next = p;
		v->last = p;
	}
	if (p == NULL || p->what.p == NULL || (key->n > 0 && p->key.p == NULL) || key->failed ||
	    what->failed)
		v->err = ERR_NO_MEMORY;
	buf_free(key);
	buf_free(what);
}

static void tell_of(struct verifier *v, const struct record_kind *kind, const void *record,
		    struct buf *what)
{
	struct buf key = {0};
	write_key(&key, kind, record);
	tell(v, kind, &key, what);
}

void verify_report(struct verifier *v, const char *what)
{
	struct buf text = {0};
	buf_str(&text, what);
	tell_of(v, v->kind, v->record, &text);
}

void verify_warn(struct verifier *v, const char *what)
{
	verify_report(v, what);
	v->n_problems--;
	if (v->err == ERR_OK)
		v->last->warning = true;
}

void verify_compare(struct verifier *v, const struct record_kind *kind, const void *record,
		    const char *member, uint64_t stored, uint64_t counted)
{
	struct buf text = {0};
	if (stored == counted)
		return;
	buf_printf(&text, "%s is %llu, but the count is %llu", member, (unsigned long long)stored,
		   (unsigned long long)counted);
	tell_of(v, kind, record, &text);
}

/* Reports a row whose value does not decode. Its key may not decode either. */
static void on_damaged(void *arg, struct text key, enum err err)
{
	struct verifier *v = arg;
	max_align_t record[RECORD_SIZE_MAX / sizeof(max_align_t)];
	struct buf name = {0}, what = {0};
	if (record_decode_key(v->kind, key, record) == ERR_OK)
		write_key(&name, v->kind, record);
	else
		write_text(&name, key);
	buf_str(&what, err == ERR_FORMAT ? "was written by a newer version"
					 : "is damaged: its checksum or its format is wrong");
	tell(v, v->kind, &name, &what);
}

/* ---- reading other records ---- */

enum err verify_find(struct verifier *v, const struct record_kind *kind, void *record,
		     const char *missing)
{
	enum err err = tx_get(v->tx, kind, record);
	if (err == ERR_NOT_FOUND)
		verify_report(v, missing);
	return err;
}

enum err verify_has(struct verifier *v, const struct record_kind *kind, const void *record,
		    const char *missing)
{
	max_align_t copy[RECORD_SIZE_MAX / sizeof(max_align_t)];
	memcpy(copy, record, kind->size);
	enum err err = verify_find(v, kind, copy, missing);
	/* The check continues, because other rows may be missing too. */
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

void verify_id(struct verifier *v, uint64_t id)
{
	if (id == 0 || id > tx_last_id(v->tx, v->kind))
		verify_report(v, "has an id that its sequence never assigned");
}

enum err verify_any(struct verifier *v, const struct record_kind *kind, const void *from,
		    size_t prefix, bool *any)
{
	max_align_t found[RECORD_SIZE_MAX / sizeof(max_align_t)];
	struct tx_scan scan = {.from = from, .prefix = prefix, .max = 1, .records = found};
	enum err err = tx_scan(v->tx, kind, &scan);
	*any = scan.n > 0;
	return err;
}

enum err verify_enter_group(struct verifier *v, uint64_t by, uint64_t number, verify_end_fn *end)
{
	struct verify_group *g = v->group;
	enum err err = ERR_OK;
	if (g->open && g->by == by && g->number == number)
		return ERR_OK;
	if (g->open && !g->incomplete)
		err = end(v);
	*g = (struct verify_group){.by = by, .number = number, .open = true};
	return err;
}

/* ---- the walk ---- */

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
			       .damaged = on_damaged,
			       .arg = v};
	if (err == ERR_OK)
		err = tx_scan(v->tx, kind, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		enum err met = look_at(v, check, rows + i * kind->size);
		if (ends_walk(met))
			err = met;
	}
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
