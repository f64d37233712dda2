/*
 * A page of a list that is ordered by id: the request for it, and its end. A list query looks at a
 * bounded number of records. So a page may be short, or even empty, although another page follows.
 */
#ifndef CORE_ID_PAGE_H
#define CORE_ID_PAGE_H

#include "store/command.h"
#include "store/record.h"

enum { ID_PAGE_MAX = 250 };

struct id_page {
	uint64_t from; /* an id; 0: where the list begins */
	bool reverse;  /* newest first */
	size_t skip;   /* of the records that fit, before the page */
	size_t max;    /* on the page: 1 .. ID_PAGE_MAX */
	/* The result, valid in done. */
	size_t n, skipped, looked_at;
	uint64_t next; /* the id at which the next page begins; 0: this was the last page */
};

/** The id at which a scan for the page begins. */
uint64_t id_page_start(const struct id_page *page);
/** Ends a page whose scan asked for one record more than page->max, and found `found` records.
 * `next` is the id of the record behind the page, and counts only if that record was found. */
void id_page_end(struct id_page *page, size_t found, uint64_t next);

/* A page of all records of a kind. */
struct id_page_read {
	struct command command;         /* decide: id_page_decide; a query */
	const struct record_kind *kind; /* one u64 key, its first member */
	struct id_page page;            /* `skip` counts for nothing */
	void *records;                  /* room for page.max + 1 structs */
};
command_decide_fn id_page_decide;

#endif
