/*
 * The index of users by campaign and e-mail address.
 */
#ifndef CORE_EMAIL_INDEX_H
#define CORE_EMAIL_INDEX_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/* The hashes under which the index may have a user's address: first the hash that new users get,
 * then the hash that 0.1 computed, if it is a different one. Users of 0.1 keep their hash. */
struct email_hashes {
	uint64_t hash[2];
	size_t n;
};
/** Returns the hashes of a stored address. ERR_INVALID for a text that is not an address,
 * ERR_NO_MEMORY. */
enum err email_index_hashes(struct codes *codes, uint64_t campaign_id, struct text address,
			    struct arena *arena, struct email_hashes *out) WARN_UNUSED;
/** Finds the user with this canonical address in the campaign: *user_id, or 0 if the campaign has
 * no such user. `hash` comes from codes_hash_email. Looks under the hash of 0.1 too, except for
 * ASCII addresses, whose hash is the same. */
enum err email_index_find(struct tx *tx, struct codes *codes, uint64_t hash, uint64_t campaign_id,
			  struct text canonical, uint64_t *user_id) WARN_UNUSED;
/** Adds the user to the index under the hash, or removes the user from every hash under which the
 * address may be. */
enum err email_index_add(struct tx *tx, uint64_t user_id, uint64_t hash) WARN_UNUSED;
enum err email_index_remove(struct tx *tx, struct codes *codes,
			    const struct user *user) WARN_UNUSED;

#endif
