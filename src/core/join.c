/*
 * Owns the rules of joining: who is new, who referred whom, what is counted. Never sees a request.
 * Called by the join endpoint and by every other way in (API, import).
 */
#include "core/join.h"

#include "core/email.h"
#include "event.h"

enum err join_find_email(struct tx *tx, uint64_t hash, uint64_t campaign_id, struct text canonical,
    uint64_t *user_id)
{
	struct email_index index = {.hash = hash};
	enum err err = tx_get(tx, &KIND_EMAIL_INDEX, &index);
	*user_id = 0;
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	/* A hash is no proof: the stored addresses decide. */
	for (size_t i = 0; err == ERR_OK && i < id_list_length(index.user_ids); i++) {
		struct user user = {.id = id_list_at(index.user_ids, i)};
		if ((err = tx_get(tx, &KIND_USER, &user)) != ERR_OK)
			break;
		struct text stored = email_canonical(user.email, tx_arena(tx));
		if (stored.p == NULL)
			return ERR_NO_MEMORY;
		if (user.campaign_id == campaign_id && text_eq(stored, canonical)) {
			*user_id = user.id;
			return ERR_OK;
		}
	}
	return err;
}

static enum err refuse(struct join *j, enum join_outcome outcome)
{
	j->outcome = outcome;
	return ERR_REFUSED;
}

/* The referrer of an invited join, and the campaign that follows from it. */
static enum err find_referrer(struct join *j, struct tx *tx, struct user *referrer)
{
	*referrer = (struct user){.id = j->referrer_id};
	if (j->referrer_id == 0)
		return ERR_OK;
	if (j->referrer_id > tx_last_id(tx, &KIND_USER))
		return refuse(j, JOIN_UNKNOWN);
	enum err err = tx_get(tx, &KIND_USER, referrer);
	return err == ERR_NOT_FOUND ? refuse(j, JOIN_UNKNOWN) : err;
}

static enum err check_campaign(struct join *j, struct tx *tx, uint64_t campaign_id)
{
	struct campaign campaign = {.id = campaign_id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	if (err == ERR_NOT_FOUND)
		return refuse(j, JOIN_UNKNOWN);
	if (err != ERR_OK)
		return err;
	j->existing = campaign.existing;
	if (campaign.status == CAMPAIGN_DRAFT)
		return refuse(j, JOIN_DRAFT);
	if (campaign.status == CAMPAIGN_PAUSED)
		return refuse(j, JOIN_PAUSED);
	if (campaign.starts_ms != 0 && j->now_ms < campaign.starts_ms)
		return refuse(j, JOIN_NOT_STARTED);
	if (campaign.ends_ms != 0 && j->now_ms >= campaign.ends_ms)
		return refuse(j, JOIN_ENDED);
	return ERR_OK;
}

static enum err check_self_referral(struct join *j, struct tx *tx, const struct user *referrer)
{
	if (referrer->id == 0)
		return ERR_OK;
	struct text own = email_canonical(referrer->email, tx_arena(tx));
	if (own.p == NULL)
		return ERR_NO_MEMORY;
	return text_eq(own, j->canonical_email) ? refuse(j, JOIN_SELF) : ERR_OK;
}

static enum err index_email(struct tx *tx, uint64_t hash, uint64_t user_id)
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

static enum err count_join(struct tx *tx, const struct user *user)
{
	struct campaign_stats campaign = {.campaign_id = user->campaign_id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN_STATS, &campaign);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	campaign.users++;
	campaign.referrals += user->referrer_id != 0;
	tx_put(tx, &KIND_CAMPAIGN_STATS, &campaign);
	if (user->referrer_id == 0)
		return ERR_OK;
	struct user_stats referrer = {.user_id = user->referrer_id};
	err = tx_get(tx, &KIND_USER_STATS, &referrer);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	referrer.referrals++;
	tx_put(tx, &KIND_USER_STATS, &referrer);
	return ERR_OK;
}

static enum err emit_join(struct join *j, struct tx *tx, const struct user *referrer)
{
	const struct user *user = &j->user;
	/* What event_snapshot would read, known here without reading: a new user has no counters. */
	struct event event = {
	    .type = EVENT_USER_JOIN,
	    .at_ms = j->now_ms,
	    .campaign_id = user->campaign_id,
	    .user_id = user->id,
	    .referrer_id = referrer->id,
	    .user_type = user->type,
	    .source = user->source,
	    .joined_ms = user->joined_ms,
	    .first_name = user->first_name,
	    .email = user->email,
	    .ip = user->ip,
	    .meta = user->meta,
	    .referrer_first_name = referrer->first_name,
	    .referrer_email = referrer->email,
	    .public_url = j->public_url,
	};
	return event_emit(tx, &event);
}

static enum err create_user(struct join *j, struct tx *tx, uint64_t campaign_id, uint64_t hash,
    const struct user *referrer)
{
	bool invited = referrer->id != 0;
	enum user_source natural = invited ? SOURCE_REFERRED : SOURCE_DIRECT;
	j->user = (struct user){
	    .id = tx_next_id(tx, &KIND_USER),
	    .campaign_id = campaign_id,
	    .referrer_id = referrer->id,
	    .type = invited ? USER_INVITED : USER_REFERRING,
	    .source = j->source != 0 && !invited ? j->source : natural,
	    .joined_ms = j->now_ms,
	    .first_name = j->first_name,
	    .email = j->email,
	    .ip = j->ip,
	    .meta = j->meta,
	};
	tx_put(tx, &KIND_USER, &j->user);
	enum err err = index_email(tx, hash, j->user.id);
	if (err == ERR_OK)
		err = count_join(tx, &j->user);
	return err == ERR_OK ? emit_join(j, tx, referrer) : err;
}

static enum err keep_answer(struct join *j, struct tx *tx, enum join_outcome outcome)
{
	j->outcome = outcome;
	idempotency_keep(tx, &j->key,
	    (struct idempotency){.at_ms = j->now_ms,
		.user_id = j->user.id,
		.changed = outcome == JOIN_CREATED});
	return ERR_OK;
}

/* ERR_NOT_FOUND: this request was not made before. */
static enum err replay(struct join *j, struct tx *tx)
{
	struct idempotency answer;
	enum err err = idempotency_find(tx, &j->key, j->now_ms, &answer);
	if (err == ERR_REFUSED)
		return refuse(j, JOIN_KEY_REUSED);
	if (err != ERR_OK)
		return err;
	j->user = (struct user){.id = answer.user_id};
	j->outcome = answer.changed != 0 ? JOIN_CREATED : JOIN_EXISTING;
	if ((err = tx_get(tx, &KIND_USER, &j->user)) != ERR_OK)
		return err;
	struct campaign campaign = {.id = j->user.campaign_id};
	err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	j->existing = campaign.existing;
	return err;
}

enum err join_decide(struct command *command, struct tx *tx)
{
	struct join *j = (struct join *)command;
	struct user referrer;
	uint64_t known;
	enum err err = replay(j, tx);
	if (err != ERR_NOT_FOUND)
		return err;
	if ((err = find_referrer(j, tx, &referrer)) != ERR_OK)
		return err;
	uint64_t campaign_id = referrer.id != 0 ? referrer.campaign_id : j->campaign_id;
	if ((err = check_campaign(j, tx, campaign_id)) != ERR_OK ||
	    (err = check_self_referral(j, tx, &referrer)) != ERR_OK)
		return err;
	uint64_t hash = codes_hash_email(j->codes, campaign_id, j->canonical_email);
	if ((err = join_find_email(tx, hash, campaign_id, j->canonical_email, &known)) != ERR_OK)
		return err;
	if (known != 0) {
		j->user = (struct user){.id = known};
		err = tx_get(tx, &KIND_USER, &j->user);
		return err != ERR_OK ? err : keep_answer(j, tx, JOIN_EXISTING);
	}
	err = create_user(j, tx, campaign_id, hash, &referrer);
	return err != ERR_OK ? err : keep_answer(j, tx, JOIN_CREATED);
}
