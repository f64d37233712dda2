/* Entries of one kind in the order in which they were written. A start replays the log into piles,
 * and builds the table from them: sorting all entries once is faster than searching a place for
 * each.
 */
#ifndef STORE_SCATTER_PILE_H
#define STORE_SCATTER_PILE_H

#include "store/scatter_table.h"

/* A value of n: the write went straight to its key space, so its key has no entry in the table. */
enum { SCATTER_WRITTEN = 0xfffe };

/* All zero is a valid empty pile. */
struct scatter_pile {
	struct scatter_item *items;
	size_t n, cap;
	size_t bytes;     /* the memory that the entries take in a table */
	bool has_written; /* an entry is SCATTER_WRITTEN */
};

/** Adds an entry, in the memory of the table; n is the length of its value, SCATTER_DELETED or
 * SCATTER_WRITTEN. False if memory runs out. */
bool scatter_pile_add(struct scatter_pile *pile, struct scatter_table *t, struct text key,
		      struct text value, uint16_t n) WARN_UNUSED;
/** Moves the newest entry of each key to the table, which has no entry of the kind. False if
 * memory runs out. */
bool scatter_pile_build(struct scatter_pile *pile, struct scatter_table *t,
			uint8_t kind) WARN_UNUSED;
/** Frees the entries that no table has taken. */
void scatter_pile_free(struct scatter_pile *pile);

#endif
