/*
 * A lane: one webhook as the delivery room sees it. Its configuration, its connections, a window of
 * its due rows, what is in flight.
 */
#ifndef DELIVERY_LANE_H
#define DELIVERY_LANE_H

#include "base/metrics.h"
#include "core/delivery.h"
#include "core/message.h"
#include "delivery/scheduler.h"
#include "http/url.h"
#include "policy.h"
#include "throttle.h"

enum {
	LANE_POOL = 256, /* idle connections kept: never more than the concurrency has opened */
	/* Connections opened at a time, beside an eighth of those that are: a TLS handshake costs
	 * up to a millisecond of the loop, and a burst of them would be felt by everybody. */
	LANE_GROWTH = 4,
	LANE_WINDOW = 128, /* rows read ahead */
	LANE_HEADERS = 64,
};

/* What a webhook says about sending, copied out of its record. */
struct lane_target {
	struct arena arena; /* owns all text below */
	struct url url;
	struct message_header headers[LANE_HEADERS]; /* in `opened`, which holds secrets */
	size_t n_headers;
	struct buf opened;
	struct buf secret, old_secret; /* HMAC keys, decoded; the old one signs too until then: */
	uint64_t old_secret_until_ms;
	uint32_t connect_ms, total_ms;
	uint32_t concurrency, rate;
	struct policy_rules rules;
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

struct scheduler {
	struct scheduler_config config;
	uint8_t secret_key[32];
	struct event *timer;
	uint64_t timer_at_ms; /* what it is armed for; 0: not armed */
	uint64_t next_ms;     /* when somebody wants to be looked at; 0: never */
	struct lane *buckets[256];
	struct lane *dirty;
	struct jobs *jobs;
	bool draining;
	uint32_t in_flight,
	    under_way; /* with a connection; those and the results not yet recorded */
	/* Results are recorded many at once: a commit for each would cost more than the
	 * deliveries. */
	struct attempt_run *finished, **finished_end;
	size_t n_finished;
	uint64_t record_at_ns; /* when they have waited long enough */
	struct event *record_timer;
	struct histogram succeeded, failed; /* attempts, by how long they took */
	uint64_t jumps;                     /* of the wall clock, that the lanes know of */
};

/** The lane of that webhook, made where there is none. NULL without memory. */
struct lane *lane_get(struct scheduler *s, uint64_t webhook_id);
void lane_free(struct lane *lane);
/** The lane of that webhook, or NULL. */
struct lane *lane_find(const struct scheduler *s, uint64_t webhook_id);
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
/** Starts what may be started; reads ahead. */
void lane_run(struct lane *lane);

/** Starts the attempt of a due row: load, call, record. False without memory (the row stays
 * due). */
bool attempt_start(struct lane *lane, const struct due *due) WARN_UNUSED;
/** Submits the results that were gathered. */
void attempt_record_finished(struct scheduler *s);
/** Moves rows that are due later than their schedule can ask for, where the lane wants it. */
void lane_judge_late(struct lane *lane);
/** Is there an attempt of that delivery under way? */
bool attempt_in_flight(const struct lane *lane, uint64_t delivery_id);
/** Ends all attempts of the lane without recording them. */
void attempt_cancel_all(struct lane *lane);

/** The time of this room: all moments in a lane are on the steady clock (base/loop.h). */
uint64_t scheduler_now_ms(const struct scheduler *s);

#endif
