/*
 * The inside of the scheduler: the state of the whole delivery room. Private to the room.
 */
#ifndef DELIVERY_SCHEDULER_PARTS_H
#define DELIVERY_SCHEDULER_PARTS_H

#include "base/metrics.h"
#include "delivery/scheduler.h"
#include "lanes.h"
#include "results.h"

enum {
	/* The work that all lanes together may begin in one turn of the loop, in attempts on
	 * connections that are open. An attempt costs about 30 us, and all clients wait for the
	 * turn. */
	TURN_WORK = 128,
	TURN_CONNECTION = 8, /* an attempt that opens a connection: its TLS handshake */
	TURN_SLICE = 32,     /* a command that cancels many deliveries */
};

struct scheduler {
	struct scheduler_config config;
	uint8_t secret_key[32];
	struct event *timer;
	uint64_t timer_at_ms; /* when it fires; 0: not armed */
	uint64_t next_ms;     /* the next wake time of a lane; 0: no lane has one */
	struct lanes lanes;
	struct results results;
	uint32_t turn_left; /* of TURN_WORK, in this turn */
	uint32_t asked;     /* work of the queries that the store has not answered */
	bool draining;
	uint32_t in_flight; /* attempts that load their records or use a connection */
	uint32_t under_way; /* attempts in flight, and results that are not recorded yet */
	struct histogram succeeded, failed; /* durations of attempts */
	/* With several nodes: the webhooks are read again when the configuration has changed. */
	struct start *again; /* this reading; NULL: none is under way */
	uint64_t reading;    /* its number */
	uint64_t epoch;      /* store_epoch when the last reading began */
	uint64_t jumps;      /* loop_jumps when the lanes last checked their due times */
};

/** The time on the steady clock (base/loop.h), which the whole room uses. */
uint64_t scheduler_now_ms(const struct scheduler *s);

/** A lane begins this much work in this turn. */
void scheduler_spend(struct scheduler *s, uint32_t work);
/** The same, and the work goes on when the store answers a query. An engine may answer the queries
 * of many turns in one turn, so TURN_WORK also limits the queries that are not answered. */
void scheduler_ask(struct scheduler *s, uint32_t work);
/** The store has answered such a query. */
void scheduler_answered(struct scheduler *s, uint32_t work);

/** With several nodes: reads all webhooks, because another node may have changed them. */
void scheduler_read_again(struct scheduler *s);
/** The same, if the configuration has changed since the last reading. */
void scheduler_follow_epoch(struct scheduler *s);
/** May another node have changed a webhook since the lanes were configured? Then no attempt begins.
 */
bool scheduler_is_behind(const struct scheduler *s);
/** Abandons a reading that is under way. */
void scheduler_stop_reading(struct scheduler *s);
/** Makes a lane for each webhook, and for each removed webhook that still has due rows. Waits for
 * the store. ERR_NO_MEMORY, or the error of a read. */
enum err scheduler_read_start(struct scheduler *s) WARN_UNUSED;

#endif
