/*
 * What follows from an attempt: pure rules, no clock, no randomness of their own.
 */
#ifndef DELIVERY_POLICY_H
#define DELIVERY_POLICY_H

#include "core/delivery.h"
#include "http/client.h"

/* When deliveries are tried again. */
enum { POLICY_SCHEDULE_MAX = 32, POLICY_STATUSES_MAX = WEBHOOK_STATUSES_MAX };
struct policy_schedule {
	uint32_t seconds[POLICY_SCHEDULE_MAX]; /* between one attempt and the next */
	size_t n;
};
/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
extern const struct policy_schedule policy_default_schedule;
/** 5 s, 5 min, 30 min: for refusals of the message. */
extern const struct policy_schedule policy_refusal_schedule;

/* What a webhook says about success and retries. */
struct policy_rules {
	struct policy_schedule schedule;
	uint16_t success[POLICY_STATUSES_MAX]; /* statuses that count as delivered beside 2xx */
	size_t n_success;
};

enum policy_outcome {
	OUTCOME_SUCCESS, /* 2xx, or a status that the webhook lists */
	OUTCOME_REFUSAL, /* 400 405 406 409 411 413 414 415 422: the endpoint answers, but it does
			    not want this message */
	OUTCOME_FAILURE, /* everything else says something about the endpoint */
};
enum policy_outcome policy_judge(const struct policy_rules *rules, enum http_failure failure,
				 int status);

struct policy_attempt {
	enum http_failure failure;
	int status;
	uint64_t attempts; /* of this round, this one included */
	uint64_t refusals; /* those before this one that were refusals */
	struct text retry_after;
};
struct policy_decision {
	enum policy_outcome outcome;
	enum delivery_verdict verdict;
	uint64_t wait_ms; /* with VERDICT_RETRY and VERDICT_GONE: until the next attempt */
};
/** Refusals and failures each follow their own schedule and are counted apart, so a delivery that
 * gets both is exhausted as soon as one of the two schedules has ended. The next attempt comes
 * after the schedule's wait, +-20 % by `random` (any 32 bits). Retry-After (seconds, or an HTTP
 * date) can only delay a failure, at most 24 h; a refusal ignores it, because it must not hold back
 * the user's next event for longer than its schedule. Refusals follow the webhook's own schedule
 * where that one is shorter. 410 is VERDICT_GONE; a refusal by address policy is final. `unix_ms`
 * is only compared with a date in Retry-After. */
struct policy_decision policy_decide(const struct policy_rules *rules,
				     const struct policy_attempt *attempt, uint64_t unix_ms,
				     uint32_t random);

#endif
