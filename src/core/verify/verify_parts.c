/*
 * Owns the reporting of problems, and the reads that the checks have in common. Never contains the
 * checks, which are in verify_*.c. Called by verify.c and by the checks.
 */
#include "verify_parts.h"

#include <assert.h>
#include <string.h>

#include "core/address.h"

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
		else if (kind == &KIND_ADDRESS) /* the user's id: a report names no person */
			buf_u64(out, address_user_id(*(const struct text *)field));
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

void verify_damaged(void *verifier, struct text key, enum err err)
{
	struct verifier *v = verifier;
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
	if (id == 0 || tx_may_give(v->tx, v->kind, id))
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
	/* The rows of an index come in the order of their keys. */
	assert(!g->open || by > g->by || (by == g->by && number >= g->number));
	if (g->open && g->by == by && g->number == number)
		return ERR_OK;
	if (g->open && !g->incomplete)
		err = end(v);
	*g = (struct verify_group){.by = by, .number = number, .open = true};
	return err;
}
