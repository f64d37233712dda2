/*
 * The table of lanes by webhook id, and the list of poked lanes.
 */
#ifndef DELIVERY_LANES_H
#define DELIVERY_LANES_H

#include "lane.h"

enum { LANES_BUCKETS = 256 };

struct lanes {
	struct lane *buckets[LANES_BUCKETS];
	/* The poked lanes, in the order in which they were poked. Each turn of the scheduler runs
	 * lanes from the front, so a lane that is poked again waits behind all others. */
	struct lane *dirty, *last_dirty;
};

/** The lane of the webhook, or NULL. */
struct lane *lanes_find(const struct lanes *lanes, uint64_t webhook_id);
/** The lane of the webhook; makes a new lane if it has none. NULL if memory runs out. */
struct lane *lanes_get(struct scheduler *s, uint64_t webhook_id);
/** Takes the lane out of the table and frees it. It must not be in the list of poked lanes. */
void lanes_remove(struct lanes *lanes, struct lane *lane);
void lanes_free_all(struct lanes *lanes);

/** Appends the lane to the list of poked lanes, if it is not in the list. */
void lanes_poke(struct lanes *lanes, struct lane *lane);
/** Takes the first lane out of the list of poked lanes; NULL if the list is empty. */
struct lane *lanes_take_poked(struct lanes *lanes);
/** Pokes every lane whose wake time has come. */
void lanes_wake(struct lanes *lanes, uint64_t now_ms);
/** The earliest wake time of a lane; 0: no lane has one. */
uint64_t lanes_next_ms(const struct lanes *lanes);
/** After a reading of all webhooks: configures the lanes of webhooks that it has not found as
 * removed. */
void lanes_forget_missing(struct lanes *lanes, uint64_t reading);
/** Lets every lane compare its due rows with its schedule: the wall clock has jumped. */
void lanes_judge_late(struct lanes *lanes);

#endif
