/* Owns the reading of a dump's lines (dump_form.h specifies them). Never writes to an engine.
 * Called by load.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "store/crc32c.h"
#include "store/dump_form.h"
#include "store/record_parts.h"

bool dump_check(struct text *line, uint32_t *sum)
{
	enum { TAIL = sizeof ",\"_sum\":\"00000000\"}" - 1 };
	char tail[TAIL + 1];
	if (line->n < TAIL)
		return false;
	line->n -= TAIL;
	*sum = crc32c(*sum, line->p, line->n);
	(void)snprintf(tail, sizeof tail, ",\"_sum\":\"%08" PRIx32 "\"}", *sum);
	return memcmp(line->p + line->n, tail, TAIL) == 0;
}

/* ---- the parts of a line; each function moves *rest past what it has read ---- */

static bool skip(struct text *rest, const char *word)
{
	struct text t = text_of(word);
	if (!text_starts(*rest, t))
		return false;
	*rest = text_from(rest->p + t.n, rest->n - t.n);
	return true;
}

static bool take_number(struct text *rest, uint64_t *out)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	if (!text_to_u64(text_from(rest->p, n), out))
		return false;
	*rest = text_from(rest->p + n, rest->n - n);
	return true;
}

static bool take_escape(struct text *rest, struct buf *out)
{
	uint8_t byte[2];
	if (skip(rest, "\\\"")) {
		buf_char(out, '"');
		return true;
	}
	if (skip(rest, "\\\\")) {
		buf_char(out, '\\');
		return true;
	}
	if (!skip(rest, "\\u") || rest->n < 4 ||
	    !crypto_hex_decode(text_from(rest->p, 4), byte, 2) || byte[0] != 0)
		return false;
	buf_char(out, (char)byte[1]);
	*rest = text_from(rest->p + 4, rest->n - 4);
	return true;
}

bool dump_take_string(struct text *rest, struct buf *out)
{
	if (!skip(rest, "\""))
		return false;
	while (rest->n > 0 && *rest->p != '"') {
		size_t n = 0;
		while (n < rest->n && rest->p[n] != '"' && rest->p[n] != '\\')
			n++;
		buf_add(out, rest->p, n);
		*rest = text_from(rest->p + n, rest->n - n);
		if (rest->n > 0 && *rest->p == '\\' && !take_escape(rest, out))
			return false;
	}
	return skip(rest, "\"") && !out->failed;
}

static bool take_hex(struct text *rest, struct buf *out)
{
	struct text digits, after;
	if (!text_cut(*rest, '"', &digits, &after) || digits.n % 2 != 0 ||
	    !buf_reserve(out, digits.n / 2) ||
	    !crypto_hex_decode(digits, (uint8_t *)out->p + out->n, digits.n / 2))
		return false;
	out->n += digits.n / 2;
	*rest = after;
	return true;
}

static bool take_text(struct text *rest, struct buf *out)
{
	if (skip(rest, "{\"hex\":\""))
		return take_hex(rest, out) && skip(rest, "}");
	return dump_take_string(rest, out);
}

static bool take_pairs(struct text *rest, struct buf *out)
{
	if (!skip(rest, "["))
		return take_text(rest, out);
	struct buf a = {0}, b = {0};
	bool ok;
	do {
		buf_reset(&a);
		buf_reset(&b);
		ok = dump_take_string(rest, &a) && skip(rest, ",") && dump_take_string(rest, &b);
		pairs_add(out, buf_view(&a), buf_view(&b));
	} while (ok && skip(rest, ","));
	buf_free(&a);
	buf_free(&b);
	return ok && skip(rest, "]") && !out->failed;
}

/* A name has no escapes. */
static bool take_name(struct text *rest, char out[DUMP_NAME_MAX])
{
	struct text name, after;
	if (!skip(rest, "\"") || !text_cut(*rest, '"', &name, &after) || name.n >= DUMP_NAME_MAX ||
	    name.n == 0)
		return false;
	memcpy(out, name.p, name.n);
	out[name.n] = '\0';
	*rest = after;
	return true;
}

/* ---- lines ---- */

enum dump_line dump_line_of(struct text line)
{
	if (text_starts(line, TEXT("{\"_kind\":")))
		return DUMP_RECORD;
	if (text_starts(line, TEXT("{\"_table\":")))
		return DUMP_TABLE;
	if (text_starts(line, TEXT("{\"_dump\":")))
		return DUMP_HEAD;
	return text_starts(line, TEXT("{\"_end\":")) ? DUMP_END : DUMP_BAD;
}

static bool take_id(struct text *rest, const struct record_kind *const *kinds, size_t n_kinds,
		    uint64_t *ids)
{
	char name[DUMP_NAME_MAX];
	uint64_t id;
	if (!take_name(rest, name) || !skip(rest, ":") || !take_number(rest, &id))
		return false;
	for (size_t i = 0; i < n_kinds; i++)
		if (strcmp(kinds[i]->name, name) == 0) {
			ids[i] = id;
			return true;
		}
	return false;
}

bool dump_take_head(struct text line, uint64_t *version, struct buf *fingerprint,
		    const struct record_kind *const *kinds, size_t n_kinds, uint64_t *ids)
{
	if (!skip(&line, "{\"_dump\":") || !take_number(&line, version))
		return false;
	if (*version != DUMP_VERSION) /* the rest may have another form */
		return true;
	if (!skip(&line, ",\"key_fingerprint\":\"") || !take_hex(&line, fingerprint) ||
	    !skip(&line, ",\"ids\":{"))
		return false;
	while (!skip(&line, "}"))
		if (!take_id(&line, kinds, n_kinds, ids) ||
		    (!skip(&line, ",") && !text_eq(line, TEXT("}"))))
			return false;
	return line.n == 0;
}

static bool take_type(struct text *rest, uint8_t *type)
{
	static const char *const words[] = {
	    [FIELD_U64] = "\"u64\"", [FIELD_TEXT] = "\"text\"", [FIELD_PAIRS] = "\"pairs\""};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (skip(rest, words[i])) {
			*type = (uint8_t)i;
			return true;
		}
	return false;
}

static bool take_column(struct text *rest, bool is_value, struct dump_column *c)
{
	if (!take_name(rest, c->name) || !skip(rest, ":"))
		return false;
	if (!is_value)
		return take_type(rest, &c->type);
	return skip(rest, "[") && take_number(rest, &c->tag) && skip(rest, ",") &&
	       take_type(rest, &c->type) && skip(rest, "]");
}

static bool take_columns(struct text *rest, bool is_value, struct dump_column *columns, size_t max,
			 size_t *n)
{
	*n = 0;
	if (skip(rest, "}"))
		return true;
	do {
		if (*n == max || !take_column(rest, is_value, &columns[*n]))
			return false;
		if (is_value && *n > 0 && columns[*n].tag <= columns[*n - 1].tag)
			return false;
		(*n)++;
	} while (skip(rest, ","));
	return skip(rest, "}");
}

bool dump_take_table(struct text line, struct dump_table *t)
{
	size_t keys_max = sizeof t->keys / sizeof *t->keys;
	return skip(&line, "{\"_table\":") && take_name(&line, t->name) &&
	       skip(&line, ",\"number\":") && take_number(&line, &t->number) &&
	       skip(&line, ",\"key\":{") &&
	       take_columns(&line, false, t->keys, keys_max, &t->n_keys) &&
	       skip(&line, ",\"value\":{") &&
	       take_columns(&line, true, t->values, DUMP_COLUMNS_MAX, &t->n_values) && line.n == 0;
}

static bool take_key(struct text *line, const struct dump_table *t, struct buf *key)
{
	char name[DUMP_NAME_MAX];
	for (size_t i = 0; i < t->n_keys; i++) {
		const struct dump_column *c = &t->keys[i];
		uint64_t number;
		if (!skip(line, ",") || !take_name(line, name) || strcmp(name, c->name) != 0 ||
		    !skip(line, ":"))
			return false;
		if (c->type != FIELD_U64) {
			if (!take_text(line, key))
				return false;
			continue;
		}
		if (!take_number(line, &number))
			return false;
		for (int shift = 56; shift >= 0; shift -= 8)
			buf_char(key, (char)(number >> shift));
	}
	return !key->failed && key->n > 0 && key->n <= RECORD_KEY_MAX;
}

/* Finds the column of a member. A column that the writer did not know is "#TAG", and its type
 * follows from its form. */
static bool find_column(const struct dump_table *t, const char *name, char first, size_t *at,
			struct dump_column *out)
{
	if (name[0] == '#') {
		out->type = first >= '0' && first <= '9' ? FIELD_U64 : FIELD_TEXT;
		return text_to_u64(text_of(name + 1), &out->tag);
	}
	for (; *at < t->n_values; (*at)++)
		if (strcmp(t->values[*at].name, name) == 0) {
			out->tag = t->values[*at].tag;
			out->type = t->values[*at].type;
			return true;
		}
	return false;
}

static bool take_member(struct text *line, const struct dump_column *c, struct buf *value,
			struct buf *bytes)
{
	uint64_t number;
	if (c->type == FIELD_U64) {
		if (!take_number(line, &number))
			return false;
		record_add_number(value, c->tag, number);
		return true;
	}
	buf_reset(bytes);
	if (!(c->type == FIELD_PAIRS ? take_pairs(line, bytes) : take_text(line, bytes)))
		return false;
	record_add_bytes(value, c->tag, buf_view(bytes));
	return true;
}

static bool take_values(struct text *line, const struct dump_table *t, struct buf *value,
			struct buf *bytes)
{
	char name[DUMP_NAME_MAX];
	struct dump_column c;
	uint64_t last = 0;
	size_t at = 0;
	while (line->n > 0) {
		if (!skip(line, ",") || !take_name(line, name) || !skip(line, ":") ||
		    line->n == 0 || !find_column(t, name, *line->p, &at, &c) || c.tag <= last ||
		    !take_member(line, &c, value, bytes))
			return false;
		last = c.tag;
	}
	return true;
}

bool dump_take_record(struct text line, const struct dump_table *t, struct buf *key,
		      struct buf *value)
{
	char name[DUMP_NAME_MAX];
	struct buf bytes = {0};
	buf_reset(key);
	buf_reset(value);
	record_begin(value);
	bool ok = skip(&line, "{\"_kind\":") && take_name(&line, name) &&
		  strcmp(name, t->name) == 0 && take_key(&line, t, key) &&
		  take_values(&line, t, value, &bytes);
	record_seal(value, buf_view(key));
	buf_free(&bytes);
	return ok && !value->failed;
}

bool dump_take_end(struct text line, uint64_t *records)
{
	return skip(&line, "{\"_end\":") && take_number(&line, records) && line.n == 0;
}
