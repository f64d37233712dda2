/*
 * Owns the change of a user's code, and the list of the earlier codes. Never judges a new code
 * (records/code_chosen.c). Called by user_change.c.
 */
#include "user_code.h"

#include "core/code_alias.h"
#include "core/records/code_chosen.h"

/* Makes the list of earlier codes: with the current code, and without the next one. */
static enum err move_current(struct tx *tx, struct user *user, struct text next)
{
	struct text rest = user->former_codes.raw, code, chosen;
	struct buf list = {0};
	while (pairs_next(&rest, &code, &chosen))
		if (!text_eq(code, next))
			pairs_add(&list, code, chosen);
	if (user->alias.n > 0)
		pairs_add(&list, user->alias,
			  user->alias_chosen ? TEXT(FORMER_CHOSEN) : (struct text){0});
	return buf_keep(&list, tx_arena(tx), &user->former_codes.raw);
}

enum err user_code_change(struct tx *tx, struct codes *codes, struct user *user, struct text code,
			  const char **problem)
{
	char room[CODE_LENGTH + 1];
	struct text computed = text_of(code_write(codes, CODE_USER, user->id, room)), chosen;
	bool back = text_eq(code, computed);
	if (text_eq(code, user->alias.n > 0 ? user->alias : computed))
		return ERR_OK;
	bool former = pairs_find(user->former_codes, code, &chosen);
	*problem = "cannot change again, because a user keeps at most 20 earlier codes";
	if (!former && !back && pairs_count(user->former_codes) >= FORMER_CODES_MAX)
		return ERR_REFUSED;
	if (!former && !back) {
		enum err err = code_chosen_add(tx, codes, user, code, problem);
		if (err != ERR_OK)
			return err;
	}
	uint64_t is_chosen = former ? chosen.n > 0 : !back;
	enum err err = move_current(tx, user, code);
	user->alias = back ? (struct text){0} : code;
	user->alias_chosen = is_chosen;
	return err;
}
