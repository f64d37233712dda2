/*
 * Owns the way from what a request names to a user's record. Never what is done with it. Called by
 * joining, qualifying and the API's user calls.
 */
#include "core/who.h"

#include "core/join.h"
#include "core/reward_records.h"

/* Our own codes are ids below this, so a foreign code that reads as a lower one is not taken over: it
 * may be somebody's some day. 2^33 ids are 0.4 % of all codes. */
enum { OWN_IDS_BITS = 33 };

bool who_is_set(const struct who *who)
{
	return who->id != 0 || who->code.n > 0 || who->coupon.n > 0 || who->canonical_email.n > 0;
}

bool code_is_plausible(struct text code)
{
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return code.n > 0 && code.n <= ALIAS_MAX;
}

const char *code_alias_refusal(struct codes *codes, struct text code)
{
	/* Paths of our own that begin like a code's. */
	static const char *const taken[] = {"api", "webhook", "assets", "healthz", "readyz", "metrics", "me"};
	if (!code_is_plausible(code))
		return "must be 1 to 64 letters, digits, - or _";
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (text_eq(code, text_of(taken[i])))
			return "is a path of this server's own";
	uint64_t id = code_read(codes, CODE_USER, code) | code_read(codes, CODE_CAMPAIGN, code);
	return id != 0 && id >> OWN_IDS_BITS == 0 ? "looks like a code that this server gives itself" : NULL;
}

enum err who_read_code(struct tx *tx, struct codes *codes, struct text code, uint64_t *user_id,
    uint64_t *campaign_id)
{
	*user_id = code_read(codes, CODE_USER, code);
	*campaign_id = code_read(codes, CODE_CAMPAIGN, code);
	if ((*user_id != 0 && *user_id <= tx_last_id(tx, &KIND_USER)) ||
	    (*campaign_id != 0 && *campaign_id <= tx_last_id(tx, &KIND_CAMPAIGN)))
		return ERR_OK;
	*user_id = *campaign_id = 0;
	struct alias alias = {.code = code};
	if (!code_is_plausible(code))
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_ALIAS, &alias);
	*user_id = alias.user_id;
	*campaign_id = alias.campaign_id;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err find_by_coupon(struct tx *tx, struct text code, uint64_t *user_id)
{
	struct coupon_code named = {.code = code};
	if (code.n > COUPON_MAX)
		return ERR_NOT_FOUND;
	enum err err = tx_get(tx, &KIND_COUPON_CODE, &named);
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

static enum err find_id(struct tx *tx, struct codes *codes, const struct who *who, uint64_t *id)
{
	uint64_t campaign_id;
	*id = who->id;
	if (who->id != 0)
		return ERR_OK;
	if (who->code.n > 0)
		return who_read_code(tx, codes, who->code, id, &campaign_id);
	if (who->coupon.n > 0)
		return find_by_coupon(tx, who->coupon, id);
	if (who->canonical_email.n == 0)
		return ERR_NOT_FOUND;
	uint64_t hash = codes_hash_email(codes, who->campaign_id, who->canonical_email);
	return join_find_email(tx, hash, who->campaign_id, who->canonical_email, id);
}

enum err who_find(struct tx *tx, struct codes *codes, const struct who *who, struct user *user)
{
	uint64_t id;
	enum err err = find_id(tx, codes, who, &id);
	*user = (struct user){.id = id};
	if (err != ERR_OK)
		return err;
	if (id == 0 || id > tx_last_id(tx, &KIND_USER))
		return ERR_NOT_FOUND;
	return tx_get(tx, &KIND_USER, user);
}

struct text code_of_user(struct codes *codes, uint64_t id, struct text alias, char out[CODE_LENGTH + 1])
{
	return alias.n > 0 ? alias : text_of(code_write(codes, CODE_USER, id, out));
}

struct text code_of_campaign(struct codes *codes, uint64_t id, struct text alias,
    char out[CODE_LENGTH + 1])
{
	return alias.n > 0 ? alias : text_of(code_write(codes, CODE_CAMPAIGN, id, out));
}
