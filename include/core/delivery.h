/*
 * Deliveries: one event going to one webhook, from its birth with the event to its end.
 */
#ifndef CORE_DELIVERY_H
#define CORE_DELIVERY_H

#include "core/code.h"
#include "core/records.h"
#include "store/command.h"

/** Stages a delivery of event to webhook, behind the undelivered ones of its order chain. Used
 * inside a command; an event that has a delivery at this webhook already gets no second one. */
enum err delivery_create(struct tx *tx, const struct webhook *webhook,
			 const struct event *event) WARN_UNUSED;
/** Queues a finished delivery once more: the same bytes and message id, the schedule from its
 * start, outside of any order. Nothing happens to one that is pending. */
enum err delivery_requeue(struct tx *tx, struct delivery *delivery, uint64_t now_ms) WARN_UNUSED;
/** Ends a pending delivery: its chain goes on, its indexes and counters follow. The due row is the
 * caller's. */
enum err delivery_finish(struct tx *tx, struct delivery *delivery, enum delivery_status status,
			 uint64_t now_ms) WARN_UNUSED;

/** Writes the webhook-id header of a delivery: the same for every attempt, resend and replay. */
void delivery_message_id(struct codes *codes, const struct delivery *delivery,
			 char out[MESSAGE_ID_SIZE]);

/* What becomes of a delivery after an attempt. */
enum delivery_verdict {
	VERDICT_DELIVERED,
	VERDICT_RETRY,
	VERDICT_EXHAUSTED,
	VERDICT_GONE, /* 410: tried again like RETRY, but the webhook is disabled at once */
};

enum { WEBHOOK_DISABLE_AFTER_DAYS = 5, WEBHOOK_STATUSES_MAX = 32 };

/* Records one finished attempt and its verdict. */
struct delivery_record_attempt {
	struct command command;  /* decide: delivery_record_attempt_decide */
	struct attempt attempt;  /* delivery_id and what happened; the number is given here */
	uint64_t claimed_due_ms; /* the time in the due row that this attempt was made for */
	enum delivery_verdict verdict;
	bool refused; /* the receiver refused the message, which says nothing about the webhook */
	/* Static: what would help, for the reason of an exhausted delivery; or NULL. */
	const char *advice;
	uint64_t
	    retry_ms; /* with VERDICT_RETRY and VERDICT_GONE: when to try again, steady clock */
	uint64_t failing_ms; /* of a failure: since the one before, as far as it was watched */
	uint64_t now_ms;
	/* In done, for the log: */
	bool first;           /* it went wrong for the first time ever, or since a success */
	struct text disabled; /* why the webhook is disabled now; empty: it is not, or was before */
	struct delivery delivery; /* as it now is */
};
/** ERR_OK also where the delivery ended meanwhile (cancelled): then only the attempt is logged.
 * ERR_NOT_FOUND where it was erased. Applies the disable rule and fires the operator events. */
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

enum { DELIVERY_LATE_MAX = 64 };
/* Deliveries of a webhook that are due later than any schedule asks for, because the wall clock was
 * ahead when they were written. A slice at a time. A due row without its delivery goes. */
struct delivery_late {
	struct command
	    command; /* decide: delivery_find_late_decide, then delivery_move_late_decide */
	uint64_t webhook_id;
	uint64_t limit_ms; /* those that are due later are found, and moved to this moment */
	struct due due[DELIVERY_LATE_MAX];
	size_t n;
};
command_decide_fn delivery_find_late_decide, delivery_move_late_decide;

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

struct delivery_resend {
	struct command command; /* decide: delivery_resend_decide */
	uint64_t delivery_id, now_ms;
	struct delivery delivery; /* in done */
};
/** ERR_NOT_FOUND: no such delivery, or its event or webhook is gone, or its person. A pending one
 * becomes due now. */
command_decide_fn delivery_resend_decide;

#endif
