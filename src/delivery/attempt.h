/*
 * Attempts: one request of one delivery, from the reading of its records to the recorded result.
 */
#ifndef DELIVERY_ATTEMPT_H
#define DELIVERY_ATTEMPT_H

#include "core/delivery.h"
#include "lane.h"

enum attempt_state {
	ATTEMPT_LOADING,   /* its records are being read */
	ATTEMPT_CALLING,   /* occupies a connection */
	ATTEMPT_FINISHED,  /* the result waits to be recorded with others */
	ATTEMPT_RECORDING, /* the store has it */
	ATTEMPT_ABANDONED, /* the lane is gone; the store's done frees it */
};

struct attempt_run {
	union {
		struct command command;
		struct delivery_load load;
		struct delivery_record_attempt record;
	};
	struct lane *lane;
	struct attempt_run *prev, *next;
	struct attempt_run *next_finished;
	enum attempt_state state;
	struct due due;
	uint64_t attempts, refusals; /* made before this one, in this round */
	uint64_t began_ms;
	bool secret; /* the request carries what not every token may see */
	struct http_call *call;
	struct arena arena; /* what the record borrows */
};

/** Starts the attempt of a due row: load, call, record. False without memory (the row stays
 * due). */
bool attempt_start(struct lane *lane, const struct due *due) WARN_UNUSED;
/** Is there an attempt of that delivery under way? */
bool attempt_in_flight(const struct lane *lane, uint64_t delivery_id);
/** Ends all attempts of the lane without recording them. */
void attempt_cancel_all(struct lane *lane);

#endif
