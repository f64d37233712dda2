/*
 * Pages of lists: reads per_page, cursor, order and page; writes links and meta.
 */
#ifndef API_PAGING_H
#define API_PAGING_H

#include "call.h"
#include "core/address_index.h"
#include "core/id_page.h"

struct paging {
	uint64_t per_page; /* 1 .. 250 */
	uint64_t cursor;   /* the id that the page begins with; 0: the beginning of the list */
	bool reverse;
	/* Set by the call: Referral Factory has this list too. The list then takes "page", whose
	 * rows are counted from the beginning of the list, and ignores _, with, include, sort and
	 * utm_…. */
	bool rf_has_it;
	bool takes_page_0; /* set by the call: page 0 is the first page, like page 1 */
	uint64_t page;     /* 1 ..; 0: not given */
	/* Set by the call before paging_reply, if the total is known. */
	bool has_total;
	uint64_t total;
	/* Set by the call if the list comes from the index of addresses, else NULL. */
	const struct address_extent *indexed;
};

enum {
	PAGING_ROWS_MAX =
	    100000 /* a page that is given by its number ends at this row at the latest */
};

/** Reads one filter into *arg. NULL, or a sentence fragment that completes "name ...". */
typedef const char *paging_filter_fn(struct call *call, struct text name, struct text value,
				     void *arg);
/* What a filter function returns for a name that it does not know. */
extern const char PAGING_UNKNOWN[];

/** Reads the query. paging->reverse is the default order; rf_has_it and takes_page_0 are kept.
 * `filter` may be NULL. False after a 422 or 503. */
bool paging_read(struct call *call, struct paging *paging, paging_filter_fn *filter,
		 void *arg) WARN_UNUSED;
/** The two halves of paging_read. The first only notes problems; false after a 503. The second is
 * false after a 422. */
bool paging_read_query(struct call *call, struct paging *paging, paging_filter_fn *filter,
		       void *arg) WARN_UNUSED;
bool paging_check(struct call *call, const struct paging *paging) WARN_UNUSED;
/** Reads per_page, page, cursor or order from another place than the query, and notes a problem. */
void paging_take(struct call *call, struct paging *paging, struct text name, struct text value);
/** The page that the request asks for, by its cursor or its number. */
struct id_page paging_ask(const struct paging *paging);
/** Begins the reply: {"data":[ */
struct json_out paging_begin(struct call *call);
/** Ends the reply with links and meta, and sends it. next is the id that the next page begins with;
 * 0: this is the last page. The links keep the filters. */
void paging_reply(struct call *call, const struct paging *paging, uint64_t next,
		  struct json_out *o);

/* A page of a list that Referral Factory has too. Several queries gather it. Each query looks at a
 * bounded number of records, so no query holds the loop for long. */

/* Part of the state of a call. */
struct gather {
	struct paging paging;
	struct call *call;
	struct json_out o; /* `done` of the command writes the rows of each query here */
	/* For paging.c alone. */
	struct command *command;
	struct id_page *page;
	struct buf rows;
	size_t shown, looked_at;
};

/** Begins such a list, before its query is read. */
void gather_open(struct gather *g, struct call *call);
/** gather_open and paging_read. */
bool gather_read(struct gather *g, struct call *call, paging_filter_fn *filter,
		 void *arg) WARN_UNUSED;
/** Sends the first query. `page` belongs to the command, which is complete except for it. Replies
 * 503 if the queue is full. */
void gather_begin(struct gather *g, struct command *command, struct id_page *page);
/** To be called by `done` when the rows are written: sends another query, or replies. `fail`
 * replies to errors; NULL: call_reply_err does. */
void gather_done(struct gather *g, enum err err, command_done_fn *fail);

#endif
