/*
 * Owns the index of users by e-mail address: its rows, and the hashes that are its keys. Never
 * decides whether two people are the same. Called by who.c and by the commands that make, change,
 * erase and verify users.
 */
#include "email_index.h"

#include "core/email.h"
#include "core/id_list.h"

enum err email_index_hashes(struct codes *codes, uint64_t campaign_id, struct text address,
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

/* Finds the user who has the address. Equal hashes prove nothing: the stored addresses decide. */
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
	enum err err = tx_get_ahead(tx, &KIND_EMAIL_INDEX, &index);
	*user_id = 0;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	return find_among(tx, index.user_ids, campaign_id, canonical, user_id);
}

enum err email_index_find(struct tx *tx, struct codes *codes, uint64_t hash, uint64_t campaign_id,
			  struct text canonical, uint64_t *user_id)
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

enum err email_index_add(struct tx *tx, uint64_t user_id, uint64_t hash)
{
	struct email_index index = {.hash = hash};
	enum err err = tx_get_ahead(tx, &KIND_EMAIL_INDEX, &index);
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

enum err email_index_remove(struct tx *tx, struct codes *codes, const struct user *user)
{
	struct email_hashes hashes;
	enum err err =
	    email_index_hashes(codes, user->campaign_id, user->email, tx_arena(tx), &hashes);
	for (size_t i = 0; err == ERR_OK && i < hashes.n; i++)
		err = remove_hash(tx, user->id, hashes.hash[i]);
	return err == ERR_INVALID ? ERR_OK
				  : err; /* a text that is not an address is not in the index */
}
