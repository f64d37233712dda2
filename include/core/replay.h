/*
 * Replays: the events of a time once more for one webhook, as a durable job that goes on after a
 * restart. And retention: what is old and finished goes.
 */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "core/records.h"
#include "store/command.h"

enum { REPLAY_MISSING = 1 << 0 }; /* in replay.statuses: events that have no delivery here */
enum { REPLAY_STEP = 64 };        /* events looked at in one command */

struct replay_start {
	struct command command; /* decide: replay_start_decide */
	struct replay
	    replay; /* webhook_id, since_ms, until_ms, statuses, created_ms; in done: all */
};
/** ERR_NOT_FOUND: no such webhook. */
command_decide_fn replay_start_decide;

struct replay_step {
	struct command command; /* decide: replay_step_decide */
	uint64_t replay_id;
	uint64_t first_event; /* where to begin, for a replay that has not */
	uint64_t now_ms;
	struct replay replay; /* in done: as it is now */
};
/** One slice: looks at up to REPLAY_STEP events. Finishes the replay where its webhook is gone. */
command_decide_fn replay_step_decide;

struct replay_read {
	struct command command; /* decide: replay_read_decide; a query */
	uint64_t id;
	struct replay replay;
	uint64_t first_event; /* the first event at or after since_ms, by the events' ids */
	uint64_t pending;     /* of its webhook */
};
command_decide_fn replay_read_decide;

enum { RETENTION_SLICE = 32 };
/* Removes finished deliveries older than before_ms with their attempts, or old events that have no
 * delivery: found by retention_find (a query), removed by retention_drop. */
struct retention_find {
	struct command command; /* decide: retention_find_decide */
	uint64_t before_ms;
	uint64_t next_delivery, next_event; /* where to look on; moved */
	uint64_t deliveries[RETENTION_SLICE], events[RETENTION_SLICE];
	size_t n_deliveries, n_events;
	bool finished; /* nothing older is left behind */
};
command_decide_fn retention_find_decide;

struct retention_drop {
	struct command command; /* decide: retention_drop_decide */
	uint64_t before_ms;
	uint64_t deliveries[RETENTION_SLICE], events[RETENTION_SLICE];
	size_t n_deliveries, n_events;
};
command_decide_fn retention_drop_decide;

#endif
