/* Owns the rows that lead to a user, added and removed together. Never the record itself, but for
 * its review. Called by the commands that make, change and erase users.
 */
#include "user_index.h"

#include "core/email.h"

/* ---- e-mail ---- */

enum err user_index_hashes(struct codes *codes, uint64_t campaign_id, struct text address,
			   struct arena *arena, struct email_hashes *out)
{
	struct text canonical, before;
	enum err err = email_canonical(address, arena, &canonical);
	if (err != ERR_OK)
		return err;
	out->hash[0] = codes_hash_email(codes, campaign_id, canonical);
	out->n = 1;
	if (!email_key_changed(address))
		return ERR_OK;
	if ((err = email_key_0_1(address, arena, &before)) != ERR_OK)
		return err;
	if (!text_eq(before, canonical))
		out->hash[out->n++] = codes_hash_email(codes, campaign_id, before);
	return ERR_OK;
}

/* Which of these users has the address. A hash is no proof: the stored addresses decide. */
static enum err find_among(struct tx *tx, struct text user_ids, uint64_t campaign_id,
			   struct text canonical, uint64_t *user_id)
{
	for (size_t i = 0; i < id_list_length(user_ids); i++) {
		struct user user = {.id = id_list_at(user_ids, i)};
		struct text stored;
		enum err err = tx_get(tx, &KIND_USER, &user);
		if (err != ERR_OK)
			return err;
		err = email_canonical(user.email, tx_arena(tx), &stored);
		if (err == ERR_NO_MEMORY)
			return err;
		if (user.campaign_id == campaign_id && text_eq(stored, canonical)) {
			*user_id = user.id;
			return ERR_OK;
		}
	}
	return ERR_OK;
}

static enum err find_by_hash(struct tx *tx, uint64_t hash, uint64_t campaign_id,
			     struct text canonical, uint64_t *user_id)
{
	struct email_index index = {.hash = hash};
	enum err err = tx_get(tx, &KIND_EMAIL_INDEX, &index);
	*user_id = 0;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	return find_among(tx, index.user_ids, campaign_id, canonical, user_id);
}

enum err user_index_find_email(struct tx *tx, struct codes *codes, uint64_t hash,
			       uint64_t campaign_id, struct text canonical, uint64_t *user_id)
{
	struct text before;
	enum err err = find_by_hash(tx, hash, campaign_id, canonical, user_id);
	if (err != ERR_OK || *user_id != 0 || !email_key_changed(canonical))
		return err;
	err = email_key_0_1(canonical, tx_arena(tx), &before);
	if (err != ERR_OK || text_eq(before, canonical))
		return err;
	hash = codes_hash_email(codes, campaign_id, before);
	return find_by_hash(tx, hash, campaign_id, canonical, user_id);
}

enum err user_index_add_email(struct tx *tx, uint64_t user_id, uint64_t hash)
{
	struct email_index index = {.hash = hash};
	enum err err = tx_get(tx, &KIND_EMAIL_INDEX, &index);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	err = id_list_add(index.user_ids, user_id, tx_arena(tx), &index.user_ids);
	if (err == ERR_OK)
		tx_put(tx, &KIND_EMAIL_INDEX, &index);
	return err;
}

static enum err remove_hash(struct tx *tx, uint64_t user_id, uint64_t hash)
{
	struct email_index index = {.hash = hash};
	enum err err = tx_get(tx, &KIND_EMAIL_INDEX, &index);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	err = id_list_remove(index.user_ids, user_id, tx_arena(tx), &index.user_ids);
	if (err != ERR_OK)
		return err;
	if (index.user_ids.n > 0)
		tx_put(tx, &KIND_EMAIL_INDEX, &index);
	else
		tx_delete(tx, &KIND_EMAIL_INDEX, &index);
	return ERR_OK;
}

enum err user_index_remove_email(struct tx *tx, struct codes *codes, const struct user *user)
{
	struct email_hashes hashes;
	enum err err =
	    user_index_hashes(codes, user->campaign_id, user->email, tx_arena(tx), &hashes);
	for (size_t i = 0; err == ERR_OK && i < hashes.n; i++)
		err = remove_hash(tx, user->id, hashes.hash[i]);
	return err == ERR_INVALID ? ERR_OK : err; /* not an address: it is filed nowhere */
}

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
	const struct alias alias = {.code = user->alias, .user_id = user->id};
	change_by(tx, USERS_OF_CAMPAIGN, user->campaign_id, user->id, add);
	change_by(tx, USERS_IN_REVIEW, user->review, user->id, add);
	if (user->alias.n > 0 && add)
		tx_put(tx, &KIND_ALIAS, &alias);
	else if (user->alias.n > 0)
		tx_delete(tx, &KIND_ALIAS, &alias);
}

enum err user_index_add(struct tx *tx, const struct user *user, uint64_t hash)
{
	change_rows(tx, user, true);
	return user_index_add_email(tx, user->id, hash);
}

/* ---- a referrer's list ---- */

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
	return err != ERR_OK ? err : user_index_remove_email(tx, codes, user);
}

void user_index_review(struct tx *tx, struct user *user, enum user_review review)
{
	change_by(tx, USERS_IN_REVIEW, user->review, user->id, false);
	user->review = review;
	change_by(tx, USERS_IN_REVIEW, user->review, user->id, true);
	tx_put(tx, &KIND_USER, user);
}
