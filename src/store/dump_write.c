/* Owns the writing of a dump's lines (dump_form.h specifies them). Never reads an engine. Called by
 * dump.c.
 */
#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/utf8.h"
#include "store/crc32c.h"
#include "store/dump_form.h"
#include "store/record_parts.h"

static const char *const TYPES[] = {
    [FIELD_U64] = "u64", [FIELD_TEXT] = "text", [FIELD_PAIRS] = "pairs"};

void dump_put_string(struct buf *out, struct text t)
{
	size_t from = 0;
	buf_char(out, '"');
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, t.p + from, i - from);
		from = i + 1;
		if (c < 0x20)
			buf_printf(out, "\\u%04x", c);
		else
			buf_printf(out, "\\%c", c);
	}
	if (t.n > from)
		buf_add(out, t.p + from, t.n - from);
	buf_char(out, '"');
}

static void put_text(struct buf *out, struct text t)
{
	if (utf8_valid(t)) {
		dump_put_string(out, t);
		return;
	}
	buf_str(out, "{\"hex\":\"");
	crypto_hex(out, t);
	buf_str(out, "\"}");
}

static void put_list(struct buf *out, struct pairs list)
{
	struct text rest = list.raw, a, b;
	const char *before = "[";
	while (pairs_next(&rest, &a, &b)) {
		buf_str(out, before);
		dump_put_string(out, a);
		buf_char(out, ',');
		dump_put_string(out, b);
		before = ",";
	}
	buf_char(out, ']');
}

/* Would the list of strings give the same bytes again? */
static bool is_plain(struct pairs list)
{
	struct text rest = list.raw, a, b;
	struct buf again = {0};
	bool plain = true;
	while (plain && pairs_next(&rest, &a, &b)) {
		plain = utf8_valid(a) && utf8_valid(b);
		pairs_add(&again, a, b);
	}
	plain = plain && !again.failed && text_eq(buf_view(&again), list.raw);
	buf_free(&again);
	return plain;
}

static void put_bytes(struct buf *out, enum field_type type, struct text t)
{
	if (type == FIELD_PAIRS && is_plain((struct pairs){t}))
		put_list(out, (struct pairs){t});
	else if (type == FIELD_PAIRS) {
		buf_str(out, "{\"hex\":\"");
		crypto_hex(out, t);
		buf_str(out, "\"}");
	} else
		put_text(out, t);
}

void dump_put_head(struct buf *line, struct text fingerprint,
		   const struct record_kind *const *kinds, size_t n_kinds, const uint64_t *ids)
{
	const char *before = "";
	buf_printf(line, "{\"_dump\":%d,\"key_fingerprint\":\"", DUMP_VERSION);
	crypto_hex(line, fingerprint);
	buf_str(line, "\",\"ids\":{");
	for (size_t i = 0; i < n_kinds; i++) {
		if (ids[i] == 0)
			continue;
		buf_printf(line, "%s\"%s\":%" PRIu64, before, kinds[i]->name, ids[i]);
		before = ",";
	}
	buf_char(line, '}');
}

void dump_put_table(struct buf *line, const struct record_kind *kind)
{
	buf_printf(line, "{\"_table\":\"%s\",\"number\":%u,\"key\":{", kind->name, kind->id);
	for (size_t i = 0; i < kind->n_keys; i++)
		buf_printf(line, "%s\"%s\":\"%s\"", i > 0 ? "," : "", kind->keys[i].name,
			   TYPES[kind->keys[i].type]);
	buf_str(line, "},\"value\":{");
	for (size_t i = 0; i < kind->n_values; i++)
		buf_printf(line, "%s\"%s\":[%u,\"%s\"]", i > 0 ? "," : "", kind->values[i].name,
			   kind->values[i].tag, TYPES[kind->values[i].type]);
	buf_char(line, '}');
}

/* Called for each field of each record, so it formats nothing. */
static void put_name(struct buf *line, const char *name)
{
	buf_add(line, ",\"", 2);
	buf_str(line, name);
	buf_add(line, "\":", 2);
}

static enum err put_key(struct buf *line, const struct record_kind *kind, struct text key)
{
	for (size_t i = 0; i < kind->n_keys; i++) {
		put_name(line, kind->keys[i].name);
		if (kind->keys[i].type != FIELD_U64) {
			put_bytes(line, kind->keys[i].type, key);
			key.n = 0;
			continue;
		}
		if (key.n < 8)
			return ERR_CORRUPT;
		uint64_t number = 0;
		for (int at = 0; at < 8; at++)
			number = number << 8 | (uint8_t)key.p[at];
		buf_u64(line, number);
		key = text_from(key.p + 8, key.n - 8);
	}
	return key.n == 0 ? ERR_OK : ERR_CORRUPT;
}

static enum err put_part(struct buf *line, const struct record_kind *kind, size_t *at,
			 const struct record_part *part)
{
	while (*at < kind->n_values && kind->values[*at].tag < part->tag)
		(*at)++;
	const struct field *f =
	    *at < kind->n_values && kind->values[*at].tag == part->tag ? &kind->values[*at] : NULL;
	if (f != NULL && part->is_bytes != (f->type != FIELD_U64))
		return ERR_CORRUPT;
	if (part->number == 0)
		return ERR_OK;
	if (f != NULL)
		put_name(line, f->name);
	else
		buf_printf(line, ",\"#%" PRIu64 "\":", part->tag);
	if (!part->is_bytes)
		buf_u64(line, part->number);
	else
		put_bytes(line, f != NULL ? f->type : FIELD_TEXT, part->bytes);
	return ERR_OK;
}

enum err dump_put_record(struct buf *line, const struct record_kind *kind, struct text key,
			 struct text value)
{
	struct text parts;
	uint64_t last = 0;
	size_t at = 0;
	buf_str(line, "{\"_kind\":\"");
	buf_str(line, kind->name);
	buf_char(line, '"');
	enum err err = put_key(line, kind, key);
	if (err == ERR_OK)
		err = record_open(key, value, &parts);
	while (err == ERR_OK && parts.n > 0) {
		struct record_part part;
		err = record_take_part(&parts, &part);
		if (err == ERR_OK && part.tag <= last)
			err = ERR_CORRUPT;
		if (err == ERR_OK)
			err = put_part(line, kind, &at, &part);
		last = part.tag;
	}
	return err;
}

void dump_put_end(struct buf *line, uint64_t records)
{
	buf_printf(line, "{\"_end\":%" PRIu64, records);
}

void dump_seal(struct buf *out, size_t from, uint32_t *sum)
{
	if (out->failed)
		return;
	*sum = crc32c(*sum, out->p + from, out->n - from);
	uint32_t bytes = htobe32(*sum);
	buf_str(out, ",\"_sum\":\"");
	crypto_hex(out, text_from(&bytes, sizeof bytes));
	buf_str(out, "\"}\n");
}
