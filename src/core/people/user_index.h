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

/* The hashes under which a user may be filed by e-mail: first the hash that new users get, then the
 * hash that 0.1 gave, where it differs. Users of 0.1 keep theirs. */
struct email_hashes {
	uint64_t hash[2];
	size_t n;
};
/** The hashes of a stored address. ERR_INVALID for a text that is not an address, ERR_NO_MEMORY. */
enum err user_index_hashes(struct codes *codes, uint64_t campaign_id, struct text address,
			   struct arena *arena, struct email_hashes *out) WARN_UNUSED;
/** The user with this canonical address in the campaign: *user_id, or 0 where there is none. `hash`
 * is codes_hash_email's. Looks under the hash of 0.1 too, but never for an ASCII address. */
enum err user_index_find_email(struct tx *tx, struct codes *codes, uint64_t hash,
			       uint64_t campaign_id, struct text canonical,
			       uint64_t *user_id) WARN_UNUSED;
/** Files the user under the hash, or takes the user's address out of every place where it may
 * be. */
enum err user_index_add_email(struct tx *tx, uint64_t user_id, uint64_t hash) WARN_UNUSED;
enum err user_index_remove_email(struct tx *tx, struct codes *codes,
				 const struct user *user) WARN_UNUSED;
/** Moves the user to another state of its review, the record included. */
void user_index_review(struct tx *tx, struct user *user, enum user_review review);

#endif
