/*
 * The rules that decide what follows an attempt. Pure: time and randomness are arguments.
 */
#ifndef DELIVERY_POLICY_H
#define DELIVERY_POLICY_H

#include "core/delivery.h"
#include "http/client.h"

/* The waits between attempts. */
enum { POLICY_SCHEDULE_MAX = 32, POLICY_STATUSES_MAX = WEBHOOK_STATUSES_MAX };
struct policy_schedule {
	uint32_t seconds[POLICY_SCHEDULE_MAX]; /* between one attempt and the next */
	size_t n;
};
/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
extern const struct policy_schedule policy_default_schedule;
/** 5 s, 5 min, 30 min: after refusals of the message. */
extern const struct policy_schedule policy_refusal_schedule;

/* The settings of a webhook for success and retries. */
struct policy_rules {
	struct policy_schedule schedule;
	uint16_t success[POLICY_STATUSES_MAX]; /* statuses that count as delivered, besides 2xx */
	size_t n_success;
};

enum policy_outcome {
	OUTCOME_SUCCESS, /* 2xx, or a status that the webhook lists */
	OUTCOME_REFUSAL, /* 400 405 406 409 411 413 414 415 422: the endpoint works, but refuses
			    this message */
	OUTCOME_FAILURE, /* anything else: the endpoint does not work */
};
enum policy_outcome policy_judge(const struct policy_rules *rules, enum http_failure failure,
				 int status);

struct policy_attempt {
	enum http_failure failure;
	int status;
	uint64_t attempts; /* of this round, with this one */
	uint64_t refusals; /* of the attempts before this one, the refusals */
	struct text retry_after;
};
struct policy_decision {
	enum policy_outcome outcome;
	enum delivery_verdict verdict;
	uint64_t wait_ms; /* with VERDICT_RETRY and VERDICT_GONE: until the next attempt */
};
/** Refusals and failures are counted separately, and each follows its own schedule. A delivery that
 * gets both is exhausted when one of the two schedules has ended. Refusals follow the webhook's own
 * schedule if it is shorter than policy_refusal_schedule.
 *
 * The next attempt comes after the wait of the schedule, changed by at most 20 % with `random` (any
 * 32 bits). After a failure, Retry-After (seconds or an HTTP date) can make the wait longer, up to
 * 24 h. After a refusal it is ignored, because a refusal must not delay the user's next event for
 * longer than its schedule. `unix_ms` is only compared with a date in Retry-After.
 *
 * 410 gives VERDICT_GONE. HTTP_FAIL_POLICY is final. */
struct policy_decision policy_decide(const struct policy_rules *rules,
				     const struct policy_attempt *attempt, uint64_t unix_ms,
				     uint32_t random);

#endif
