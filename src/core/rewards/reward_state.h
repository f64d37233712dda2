/* The states of a reward: everything that makes or changes one goes through here, so that its
 * indexes, counters and events always agree with it. The reward is one that was read in this
 * command.
 */
#ifndef CORE_REWARD_STATE_H
#define CORE_REWARD_STATE_H

#include "core/reward.h"

/* What every change needs to know. */
struct reward_at {
	struct text public_url;
	uint64_t now_ms;
};

/** Gives the reward its id, its indexes, its step and its place there; then as reward_advance. */
enum err reward_create(struct tx *tx, struct reward *reward,
		       const struct reward_at *at) WARN_UNUSED;

/** Moves a due reward on as far as it goes by itself: issued, held, or waiting for a coupon or a
 * review; `reason` says what keeps it. Cancels it where a review says so. */
enum err reward_advance(struct tx *tx, struct reward *reward,
			const struct reward_at *at) WARN_UNUSED;

/** Issues a due reward. ERR_REFUSED with *why (static) where something is in the way. */
enum err reward_issue(struct tx *tx, struct reward *reward, const struct reward_at *at,
		      const char **why) WARN_UNUSED;
/** Would reward_issue issue it now? */
enum err reward_can_be_issued(struct tx *tx, const struct reward *reward, bool *yes) WARN_UNUSED;
/** Cancels a due reward. */
enum err reward_cancel(struct tx *tx, struct reward *reward, struct text reason,
		       const struct reward_at *at) WARN_UNUSED;
/** Marks what an issued reward has above `left` as to be taken back; left 0: the whole reward. It
 * lives (reward_lives), and `left` is less than what is left of it now. */
enum err reward_take_back(struct tx *tx, struct reward *reward, uint64_t left, struct text reason,
			  const struct reward_at *at) WARN_UNUSED;

/** What the reviews of those two users say together: the strictest. Who is gone says nothing. */
enum err reward_review_of(struct tx *tx, uint64_t cause_id, uint64_t user_id,
			  uint64_t *review) WARN_UNUSED;

#endif
