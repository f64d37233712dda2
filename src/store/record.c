/* Owns the stored form of records: keys, tagged values, checksum (include/store/record.h specifies
 * it). Never knows what a record means. Called by tx.c for every read and write, and by verify.
 */
#include "store/record.h"

#include <endian.h>
#include <string.h>

#include "store/crc32c.h"
#include "store/record_parts.h"

static const void *field_at(const struct field *f, const void *record)
{
	return (const char *)record + f->offset;
}

static uint8_t *put_varint(uint8_t *out, uint64_t v)
{
	while (v >= 0x80) {
		*out++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*out++ = (uint8_t)v;
	return out;
}

/* Returns the byte after the number, or NULL if the number is truncated or has over 64 bits. */
static const uint8_t *take_long_varint(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64 && p < end; shift += 7) {
		uint8_t byte = *p++;
		if (shift == 63 && byte > 1)
			return NULL;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v = value;
			return p;
		}
	}
	return NULL;
}

/* The same. Most numbers have one byte. */
static inline const uint8_t *take_varint(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	if (p == end || *p >= 0x80)
		return take_long_varint(p, end, v);
	*v = *p;
	return p + 1;
}

static void put_be64(uint8_t *out, uint64_t v)
{
	v = htobe64(v);
	memcpy(out, &v, sizeof v);
}

static uint64_t take_be64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return be64toh(v);
}

size_t record_encode_prefix(const struct record_kind *kind, const void *record, size_t n_fields,
			    uint8_t *out)
{
	size_t n = 0;
	for (size_t i = 0; i < n_fields; i++) {
		const void *value = field_at(&kind->keys[i], record);
		if (kind->keys[i].type == FIELD_U64) {
			put_be64(out + n, *(const uint64_t *)value);
			n += 8;
			continue;
		}
		const struct text *t = value;
		size_t room = RECORD_KEY_MAX - n;
		size_t take = t->n < room ? t->n : room;
		if (take > 0)
			memcpy(out + n, t->p, take);
		n += take;
	}
	return n;
}

size_t record_encode_key(const struct record_kind *kind, const void *record, uint8_t *out)
{
	return record_encode_prefix(kind, record, kind->n_keys, out);
}

static struct text field_bytes(const struct field *f, const void *record)
{
	if (f->type == FIELD_PAIRS)
		return ((const struct pairs *)field_at(f, record))->raw;
	return *(const struct text *)field_at(f, record);
}

size_t record_value_bound(const struct record_kind *kind, const void *record)
{
	enum { VARINT_MAX = 10, AROUND = 1 + 4 };
	size_t n = AROUND;
	for (size_t i = 0; i < kind->n_values; i++) {
		n += 2 * VARINT_MAX;
		if (kind->values[i].type != FIELD_U64)
			n += field_bytes(&kind->values[i], record).n;
	}
	return n;
}

static uint8_t *encode_field(const struct field *f, const void *record, uint8_t *out)
{
	if (f->type == FIELD_U64) {
		uint64_t number = *(const uint64_t *)field_at(f, record);
		if (number == 0)
			return out;
		out = put_varint(out, (uint64_t)f->tag * 2);
		return put_varint(out, number);
	}
	struct text t = field_bytes(f, record);
	if (t.n == 0)
		return out;
	out = put_varint(out, (uint64_t)f->tag * 2 + 1);
	out = put_varint(out, t.n);
	memcpy(out, t.p, t.n);
	return out + t.n;
}

static uint32_t checksum(struct text key, const uint8_t *value, size_t n)
{
	return crc32c(crc32c(0, key.p, key.n), value, n);
}

size_t record_encode_value(const struct record_kind *kind, const void *record, struct text key,
			   uint8_t *out)
{
	uint8_t *p = out;
	*p++ = RECORD_VERSION;
	for (size_t i = 0; i < kind->n_values; i++)
		p = encode_field(&kind->values[i], record, p);
	uint32_t crc = checksum(key, out, (size_t)(p - out));
	for (int i = 0; i < 4; i++, crc >>= 8)
		*p++ = (uint8_t)crc;
	return (size_t)(p - out);
}

enum err record_decode_key(const struct record_kind *kind, struct text key, void *record)
{
	memset(record, 0, kind->size);
	for (size_t i = 0; i < kind->n_keys; i++) {
		void *value = (char *)record + kind->keys[i].offset;
		if (kind->keys[i].type != FIELD_U64) {
			*(struct text *)value = key;
			key.n = 0;
			continue;
		}
		if (key.n < 8)
			return ERR_CORRUPT;
		*(uint64_t *)value = take_be64((const uint8_t *)key.p);
		key = text_from(key.p + 8, key.n - 8);
	}
	return key.n == 0 ? ERR_OK : ERR_CORRUPT;
}

/* Fields are in the order of their tags, so one walk over the table finds all of them. */
static const struct field *find_field(const struct record_kind *kind, uint64_t tag, size_t *at)
{
	while (*at < kind->n_values && kind->values[*at].tag < tag)
		(*at)++;
	return *at < kind->n_values && kind->values[*at].tag == tag ? &kind->values[*at] : NULL;
}

static enum err decode_fields(const struct record_kind *kind, const uint8_t *p, const uint8_t *end,
			      char *record)
{
	size_t at = 0;
	while (p < end) {
		uint64_t head, number;
		if ((p = take_varint(p, end, &head)) == NULL ||
		    (p = take_varint(p, end, &number)) == NULL)
			return ERR_CORRUPT;
		bool is_bytes = head & 1;
		const struct field *f = find_field(kind, head >> 1, &at);
		if (f != NULL && is_bytes != (f->type != FIELD_U64))
			return ERR_CORRUPT;
		if (!is_bytes) {
			if (f != NULL)
				*(uint64_t *)(void *)(record + f->offset) = number;
			continue;
		}
		if (number > (uint64_t)(end - p))
			return ERR_CORRUPT;
		/* A struct pairs is a struct text and nothing else. */
		if (f != NULL)
			*(struct text *)(void *)(record + f->offset) = text_from(p, number);
		p += number;
	}
	return ERR_OK;
}

enum err record_open(struct text key, struct text value, struct text *parts)
{
	const uint8_t *p = (const uint8_t *)value.p;
	if (value.n < 5)
		return ERR_CORRUPT;
	const uint8_t *end = p + value.n - 4;
	uint32_t stored = (uint32_t)end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 |
			  (uint32_t)end[3] << 24;
	if (checksum(key, p, value.n - 4) != stored)
		return ERR_CORRUPT;
	if (p[0] != RECORD_VERSION)
		return p[0] > RECORD_VERSION ? ERR_FORMAT : ERR_CORRUPT;
	*parts = text_from(p + 1, value.n - 5);
	return ERR_OK;
}

enum err record_decode(const struct record_kind *kind, struct text key, struct text value,
		       void *record)
{
	struct text parts = {0};
	enum err err = record_open(key, value, &parts);
	if (err == ERR_OK)
		err = record_decode_key(kind, key, record);
	const uint8_t *p = (const uint8_t *)parts.p;
	return err != ERR_OK ? err : decode_fields(kind, p, p + parts.n, record);
}

enum err record_take_part(struct text *parts, struct record_part *out)
{
	const uint8_t *p = (const uint8_t *)parts->p, *end = p + parts->n;
	uint64_t head;
	if ((p = take_varint(p, end, &head)) == NULL ||
	    (p = take_varint(p, end, &out->number)) == NULL)
		return ERR_CORRUPT;
	out->tag = head >> 1;
	out->is_bytes = head & 1;
	if (out->is_bytes && out->number > (uint64_t)(end - p))
		return ERR_CORRUPT;
	out->bytes = text_from(p, out->is_bytes ? out->number : 0);
	p += out->bytes.n;
	*parts = text_from(p, (size_t)(end - p));
	return ERR_OK;
}

static void add_varint(struct buf *out, uint64_t v)
{
	uint8_t bytes[10];
	buf_add(out, bytes, (size_t)(put_varint(bytes, v) - bytes));
}

void record_begin(struct buf *value)
{
	buf_char(value, RECORD_VERSION);
}

void record_add_number(struct buf *value, uint64_t tag, uint64_t number)
{
	add_varint(value, tag * 2);
	add_varint(value, number);
}

void record_add_bytes(struct buf *value, uint64_t tag, struct text bytes)
{
	add_varint(value, tag * 2 + 1);
	add_varint(value, bytes.n);
	buf_text(value, bytes);
}

void record_seal(struct buf *value, struct text key)
{
	if (value->failed)
		return;
	uint32_t crc = checksum(key, (const uint8_t *)value->p, value->n);
	for (int i = 0; i < 4; i++, crc >>= 8)
		buf_char(value, (char)crc);
}

uint64_t record_bit(const struct record_kind *kind, size_t offset)
{
	for (size_t i = 0; i < kind->n_values; i++)
		if (kind->values[i].offset == offset)
			return (uint64_t)1 << kind->values[i].tag;
	return 0;
}

uint64_t record_diff(const struct record_kind *kind, const void *a, const void *b)
{
	uint64_t differ = 0;
	for (size_t i = 0; i < kind->n_values; i++) {
		const struct field *f = &kind->values[i];
		const char *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;
		bool same = f->type == FIELD_U64 ? memcmp(x, y, sizeof(uint64_t)) == 0
						 : text_eq(*(const struct text *)(const void *)x,
							   *(const struct text *)(const void *)y);
		differ |= same ? 0 : (uint64_t)1 << f->tag;
	}
	return differ;
}

void record_patch(const struct record_kind *kind, void *to, const void *from, uint64_t set)
{
	for (size_t i = 0; i < kind->n_values; i++) {
		const struct field *f = &kind->values[i];
		size_t size = f->type == FIELD_U64 ? sizeof(uint64_t) : sizeof(struct text);
		if (set >> f->tag & 1)
			memcpy((char *)to + f->offset, (const char *)from + f->offset, size);
	}
}

static bool take_bytes(struct text *rest, struct text *out)
{
	if (rest->n == 0)
		return false;
	const uint8_t *p = (const uint8_t *)rest->p;
	const uint8_t *end = p + rest->n;
	uint64_t n;
	if ((p = take_varint(p, end, &n)) == NULL || n > (uint64_t)(end - p))
		return false;
	*out = text_from(p, n);
	*rest = text_from(p + n, (size_t)(end - p) - n);
	return true;
}

bool pairs_next(struct text *rest, struct text *first, struct text *second)
{
	return take_bytes(rest, first) && take_bytes(rest, second);
}

static void add_bytes(struct buf *out, struct text t)
{
	add_varint(out, t.n);
	buf_text(out, t);
}

bool pairs_find(struct pairs list, struct text first, struct text *second)
{
	struct text rest = list.raw, each;
	while (pairs_next(&rest, &each, second))
		if (text_eq(each, first))
			return true;
	*second = (struct text){0};
	return false;
}

void pairs_add(struct buf *out, struct text first, struct text second)
{
	add_bytes(out, first);
	add_bytes(out, second);
}

size_t pairs_count(struct pairs list)
{
	struct text rest = list.raw, a, b;
	size_t n = 0;
	while (pairs_next(&rest, &a, &b))
		n++;
	return n;
}
