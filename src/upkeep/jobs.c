/*
 * Owns the table of background jobs. Never what a job does (core). Called by the composition root.
 */
#include "core/erase.h"
#include "core/idempotency.h"
#include "core/reward_jobs.h"
#include "upkeep/upkeep.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS };

const struct upkeep_job UPKEEP_JOBS[] = {
    {"idempotency", sizeof(struct idempotency_expire), idempotency_find_expired_decide,
     idempotency_expire_decide, 5 * SECOND_MS, NULL},
    {"reward holds", sizeof(struct reward_release), reward_find_held_decide, reward_release_decide,
     10 * SECOND_MS, NULL},
    {"reward coupons", sizeof(struct reward_release), reward_find_waiting_decide,
     reward_release_decide, MINUTE_MS, &KIND_COUPON_CODE},
    {"reward reviews", sizeof(struct reward_reviews), reward_find_reviewed_decide,
     reward_follow_review_decide, MINUTE_MS, &KIND_REWARD_REVIEW},
    {"erasures", sizeof(struct erase_slice), erase_find_decide, erase_change_decide, MINUTE_MS,
     &KIND_ERASURE},
    {NULL, 0, NULL, NULL, 0, NULL},
};
