/* A page of a list that Referral Factory has too, gathered over several queries, each of which
 * looks at a bounded number of records, so that none of them holds the loop for long.
 */
#ifndef API_GATHER_H
#define API_GATHER_H

#include "core/id_page.h"
#include "paging.h"

/* Part of a call's state. */
struct gather {
	struct paging paging;
	struct call *call;
	struct json_out o; /* where done writes the rows of each query */
	/* Of gather.c. */
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
