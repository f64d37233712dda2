/*
 * Records are C structs. One table of fields describes each struct, and the stored bytes follow
 * from the table.
 *
 * A key is the concatenation of its fields. A u64 is 8 bytes, big-endian, so that keys sort as
 * numbers. A text is its bytes, and must be the last key field.
 *
 * A value is
 *     version | field* | checksum
 *     version   1 byte, RECORD_VERSION
 *     field     varint(tag * 2) varint(number)             for a u64
 *               varint(tag * 2 + 1) varint(length) bytes   for a text and for pairs
 *     checksum  CRC-32C of the key and of the value so far, 4 bytes, little-endian
 *
 * Zero and empty fields are left out. Fields are in the order of their tags. A decoder skips tags
 * that its table does not have. Example: a due row {webhook 1, at 0, delivery 7} has no value
 * fields, so its key is 00..01 00..00 00..07 and its value is 01 | checksum.
 *
 * To change a record, append a field with the next free tag; in old rows the field reads as zero or
 * empty. Never reuse a tag and never change a type. To retire a field, keep its line and its
 * member, and write a comment there. Any other change needs a new RECORD_VERSION and a decoder that
 * still reads the old version.
 *
 * On PostgreSQL each field is a column, whose type and name follow from the table
 * (store/postgresql_schema.h). Never change the meaning of a field, and never change its name or
 * the name of a kind's table. A new line, and a new word of a number, raise a version there.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* RECORD_SIZE_MAX is the largest struct of any kind, so that one buffer has room for each. */
enum { RECORD_VERSION = 1, RECORD_KEY_MAX = 128, RECORD_SIZE_MAX = 512 };

enum field_type {
	FIELD_U64,   /* uint64_t */
	FIELD_TEXT,  /* struct text */
	FIELD_PAIRS, /* struct pairs */
};

/* A list of (text, text). It stays encoded and is walked when it is needed, so the length of a list
 * does not change the cost of decoding its record. raw = (varint length, bytes, varint length,
 * bytes)*. */
struct pairs {
	struct text raw;
};

/* What a field means, for an engine that stores it in a typed column. The stored bytes of
 * store/record.h do not depend on it. The first six are for FIELD_U64. */
enum field_meaning {
	MEANS_PLAIN, /* a number, a text in UTF-8, or pairs of texts in UTF-8 */
	MEANS_ID,    /* an id, or another number; zero means that there is no id */
	MEANS_HASH,  /* a number that uses all 64 bits */
	MEANS_TIME,  /* Unix milliseconds; in a value, zero means that there is no time */
	MEANS_DAY,   /* days since 1970-01-01; likewise */
	MEANS_FLAG,  /* 0 or 1 */
	MEANS_WORD,  /* a number for which `words` has a word */
	MEANS_BYTES, /* a text or pairs: any bytes */
	MEANS_IDS,   /* a text: ids, 8 bytes each, big-endian */
	MEANS_IP,    /* a text: an IP address as 4 or 16 bytes */
};

/* The word of a stored number. A table of words ends with a NULL word. */
struct name {
	uint64_t number;
	const char *word;
};

struct field {
	uint8_t tag; /* value fields: 1.., ascending; key fields: 0 */
	uint8_t type;
	uint16_t offset; /* in the struct */
	const char *name;
	enum field_meaning meaning;
	const struct name *words; /* of MEANS_WORD */
};

/* What the store may do with the records of a kind. */
enum record_class {
	RECORD_ROW,     /* a record that a command reads and writes as a whole */
	RECORD_CONFIG,  /* changes rarely, so that its decoded form may be kept in memory */
	RECORD_COUNTER, /* sums, to which commands add without reading them (tx_add) */
	RECORD_INDEX,   /* a row that other records imply */
	RECORD_SERIAL,  /* a row that many commands read and rewrite, one after another */
	RECORD_QUEUE,   /* a row that is soon deleted again */
	RECORD_NODES,   /* says what the running nodes do: not data, so a dump omits it */
};

struct record_kind {
	/* 1 to RECORD_KINDS - 1. The store itself uses 0 (sequences) and RECORD_KIND_LOG. */
	uint8_t id;
	const char *name;
	const char *table; /* what people call the rows, in SQL: "users" */
	size_t size;       /* of the struct */
	const struct field *keys;
	size_t n_keys;
	const struct field *values;
	size_t n_values;
	enum record_class class;
};

enum { RECORD_KINDS = 64, RECORD_KIND_LOG = 31 };

/** Writes the record's key to out (RECORD_KEY_MAX bytes) and returns its length. */
size_t record_encode_key(const struct record_kind *kind, const void *record, uint8_t *out);
/** The same for a prefix: the first n_fields key fields. */
size_t record_encode_prefix(const struct record_kind *kind, const void *record, size_t n_fields,
			    uint8_t *out);
/** An upper bound of the length that record_encode_value writes. */
size_t record_value_bound(const struct record_kind *kind, const void *record);
/** Writes the value to out and returns its length. `key` is the output of record_encode_key. */
size_t record_encode_value(const struct record_kind *kind, const void *record, struct text key,
			   uint8_t *out);
/** Fills *record, with its key fields, from stored bytes; its texts borrow from these bytes.
 * ERR_CORRUPT, or ERR_FORMAT for a newer version. */
enum err record_decode(const struct record_kind *kind, struct text key, struct text value,
		       void *record) WARN_UNUSED;

/** The same from a key alone; the value fields are zeroed. ERR_CORRUPT. */
enum err record_decode_key(const struct record_kind *kind, struct text key,
			   void *record) WARN_UNUSED;

/** The bit that stands for the value field at this offset of the struct, for sets of fields. */
uint64_t record_bit(const struct record_kind *kind, size_t offset);
/** The bits of the value fields in which two records of the kind differ. */
uint64_t record_diff(const struct record_kind *kind, const void *a, const void *b);
/** Copies the value fields in `set` (bits of record_bit) from one record to another. */
void record_patch(const struct record_kind *kind, void *to, const void *from, uint64_t set);

/** Takes the next pair from *rest, which begins as pairs.raw. False at the end and at damaged
 * bytes. */
bool pairs_next(struct text *rest, struct text *first, struct text *second);
/** Finds the pair that begins with `first` and sets *second. Without such a pair, *second is empty
 * and the result is false. */
bool pairs_find(struct pairs list, struct text first, struct text *second);
/** Appends a pair. The finished list is (struct pairs){buf_view(out)}. */
void pairs_add(struct buf *out, struct text first, struct text second);
size_t pairs_count(struct pairs list);

#endif
