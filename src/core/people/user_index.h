/*
 * The rows that lead to a user: by campaign, referrer, review, alias and e-mail.
 */
#ifndef CORE_USER_INDEX_H
#define CORE_USER_INDEX_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/** Stages all rows of a user but the place in the referrer's list (below), or the removal of all
 * rows. `hash` is the e-mail's (codes_hash_email). */
enum err user_index_add(struct tx *tx, const struct user *user, uint64_t hash) WARN_UNUSED;
enum err user_index_remove(struct tx *tx, struct codes *codes, const struct user *user) WARN_UNUSED;

/** The referrer's list of whom they referred, in `stats` (read before; the caller stages it):
 * `user_id` is the newest of all users. */
enum err user_index_add_referral(struct tx *tx, struct user_stats *stats,
				 uint64_t user_id) WARN_UNUSED;
/** Stages a row for each user in stats->newest, because the referrer's counters are about to go. */
void user_index_settle_referrals(struct tx *tx, const struct user_stats *stats);

/** Moves the user to another state of its review, the record included. */
void user_index_review(struct tx *tx, struct user *user, enum user_review review);

#endif
