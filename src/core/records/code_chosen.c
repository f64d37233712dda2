/*
 * Owns the rules and the rows of codes that are chosen for a user later. Never writes a user.
 * Called by code_alias.c, and by the commands that change, erase and verify users.
 */
#include "code_chosen.h"

#include "base/ascii.h"
#include "core/code_alias.h"
#include "id_marks.h"

struct text code_chosen_key(struct text code, char room[1 + CODE_CHOSEN_MAX])
{
	size_t n = 0;
	room[n++] = ALIAS_FOLDED[0];
	for (size_t i = 0; i < code.n && i < CODE_CHOSEN_MAX; i++)
		room[n++] = ascii_lower(code.p[i]);
	return text_from(room, n);
}

static bool has_form(struct text code)
{
	bool ok = code.n >= CODE_CHOSEN_MIN && code.n <= CODE_CHOSEN_MAX;
	for (size_t i = 0; ok && i < code.n; i++)
		ok = ascii_is_alnum(code.p[i]) || code.p[i] == '-';
	return ok;
}

enum err code_chosen_find(struct tx *tx, struct text code, uint64_t *user_id)
{
	char room[1 + CODE_CHOSEN_MAX];
	*user_id = 0;
	if (!has_form(code))
		return ERR_OK;
	struct alias alias = {.code = code_chosen_key(code, room)};
	enum err err = tx_get(tx, &KIND_ALIAS, &alias);
	if (err == ERR_OK)
		*user_id = alias.user_id;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static const char *refusal(struct text code)
{
	if (!has_form(code))
		return "must be 4 to 32 letters, digits and hyphens";
	if (text_is_digits(code))
		return "must not be digits alone, because digits are an id";
	for (const char *const *word = CODES_RESERVED; *word != NULL; word++)
		if (text_ieq(code, text_of(*word)))
			return "is reserved for a path of this server: choose another code";
	return NULL;
}

/* Has another user or campaign an alias with this key? */
static enum err check_key(struct tx *tx, struct text key, uint64_t user_id, bool *taken)
{
	struct alias alias = {.code = key};
	enum err err = tx_get(tx, &KIND_ALIAS, &alias);
	if (err == ERR_OK && alias.user_id != user_id)
		*taken = true;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* An imported code has no row in lower case, so this function looks up the usual spellings. */
static enum err check_free(struct tx *tx, struct codes *codes, struct text code, uint64_t user_id,
			   bool *taken)
{
	char folded[1 + CODE_CHOSEN_MAX], upper[CODE_CHOSEN_MAX];
	struct text key = code_chosen_key(code, folded);
	for (size_t i = 0; i < code.n; i++)
		upper[i] = ascii_upper(code.p[i]);
	const struct text keys[] = {key, code, text_from(key.p + 1, key.n - 1),
				    text_from(upper, code.n)};
	enum err err = code_is_taken(tx, codes, code, taken);
	for (size_t i = 0; err == ERR_OK && !*taken && i < sizeof keys / sizeof *keys; i++)
		err = check_key(tx, keys[i], user_id, taken);
	return err;
}

/* May the code, in any case, be read as a computed code? */
static bool is_like_computed(struct text code)
{
	bool like = code.n == CODE_LENGTH && (ascii_lower(code.p[0]) == (char)CODE_USER ||
					      ascii_lower(code.p[0]) == (char)CODE_CAMPAIGN);
	for (size_t i = 0; like && i < code.n; i++)
		like = code.p[i] != '0' && code.p[i] != '-';
	return like;
}

enum err code_chosen_add(struct tx *tx, struct codes *codes, const struct user *user,
			 struct text code, const char **problem)
{
	char room[1 + CODE_CHOSEN_MAX];
	bool taken = false;
	if ((*problem = refusal(code)) != NULL)
		return ERR_REFUSED;
	enum err err = check_free(tx, codes, code, user->id, &taken);
	*problem = "is already in use: choose another code";
	if (err != ERR_OK || taken)
		return err == ERR_OK ? ERR_REFUSED : err;
	const struct alias exact = {.code = code, .user_id = user->id};
	const struct alias folded = {.code = code_chosen_key(code, room), .user_id = user->id};
	tx_put(tx, &KIND_ALIAS, &exact);
	tx_put(tx, &KIND_ALIAS, &folded);
	if (is_like_computed(code))
		id_marks_add_alike(tx);
	return ERR_OK;
}

/* The second row may belong to a code of another user that differs in case. */
static enum err remove_code(struct tx *tx, const struct user *user, struct text code)
{
	const struct alias exact = {.code = code};
	char room[1 + CODE_CHOSEN_MAX];
	uint64_t holder;
	tx_delete(tx, &KIND_ALIAS, &exact);
	enum err err = code_chosen_find(tx, code, &holder);
	if (err == ERR_OK && holder == user->id) {
		const struct alias folded = {.code = code_chosen_key(code, room)};
		tx_delete(tx, &KIND_ALIAS, &folded);
	}
	return err;
}

enum err code_chosen_remove_all(struct tx *tx, const struct user *user)
{
	struct text rest = user->former_codes.raw, code, chosen;
	enum err err = user->alias.n > 0 ? remove_code(tx, user, user->alias) : ERR_OK;
	while (err == ERR_OK && pairs_next(&rest, &code, &chosen))
		err = remove_code(tx, user, code);
	return err;
}
