/*
 * The index of users by the beginning of their e-mail address, across campaigns: its rows, and the
 * form in which addresses are compared. A job writes the rows (core/address_index.h), so a new user
 * has no row for a moment.
 *
 * A key is the folded address, a zero byte, and the user's id (8 bytes, big-endian). So a scan that
 * begins at a folded beginning meets all its addresses, in their order, and equal addresses in the
 * order of ids. Example: user 7, "Ann@x.org" has the key "ann@x.org" 00 00..07.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "core/record_kinds.h"
#include "core/records.h"

struct address {
	struct text key; /* key: see above */
};

/* How far the job has come: every user up to user_id is in the index. */
struct address_progress {
	uint64_t form; /* key: ADDRESS_FORM */
	uint64_t user_id;
};

enum {
	ADDRESS_FORM = 1,     /* of the keys: before it changes, the old rows must go */
	ADDRESS_TAIL = 1 + 8, /* the zero byte and the id */
	ADDRESS_FOLDED_MAX = RECORD_KEY_MAX - ADDRESS_TAIL /* longer addresses are cut in a key */
};

/** Folds a stored address, or a beginning of an address that a person typed: upper and lower case
 * are the same, and the host has readable labels. "JOS\u00c9@XN--BCHER-KVA.example" becomes
 * "jos\u00e9@b\u00fccher.example". The text is UTF-8; the result lives in arena. ERR_NO_MEMORY. */
enum err address_fold(struct text typed, struct arena *arena, struct text *out) WARN_UNUSED;
/** Makes the key of a user's row. ERR_NO_MEMORY. */
enum err address_key(const struct user *user, struct arena *arena, struct text *out) WARN_UNUSED;
/** The part of a folded beginning that a key can have. */
struct text address_cut(struct text folded);
/** The id in a key; 0 for a text that is not a key. */
uint64_t address_user_id(struct text key);

#endif
