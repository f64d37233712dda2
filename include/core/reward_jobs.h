/*
 * Jobs that continue with waiting rewards: when their hold ends, when coupons were added, when a
 * review was decided. The upkeep room runs them in slices.
 */
#ifndef CORE_REWARD_JOBS_H
#define CORE_REWARD_JOBS_H

#include "core/reward.h"
#include "core/slice.h"

enum { REWARD_SLICE = 64, REWARD_RULES_LOOK_MAX = 64 };

struct reward_release {
	struct slice slice;
	uint64_t rule_id; /* for coupons: the first rule of the next query */
	size_t n;
	uint64_t ids[REWARD_SLICE];
};
/** Finds rewards whose hold has ended. The job watches no kind, because only time passes. */
command_decide_fn reward_find_held_decide;
/** Finds rewards that wait for a coupon, of rules that have coupons. A slice looks at
 * REWARD_RULES_LOOK_MAX rules. The job watches KIND_COUPON_CODE, which is written when coupons are
 * added. */
command_decide_fn reward_find_waiting_decide;
/** Issues the rewards that either query found, or lets them wait for a coupon or a review. */
command_decide_fn reward_release_decide;

struct reward_reviews {
	struct slice slice;
	/* The user whose rewards the job looks at, and the decision about that user. */
	uint64_t user_id, review;
	/* The position: an enum reward_index and a reward. All rewards before it are done. */
	uint64_t by, from;
	bool ended; /* all rewards of the user are done */
	size_t n;
	uint64_t ids[REWARD_SLICE];
};
/** Finds rewards of a user whose review was decided (reward_review_decided): caused by the user, or
 * for the user. The job watches KIND_REWARD_REVIEW. */
command_decide_fn reward_find_reviewed_decide;
/** Cancels these rewards after a rejection, otherwise continues with them. */
command_decide_fn reward_follow_review_decide;

#endif
