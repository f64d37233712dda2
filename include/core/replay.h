/*
 * Replays: a durable job sends the events of a period again to one webhook, and continues after a
 * restart. Retention: removes old, finished records.
 */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "core/idempotency.h"
#include "core/records.h"
#include "core/slice.h"

enum { REPLAY_MISSING = 1 << 0 }; /* in replay.statuses: events without a delivery to the webhook */
enum { REPLAY_STEP = 64 };        /* events looked at in one command */

struct replay_start {
	struct command command; /* decide: replay_start_decide */
	/* The caller sets webhook_id, since_ms, until_ms, statuses and created_ms. In done: as
	 * stored. */
	struct replay replay;
	struct idempotency_key key;
};
/** ERR_NOT_FOUND if the webhook does not exist. ERR_REFUSED: the key is refused. */
command_decide_fn replay_start_decide;

enum { REPLAY_PLAN_MAX = 10000 }; /* events that a plan looks at */

/* Counts what a replay would queue, a slice in each query. */
struct replay_plan {
	struct command command;          /* decide: replay_plan_decide; a query */
	struct replay replay;            /* as for replay_start */
	uint64_t next_event, last_event; /* kept from slice to slice */
	uint64_t looked_at, queued;
	bool ended, more; /* one of them ends the plan; `more`: it is not complete */
};
/** ERR_NOT_FOUND if the webhook does not exist. */
command_decide_fn replay_plan_decide;

/* The background job of the upkeep room. One replay continues until it ends, or until its webhook
 * has more than REPLAY_PENDING_MAX pending deliveries: then the next replay continues. */
enum {
	REPLAY_PENDING_MAX = 2000,
	REPLAY_WAIT_MS = 500, /* the wait for the webhooks, if no replay can continue */
	REPLAY_LOOK_MAX = 64, /* replays read in one query */
};
struct replay_slice {
	struct slice slice;
	/* Kept from slice to slice. After a start the queries read all replays once. */
	uint64_t look_at;       /* the id of the replay that the query reads first */
	uint64_t first_waiting; /* the first replay that waits for its webhook; 0: none waits */
	uint64_t replay_id;     /* the replay that continues */
	uint64_t first_event;   /* the next event that exists */
	uint64_t last_event;    /* the newest event when the replay began */
	struct replay replay;   /* valid after the command: as stored now */
};
/** Finds the replay that continues. */
command_decide_fn replay_find_decide;
/** Looks at up to REPLAY_STEP events. Finishes the replay if its webhook was removed. */
command_decide_fn replay_step_decide;

/* The background job that removes deliveries that finished longer than slice.retention_ms ago, with
 * their attempts, and older events without a delivery. */
enum { RETENTION_SLICE = 32 };
struct retention_slice {
	struct slice slice;
	uint64_t before_ms;
	/* The next ids to look at, kept from slice to slice. */
	uint64_t next_delivery, next_event;
	uint64_t deliveries[RETENTION_SLICE], events[RETENTION_SLICE];
	size_t n_deliveries, n_events;
};
/** Finds some of these records. After the newest the search starts again at the oldest. */
command_decide_fn retention_find_decide;
/** Removes the records that were found and are still finished. */
command_decide_fn retention_drop_decide;

#endif
