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
	uint64_t timer_at_ms; /* when it fires; 0: not armed */
	uint64_t next_ms;     /* the next wake time of a lane; 0: no lane has one */
	struct lanes lanes;
	struct results results;
	bool draining;
	uint32_t in_flight; /* attempts that load their records or use a connection */
	uint32_t under_way; /* attempts in flight, and results that are not recorded yet */
	struct histogram succeeded, failed; /* durations of attempts */
	uint64_t jumps; /* loop_jumps when the lanes last checked their due times */
};

/** The time on the steady clock (base/loop.h), which the whole room uses. */
uint64_t scheduler_now_ms(const struct scheduler *s);

#endif
