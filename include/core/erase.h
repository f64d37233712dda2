/*
 * Erasing a user. One command removes the record, all index rows that lead to it, and its part of
 * the counters. Then a job works in slices. It removes the personal data from the user's events,
 * deliveries and attempts, and the user's name from the events of the users whom they referred.
 */
#ifndef CORE_ERASE_H
#define CORE_ERASE_H

#include "core/slice.h"
#include "core/who.h"

struct user_erase {
	struct command command; /* decide: user_erase_decide */
	struct who who;
	struct codes *codes;
	struct text public_url; /* for the event */
	uint64_t now_ms;
	uint64_t user_id; /* valid in done */
};
/** Stores a struct erasure, from which the job works, and emits user.erased. Counters by day stay
 * as they are. Errors of who_find. */
command_decide_fn user_erase_decide;

/* The phases of the job (erasure.phase). Deliveries come first, so that pending deliveries are no
 * longer sent. */
enum erase_phase {
	ERASE_DELIVERIES, /* of person_id; `next` is the first delivery to look at */
	ERASE_EVENTS,     /* of person_id, newest first; `next` is the next of the chain */
	ERASE_REWARDS,    /* whose recipient is the user; `next` is the first to look at */
	ERASE_REFERRED,   /* finds the next referred user, after person_id */
	ERASE_ORDERS,
	/* Responses to Idempotency-Keys. `next` is the first half of a hash. The last phase. */
	ERASE_ANSWERS,
	ERASE_REFUNDS, /* follows ERASE_ORDERS */
};

enum { ERASE_SLICE = 128, ERASE_HASH = 16 };
/* A job of the upkeep room. */
struct erase_slice {
	struct slice slice;
	/* As found; the query then moves it to the state after this slice. */
	struct erasure erasure;
	bool finished;
	uint64_t deliveries[ERASE_SLICE], events[ERASE_SLICE], rewards[ERASE_SLICE];
	uint8_t orders[ERASE_SLICE][ERASE_HASH], answers[ERASE_SLICE][ERASE_HASH];
	struct {
		uint64_t total_e4;
		uint8_t hash[ERASE_HASH];
	} refunds[ERASE_SLICE];
	size_t n_deliveries, n_events, n_rewards, n_orders, n_refunds, n_answers;
	size_t work; /* about how many records the command will touch */
};
/** The job watches KIND_ERASURE. */
command_decide_fn erase_find_decide, erase_change_decide;

#endif
