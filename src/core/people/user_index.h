/*
 * The index rows of a user: by campaign, referrer, review, alias and e-mail address.
 */
#ifndef CORE_USER_INDEX_H
#define CORE_USER_INDEX_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/** Stages all rows of a user except the entry in the referrer's list (below) and the row that a job
 * writes later (core/address_index.h), or the removal of all rows. `hash` is the hash of the
 * address (codes_hash_email). */
enum err user_index_add(struct tx *tx, const struct user *user, uint64_t hash) WARN_UNUSED;
enum err user_index_remove(struct tx *tx, struct codes *codes, const struct user *user) WARN_UNUSED;

/** Adds the newest of all users to the referrer's list of referrals in `stats`. The caller has read
 * `stats` and stages them. */
enum err user_index_add_referral(struct tx *tx, struct user_stats *stats,
				 uint64_t user_id) WARN_UNUSED;
/** Stages a row for each user in stats->newest, because the referrer's counters are about to be
 * removed. */
void user_index_settle_referrals(struct tx *tx, const struct user_stats *stats);

/** Moves the user to another state of its review, and stages the record. */
void user_index_review(struct tx *tx, struct user *user, enum user_review review);

#endif
