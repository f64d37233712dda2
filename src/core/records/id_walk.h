/*
 * A page of records that fit a filter. The walk follows ids upwards or downwards: the ids of an
 * index, of a list, or of the records themselves. Its cost is bounded whatever the filter, and a
 * later page costs as much as the first page.
 */
#ifndef CORE_ID_WALK_H
#define CORE_ID_WALK_H

#include "core/id_page.h"
#include "store/tx.h"

/* Does the record belong on the page? The function may change the record for the reply. ERR_PENDING
 * and read errors pass through. ERR_NOT_FOUND means that it does not belong. */
typedef enum err id_walk_fits_fn(void *arg, struct tx *tx, void *record, bool *fits);

enum { ID_WALK_WORK_MAX = 8192 /* about 2 ms */ };

struct id_walk {
	const struct record_kind *kind; /* of the records: the id is the key and the first member */
	/* rows (by, number, id) without values; NULL: the records themselves */
	const struct record_kind *index;
	uint64_t by, number;
	/* Or NULL. Without an index the walk follows these ids, which are ascending; with an index
	 * it follows both. */
	const uint64_t *ids;
	size_t n_ids;
	uint64_t low, high;   /* ids, both included */
	struct id_page *page; /* the request, and the result */
	size_t look_max;      /* records to look at; then the page ends early */
	/* the cost of `fits` so far (filter_cost); beyond ID_WALK_WORK_MAX the page ends too */
	size_t work;
	id_walk_fits_fn *fits;
	void *arg;
	void *records; /* room for page->max */
	/* bytes from one record to the next, if each is a member of a larger struct; 0: an array */
	size_t stride;
};

/** Does the value fit a filter? A filter of 0 fits every value. */
static inline bool id_fits(uint64_t wanted, uint64_t value)
{
	return wanted == 0 || wanted == value;
}

/** Fills the page. ERR_NO_MEMORY; ERR_PENDING and read errors pass through. */
enum err id_walk_run(struct tx *tx, struct id_walk *walk) WARN_UNUSED;

/** For a walk in another order than that of ids: empties the page; then looks at one record, of
 * which only the id is set. With page->next the page has ended before this record. Errors as above.
 */
void id_walk_restart(struct id_walk *walk);
enum err id_walk_look(struct tx *tx, struct id_walk *walk, uint64_t *record) WARN_UNUSED;

#endif
