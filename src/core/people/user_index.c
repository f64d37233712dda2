/*
 * Owns the index rows of a user, which are added and removed together. Never writes the user's
 * record, except to change its review. Called by the commands that create, change and erase users.
 */
#include "user_index.h"

#include <assert.h>

#include "core/address_index.h"
#include "core/id_list.h"
#include "core/records/code_chosen.h"
#include "core/records/email_index.h"

/* ---- rows ---- */

static void change_by(struct tx *tx, enum user_index by, uint64_t number, uint64_t user_id,
		      bool add)
{
	const struct user_by row = {by, number, user_id};
	if (number == 0)
		return;
	if (add)
		tx_put(tx, &KIND_USER_BY, &row);
	else
		tx_delete(tx, &KIND_USER_BY, &row);
}

static void change_rows(struct tx *tx, const struct user *user, bool add)
{
	change_by(tx, USERS_OF_CAMPAIGN, user->campaign_id, user->id, add);
	change_by(tx, USERS_IN_REVIEW, user->review, user->id, add);
}

enum err user_index_add(struct tx *tx, const struct user *user, uint64_t hash)
{
	assert(user->id != 0 && user->campaign_id != 0);
	const struct alias alias = {.code = user->alias, .user_id = user->id};
	change_rows(tx, user, true);
	if (alias.code.n > 0)
		tx_put(tx, &KIND_ALIAS, &alias);
	return email_index_add(tx, user->id, hash);
}

/* ---- the list of a referrer ---- */

void user_index_settle_referrals(struct tx *tx, const struct user_stats *stats)
{
	for (size_t i = 0; i < id_list_length(stats->newest); i++)
		change_by(tx, USERS_OF_REFERRER, stats->user_id, id_list_at(stats->newest, i),
			  true);
}

enum err user_index_add_referral(struct tx *tx, struct user_stats *stats, uint64_t user_id)
{
	enum err err = id_list_add(stats->newest, user_id, tx_arena(tx), &stats->newest);
	if (err != ERR_OK || id_list_length(stats->newest) < USER_NEWEST_MAX)
		return err;
	user_index_settle_referrals(tx, stats);
	stats->newest = (struct text){0};
	return ERR_OK;
}

static enum err remove_referral(struct tx *tx, const struct user *user)
{
	struct user_stats stats = {.user_id = user->referrer_id};
	if (user->referrer_id == 0)
		return ERR_OK;
	change_by(tx, USERS_OF_REFERRER, user->referrer_id, user->id, false);
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK || !id_list_holds(stats.newest, user->id))
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	err = id_list_remove(stats.newest, user->id, tx_arena(tx), &stats.newest);
	if (err == ERR_OK)
		tx_put(tx, &KIND_USER_STATS, &stats);
	return err;
}

enum err user_index_remove(struct tx *tx, struct codes *codes, const struct user *user)
{
	change_rows(tx, user, false);
	enum err err = remove_referral(tx, user);
	if (err == ERR_OK)
		err = code_chosen_remove_all(tx, user);
	if (err == ERR_OK)
		err = address_index_remove(tx, user);
	return err != ERR_OK ? err : email_index_remove(tx, codes, user);
}

void user_index_review(struct tx *tx, struct user *user, enum user_review review)
{
	change_by(tx, USERS_IN_REVIEW, user->review, user->id, false);
	user->review = review;
	change_by(tx, USERS_IN_REVIEW, user->review, user->id, true);
	tx_put(tx, &KIND_USER, user);
}
