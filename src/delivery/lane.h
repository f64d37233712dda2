/*
 * A lane: one webhook as the delivery room sees it. It has a copy of the webhook's settings, its
 * connections, a window of its due rows and the attempts in flight. In memory only. All moments are
 * on the steady clock (base/loop.h).
 */
#ifndef DELIVERY_LANE_H
#define DELIVERY_LANE_H

#include "core/delivery.h"
#include "http/client.h"
#include "lease/leases.h"
#include "target.h"
#include "throttle.h"

struct attempt_run;
struct scheduler;

enum {
	LANE_POOL = 256, /* idle connections kept, which is never more than the concurrency */
	/* Connections opened at a time, plus an eighth of the established ones. A TLS handshake
	 * costs up to a millisecond of the loop, and a burst would delay every client. */
	LANE_GROWTH = 4,
	LANE_WINDOW = 128, /* rows read ahead */
};

/* Differs after each change of a webhook. */
struct lane_version {
	uint64_t revision, updated_ms, disabled_ms, times_enabled;
};

struct lane {
	struct lane *next_in_bucket, *next_dirty;
	struct scheduler *scheduler;
	uint64_t webhook_id;
	bool configured; /* target is valid; false: the webhook was removed */
	bool disabled, dirty, scanning, cancelling;
	struct target target;
	struct throttle throttle;
	uint64_t
	    throttled_until_ms; /* the rows wait for a token, a probe or a connection; 0: no wait */
	struct http_pool *pool;
	uint32_t in_flight;
	struct attempt_run *runs; /* doubly linked, with results that are not recorded yet */

	/* The window: the rows up to `cursor`, in the order of sending. */
	struct due window[LANE_WINDOW * 2]; /* a ring */
	size_t head, n;
	struct due cursor;      /* the watch offers rows up to it, scans read the rows after it */
	struct due read_before; /* rows up to it may have an attempt: a rescan skips these */
	bool caught_up;         /* no row after the cursor is due before next_due_ms */
	uint64_t next_due_ms;   /* 0: no later row is known */
	uint64_t warned_ms;     /* when a first failure was last logged; 0: never */
	uint64_t failing_since_ms; /* the last failure, or the start; 0: the webhook works */
	uint64_t paused_until_ms;  /* the store or memory failed: no attempt before; 0: no pause */

	/* With several nodes, only the owner of the lease sends. Otherwise the lease is always
	 * held, and the rest is not used. */
	struct lease_claim claim;
	bool fresh; /* the lease is new: the next scan reads the health of the webhook */
	struct lane_version version; /* of the webhook that the lane is configured for */
	uint64_t found_in;           /* the last reading of all webhooks that has found this one */
	struct lane_look {
		uint64_t at_ms;   /* when to look for rows of other nodes; 0: after the next scan */
		uint64_t wait_ms; /* between two looks */
		uint64_t oldest_ms; /* due time of the oldest row; 0: not known */
		uint64_t all_at_ms; /* when to look from the first row again */
	} look;

	struct lane_scan {
		struct command command;
		struct lane *lane;
		uint64_t failures; /* of a fresh lane: of its webhook */
		bool exists;       /* the webhook; if not, its rows are cancelled */
		struct due from;   /* the cursor after which it began */
		struct due rows[LANE_WINDOW];
		size_t n;
	} scan;
	struct lane_late {
		struct delivery_late slice;
		struct lane *lane;
		bool wanted, busy; /* its due times must be checked; the store has the command */
	} late;
	struct lane_cancel {
		struct delivery_cancel cancel;
		struct lane *lane;
	} cancel;
};

/** A lane without settings, which lane_configure sets. NULL if memory runs out. */
struct lane *lane_new(struct scheduler *s, uint64_t webhook_id);
/** Cancels its attempts without recording them; their rows stay due. */
void lane_free(struct lane *lane);
/** Takes the settings of the saved webhook; NULL: the webhook was removed. */
void lane_configure(struct lane *lane, const struct webhook *webhook);
/** At the start: the stored number of consecutive failures. */
void lane_resume(struct lane *lane, uint64_t failures);
/** A due row was committed. */
void lane_offer(struct lane *lane, const struct due *due);
/** Forgets the window and reads the due rows from the start; with several nodes, from the oldest
 * known row. */
void lane_rescan(struct lane *lane);
/** The same, but waits 5 s. */
void lane_pause(struct lane *lane);
/** Returns true if the webhook was removed and all its rows and attempts are gone: the lane can be
 * freed. */
bool lane_is_over(const struct lane *lane);
/** Makes the scheduler's turn run the lane. */
void lane_poke(struct lane *lane);
/** When the lane must run even if it is not poked; 0: never. */
uint64_t lane_wake_ms(const struct lane *lane);
/** Starts the attempts that the throttle allows, and reads ahead. */
void lane_run(struct lane *lane);
/** If late.wanted: moves rows that are due later than any schedule can ask for, a slice at a
 * time. */
void lane_judge_late(struct lane *lane);

/* ---- with several nodes (lane_lease.c); with one writer the lane is always held ---- */

struct lane_version lane_version(const struct webhook *webhook);
/** Asks for the lease of a new lane. */
void lane_claim(struct lane *lane);
/** Gives the claim up; removes the lease of a lane that is over. */
void lane_unclaim(struct lane *lane);
/** Is the lease held for the next step_ms? */
bool lane_is_held(const struct lane *lane, uint64_t step_ms);
/** May an attempt begin, which cannot outlive the lease? If not, the lane runs again soon. */
bool lane_may_begin(struct lane *lane);
/** If a command with this fence was refused because another node has the lane, stops the lane, and
 * returns true. */
bool lane_lost(struct lane *lane, const struct lease_fence *fence, enum err err);
/** The due time from which a rescan reads; 0: from the first row. */
uint64_t lane_look_from_ms(const struct lane *lane);
/** A row was committed here: looks soon, because the row alone may be old news. */
void lane_hint(struct lane *lane, const struct due *due);
/** Begins a look for rows of other nodes, if its time has come. */
void lane_look(struct lane *lane);
/** After each scan: plans the next look. `first` is the first row after `from`, or NULL; `found`:
 * the scan has found new rows. */
void lane_looked(struct lane *lane, const struct due *from, const struct due *first, bool found);
/** Within a scan: reads what another node may have changed. *exists: the webhook exists. */
enum err lane_read_webhook(struct lane *lane, struct tx *tx, uint64_t *failures,
			   bool *exists) WARN_UNUSED;

#endif
