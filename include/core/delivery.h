/*
 * Deliveries: one event on its way to one webhook, from its creation with the event to its end.
 */
#ifndef CORE_DELIVERY_H
#define CORE_DELIVERY_H

#include "core/code.h"
#include "core/lease.h"
#include "core/records.h"
#include "store/command.h"

/** Stages a delivery of the event to the webhook, at the end of its order chain. Used inside a
 * command. The event must not have a delivery to this webhook yet. */
enum err delivery_create(struct tx *tx, const struct webhook *webhook,
			 const struct event *event) WARN_UNUSED;
/** Queues a finished delivery again: the same bytes and message id, the retry schedule from its
 * start, outside of any chain. Does nothing to a pending delivery. */
enum err delivery_requeue(struct tx *tx, struct delivery *delivery, uint64_t now_ms) WARN_UNUSED;
/** Ends a pending delivery: the next of its chain becomes due, and indexes and counters follow. The
 * caller removes the due row. */
enum err delivery_finish(struct tx *tx, struct delivery *delivery, enum delivery_status status,
			 uint64_t now_ms) WARN_UNUSED;

/** Writes the webhook-id header of a delivery, which is the same for every attempt, resend and
 * replay. */
void delivery_message_id(struct codes *codes, const struct delivery *delivery,
			 char out[MESSAGE_ID_SIZE]);

/* The consequence of an attempt for its delivery. */
enum delivery_verdict {
	VERDICT_DELIVERED,
	VERDICT_RETRY,
	VERDICT_EXHAUSTED,
	VERDICT_GONE, /* 410: retried like VERDICT_RETRY, but the webhook is disabled at once */
};

enum { WEBHOOK_DISABLE_AFTER_DAYS = 5, WEBHOOK_STATUSES_MAX = 32 };

/* Records one finished attempt and its verdict. */
struct delivery_record_attempt {
	struct command command;  /* decide: delivery_record_attempt_decide */
	struct lease_fence lane; /* the lease of the webhook's lane, when the attempt began */
	struct attempt attempt;  /* delivery_id and the result; the command sets the number */
	uint64_t claimed_due_ms; /* the time in the due row that this attempt was made for */
	enum delivery_verdict verdict;
	bool refused; /* the receiver refused the message, which says nothing about the webhook */
	/* Static advice for the reason of an exhausted delivery, or NULL. */
	const char *advice;
	/* With VERDICT_RETRY and VERDICT_GONE: the time of the next attempt, steady clock. */
	uint64_t retry_ms;
	uint64_t failing_ms; /* of a failure: the watched time since the previous failure */
	uint64_t now_ms;
	/* Valid in done, for the log: */
	bool first;               /* the first failure ever, or the first one since a success */
	struct text disabled;     /* why this attempt disabled the webhook; empty: it did not */
	struct delivery delivery; /* as stored now */
};
/** If the delivery has ended since (cancelled), the command records only the attempt and the
 * webhook's health. ERR_NOT_FOUND if the delivery was removed; ERR_REFUSED if another node has
 * taken the lane over (lease_check), also of the two commands below. Applies the disable rule and
 * fires the operator events. */
command_decide_fn delivery_record_attempt_decide;

enum { DELIVERY_CANCEL_MAX = 64 };
/* Cancels deliveries whose webhook was removed, a slice at a time. */
struct delivery_cancel {
	struct command command; /* decide: delivery_cancel_decide */
	struct lease_fence lane;
	struct due due[DELIVERY_CANCEL_MAX];
	size_t n;
	uint64_t now_ms;
};
command_decide_fn delivery_cancel_decide;

enum { DELIVERY_LATE_MAX = 64 };
/* Moves deliveries of a webhook that are due later than any retry schedule allows, because the wall
 * clock was ahead when they were written. A slice at a time. A due row without its delivery is
 * removed. */
struct delivery_late {
	/* decide: delivery_find_late_decide, then delivery_move_late_decide */
	struct command command;
	struct lease_fence lane;
	uint64_t webhook_id;
	uint64_t limit_ms; /* finds deliveries that are due later, and moves them to this time */
	struct due due[DELIVERY_LATE_MAX];
	size_t n;
};
command_decide_fn delivery_find_late_decide, delivery_move_late_decide;

/* The data of one attempt, read in one query. */
struct delivery_load {
	struct command command; /* decide: delivery_load_decide */
	uint64_t delivery_id;
	struct delivery delivery;
	struct event event;
	struct webhook_revision revision;
};
/** ERR_NOT_FOUND if any of the three records does not exist. */
command_decide_fn delivery_load_decide;

/** Reads the first name of the delivery's user. Empty if the event is about no user, or the user
 * was erased. */
enum err delivery_first_name(struct tx *tx, const struct delivery *delivery,
			     struct text *first_name) WARN_UNUSED;

struct delivery_resend {
	struct command command; /* decide: delivery_resend_decide */
	uint64_t delivery_id, now_ms;
	struct delivery delivery; /* valid in done */
	struct text first_name;   /* of its user, or empty */
};
/** Queues a finished delivery again, and makes a pending one due now. ERR_NOT_FOUND if the
 * delivery, its event or its webhook does not exist, or if its user was erased. */
command_decide_fn delivery_resend_decide;

#endif
