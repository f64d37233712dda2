/*
 * Owns the binary form of each type of column: numbers, times, words, texts, lists and addresses.
 * Never knows a table. Called by postgresql_rows.c for each cell.
 */
#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "store/dump_form.h"
#include "store/postgresql_parts.h"

/* PostgreSQL counts time from 2000-01-01, and its largest value means "infinity". */
static const uint64_t EPOCH_MS = 946684800000, EPOCH_DAY = 10957;
/* The first values that a timestamptz and a date cannot hold, in our units. */
static const uint64_t TIME_END_MS = 946684800000 + INT64_C(9223371331200000000) / 1000;
static const uint64_t DAY_END = 10957 + 2145031949;

void pg_put_cell(struct buf *array, struct text bytes)
{
	uint32_t n = htobe32((uint32_t)bytes.n);
	buf_add(array, &n, sizeof n);
	buf_text(array, bytes);
}

static void put_null(struct buf *array)
{
	uint32_t n = htobe32(UINT32_MAX);
	buf_add(array, &n, sizeof n);
}

static void put_u64(struct buf *out, uint64_t v)
{
	v = htobe64(v);
	buf_add(out, &v, sizeof v);
}

static void put_u32(struct buf *out, uint32_t v)
{
	v = htobe32(v);
	buf_add(out, &v, sizeof v);
}

/* ---- numbers ---- */

static const char *find_word(const struct field *f, uint64_t number)
{
	for (const struct name *n = f->words; n->word != NULL; n++)
		if (n->number == number)
			return n->word;
	return NULL;
}

/* The largest number has the place of infinity. Others beyond the range become the largest number
 * of the range. */
static uint64_t fit_time(uint64_t ms, bool *exact)
{
	if (ms == UINT64_MAX)
		return INT64_MAX;
	*exact = ms < TIME_END_MS;
	return ((*exact ? ms : TIME_END_MS - 1) - EPOCH_MS) * 1000;
}

static uint32_t fit_day(uint64_t day, bool *exact)
{
	if (day == UINT64_MAX)
		return INT32_MAX;
	*exact = day < DAY_END;
	return (uint32_t)((*exact ? day : DAY_END - 1) - EPOCH_DAY);
}

/* In a key, the order of the bigints must be the order of the numbers. */
static uint64_t fit_key(const struct field *f, uint64_t number, bool *exact)
{
	if (f->meaning == MEANS_HASH)
		return number ^ UINT64_C(1) << 63;
	*exact = number <= INT64_MAX;
	return *exact ? number : INT64_MAX;
}

bool pg_fit_number(const struct pg_column *c, uint64_t number, struct buf *out)
{
	bool exact = true;
	if (c->type == PG_DATE)
		put_u32(out, fit_day(number, &exact));
	else if (c->type == PG_TIMESTAMPTZ)
		put_u64(out, fit_time(number, &exact));
	else
		put_u64(out, fit_key(c->field, number, &exact));
	return exact;
}

static void put_word(struct buf *array, const struct field *f, uint64_t number)
{
	char digits[20];
	size_t n = 0;
	const char *word = find_word(f, number);
	if (word != NULL) {
		pg_put_cell(array, text_of(word));
		return;
	}
	for (; number > 0; number /= 10)
		digits[sizeof digits - ++n] = (char)('0' + number % 10);
	pg_put_cell(array, text_from(digits + sizeof digits - n, n));
}

bool pg_put_number(struct buf *array, const struct pg_column *c, uint64_t number)
{
	size_t before = array->n;
	bool exact = true;
	switch (c->type) {
	case PG_BOOLEAN:
		if (number > 1)
			return false;
		pg_put_cell(array, text_from(number == 1 ? "\1" : "\0", 1));
		return true;
	case PG_TEXT:
		put_word(array, c->field, number);
		return true;
	case PG_DATE:
		put_u32(array, 4);
		put_u32(array, fit_day(number, &exact));
		break;
	case PG_TIMESTAMPTZ:
		put_u32(array, 8);
		put_u64(array, fit_time(number, &exact));
		break;
	case PG_BIGINT:
		put_u32(array, 8);
		if (c->field->tag == 0)
			put_u64(array, fit_key(c->field, number, &exact));
		else
			put_u64(array, number); /* signed, in two's complement */
		break;
	case PG_BYTEA:
	case PG_INET:
	case PG_JSON:
	case PG_BIGINTS:
		return false;
	}
	if (!exact)
		array->n = before;
	return exact;
}

void pg_put_nothing(struct buf *array, const struct pg_column *c)
{
	const struct field *f = c->field;
	bool is_number = f != NULL && f->type == FIELD_U64;
	if (is_number &&
	    (c->type == PG_BOOLEAN || (c->type == PG_BIGINT && f->meaning != MEANS_ID)))
		(void)pg_put_number(array, c, 0);
	else if (is_number && c->type == PG_TEXT && find_word(f, 0) != NULL)
		put_word(array, f, 0);
	else
		put_null(array);
}

/* ---- bytes ---- */

bool pg_text_fits(enum pg_type type, struct text t)
{
	return type != PG_TEXT || t.n == 0 || (utf8_valid(t) && memchr(t.p, '\0', t.n) == NULL);
}

static bool put_ids(struct buf *array, struct text ids, struct buf *scratch)
{
	if (ids.n % 8 != 0)
		return false;
	for (size_t i = 0; i < ids.n; i += 8) {
		uint64_t id;
		memcpy(&id, ids.p + i, sizeof id);
		id = be64toh(id);
		buf_char(scratch, i > 0 ? ',' : '{');
		if (id >> 63 != 0)
			buf_char(scratch, '-');
		buf_u64(scratch, id >> 63 != 0 ? 0 - id : id);
	}
	buf_char(scratch, '}');
	pg_put_cell(array, buf_view(scratch));
	return true;
}

/* A json keeps the order of the members, and members with equal names. */
static bool put_json(struct buf *array, struct text raw, struct buf *scratch)
{
	struct text rest = raw, a, b;
	struct buf again = {0};
	bool ok = true;
	char before = '{';
	while (ok && pairs_next(&rest, &a, &b)) {
		ok = pg_text_fits(PG_TEXT, a) && pg_text_fits(PG_TEXT, b);
		pairs_add(&again, a, b);
		buf_char(scratch, before);
		dump_put_string(scratch, a);
		buf_char(scratch, ':');
		dump_put_string(scratch, b);
		before = ',';
	}
	buf_char(scratch, '}');
	ok = ok && !again.failed && text_eq(buf_view(&again), raw);
	buf_free(&again);
	if (ok)
		pg_put_cell(array, buf_view(scratch));
	return ok;
}

enum { INET_V4 = 2, INET_V6 = 3 }; /* PostgreSQL's numbers of the families */

static bool put_inet(struct buf *array, struct text ip)
{
	if (ip.n != 4 && ip.n != 16)
		return false;
	const char head[4] = {ip.n == 4 ? INET_V4 : INET_V6, (char)(ip.n * 8), 0, (char)ip.n};
	put_u32(array, (uint32_t)(sizeof head + ip.n));
	buf_add(array, head, sizeof head);
	buf_text(array, ip);
	return true;
}

bool pg_put_bytes(struct buf *array, const struct pg_column *c, struct text bytes,
		  struct buf *scratch)
{
	buf_reset(scratch);
	if (c->type == PG_BIGINTS)
		return put_ids(array, bytes, scratch);
	if (c->type == PG_JSON)
		return put_json(array, bytes, scratch);
	if (c->type == PG_INET)
		return put_inet(array, bytes);
	if (!pg_text_fits(c->type, bytes))
		return false;
	pg_put_cell(array, bytes);
	return true;
}

/* ---- reading ---- */

static uint64_t get_number(struct text t)
{
	uint64_t v = 0;
	for (size_t i = 0; i < t.n; i++)
		v = v << 8 | (uint8_t)t.p[i];
	return v;
}

static enum err take_word(const struct field *f, struct text word, uint64_t *number)
{
	for (const struct name *n = f->words; n->word != NULL; n++)
		if (text_eq(word, text_of(n->word))) {
			*number = n->number;
			return ERR_OK;
		}
	return text_to_u64(word, number) ? ERR_OK : ERR_FORMAT;
}

enum err pg_take_number(const struct pg_column *c, struct pg_cell cell, uint64_t *number)
{
	static const int sizes[] = {
	    [PG_BIGINT] = 8, [PG_BOOLEAN] = 1, [PG_DATE] = 4, [PG_TIMESTAMPTZ] = 8};
	*number = 0;
	if (cell.n < 0)
		return ERR_OK;
	struct text t = text_from(cell.p, (size_t)cell.n);
	if (c->type == PG_TEXT)
		return take_word(c->field, t, number);
	if (c->type > PG_TIMESTAMPTZ || cell.n != sizes[c->type])
		return ERR_CORRUPT;
	uint64_t v = get_number(t);
	if (c->type == PG_DATE)
		v = v == INT32_MAX ? UINT64_MAX : (uint64_t)(int32_t)v + EPOCH_DAY;
	else if (c->type == PG_TIMESTAMPTZ)
		v = v == INT64_MAX ? UINT64_MAX : (uint64_t)((int64_t)v / 1000) + EPOCH_MS;
	else if (c->type == PG_BIGINT && c->field->tag == 0 && c->field->meaning == MEANS_HASH)
		v ^= UINT64_C(1) << 63;
	*number = v;
	return ERR_OK;
}

/* dimensions, flags, type, then for one dimension its size and lower bound; each element has its
 * length */
static bool take_ids(struct text t, struct buf *out)
{
	enum { HEAD = 20, EMPTY_HEAD = 12, ELEMENT = 4 + 8 };
	if (t.n == EMPTY_HEAD)
		return true;
	if (t.n < HEAD || get_number(text_from(t.p, 4)) != 1 || (t.n - HEAD) % ELEMENT != 0)
		return false;
	for (size_t at = HEAD; at < t.n; at += ELEMENT) {
		if (get_number(text_from(t.p + at, 4)) != 8)
			return false;
		buf_add(out, t.p + at + 4, 8);
	}
	return true;
}

static bool skip(struct text *rest, char c)
{
	if (rest->n == 0 || *rest->p != c)
		return false;
	*rest = text_from(rest->p + 1, rest->n - 1);
	return true;
}

static bool take_json(struct text t, struct buf *out)
{
	struct buf a = {0}, b = {0};
	bool ok = skip(&t, '{');
	while (ok && t.n > 1) {
		buf_reset(&a);
		buf_reset(&b);
		ok = dump_take_string(&t, &a) && skip(&t, ':') && dump_take_string(&t, &b);
		pairs_add(out, buf_view(&a), buf_view(&b));
		if (!skip(&t, ','))
			break;
	}
	buf_free(&a);
	buf_free(&b);
	return ok && skip(&t, '}') && t.n == 0;
}

static bool take_inet(struct text t, struct text *ip)
{
	if (t.n != 4 + 4 && t.n != 4 + 16)
		return false;
	*ip = text_from(t.p + 4, t.n - 4);
	return (size_t)t.p[3] == ip->n;
}

enum err pg_take_bytes(const struct pg_column *c, struct pg_cell cell, struct buf *scratch,
		       struct text *bytes)
{
	*bytes = (struct text){0};
	if (cell.n < 0)
		return ERR_OK;
	struct text t = text_from(cell.p, (size_t)cell.n);
	bool ok = true;
	buf_reset(scratch);
	if (c->type == PG_BIGINTS)
		ok = take_ids(t, scratch);
	else if (c->type == PG_JSON)
		ok = take_json(t, scratch);
	else if (c->type == PG_INET)
		ok = take_inet(t, bytes);
	else
		*bytes = t;
	if (c->type == PG_BIGINTS || c->type == PG_JSON)
		*bytes = buf_view(scratch);
	if (scratch->failed)
		return ERR_NO_MEMORY;
	return ok ? ERR_OK : ERR_CORRUPT;
}
