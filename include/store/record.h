/*
 * Records: C structs described once, by a table of fields; from the table come the stored bytes.
 *
 * A key is its fields one after another: a u64 as 8 bytes, big-endian, so that keys sort as
 * numbers; a text as its bytes (only as the last key field).
 *
 * A value is
 *     version (1 byte, RECORD_VERSION) | field* | checksum (4 bytes, little-endian)
 *     field = varint(tag * 2)     varint(number)          for a u64
 *           | varint(tag * 2 + 1) varint(length) bytes    for text and pairs
 * The checksum is the CRC-32C of the key and of all bytes before it. Zero and empty fields are left
 * out. Fields are in the order of their tags. A tag that the table does not have is skipped.
 * Example: a due row {webhook 1, at 0, delivery 7} has no value fields:
 *     key 00..01 00..00 00..07, value 01 | checksum
 *
 * To change a record: append a field with the next free tag (old rows read as zero or empty). Never
 * reuse a tag or change a type; retire a field by a comment at its tag. Any other change
 * needs a new RECORD_VERSION and a decoder that still reads the old version.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* RECORD_SIZE_MAX: of the struct of any kind, so that one buffer has room for each. */
enum { RECORD_VERSION = 1, RECORD_KEY_MAX = 128, RECORD_SIZE_MAX = 512 };

enum field_type {
	FIELD_U64,   /* uint64_t */
	FIELD_TEXT,  /* struct text */
	FIELD_PAIRS, /* struct pairs */
};

/* A list of (text, text), kept encoded and walked when needed: decoding a record costs the same
 * however long its lists are. raw = (varint length, bytes, varint length, bytes)*. */
struct pairs {
	struct text raw;
};

struct field {
	uint8_t tag; /* value fields: 1.., ascending; key fields: 0 */
	uint8_t type;
	uint16_t offset; /* in the struct */
	const char *name;
};

struct record_kind {
	uint8_t
	    id; /* 1 .. RECORD_KINDS - 1, but RECORD_KIND_LOG; 0 (sequences) is the store's too */
	const char *name;
	size_t size; /* of the struct */
	const struct field *keys;
	size_t n_keys;
	const struct field *values;
	size_t n_values;
};

enum { RECORD_KINDS = 64, RECORD_KIND_LOG = 31 };

/** Writes the record's key bytes to out (RECORD_KEY_MAX); answers their number. */
size_t record_encode_key(const struct record_kind *kind, const void *record, uint8_t *out);
/** The same for the first n_fields key fields only: a prefix. */
size_t record_encode_prefix(const struct record_kind *kind, const void *record, size_t n_fields,
			    uint8_t *out);
/** An upper bound for record_encode_value's output. */
size_t record_value_bound(const struct record_kind *kind, const void *record);
/** Writes the value to out; answers its length. `key` is what record_encode_key wrote. */
size_t record_encode_value(const struct record_kind *kind, const void *record, struct text key,
			   uint8_t *out);
/** Fills *record (its key fields included) from stored bytes; text borrows from them. ERR_CORRUPT,
 * or ERR_FORMAT for a newer version. */
enum err record_decode(const struct record_kind *kind, struct text key, struct text value,
		       void *record) WARN_UNUSED;

/** The same from a key alone: value fields are zeroed. ERR_CORRUPT. */
enum err record_decode_key(const struct record_kind *kind, struct text key,
			   void *record) WARN_UNUSED;

/** The bit of the value field at that offset of the struct, for sets of members. */
uint64_t record_bit(const struct record_kind *kind, size_t offset);
/** Copies the value fields in `set` (bits of record_bit) from one record to another. */
void record_patch(const struct record_kind *kind, void *to, const void *from, uint64_t set);

/** Takes the next pair from *rest (begin with pairs.raw); false at the end or at damaged bytes. */
bool pairs_next(struct text *rest, struct text *first, struct text *second);
/** Finds the pair with that first text and returns its second text; false and empty if it is
 * missing. */
bool pairs_find(struct pairs list, struct text first, struct text *second);
/** Appends a pair; the finished list is (struct pairs){buf_view(out)}. */
void pairs_add(struct buf *out, struct text first, struct text second);
size_t pairs_count(struct pairs list);

#endif
