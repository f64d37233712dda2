/*
 * What follows from an attempt: pure rules, no clock, no randomness of their own.
 */
#ifndef DELIVERY_POLICY_H
#define DELIVERY_POLICY_H

#include "core/delivery.h"
#include "http/client.h"

/** 2xx is success, everything else a failure; a refusal by address policy is final. */
bool policy_succeeded(enum http_failure failure, int status);

/* When a webhook's deliveries are tried again. */
enum { POLICY_SCHEDULE_MAX = 32 };
struct policy_schedule {
	uint32_t seconds[POLICY_SCHEDULE_MAX]; /* between one attempt and the next */
	size_t n;
};
/** 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
extern const struct policy_schedule policy_default_schedule;

struct policy_decision {
	enum delivery_verdict verdict;
	uint64_t retry_ms; /* with VERDICT_RETRY and VERDICT_GONE: when */
};
/** `attempts` counts those of this round, the one that has just ended included. The next follows after
 *  the schedule's wait, +-20 % by `random` (any 32 bits); after the last the delivery is exhausted.
 *  Retry-After (seconds, or an HTTP date) can only delay, at most 24 h. 410 is VERDICT_GONE. */
struct policy_decision policy_decide(const struct policy_schedule *schedule,
    enum http_failure failure, int status, uint64_t attempts, struct text retry_after,
    uint64_t now_ms, uint32_t random);

#endif
