/*
 * Owns the way from what a request names to a user's record. Never what is done with it. Called by
 * joining, qualifying and the API's user calls.
 */
#include "core/who.h"

#include "base/typed.h"
#include "core/filter.h"
#include "core/reward_records.h"
#include "user_index.h"

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

/* ---- codes from elsewhere ---- */

/* Codes of another referd look like ours. Those that were taken over are counted by their kind's
 * sequence: while there are none, which is nearly everywhere, nothing has to be looked up for
 * them. */
static bool any_like_ours(const struct tx *tx)
{
	return tx_last_id(tx, &KIND_ALIAS) > 0;
}

static uint64_t own_id(struct codes *codes, struct text code)
{
	return code_read(codes, CODE_USER, code) | code_read(codes, CODE_CAMPAIGN, code);
}

/* Is it the code of an id that was given? */
static bool is_given(struct tx *tx, struct codes *codes, struct text code)
{
	uint64_t user_id = code_read(codes, CODE_USER, code);
	uint64_t campaign_id = code_read(codes, CODE_CAMPAIGN, code);
	return (user_id != 0 && user_id <= tx_last_id(tx, &KIND_USER)) ||
	       (campaign_id != 0 && campaign_id <= tx_last_id(tx, &KIND_CAMPAIGN));
}

static const char *refusal(struct tx *tx, struct codes *codes, struct text code)
{
	/* Paths of our own that begin like a code's. */
	static const char *const taken[] = {"api",    "webhook", "assets", "healthz",
					    "readyz", "metrics", "me"};
	if (!code_is_plausible(code))
		return "must be 1 to 64 letters, digits, - or _";
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (text_eq(code, text_of(taken[i])))
			return "is a path of this server's own";
	return is_given(tx, codes, code) ? "is somebody else's already" : NULL;
}

enum err code_take_over(struct tx *tx, struct codes *codes, struct text code, const char **problem)
{
	struct alias alias = {.code = code};
	if ((*problem = refusal(tx, codes, code)) != NULL)
		return ERR_REFUSED;
	enum err err = tx_get(tx, &KIND_ALIAS, &alias);
	*problem = "is somebody else's already";
	if (err != ERR_NOT_FOUND)
		return err == ERR_OK ? ERR_REFUSED : err;
	if (own_id(codes, code) != 0)
		(void)tx_next_id(tx, &KIND_ALIAS);
	return ERR_OK;
}

enum err code_next_id(struct tx *tx, struct codes *codes, enum code_type type, uint64_t *id)
{
	const struct record_kind *kind = type == CODE_USER ? &KIND_USER : &KIND_CAMPAIGN;
	char code[CODE_LENGTH + 1];
	enum err err;
	do {
		*id = tx_next_id(tx, kind);
		if (!any_like_ours(tx))
			return ERR_OK;
		struct alias alias = {.code = text_of(code_write(codes, type, *id, code))};
		err = tx_get(tx, &KIND_ALIAS, &alias);
	} while (err == ERR_OK);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err who_read_code(struct tx *tx, struct codes *codes, struct text code, uint64_t *user_id,
		       uint64_t *campaign_id)
{
	struct alias alias = {.code = code};
	enum err err = ERR_NOT_FOUND;
	bool given = is_given(tx, codes, code);
	if ((!given || any_like_ours(tx)) && code_is_plausible(code))
		err = tx_get(tx, &KIND_ALIAS, &alias);
	*user_id = alias.user_id;
	*campaign_id = alias.campaign_id;
	if (err == ERR_NOT_FOUND && given) {
		*user_id = code_read(codes, CODE_USER, code);
		*campaign_id = code_read(codes, CODE_CAMPAIGN, code);
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err who_resolve_filter(struct tx *tx, struct codes *codes, enum code_type type,
			    struct filter *filter)
{
	uint64_t user_id, campaign_id;
	for (size_t i = 0; i < filter->n; i++) {
		struct filter_term *term = &filter->terms[i];
		if (term->field->type != FILTER_CODE)
			continue;
		enum err err = who_read_code(tx, codes, term->text, &user_id, &campaign_id);
		if (err != ERR_OK)
			return err;
		filter_resolve(term, type == CODE_USER ? user_id : campaign_id);
	}
	return ERR_OK;
}

/* ---- users ---- */

/* Coupons are kept without blanks and invisible characters; 0.1 kept them as they came. */
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
	uint64_t first = 1, last = tx_last_id(tx, &KIND_CAMPAIGN);
	*n = 0;
	if (who->campaign_id != 0) {
		first = who->campaign_id;
		last = first < last ? first : last;
	}
	if (last >= first && last - first >= WHO_CAMPAIGNS_MAX)
		return ERR_TOO_LARGE;
	for (uint64_t campaign_id = first; campaign_id <= last; campaign_id++) {
		uint64_t id, hash = codes_hash_email(codes, campaign_id, who->canonical_email);
		enum err err =
		    user_index_find_email(tx, codes, hash, campaign_id, who->canonical_email, &id);
		if (err != ERR_OK)
			return err;
		if (id != 0)
			insert_sorted(ids, n, id);
	}
	return ERR_OK;
}

/* The one who has the address, wherever that is. */
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
		return who_read_code(tx, codes, who->code, id, &campaign_id);
	if (who->coupon.n > 0)
		return find_by_coupon(tx, who->coupon, id);
	if (who->canonical_email.n == 0)
		return ERR_NOT_FOUND;
	if (who->campaign_id == 0)
		return find_only_email(tx, codes, who, id);
	uint64_t hash = codes_hash_email(codes, who->campaign_id, who->canonical_email);
	return user_index_find_email(tx, codes, hash, who->campaign_id, who->canonical_email, id);
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
	if (id == 0 || id > tx_last_id(tx, &KIND_USER))
		return ERR_NOT_FOUND;
	err = tx_get(tx, &KIND_USER, user);
	bool is_elsewhere = who->campaign_id != 0 && who->campaign_id != user->campaign_id;
	return err == ERR_OK && is_elsewhere ? ERR_NOT_FOUND : err;
}

struct text code_of_user(struct codes *codes, uint64_t id, struct text alias,
			 char out[CODE_LENGTH + 1])
{
	return alias.n > 0 ? alias : text_of(code_write(codes, CODE_USER, id, out));
}

struct text code_of_campaign(struct codes *codes, uint64_t id, struct text alias,
			     char out[CODE_LENGTH + 1])
{
	return alias.n > 0 ? alias : text_of(code_write(codes, CODE_CAMPAIGN, id, out));
}
