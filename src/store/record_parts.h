/*
 * The parts of a stored value, for code that carries values without knowing their structs.
 */
#ifndef STORE_RECORD_PARTS_H
#define STORE_RECORD_PARTS_H

#include "store/record.h"

/* One field of a value as it is stored. */
struct record_part {
	uint64_t tag;
	bool is_bytes;     /* else a number */
	uint64_t number;   /* the number, or the length of the bytes */
	struct text bytes; /* borrowed */
};

/** Checks the checksum and the version of a value, and sets *parts to its fields. ERR_CORRUPT, or
 * ERR_FORMAT for a newer version. */
enum err record_open(struct text key, struct text value, struct text *parts) WARN_UNUSED;
/** Takes the next field from *parts, which must not be empty. ERR_CORRUPT. */
enum err record_take_part(struct text *parts, struct record_part *out) WARN_UNUSED;

/** Begins a value; record_add_number and record_add_bytes append fields, in the order of their
 * tags; record_seal appends the checksum. */
void record_begin(struct buf *value);
void record_add_number(struct buf *value, uint64_t tag, uint64_t number);
void record_add_bytes(struct buf *value, uint64_t tag, struct text bytes);
void record_seal(struct buf *value, struct text key);

#endif
