/*
 * The user whom a request names: by id, by code or alias, by e-mail address, or by coupon.
 */
#ifndef CORE_WHO_H
#define CORE_WHO_H

#include "core/code.h"
#include "core/records.h"
#include "store/tx.h"

/* The first of id, code, coupon and canonical_email that is set counts. */
struct who {
	uint64_t id;
	struct text code;
	struct text coupon;   /* a coupon that was handed out names the recipient of its reward */
	uint64_t campaign_id; /* the campaign of the user; 0: any campaign */
	struct text canonical_email; /* without campaign_id, exactly one user may have it */
};

/* An address without campaign_id is looked up in at most so many campaigns. */
enum { WHO_CAMPAIGNS_MAX = 1000 };

/** Is any member set that names a user? */
bool who_is_set(const struct who *who);
/** Reads a value of a known kind: `kind` is "id", "code" or "email". Texts borrow from `value`, or
 * are in `arena`. ERR_INVALID for another kind, or a value that is not of its kind;
 * ERR_NO_MEMORY. */
enum err who_read_kind(struct text kind, struct text value, struct arena *arena,
		       struct who *who) WARN_UNUSED;
/** Reads an identifier as paths have it. Digits are an id, never a code. A text with an @ is an
 * e-mail address, and any other text is a code. A prefix "id:", "code:" or "email:" states the
 * kind. If the text cannot name a user, *who stays unset. Keeps who->campaign_id. ERR_NO_MEMORY. */
enum err who_read(struct text identifier, struct arena *arena, struct who *who) WARN_UNUSED;

/** Reads the user into *user. ERR_NOT_FOUND. ERR_TOO_LARGE for an address without campaign_id:
 * several users have it, or there are more than WHO_CAMPAIGNS_MAX campaigns. ERR_PENDING and read
 * errors pass through. */
enum err who_find(struct tx *tx, struct codes *codes, const struct who *who,
		  struct user *user) WARN_UNUSED;
/** Finds only the id, for a filter. Leaves *user_id alone if who_is_set is false. Does not check
 * whether the user exists. Errors of who_find. */
enum err who_find_id(struct tx *tx, struct codes *codes, const struct who *who,
		     uint64_t *user_id) WARN_UNUSED;
/** Lists the ids of the users who have the address, ascending: in who->campaign_id, or in all
 * campaigns if that is 0. `ids` has room for WHO_CAMPAIGNS_MAX. ERR_TOO_LARGE if there are more
 * campaigns. */
enum err who_list_email(struct tx *tx, struct codes *codes, const struct who *who, uint64_t *ids,
			size_t *n) WARN_UNUSED;

#endif
