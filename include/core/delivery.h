/*
 * Deliveries: one event going to one webhook, from its birth with the event to its end.
 */
#ifndef CORE_DELIVERY_H
#define CORE_DELIVERY_H

#include "core/records.h"
#include "store/command.h"

/** Stages a delivery of event to webhook, behind the undelivered ones of its order chain, and held
 *  where the webhook is disabled. Used inside a command. */
enum err delivery_create(struct tx *tx, const struct webhook *webhook, const struct event *event)
    WARN_UNUSED;

/* What becomes of a delivery after an attempt. */
enum delivery_verdict { VERDICT_DELIVERED, VERDICT_RETRY, VERDICT_EXHAUSTED };

/* Records one finished attempt and its verdict. */
struct delivery_record_attempt {
	struct command command; /* decide: delivery_record_attempt_decide */
	struct attempt attempt; /* delivery_id and what happened; the number is given here */
	uint64_t due_ms;        /* the due row that was claimed */
	enum delivery_verdict verdict;
	uint64_t retry_ms; /* with VERDICT_RETRY: when to try again */
	uint64_t now_ms;
};
/** ERR_OK also where the delivery ended meanwhile (cancelled): then only the attempt is logged.
 *  ERR_NOT_FOUND where it was erased. */
command_decide_fn delivery_record_attempt_decide;

enum { DELIVERY_CANCEL_MAX = 64 };
/* Cancels deliveries whose webhook is gone, a slice at a time. */
struct delivery_cancel {
	struct command command; /* decide: delivery_cancel_decide */
	struct due due[DELIVERY_CANCEL_MAX];
	size_t n;
	uint64_t now_ms;
};
command_decide_fn delivery_cancel_decide;

/* Everything one attempt needs, read in one query. */
struct delivery_load {
	struct command command; /* decide: delivery_load_decide */
	uint64_t delivery_id;
	struct delivery delivery;
	struct event event;
	struct webhook_revision revision;
};
/** ERR_NOT_FOUND where any of the three is gone. */
command_decide_fn delivery_load_decide;

#endif
