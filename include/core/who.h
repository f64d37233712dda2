/*
 * Whom a request means: by id, by code (ours or one from elsewhere), by e-mail, by coupon.
 */
#ifndef CORE_WHO_H
#define CORE_WHO_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/* A user as a request names one: the first that is set counts. */
struct who {
	uint64_t id;
	struct text code;
	struct text coupon;          /* handed out by us: its reward's recipient */
	uint64_t campaign_id;        /* where the user must be; 0: anywhere */
	struct text canonical_email; /* without a campaign: in the one where somebody has it */
};

/* Campaigns that an address is looked up in where none is named. */
enum { WHO_CAMPAIGNS_MAX = 1000 };

/** Does it name anybody at all? */
bool who_is_set(const struct who *who);
/** Reads a value whose kind is known: `kind` is "id", "code" or "email". Text is borrowed, or in
 * `arena`. ERR_INVALID: another kind, or the value cannot be one; ERR_NO_MEMORY. */
enum err who_read_kind(struct text kind, struct text value, struct arena *arena,
		       struct who *who) WARN_UNUSED;
/** Reads an identifier, as paths have them. Digits are an id, never a code. What has an @ is an
 * address, everything else a code. "id:", "code:" and "email:" in front say which of them is meant.
 * *who is not set where it can name nobody. ERR_NO_MEMORY. */
enum err who_read(struct text identifier, struct arena *arena, struct who *who) WARN_UNUSED;

/** Reads the user into *user. ERR_NOT_FOUND; ERR_TOO_LARGE: an address without a campaign, which
 * several users have, or which cannot be looked up in that many campaigns. ERR_PENDING and read
 * errors pass through. */
enum err who_find(struct tx *tx, struct codes *codes, const struct who *who,
		  struct user *user) WARN_UNUSED;
/** The id alone, for a filter: *user_id is untouched where *who names nobody at all. Whether an id
 * was ever given is not looked up. Errors as of who_find. */
enum err who_find_id(struct tx *tx, struct codes *codes, const struct who *who,
		     uint64_t *user_id) WARN_UNUSED;
/** The ids of those who have the address, ascending: in who->campaign_id, or where that is 0 in all
 * campaigns. `ids` has room for WHO_CAMPAIGNS_MAX. ERR_TOO_LARGE: there are more campaigns than
 * that. */
enum err who_list_email(struct tx *tx, struct codes *codes, const struct who *who, uint64_t *ids,
			size_t *n) WARN_UNUSED;

#endif
