/*
 * The newest scattered writes, in memory, walked in key order: buckets are the keys' upper bits.
 */
#ifndef STORE_SCATTER_TABLE_H
#define STORE_SCATTER_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	SCATTER_KEY_SIZE = 8,      /* keys are keyed hashes of this size: evenly spread */
	SCATTER_VALUE_MAX = 26,    /* an e-mail index row with one user has 15 bytes, with two 23 */
	SCATTER_BUCKETS = 1 << 18, /* about one entry each when full */
	SCATTER_DELETED = 0xff,    /* for n: the newest write was a deletion */
};

struct scatter_entry {
	uint64_t key;  /* as a number: key order is number order */
	uint32_t next; /* linked by index, so that the array may move; 0 ends */
	uint8_t kind, n;
	char value[SCATTER_VALUE_MAX];
};

struct scatter_table {
	struct scatter_entry *entries; /* index 0 is not used */
	uint32_t cap, used, free, count;
	uint32_t *buckets;
};

bool scatter_init(struct scatter_table *t) WARN_UNUSED;
void scatter_free(struct scatter_table *t);
/** Room for n more entries: the next n scatter_put cannot fail. */
bool scatter_reserve(struct scatter_table *t, size_t n) WARN_UNUSED;
/** The entry, or NULL. */
const struct scatter_entry *scatter_find(const struct scatter_table *t, uint8_t kind,
					 struct text key);
/** The entry with the smallest key that is not below `from`, or NULL. */
const struct scatter_entry *scatter_next(const struct scatter_table *t, uint8_t kind,
					 uint64_t from);
/** Remembers the newest write; n SCATTER_DELETED for a deletion. Room has been reserved. */
void scatter_put(struct scatter_table *t, uint8_t kind, struct text key, const char *value,
		 uint8_t n);
/** Forgets one key, where it is known. */
void scatter_remove(struct scatter_table *t, uint8_t kind, struct text key);
/** Forgets a bucket. */
void scatter_clear_bucket(struct scatter_table *t, uint32_t bucket);

#endif
