/*
 * The index of users by campaign and e-mail address.
 */
#ifndef CORE_EMAIL_INDEX_H
#define CORE_EMAIL_INDEX_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/* The hashes under which a user may be filed by e-mail: first the hash that new users get, then the
 * hash that 0.1 gave, where it differs. Users of 0.1 keep theirs. */
struct email_hashes {
	uint64_t hash[2];
	size_t n;
};
/** The hashes of a stored address. ERR_INVALID for a text that is not an address, ERR_NO_MEMORY. */
enum err email_index_hashes(struct codes *codes, uint64_t campaign_id, struct text address,
			    struct arena *arena, struct email_hashes *out) WARN_UNUSED;
/** The user with this canonical address in the campaign: *user_id, or 0 where there is none. `hash`
 * is codes_hash_email's. Looks under the hash of 0.1 too, but never for an ASCII address. */
enum err email_index_find(struct tx *tx, struct codes *codes, uint64_t hash, uint64_t campaign_id,
			  struct text canonical, uint64_t *user_id) WARN_UNUSED;
/** Files the user under the hash, or takes the user's address out of every place where it may
 * be. */
enum err email_index_add(struct tx *tx, uint64_t user_id, uint64_t hash) WARN_UNUSED;
enum err email_index_remove(struct tx *tx, struct codes *codes,
			    const struct user *user) WARN_UNUSED;

#endif
