/* A page of records that fit, found by walking ids upwards or downwards: those of an index, of a
 * list, or of the records themselves. Its cost is bounded whatever fits, and a later page costs
 * what the first costs.
 */
#ifndef CORE_ID_WALK_H
#define CORE_ID_WALK_H

#include "core/id_page.h"
#include "store/tx.h"

/* Does the record belong on the page? May change what is shown of it. ERR_PENDING and read errors
 * pass through; ERR_NOT_FOUND is no. */
typedef enum err id_walk_fits_fn(void *arg, struct tx *tx, void *record, bool *fits);

enum { ID_WALK_WORK_MAX = 8192 /* some 2 ms */ };

struct id_walk {
	const struct record_kind *kind; /* the records: their id is their key and first member */
	const struct record_kind
	    *index; /* rows (by, number, id) with keys only; NULL: the records */
	uint64_t by, number;
	const uint64_t *ids; /* ascending; NULL: none given. Instead of an index; or, beside one,
				what comes behind its last row */
	size_t n_ids;
	uint64_t low, high;   /* ids, both included */
	struct id_page *page; /* what is asked for, and what comes of it */
	size_t look_max;      /* records looked at; then the page ends early */
	size_t work; /* what `fits` has cost (filter_cost); beyond ID_WALK_WORK_MAX the page ends
			too */
	id_walk_fits_fn *fits;
	void *arg;
	void *records; /* room for page->max */
	size_t stride; /* from one to the next, where each stands in a larger struct; 0: side by
			  side */
};

/** Does the value fit a filter? 0 is any. */
static inline bool id_fits(uint64_t wanted, uint64_t value)
{
	return wanted == 0 || wanted == value;
}

/** ERR_OK, ERR_PENDING, ERR_NO_MEMORY and read errors. */
enum err id_walk_run(struct tx *tx, struct id_walk *walk) WARN_UNUSED;

#endif
