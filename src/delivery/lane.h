/*
 * A lane: one webhook as the delivery room sees it. It has a copy of the webhook's settings, its
 * connections, a window of its due rows and the attempts in flight. In memory only. All moments are
 * on the steady clock (base/loop.h).
 */
#ifndef DELIVERY_LANE_H
#define DELIVERY_LANE_H

#include "core/delivery.h"
#include "http/client.h"
#include "target.h"
#include "throttle.h"

struct attempt_run;
struct scheduler;

enum {
	LANE_POOL = 256, /* idle connections kept: never more than the concurrency has opened */
	/* Connections opened at a time, beside an eighth of those that are: a TLS handshake costs
	 * up to a millisecond of the loop, and a burst of them would be felt by everybody. */
	LANE_GROWTH = 4,
	LANE_WINDOW = 128, /* rows read ahead */
};

struct lane {
	struct lane *next_in_bucket, *next_dirty;
	struct scheduler *scheduler;
	uint64_t webhook_id;
	bool configured; /* target is right; false: the webhook is gone */
	bool disabled, dirty, scanning, cancelling;
	struct lane_target target;
	struct throttle throttle;
	uint64_t
	    throttled_until_ms; /* rows wait for a token or a probe until then; 0: they do not */
	struct http_pool *pool;
	uint32_t in_flight;
	struct attempt_run
	    *runs; /* under way, doubly linked; in_flight of them occupy a connection */

	/* The window: rows up to `cursor`, in the order in which they are to be sent. */
	struct due window[LANE_WINDOW * 2]; /* a ring */
	size_t head, n;
	struct due cursor; /* rows behind it come by scanning, rows up to it by the watch */
	struct due
	    read_before; /* rows up to it may be under way already: a rescan leaves those out */
	bool caught_up;  /* nothing behind the cursor is due before next_due_ms */
	uint64_t next_due_ms;      /* 0: never, as far as is known */
	uint64_t warned_ms;        /* when its last first failure was logged; 0: never */
	uint64_t failing_since_ms; /* the last failure, or the start where there was one before */
	uint64_t paused_until_ms;  /* the store or memory failed: no start before */

	struct lane_scan {
		struct command command;
		struct lane *lane;
		struct due from; /* the cursor it began behind */
		struct due rows[LANE_WINDOW];
		size_t n;
	} scan;
	struct lane_late {
		struct delivery_late slice;
		struct lane *lane;
		bool wanted, busy; /* its due moments are to be looked at; the store is at it */
	} late;
	struct lane_cancel {
		struct delivery_cancel cancel;
		struct lane *lane;
	} cancel;
};

/** A lane without settings: lane_configure follows. NULL without memory. */
struct lane *lane_new(struct scheduler *s, uint64_t webhook_id);
/** Cancels its attempts without recording them; their rows stay due. */
void lane_free(struct lane *lane);
/** The webhook is (now) like this; NULL: it is gone. */
void lane_configure(struct lane *lane, const struct webhook *webhook);
/** What is known of the webhook from before the start: failures in a row. */
void lane_resume(struct lane *lane, uint64_t failures);
/** A due row was committed. */
void lane_offer(struct lane *lane, const struct due *due);
/** Forgets the window and reads the due rows from the start. */
void lane_rescan(struct lane *lane);
/** The same, after a few seconds. */
void lane_pause(struct lane *lane);
/** Its webhook is gone and nothing of it is left: it may be freed. */
bool lane_is_over(const struct lane *lane);
/** Looked at in the scheduler's turn. */
void lane_poke(struct lane *lane);
/** When it wants to be looked at without being poked; 0: never. */
uint64_t lane_wake_ms(const struct lane *lane);
/** Starts what may be started; reads ahead. */
void lane_run(struct lane *lane);
/** Moves rows that are due later than their schedule can ask for, where the lane wants it. */
void lane_judge_late(struct lane *lane);

#endif
