/* Erasing a person: at once the record, all that leads to it and the counters; then, in slices,
 * what their events, deliveries and attempts hold, and their name where they stand as somebody's
 * referrer.
 */
#ifndef CORE_ERASE_H
#define CORE_ERASE_H

#include "core/slice.h"
#include "core/who.h"

struct user_erase {
	struct command command; /* decide: user_erase_decide */
	struct who who;
	struct codes *codes;
	uint64_t now_ms;
};
/** Leaves a struct erasure, which is worked off in slices. Counters by day stay as they were.
 * ERR_NOT_FOUND. */
command_decide_fn user_erase_decide;

/* Where the work stands (erasure.phase). Deliveries go first: what is not sent yet shall not be. */
enum erase_phase {
	ERASE_DELIVERIES, /* of person_id; `next` is the first to look at */
	ERASE_EVENTS,     /* of person_id; `next` is the newest of the chain to look at */
	ERASE_REWARDS,    /* that the person would get; `next` is the first to look at */
	ERASE_REFERRED,   /* whose deliveries and events come next; person_id was the last one */
	ERASE_ORDERS,
	ERASE_ANSWERS, /* to Idempotency-Keys; `next` is the first half of a hash; the last phase */
	ERASE_REFUNDS, /* follows ERASE_ORDERS */
};

enum { ERASE_SLICE = 128, ERASE_HASH = 16 };
/* A job of the upkeep room. */
struct erase_slice {
	struct slice slice;
	struct erasure erasure; /* found: where it stood; then: where this slice ends */
	bool finished;
	uint64_t deliveries[ERASE_SLICE], events[ERASE_SLICE], rewards[ERASE_SLICE];
	uint8_t orders[ERASE_SLICE][ERASE_HASH], answers[ERASE_SLICE][ERASE_HASH];
	struct {
		uint64_t total_e4;
		uint8_t hash[ERASE_HASH];
	} refunds[ERASE_SLICE];
	size_t n_deliveries, n_events, n_rewards, n_orders, n_refunds, n_answers;
	size_t work; /* records that the command will touch, about */
};
/** Watches KIND_ERASURE. */
command_decide_fn erase_find_decide, erase_change_decide;

#endif
