/*
 * Owns the bounds of scans: from the bytes of keys to the parameters of a range. Never sends
 * anything. Called by the PostgreSQL engine for each page of a scan.
 */
#include <endian.h>
#include <string.h>

#include "store/postgresql_parts.h"

/* How a bound in columns relates to the key for which it stands. */
enum bound {
	BOUND_EXACT,
	BOUND_ABOVE,   /* no row is between them; a row at the bound sorts after the key */
	BOUND_BELOW,   /* likewise, before the key */
	BOUND_ROUGHLY, /* the bound sorts before the key, and there may be rows between them */
};

static uint64_t read_number(struct text key, size_t at, uint8_t pad)
{
	uint64_t v = 0;
	for (size_t i = at; i < at + 8; i++)
		v = v << 8 | (i < key.n ? (uint8_t)key.p[i] : pad);
	return v;
}

static struct text longest_valid(enum pg_type type, struct text t)
{
	while (!pg_text_fits(type, t))
		t.n--;
	return t;
}

/* Writes the bound for the key to params, one for each key column. Missing bytes are `pad`. */
static enum bound put_bound(const struct pg_table *t, struct text key, uint8_t pad,
			    struct buf *params)
{
	enum bound result = BOUND_EXACT;
	size_t at = 0;
	for (size_t i = 0; i < t->n_keys; i++) {
		const struct pg_column *c = &t->columns[i];
		buf_reset(&params[i]);
		if (c->field->type != FIELD_U64) {
			struct text all =
			    at < key.n ? text_from(key.p + at, key.n - at) : (struct text){0};
			struct text fits = longest_valid(c->type, all);
			buf_text(&params[i], fits);
			if (fits.n < all.n || result == BOUND_BELOW)
				result = BOUND_ROUGHLY;
			return result;
		}
		/* After a number that had to be lowered, the largest numbers follow. */
		uint64_t number = result == BOUND_BELOW ? UINT64_MAX : read_number(key, at, pad);
		if (!pg_fit_number(c, number, &params[i]) && result == BOUND_EXACT)
			result = BOUND_BELOW;
		at += 8;
		if (key.n < at && result == BOUND_EXACT)
			result = BOUND_ABOVE;
	}
	return key.n > at && result == BOUND_EXACT ? BOUND_BELOW : result;
}

static enum pg_statement choose(const struct engine_scan *scan, enum bound bound)
{
	if (!scan->reverse) {
		bool after = bound == BOUND_BELOW || (bound == BOUND_EXACT && scan->after);
		return after ? PG_SCAN_AFTER : PG_SCAN_FROM;
	}
	if (bound == BOUND_ROUGHLY)
		return PG_SCAN_LAST;
	bool before = bound == BOUND_ABOVE || (bound == BOUND_EXACT && scan->after);
	return before ? PG_SCAN_BEFORE : PG_SCAN_DOWN;
}

static bool is_text(const struct pg_column *c)
{
	return c->field->type != FIELD_U64;
}

enum err pg_params_scan(struct pg_params *p, const struct pg_table *t,
			const struct engine_scan *scan, uint64_t limit)
{
	size_t n = t->n_keys, numbers = n - is_text(&t->columns[n - 1]);
	/* A scan upwards never begins before its prefix. */
	struct text from = scan->from;
	bool early = !scan->reverse && text_order(from, scan->prefix) < 0;
	enum bound bound = put_bound(t, early ? scan->prefix : from, 0, p->arrays);
	struct engine_scan begin = *scan;
	begin.after = scan->after && !early;
	p->table = t;
	p->statement = choose(&begin, bound);
	p->rows = 0;
	size_t at = p->statement == PG_SCAN_LAST ? numbers : n;
	(void)put_bound(t, scan->prefix, scan->reverse ? 0 : UINT8_MAX, p->arrays + at);
	at += scan->reverse ? n : numbers;
	limit = htobe64(limit);
	buf_reset(&p->arrays[at]);
	buf_add(&p->arrays[at++], &limit, sizeof limit);
	return pg_params_set(p, at);
}

enum pg_place pg_scan_place(const struct engine_scan *scan, struct text key)
{
	int order = text_order(key, scan->from);
	if (scan->reverse ? order > 0 : order < 0)
		return PG_BEFORE;
	if (order == 0 && scan->after)
		return PG_BEFORE;
	if (text_starts(key, scan->prefix))
		return PG_INSIDE;
	bool ahead = text_order(key, scan->prefix) < 0;
	return ahead != scan->reverse ? PG_BEFORE : PG_BEYOND;
}
