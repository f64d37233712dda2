/*
 * Attempts: one request of one delivery, from the reading of its records to the recorded result.
 */
#ifndef DELIVERY_ATTEMPT_H
#define DELIVERY_ATTEMPT_H

#include "core/delivery.h"
#include "lane.h"

enum attempt_state {
	ATTEMPT_LOADING,   /* its records are being read */
	ATTEMPT_CALLING,   /* uses a connection */
	ATTEMPT_FINISHED,  /* its result waits in struct results */
	ATTEMPT_RECORDING, /* the store has the command that records it */
	ATTEMPT_ABANDONED, /* the lane is freed; the store's `done` frees the attempt */
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
	struct lease_fence fence;    /* of the lane, when the attempt began */
	uint64_t attempts, refusals; /* before this attempt, in this round */
	uint64_t began_ms;
	uint32_t work; /* its share of TURN_WORK */
	bool secret;   /* the request has values that not every token may see */
	struct http_call *call;
	struct arena arena; /* texts of the record */
};

/** Starts the attempt of a due row, and spends `work` of the turn. False if memory or the store's
 * queue is exhausted: the row stays due. */
bool attempt_start(struct lane *lane, const struct due *due, uint32_t work) WARN_UNUSED;
/** Returns true if the lane has an attempt of the delivery, up to its recorded result. */
bool attempt_in_flight(const struct lane *lane, uint64_t delivery_id);
/** Ends all attempts of the lane without recording them. */
void attempt_cancel_all(struct lane *lane);

#endif
