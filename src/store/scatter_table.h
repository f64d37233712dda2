/*
 * The newest scattered writes, in memory. The upper bits of a key are its bucket, so that a walk
 * over the buckets is in key order.
 */
#ifndef STORE_SCATTER_TABLE_H
#define STORE_SCATTER_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	SCATTER_KEY_SIZE = 8, /* keys are keyed hashes of this size, so they are evenly spread */
	SCATTER_VALUE_MAX =
	    26, /* a row of the e-mail index has 15 bytes for one user, 23 for two */
	SCATTER_BUCKETS = 1 << 18, /* a full table has about one entry in each */
	SCATTER_DELETED = 0xff,    /* a value of n: the newest write was a deletion */
};

struct scatter_entry {
	uint64_t key;  /* as a number, which sorts like the key's bytes */
	uint32_t next; /* an index, because the array may move; 0 ends the list */
	uint8_t kind, n;
	char value[SCATTER_VALUE_MAX];
};

struct scatter_table {
	struct scatter_entry *entries; /* entry 0 is not used */
	uint32_t cap, used, free, count;
	uint32_t *buckets;
};

bool scatter_init(struct scatter_table *t) WARN_UNUSED;
void scatter_free(struct scatter_table *t);
/** Makes room for n more entries, so that the next n calls of scatter_put cannot fail. */
bool scatter_reserve(struct scatter_table *t, size_t n) WARN_UNUSED;
/** The entry, or NULL. */
const struct scatter_entry *scatter_find(const struct scatter_table *t, uint8_t kind,
					 struct text key);
/** The entry with the smallest key that is not below `from`, or NULL. */
const struct scatter_entry *scatter_next(const struct scatter_table *t, uint8_t kind,
					 uint64_t from);
/** Keeps the newest write of a key; n is SCATTER_DELETED for a deletion. The caller has reserved
 * room. */
void scatter_put(struct scatter_table *t, uint8_t kind, struct text key, const char *value,
		 uint8_t n);
/** Removes the entry of a key, if there is such an entry. */
void scatter_remove(struct scatter_table *t, uint8_t kind, struct text key);
/** Removes all entries of a bucket. */
void scatter_clear_bucket(struct scatter_table *t, uint32_t bucket);

#endif
