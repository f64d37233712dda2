/*
 * Owns the checks of rewards, rules and coupons. Never the walk. Called by verify.c.
 */
#include "core/reward_records.h"
#include "verify_parts.h"

const struct verify_check VERIFY_REWARDS[] = {
    {&KIND_RULE, NULL, NULL},
    {&KIND_RULE_SET, NULL, NULL},
    {&KIND_POOL, NULL, NULL},
    {&KIND_COUPON, NULL, NULL},
    {&KIND_COUPON_CODE, NULL, NULL},
    {&KIND_REWARD, NULL, NULL},
    {&KIND_REWARD_STEP, NULL, NULL},
    {&KIND_REWARD_BY, NULL, NULL},
    {&KIND_REWARD_HOLD, NULL, NULL},
    {NULL, NULL, NULL},
};
