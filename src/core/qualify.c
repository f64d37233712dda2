/*
 * Owns the rules of Qualified: who can become it, what is counted, that it happens once. Never sees a
 * request. Called by the inbound webhook and the API's qualification.
 */
#include "core/qualify.h"

#include <stddef.h>

#include "base/crypto.h"
#include "core/campaign.h"
#include "core/day.h"
#include "core/reward.h"
#include "event.h"

enum { ORDER_HASH = 16 };

static enum err refuse(struct qualify *q, enum qualify_outcome outcome)
{
	q->outcome = outcome;
	return ERR_REFUSED;
}

static enum err find_user(struct qualify *q, struct tx *tx)
{
	enum err err = who_find(tx, q->codes, &q->who, &q->user);
	if (err == ERR_NOT_FOUND)
		return refuse(q, QUALIFY_UNKNOWN);
	if (err == ERR_OK && q->user.type != USER_INVITED)
		return refuse(q, QUALIFY_DIRECT);
	return err == ERR_OK ? campaign_read_zone(tx, q->user.campaign_id, &q->zone) : err;
}

/* A counter never wraps below zero, whatever was erased meanwhile. */
static void move(uint64_t *counter, bool up)
{
	if (up)
		(*counter)++;
	else if (*counter > 0)
		(*counter)--;
}

/* *reached is how many qualified referrals the referrer has with this one. */
static enum err count(struct qualify *q, struct tx *tx, uint64_t *reached)
{
	const struct user *user = &q->user;
	struct campaign_stats campaign = {.campaign_id = user->campaign_id};
	struct user_stats referrer = {.user_id = user->referrer_id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN_STATS, &campaign);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	move(&campaign.qualified, q->qualified);
	tx_put(tx, &KIND_CAMPAIGN_STATS, &campaign);
	err = day_count(tx, q->zone, user->campaign_id, q->qualified ? user->qualified_ms : q->now_ms,
	    q->qualified ? offsetof(struct day, qualified) : offsetof(struct day, unqualified));
	if (err != ERR_OK || referrer.user_id == 0)
		return err;
	err = tx_get(tx, &KIND_USER_STATS, &referrer);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err; /* erased: who referred somebody has some */
	*reached = referrer.qualified_referrals + (q->qualified ? 1 : 0);
	move(&referrer.qualified_referrals, q->qualified);
	tx_put(tx, &KIND_USER_STATS, &referrer);
	return ERR_OK;
}

/* What an import tells of was rewarded before. */
static enum err reward(const struct qualify *q, struct tx *tx, uint64_t reached)
{
	const struct reward_cause cause = {
	    .user = &q->user,
	    .trigger = TRIGGER_QUALIFY,
	    .count = reached,
	    .amount_e4 = q->amount_e4,
	    .has_amount = q->has_amount,
	    .currency = q->currency,
	    .public_url = q->public_url,
	    .now_ms = q->now_ms,
	};
	if (q->at_ms != 0)
		return ERR_OK;
	return q->qualified ? reward_earn(tx, &cause) : reward_undo(tx, &cause);
}

static enum err change(struct qualify *q, struct tx *tx)
{
	struct event event = {
	    .type = q->qualified ? EVENT_USER_QUALIFIED : EVENT_USER_UNQUALIFIED,
	    .at_ms = q->now_ms,
	    .public_url = q->public_url,
	};
	q->changed = true;
	q->user.qualified_ms = q->at_ms != 0 ? q->at_ms : q->now_ms;
	if (!q->qualified)
		q->user.qualified_ms = 0;
	uint64_t reached = 0;
	enum err err = q->user.test ? ERR_OK : count(q, tx, &reached);
	if (err == ERR_OK)
		err = event_snapshot(tx, &q->user, q->zone, &event);
	if (err == ERR_OK)
		err = event_emit_about(tx, &q->user, &event);
	return err == ERR_OK ? reward(q, tx, reached) : err;
}

/* The order's first answer; ERR_NOT_FOUND where there is none. */
static enum err find_order(struct qualify *q, struct tx *tx, uint8_t hash[SHA256_SIZE],
    struct order *order)
{
	/* The first answer was that it qualified: a refund asks for more than to hear that again. */
	if (q->order_id.n == 0 || !q->qualified)
		return ERR_NOT_FOUND;
	crypto_sha256(q->order_id, hash);
	*order = (struct order){.user_id = q->user.id, .hash = text_from(hash, ORDER_HASH)};
	return tx_get(tx, &KIND_ORDER, order);
}

/* ERR_NOT_FOUND: this request was not made before. */
static enum err replay(struct qualify *q, struct tx *tx)
{
	struct idempotency answer;
	enum err err = idempotency_find(tx, &q->key, q->now_ms, &answer);
	if (err == ERR_REFUSED)
		return refuse(q, QUALIFY_KEY_REUSED);
	if (err != ERR_OK)
		return err;
	/* As it was answered then; the record is read for its code only, and may be gone. */
	q->user = (struct user){.id = answer.user_id};
	err = tx_get(tx, &KIND_USER, &q->user);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if ((err = campaign_read_zone(tx, q->user.campaign_id, &q->zone)) != ERR_OK)
		return err;
	q->user.qualified_ms = answer.qualified_ms;
	q->changed = answer.changed != 0;
	q->outcome = QUALIFY_DONE;
	return ERR_OK;
}

static enum err check_currency(struct qualify *q, struct tx *tx)
{
	bool takes = true;
	enum err err = ERR_OK;
	if (q->currency.n > 0)
		err = reward_takes_currency(tx, q->user.campaign_id, q->currency, &takes);
	return err == ERR_OK && !takes ? refuse(q, QUALIFY_CURRENCY) : err;
}

static enum err qualify_once(struct qualify *q, struct tx *tx)
{
	uint8_t hash[SHA256_SIZE];
	struct order order;
	enum err err = find_user(q, tx);
	if (err != ERR_OK)
		return err;
	q->outcome = QUALIFY_DONE;
	q->changed = false;
	err = find_order(q, tx, hash, &order);
	if (err == ERR_OK) {
		q->changed = order.changed != 0;
		q->user.qualified_ms = order.qualified_ms;
		return ERR_OK;
	}
	if (err != ERR_NOT_FOUND || (err = check_currency(q, tx)) != ERR_OK)
		return err;
	if ((q->user.qualified_ms != 0) != q->qualified && (err = change(q, tx)) != ERR_OK)
		return err;
	if (q->order_id.n > 0 && q->qualified) {
		order = (struct order){q->user.id, text_from(hash, ORDER_HASH), q->changed,
		    q->user.qualified_ms, q->now_ms};
		tx_put(tx, &KIND_ORDER, &order);
	}
	return ERR_OK;
}

enum err qualify_decide(struct command *command, struct tx *tx)
{
	struct qualify *q = (struct qualify *)command;
	enum err err = replay(q, tx);
	if (err != ERR_NOT_FOUND)
		return err;
	if ((err = qualify_once(q, tx)) == ERR_OK)
		idempotency_keep(tx, &q->key,
		    (struct idempotency){.at_ms = q->now_ms,
			.user_id = q->user.id,
			.changed = q->changed,
			.qualified_ms = q->user.qualified_ms});
	return err;
}
