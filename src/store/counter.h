/*
 * Sums of counters: of structs that a kind describes, and of stored values whose kind is unknown.
 */
#ifndef STORE_COUNTER_H
#define STORE_COUNTER_H

#include "store/record.h"

/** Adds the numbers of *delta to the numbers of *sum; both are structs of the kind. Texts of *sum
 * stay. Numbers are signed, in two's complement. */
void counter_add(const struct record_kind *kind, void *sum, const void *delta);
/** Raises numbers below zero to zero, for a reader. Sums keep them: a late addition makes up for
 * them. */
void counter_show(const struct record_kind *kind, void *sum);
/** Writes the sum of two stored values of one record to *out. Texts come from `sum`. ERR_CORRUPT,
 * ERR_FORMAT, ERR_NO_MEMORY. */
enum err counter_merge(struct text key, struct text sum, struct text delta,
		       struct buf *out) WARN_UNUSED;

#endif
