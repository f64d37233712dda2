/* Rewards that go on by themselves later: when their hold ends, when coupons came, when a review
 * was decided. Slices for the upkeep room.
 */
#ifndef CORE_REWARD_JOBS_H
#define CORE_REWARD_JOBS_H

#include "core/reward.h"
#include "core/slice.h"

enum { REWARD_SLICE = 64, REWARD_RULES_LOOK_MAX = 64 };

struct reward_release {
	struct slice slice;
	uint64_t rule_id; /* waiting for coupons: where the next look begins */
	size_t n;
	uint64_t ids[REWARD_SLICE];
};
/** Finds rewards whose hold has ended. Watches nothing: time passes. */
command_decide_fn reward_find_held_decide;
/** Finds rewards that wait for a coupon, of rules that have some; looks at REWARD_RULES_LOOK_MAX
 * rules in a slice. To be looked at when coupons were added (a KIND_COUPON_CODE written). */
command_decide_fn reward_find_waiting_decide;
/** Moves on what either found. */
command_decide_fn reward_release_decide;

struct reward_reviews {
	struct slice slice;
	uint64_t user_id,
	    review;        /* whose rewards are looked at, and what was decided about that user */
	uint64_t by, from; /* up to here (enum reward_index, a reward) nothing is left to do */
	bool ended;        /* nothing is left at all */
	size_t n;
	uint64_t ids[REWARD_SLICE];
};
/** Finds rewards of a user whose review was decided (reward_review_decided): caused by the user, or
 * the user's own. Watches KIND_REWARD_REVIEW. */
command_decide_fn reward_find_reviewed_decide;
/** Moves them on, or cancels them. */
command_decide_fn reward_follow_review_decide;

#endif
