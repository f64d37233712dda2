/*
 * The views of links, which are counted in memory and written every few seconds.
 */
#ifndef API_REACH_H
#define API_REACH_H

#include "base/loop.h"
#include "store/store.h"

enum {
	REACH_LINKS_MAX =
	    512, /* different links between two writes; at that number it writes at once */
	REACH_FLUSH_S = 3,
};

struct reach;

/** ERR_NO_MEMORY. */
enum err reach_open(struct loop *loop, struct store *store, struct reach **out) WARN_UNUSED;
/** Counts a view of a user's link, or with user_id 0 of the campaign's own link. If the table is
 * full because the store is busy with the last write, views of further links are not counted. */
void reach_count(struct reach *reach, uint64_t user_id, uint64_t campaign_id);
/** Writes the counted views, and from now on every view at once. */
void reach_drain(struct reach *reach);
/** Views that are not written yet are lost. NULL is fine. */
void reach_close(struct reach *reach);

#endif
