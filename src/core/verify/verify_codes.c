/*
 * Owns the checks of imported and chosen codes. Never walks the records. Called by verify_users.c.
 */
#include "core/records/code_chosen.h"
#include "verify_parts.h"

/* Does the row exist and point to the user? */
static enum err check_row(struct verifier *v, const struct user *user, struct text key)
{
	struct alias alias = {.code = key};
	enum err err = verify_find(v, &KIND_ALIAS, &alias,
				   "has a code that is missing from the index of codes");
	if (err == ERR_OK && alias.user_id != user->id)
		verify_report(v, "has a code that points to another user or campaign");
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err check_code(struct verifier *v, const struct user *user, struct text code,
			   bool chosen)
{
	char room[1 + CODE_CHOSEN_MAX];
	enum err err = check_row(v, user, code);
	return err == ERR_OK && chosen ? check_row(v, user, code_chosen_key(code, room)) : err;
}

enum err verify_codes_of(struct verifier *v, const struct user *user)
{
	struct text rest = user->former_codes.raw, code, chosen;
	enum err err = ERR_OK;
	if (user->alias.n > 0)
		err = check_code(v, user, user->alias, user->alias_chosen != 0);
	while (err == ERR_OK && pairs_next(&rest, &code, &chosen))
		err = check_code(v, user, code, chosen.n > 0);
	return err;
}

static bool is_key_of(struct text key, struct text code, bool chosen)
{
	char room[1 + CODE_CHOSEN_MAX];
	return text_eq(key, code) || (chosen && text_eq(key, code_chosen_key(code, room)));
}

static bool has_key(const struct user *user, struct text key)
{
	struct text rest = user->former_codes.raw, code, chosen;
	bool found = is_key_of(key, user->alias, user->alias_chosen != 0);
	while (!found && pairs_next(&rest, &code, &chosen))
		found = is_key_of(key, code, chosen.n > 0);
	return found;
}

enum err verify_alias(struct verifier *v, const void *record)
{
	const struct alias *alias = record;
	struct user user = {.id = alias->user_id};
	struct campaign campaign = {.id = alias->campaign_id};
	if ((user.id == 0) == (campaign.id == 0)) {
		verify_report(v, "must point to either a user or a campaign");
		return ERR_OK;
	}
	enum err err =
	    user.id != 0 ? verify_find(v, &KIND_USER, &user, "points to a user that does not exist")
			 : verify_find(v, &KIND_CAMPAIGN, &campaign,
				       "points to a campaign that does not exist");
	if (err != ERR_OK)
		return err;
	if (user.id != 0 ? !has_key(&user, alias->code) : !text_eq(campaign.alias, alias->code))
		verify_report(v, "points to a user or campaign with another code");
	return ERR_OK;
}
