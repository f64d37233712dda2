/*
 * Views of links, counted in memory and written every few seconds.
 */
#ifndef API_REACH_H
#define API_REACH_H

#include "base/loop.h"
#include "store/store.h"

enum {
	REACH_LINKS_MAX =
	    512, /* different links between two writes; with that many it writes at once */
	REACH_FLUSH_S = 3,
};

struct reach;

/** ERR_NO_MEMORY. */
enum err reach_open(struct loop *loop, struct store *store, struct reach **out) WARN_UNUSED;
/** One view of a user's link, or with user_id 0 of a campaign's own. Views of further links than
 * there is room for are not counted while the store is busy with the last ones. */
void reach_count(struct reach *reach, uint64_t user_id, uint64_t campaign_id);
/** Writes what was counted, and from now on every view as it comes. */
void reach_drain(struct reach *reach);
/** What is not written is lost. NULL is fine. */
void reach_close(struct reach *reach);

#endif
