/*
 * Pages of lists with filters: per_page, cursor and order in, links and meta out.
 */
#ifndef API_PAGING_H
#define API_PAGING_H

#include "call.h"
#include "core/id_page.h"

struct paging {
	uint64_t per_page; /* 1 .. 250 */
	uint64_t cursor;   /* an id; 0: where the list begins */
	bool reverse;
	/* Set by the call: a list that Referral Factory has too. It may also be asked for "page",
	 * with rows that are counted from the list's beginning, and ignores _, with, include, sort
	 * and utm_…. */
	bool rf_has_it;
	bool takes_page_0; /* set by the call: it is the first one, too */
	uint64_t page;     /* 1 ..; 0: not asked for */
	/* Set by the call before paging_reply, where it is known. */
	bool has_total;
	uint64_t total;
};

enum { PAGING_ROWS_MAX = 100000 /* that a page may reach to */ };

/** Reads one filter into *arg. NULL, or a sentence fragment that completes "name ...". */
typedef const char *paging_filter_fn(struct call *call, struct text name, struct text value,
				     void *arg);
/* The answer of a filter function that does not know the name. */
extern const char PAGING_UNKNOWN[];

/** Reads the query; paging->reverse is the order where it says nothing, rf_has_it is kept. `filter`
 * may be NULL. False after it has replied 422. */
bool paging_read(struct call *call, struct paging *paging, paging_filter_fn *filter,
		 void *arg) WARN_UNUSED;
/** The two halves of it. The first only notes what is wrong, and is false after 503; the second
 * replies 422. */
bool paging_read_query(struct call *call, struct paging *paging, paging_filter_fn *filter,
		       void *arg) WARN_UNUSED;
bool paging_check(struct call *call, const struct paging *paging) WARN_UNUSED;
/** One of per_page, page, cursor and order from elsewhere than the query. Notes what is wrong. */
void paging_take(struct call *call, struct paging *paging, struct text name, struct text value);
/** The page that was asked for, by its cursor or its number. */
struct id_page paging_ask(const struct paging *paging);
/** Begins the answer: {"data":[ */
struct json_out paging_begin(struct call *call);
/** Ends it with links and meta, and replies; next is the id where the next page begins, 0 for none.
 * Filters are kept. */
void paging_reply(struct call *call, const struct paging *paging, uint64_t next,
		  struct json_out *o);

/* A page of a list that Referral Factory has too. It is gathered over several queries, each of
 * which looks at a bounded number of records, so that no query holds the loop for long. */

/* Part of a call's state. */
struct gather {
	struct paging paging;
	struct call *call;
	struct json_out o; /* where done writes the rows of each query */
	/* Of paging.c. */
	struct command *command;
	struct id_page *page;
	struct buf rows;
	size_t shown, looked_at;
};

/** Begins such a list; then its query is read. */
void gather_open(struct gather *g, struct call *call);
/** Reads the query of such a list; see paging_read. */
bool gather_read(struct gather *g, struct call *call, paging_filter_fn *filter,
		 void *arg) WARN_UNUSED;
/** Asks for what was read; page is the command's, which is else complete. Replies 503 itself. */
void gather_begin(struct gather *g, struct command *command, struct id_page *page);
/** In done, once the rows are written: asks for more, or replies. `fail` replies for errors; NULL:
 * call_reply_err does. */
void gather_done(struct gather *g, enum err err, command_done_fn *fail);

#endif
