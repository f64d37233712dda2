/*
 * Replays: a durable job sends the events of a period again to one webhook, and continues after a
 * restart. Retention: removes old, finished records.
 */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "core/records.h"
#include "store/command.h"

enum { REPLAY_MISSING = 1 << 0 }; /* in replay.statuses: events without a delivery to the webhook */
enum { REPLAY_STEP = 64 };        /* events looked at in one command */

struct replay_start {
	struct command command; /* decide: replay_start_decide */
	/* The caller sets webhook_id, since_ms, until_ms, statuses and created_ms. In done: as
	 * stored. */
	struct replay replay;
};
/** ERR_NOT_FOUND if the webhook does not exist. */
command_decide_fn replay_start_decide;

struct replay_step {
	struct command command; /* decide: replay_step_decide */
	uint64_t replay_id;
	uint64_t first_event; /* the first event of a replay that has not begun */
	uint64_t now_ms;
	struct replay replay; /* valid in done: as stored now */
};
/** One slice: looks at up to REPLAY_STEP events. Finishes the replay if its webhook was removed. */
command_decide_fn replay_step_decide;

struct replay_read {
	struct command command; /* decide: replay_read_decide; a query */
	uint64_t id;
	struct replay replay;
	uint64_t first_event; /* the id of the first event at or after since_ms */
	uint64_t pending;     /* the pending deliveries of its webhook */
};
command_decide_fn replay_read_decide;

enum { RETENTION_SLICE = 32 };
/* Removes deliveries that finished before before_ms, with their attempts, and older events without
 * a delivery. retention_find (a query) finds them, retention_drop removes them. */
struct retention_find {
	struct command command; /* decide: retention_find_decide */
	uint64_t before_ms;
	uint64_t next_delivery, next_event; /* the next ids to look at; the query moves them */
	uint64_t deliveries[RETENTION_SLICE], events[RETENTION_SLICE];
	size_t n_deliveries, n_events;
	bool finished; /* no older record is left */
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
