/*
 * Owns the rules of qualifying: which users can qualify, which counters change, and that it happens
 * once. Never sees a request, and never refunds (refund.c). Called by the inbound webhook and the
 * API's qualification.
 */
#include "qualify_parts.h"

#include <stddef.h>

#include "core/campaign_defaults.h"
#include "core/day.h"
#include "core/outbox/event.h"
#include "core/records/order.h"
#include "core/reward_records.h"

enum err qualify_refuse(struct qualify *q, enum qualify_outcome outcome)
{
	q->outcome = outcome;
	return ERR_REFUSED;
}

static enum err find_user(struct qualify *q, struct tx *tx)
{
	enum err err = who_find(tx, q->codes, &q->who, &q->user);
	if (err == ERR_NOT_FOUND)
		return qualify_refuse(q, QUALIFY_UNKNOWN);
	if (err == ERR_OK && q->user.type != USER_INVITED)
		return qualify_refuse(q, QUALIFY_DIRECT);
	return err == ERR_OK ? campaign_read_zone(tx, q->user.campaign_id, &q->zone) : err;
}

/* ---- the change ---- */

/* A counter never wraps below zero, even if users were erased since. */
static void move(uint64_t *counter, bool up)
{
	if (up)
		(*counter)++;
	else if (*counter > 0)
		(*counter)--;
}

/* *reached gets the number of the referrer's qualified referrals, including this one. */
static enum err count(struct qualify *q, struct tx *tx, uint64_t *reached)
{
	const struct user *user = &q->user;
	struct user_stats referrer = {.user_id = user->referrer_id};
	const struct campaign_stats campaign = {.campaign_id = user->campaign_id,
						.qualified = q->qualified ? 1 : (uint64_t)-1};
	const struct day day = {.campaign_id = user->campaign_id,
				.qualified = q->qualified,
				.unqualified = !q->qualified};
	enum err err = tx_add(tx, &KIND_CAMPAIGN_STATS, &campaign);
	if (err == ERR_OK)
		err = day_add(tx, q->zone, q->qualified ? user->qualified_ms : q->now_ms, &day);
	if (err != ERR_OK || referrer.user_id == 0)
		return err;
	err = tx_get_ahead(tx, &KIND_USER_STATS, &referrer);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND
			   ? ERR_OK
			   : err; /* the referrer was erased: every referrer has counters */
	*reached = referrer.qualified_referrals + (q->qualified ? 1 : 0);
	move(&referrer.qualified_referrals, q->qualified);
	tx_put(tx, &KIND_USER_STATS, &referrer);
	return ERR_OK;
}

enum err qualify_change(struct qualify *q, struct tx *tx, uint64_t *reached)
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
	enum err err = q->user.test ? ERR_OK : count(q, tx, reached);
	if (err == ERR_OK)
		err = event_snapshot(tx, &q->user, q->zone, &event);
	return err == ERR_OK ? event_emit_about(tx, &q->user, &event) : err;
}

struct reward_cause qualify_cause(struct qualify *q)
{
	return (struct reward_cause){
	    .user = &q->user,
	    .trigger = TRIGGER_QUALIFY,
	    .amount_e4 = q->amount_e4,
	    .has_amount = q->has_amount,
	    .currency = q->currency,
	    .public_url = q->public_url,
	    .now_ms = q->now_ms,
	    .changes = &q->rewards,
	};
}

enum err qualify_check_currency(struct qualify *q, struct tx *tx)
{
	bool takes = true;
	enum err err = ERR_OK;
	if (q->currency.n > 0)
		err = reward_takes_currency(tx, q->user.campaign_id, q->currency, &takes);
	return err == ERR_OK && !takes ? qualify_refuse(q, QUALIFY_CURRENCY) : err;
}

enum err qualify_answer_again(struct qualify *q, struct tx *tx, uint64_t qualified_ms,
			      struct text rewards)
{
	q->user.qualified_ms = qualified_ms;
	return reward_changes_read(tx, rewards, &q->rewards);
}

/* ---- orders ---- */

/* Was the same request made before? Without an order_id, the answer mostly needs no record of an
 * order. An unqualified user has no order that counts, and a qualified user without orders was
 * qualified by a request without an order_id. An import adds nothing to a qualified user. */
static enum err is_known(const struct qualify *q, struct tx *tx, struct order *order, bool *known)
{
	bool is_named = q->order_id.n > 0, is_qualified = q->user.qualified_ms != 0;
	*order = (struct order){.user_id = q->user.id};
	*known = !is_named && is_qualified && (q->user.newest_order.n == 0 || q->at_ms != 0);
	if (!is_named && (*known || !is_qualified))
		return ERR_OK;
	enum err err = order_read(tx, q->user.id, q->order_id, order);
	*known = err == ERR_OK && (is_named || order->state == ORDER_STANDS);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool has_repeated(const struct reward_changes *rewards)
{
	for (size_t i = 0; i < rewards->n; i++)
		if (rewards->rewards[i].repeat == REPEAT_EVERY_ORDER)
			return true;
	return false;
}

/* Stores the order, which counts from now on. The user is read again, because events have changed
 * the record. */
static enum err keep_order(struct qualify *q, struct tx *tx, bool was_qualified)
{
	struct user user = {.id = q->user.id};
	struct order order;
	enum err err = tx_get(tx, &KIND_USER, &user);
	if (err == ERR_OK && was_qualified && user.newest_order.n == 0)
		err = order_adopt(tx, &user, q->now_ms);
	if (err == ERR_OK)
		err = order_name(tx, user.id, q->order_id, &order);
	if (err != ERR_OK)
		return err;
	order.changed = q->changed;
	order.qualified_ms = q->user.qualified_ms;
	order.at_ms = q->now_ms;
	order.rewards = reward_changes_write(&q->rewards, tx_arena(tx));
	order.has_amount = q->has_amount;
	order.amount_e4 = q->has_amount ? q->amount_e4 : 0;
	order.currency = q->currency;
	if (q->rewards.n > 0 && order.rewards.p == NULL)
		return ERR_NO_MEMORY;
	err = order_attach(tx, &user, &order);
	tx_put(tx, &KIND_ORDER, &order);
	tx_put(tx, &KIND_USER, &user);
	return err;
}

/* An import earns nothing, because the earlier programme has paid for it. A request without an
 * order_id earns only if it qualifies the user, because nothing tells it from a repetition. */
static enum err earn(struct qualify *q, struct tx *tx, bool was_qualified, uint64_t reached)
{
	struct reward_cause cause = qualify_cause(q);
	cause.count = reached;
	cause.is_repeated = was_qualified;
	if (q->at_ms != 0 || (was_qualified && q->order_id.n == 0))
		return ERR_OK;
	return reward_earn(tx, &cause);
}

static enum err qualify(struct qualify *q, struct tx *tx)
{
	bool known, was_qualified = q->user.qualified_ms != 0;
	uint64_t reached = 0;
	struct order order;
	enum err err = is_known(q, tx, &order, &known);
	if (err != ERR_OK)
		return err;
	if (known && q->order_id.n > 0) {
		q->changed = order.changed != 0;
		return qualify_answer_again(q, tx, order.qualified_ms, order.rewards);
	}
	if ((err = qualify_check_currency(q, tx)) != ERR_OK || known)
		return err;
	if ((!was_qualified && (err = qualify_change(q, tx, &reached)) != ERR_OK) ||
	    (err = earn(q, tx, was_qualified, reached)) != ERR_OK)
		return err;
	/* A qualification without an order_id needs a record only if some of its rewards depend on
	 * an order. */
	bool needs_record = q->order_id.n > 0 || was_qualified || has_repeated(&q->rewards);
	return needs_record ? keep_order(q, tx, was_qualified) : ERR_OK;
}

/* ---- the command ---- */

/* ERR_NOT_FOUND: this request was not made before. */
static enum err replay(struct qualify *q, struct tx *tx)
{
	struct idempotency answer;
	enum err err = idempotency_find(tx, &q->key, q->now_ms, &answer);
	if (err == ERR_REFUSED)
		return qualify_refuse(q, QUALIFY_KEY_REUSED);
	if (err != ERR_OK)
		return err;
	/* The response is the first response again. The user is read only for the code, and may be
	 * erased. */
	q->user = (struct user){.id = answer.user_id};
	err = tx_get(tx, &KIND_USER, &q->user);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if ((err = campaign_read_zone(tx, q->user.campaign_id, &q->zone)) != ERR_OK)
		return err;
	q->changed = answer.changed != 0;
	return qualify_answer_again(q, tx, answer.qualified_ms, answer.rewards);
}

static enum err keep_answer(const struct qualify *q, struct tx *tx)
{
	struct idempotency answer = {
	    .at_ms = q->now_ms,
	    .user_id = q->user.id,
	    .changed = q->changed,
	    .qualified_ms = q->user.qualified_ms,
	};
	if (!q->key.given)
		return ERR_OK;
	answer.rewards = reward_changes_write(&q->rewards, tx_arena(tx));
	idempotency_keep(tx, &q->key, answer);
	return q->rewards.n > 0 && answer.rewards.p == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err qualify_decide(struct command *command, struct tx *tx)
{
	struct qualify *q = (struct qualify *)command;
	q->outcome = QUALIFY_DONE;
	q->changed = false;
	q->rewards = (struct reward_changes){0};
	enum err err = replay(q, tx);
	if (err != ERR_NOT_FOUND)
		return err;
	err = find_user(q, tx);
	if (err == ERR_OK)
		err = q->qualified ? qualify(q, tx) : qualify_refund(q, tx);
	return err == ERR_OK ? keep_answer(q, tx) : err;
}
