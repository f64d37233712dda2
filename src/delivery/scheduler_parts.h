/*
 * The inside of the scheduler: the state of the whole delivery room. Private to the room.
 */
#ifndef DELIVERY_SCHEDULER_PARTS_H
#define DELIVERY_SCHEDULER_PARTS_H

#include "base/metrics.h"
#include "delivery/scheduler.h"
#include "lanes.h"
#include "results.h"

struct scheduler {
	struct scheduler_config config;
	uint8_t secret_key[32];
	struct event *timer;
	uint64_t timer_at_ms; /* what it is armed for; 0: not armed */
	uint64_t next_ms;     /* when somebody wants to be looked at; 0: never */
	struct lanes lanes;
	struct results results;
	bool draining;
	uint32_t in_flight; /* attempts that load their records or occupy a connection */
	uint32_t under_way; /* attempts in flight, and results that are not recorded yet */
	struct histogram succeeded, failed; /* attempts, by how long they took */
	uint64_t jumps;                     /* of the wall clock, that the lanes know of */
};

/** The time of this room: all moments in a lane are on the steady clock (base/loop.h). */
uint64_t scheduler_now_ms(const struct scheduler *s);

#endif
