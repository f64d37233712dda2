/*
 * Owns the look-up of the user whom a request names. Never changes a record. Called by joining,
 * qualifying, the API's user calls and the lists that filter by user.
 */
#include "core/who.h"

#include "base/typed.h"
#include "core/code_alias.h"
#include "core/reward_records.h"
#include "email_index.h"
#include "id_marks.h"

bool who_is_set(const struct who *who)
{
	return who->id != 0 || who->code.n > 0 || who->coupon.n > 0 || who->canonical_email.n > 0;
}

/* Coupons are stored without blanks and invisible characters. 0.1 stored them as they were sent. */
static enum err find_coupon_code(struct tx *tx, struct text typed, struct coupon_code *named)
{
	struct text code;
	enum err err = typed_strip(typed, tx_arena(tx), &code);
	if (err != ERR_OK)
		return err;
	*named = (struct coupon_code){.code = typed};
	err = typed.n > COUPON_MAX ? ERR_NOT_FOUND : tx_get(tx, &KIND_COUPON_CODE, named);
	if (err != ERR_NOT_FOUND || code.n == typed.n || code.n == 0 || code.n > COUPON_MAX)
		return err;
	*named = (struct coupon_code){.code = code};
	return tx_get(tx, &KIND_COUPON_CODE, named);
}

static enum err find_by_coupon(struct tx *tx, struct text code, uint64_t *user_id)
{
	struct coupon_code named;
	enum err err = find_coupon_code(tx, code, &named);
	if (err != ERR_OK)
		return err;
	struct coupon coupon = {.rule_id = named.rule_id, .number = named.number};
	if ((err = tx_get(tx, &KIND_COUPON, &coupon)) != ERR_OK)
		return err;
	struct reward reward = {.id = coupon.reward_id};
	if (reward.id == 0)
		return ERR_NOT_FOUND;
	err = tx_get(tx, &KIND_REWARD, &reward);
	*user_id = reward.user_id;
	return err;
}

static void insert_sorted(uint64_t *ids, size_t *n, uint64_t id)
{
	size_t at = (*n)++;
	for (; at > 0 && ids[at - 1] > id; at--)
		ids[at] = ids[at - 1];
	ids[at] = id;
}

enum err who_list_email(struct tx *tx, struct codes *codes, const struct who *who, uint64_t *ids,
			size_t *n)
{
	uint64_t first = 1, last;
	enum err err = id_marks_newest_campaign(tx, &last);
	*n = 0;
	if (err != ERR_OK)
		return err;
	if (who->campaign_id != 0) {
		first = who->campaign_id;
		last = first < last ? first : last;
	}
	if (last >= first && last - first >= WHO_CAMPAIGNS_MAX)
		return ERR_TOO_LARGE;
	for (uint64_t campaign_id = first; campaign_id <= last; campaign_id++) {
		uint64_t id, hash = codes_hash_email(codes, campaign_id, who->canonical_email);
		err = email_index_find(tx, codes, hash, campaign_id, who->canonical_email, &id);
		if (err != ERR_OK)
			return err;
		if (id != 0)
			insert_sorted(ids, n, id);
	}
	return ERR_OK;
}

/* Finds the only user who has the address in any campaign. */
static enum err find_only_email(struct tx *tx, struct codes *codes, const struct who *who,
				uint64_t *id)
{
	size_t n;
	uint64_t *ids = arena_alloc(tx_arena(tx), WHO_CAMPAIGNS_MAX * sizeof *ids);
	if (ids == NULL)
		return ERR_NO_MEMORY;
	enum err err = who_list_email(tx, codes, who, ids, &n);
	*id = err == ERR_OK && n == 1 ? ids[0] : 0;
	return err == ERR_OK && n > 1 ? ERR_TOO_LARGE : err;
}

static enum err find_id(struct tx *tx, struct codes *codes, const struct who *who, uint64_t *id)
{
	uint64_t campaign_id;
	*id = who->id;
	if (who->id != 0)
		return ERR_OK;
	if (who->code.n > 0)
		return code_find(tx, codes, who->code, id, &campaign_id);
	if (who->coupon.n > 0)
		return find_by_coupon(tx, who->coupon, id);
	if (who->canonical_email.n == 0)
		return ERR_NOT_FOUND;
	if (who->campaign_id == 0)
		return find_only_email(tx, codes, who, id);
	uint64_t hash = codes_hash_email(codes, who->campaign_id, who->canonical_email);
	return email_index_find(tx, codes, hash, who->campaign_id, who->canonical_email, id);
}

enum err who_find_id(struct tx *tx, struct codes *codes, const struct who *who, uint64_t *user_id)
{
	if (!who_is_set(who))
		return ERR_OK;
	enum err err = find_id(tx, codes, who, user_id);
	return err == ERR_OK && *user_id == 0 ? ERR_NOT_FOUND : err;
}

enum err who_find(struct tx *tx, struct codes *codes, const struct who *who, struct user *user)
{
	uint64_t id;
	enum err err = find_id(tx, codes, who, &id);
	*user = (struct user){.id = id};
	if (err != ERR_OK)
		return err;
	if (id == 0)
		return ERR_NOT_FOUND;
	err = tx_get(tx, &KIND_USER, user);
	bool is_elsewhere = who->campaign_id != 0 && who->campaign_id != user->campaign_id;
	return err == ERR_OK && is_elsewhere ? ERR_NOT_FOUND : err;
}
