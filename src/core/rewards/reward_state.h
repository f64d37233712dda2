/*
 * The states of a reward. Every change of a reward's state goes through these functions, so that
 * its indexes, counters and events always agree with it. The caller has read the reward in the same
 * command.
 */
#ifndef CORE_REWARD_STATE_H
#define CORE_REWARD_STATE_H

#include "core/reward.h"

/* Arguments of every change. */
struct reward_at {
	struct text public_url;
	uint64_t now_ms;
};

/** Gives the reward its id, its index rows and its step, and then advances it (reward_advance). */
enum err reward_create(struct tx *tx, struct reward *reward,
		       const struct reward_at *at) WARN_UNUSED;

/** Moves a due reward on as far as possible without an operator: issued, held, or waiting for a
 * coupon or a review. `reason` says what keeps it. Cancels it if its review was rejected. */
enum err reward_advance(struct tx *tx, struct reward *reward,
			const struct reward_at *at) WARN_UNUSED;

/** Issues a due reward. ERR_REFUSED with *why (static) if something prevents it. */
enum err reward_issue(struct tx *tx, struct reward *reward, const struct reward_at *at,
		      const char **why) WARN_UNUSED;
/** Would reward_issue issue it now? */
enum err reward_can_be_issued(struct tx *tx, const struct reward *reward, bool *yes) WARN_UNUSED;
/** Cancels a due reward. */
enum err reward_cancel(struct tx *tx, struct reward *reward, struct text reason,
		       const struct reward_at *at) WARN_UNUSED;
/** Marks the part of an issued reward above `left` as to be taken back; left 0: the whole reward.
 * The reward lives (reward_lives), and `left` is below the amount that is left of it now. */
enum err reward_take_back(struct tx *tx, struct reward *reward, uint64_t left, struct text reason,
			  const struct reward_at *at) WARN_UNUSED;

/** Returns the stricter review of the two users. An erased user counts as not reviewed. */
enum err reward_review_of(struct tx *tx, uint64_t cause_id, uint64_t user_id,
			  uint64_t *review) WARN_UNUSED;

#endif
