/* A page of a list by id: what a query is asked for, and what came of it. It looks at a bounded
 * number of records, so a page may be short, even empty, and yet have a next one.
 */
#ifndef CORE_ID_PAGE_H
#define CORE_ID_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_page {
	uint64_t from; /* an id; 0: where the list begins */
	bool reverse;  /* newest first */
	size_t skip;   /* of those that fit, before the page */
	size_t max;    /* on the page */
	/* In done. */
	size_t n, skipped, looked_at;
	uint64_t next; /* the id where to go on; 0: nothing is left */
};

#endif
