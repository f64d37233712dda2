/*
 * The rows of a shared memory engine, for the two files that read and write them.
 */
#ifndef SUPPORT_SHARED_ROWS_H
#define SUPPORT_SHARED_ROWS_H

#include "shared_state.h"

struct shared_version {
	struct shared_version *older;
	uint64_t seq;
	bool deleted;
	size_t n;
	char bytes[];
};

struct shared_row {
	struct text key;
	uint64_t read_at; /* the last check of a commit that had read the row */
	unsigned writer;  /* the node that wrote it last */
	struct shared_version *slots[SHARED_NODES];
};

/** Ends the process if memory has run out. */
void *shared_must(void *p);
/** The index of the first row whose key is not below `key`. */
size_t shared_lower_bound(const struct shared_table *t, struct text key);
/** The row, or NULL. */
struct shared_row *shared_find(const struct shared_table *t, struct text key);
/** The sum of two stored values; it lives in the arena. */
struct text shared_sum(struct text key, struct text a, struct text b, struct arena *arena);
void shared_versions_free(struct shared_version *v);
void shared_row_free(struct shared_row *row);
/** NULL is fine. */
void shared_straggler_free(struct shared_straggler *s);

#endif
