/*
 * What follows from an attempt: pure rules, no clock, no randomness of their own.
 */
#ifndef DELIVERY_POLICY_H
#define DELIVERY_POLICY_H

#include "core/delivery.h"
#include "http/client.h"

/** 2xx is success, everything else a failure; a refusal by address policy is final. */
bool policy_succeeded(enum http_failure failure, int status);

struct policy_decision {
	enum delivery_verdict verdict;
	uint64_t retry_ms; /* with VERDICT_RETRY: when */
};
/** `attempts` counts the one that has just ended. The next follows after 5 s, 5 min, 30 min, 2 h, 5 h,
 *  10 h, 14 h, 20 h, 24 h, each +-20 % by `random` (any 32 bits); after the last the delivery is
 *  exhausted. Retry-After (seconds, or an HTTP date) can only delay, at most 24 h. */
struct policy_decision policy_decide(enum http_failure failure, int status, uint64_t attempts,
    struct text retry_after, uint64_t now_ms, uint32_t random);

#endif
