/*
 * The bounds of a kind's ids: the newest id, and the ids of a period. Only for queries, because
 * they scan. Ids may have gaps, and may be a little out of the order of time (core/disorder.h).
 */
#ifndef CORE_ID_BOUNDS_H
#define CORE_ID_BOUNDS_H

#include "store/tx.h"

/* The upper bound of a walk that begins with the newest record. */
#define ID_NEWEST UINT64_MAX

/** Sets *id to the highest id of any record, or to 0. The id is the kind's only key and its first
 * member. ERR_PENDING and read errors pass through. */
enum err id_newest(struct tx *tx, const struct record_kind *kind, uint64_t *id) WARN_UNUSED;
/** Sets *id to the lowest id from `from` on that a record has, or to 0. Errors as above. */
enum err id_next(struct tx *tx, const struct record_kind *kind, uint64_t from,
		 uint64_t *id) WARN_UNUSED;
/** Sets *first so that every record since `ms` has this id or a higher id. `offset` is the place of
 * the record's time. Reads about 40 records. Errors as above. */
enum err id_since(struct tx *tx, const struct record_kind *kind, size_t offset, uint64_t ms,
		  uint64_t *first) WARN_UNUSED;
/** Sets *last so that every record before `ms` has this id or a lower id. As id_since. */
enum err id_until(struct tx *tx, const struct record_kind *kind, size_t offset, uint64_t ms,
		  uint64_t *last) WARN_UNUSED;

#endif
