/*
 * Owns refunds: of one order, of a part of an order, of all orders of a user; and whether the user
 * stays qualified. Never changes the state of a reward (reward.c). Called by qualify.c.
 */
#include "qualify_parts.h"

#include "core/records/order.h"
#include "core/reward_records.h"

/* The rewards that the refunded orders have earned. */
struct earned {
	uint64_t ids[QUALIFY_REFUND_MAX];
	size_t n;
};

static bool add_earned(struct earned *e, struct text rewards)
{
	size_t n = reward_changes_length(rewards);
	if (n > QUALIFY_REFUND_MAX - e->n)
		return false;
	for (size_t i = 0; i < n; i++)
		e->ids[e->n++] = reward_changes_id(rewards, i);
	return true;
}

/* No order counts any more. The user becomes unqualified, and the rewards of the qualification and
 * of the orders are taken back. */
static enum err end_qualification(struct qualify *q, struct tx *tx, const struct earned *e)
{
	uint64_t count = 0;
	enum err err = qualify_change(q, tx, &count);
	struct reward_cause cause = qualify_cause(q);
	cause.count = count;
	if (err == ERR_OK)
		err = reward_undo_order(tx, &cause, e->ids, e->n);
	return err == ERR_OK ? reward_undo(tx, &cause) : err;
}

/* ---- all orders ---- */

static enum err refund_all(struct qualify *q, struct tx *tx)
{
	struct earned e = {.n = 0};
	struct text next = q->user.newest_order;
	enum err err = qualify_check_currency(q, tx);
	if (err != ERR_OK || q->user.qualified_ms == 0)
		return err;
	for (size_t n = 1; next.n > 0; n++) {
		struct order order = {.user_id = q->user.id, .hash = next};
		err = tx_get(tx, &KIND_ORDER, &order);
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
		if (!add_earned(&e, order.rewards) || n + e.n > QUALIFY_REFUND_MAX)
			return qualify_refuse(q, QUALIFY_TOO_MANY_ORDERS);
		next = order.older;
		order.older = order.newer = (struct text){0};
		order.state = ORDER_REFUNDED;
		order.refunded_e4 = order.amount_e4;
		tx_put(tx, &KIND_ORDER, &order);
	}
	q->user.newest_order = (struct text){0};
	return end_qualification(q, tx, &e);
}

/* ---- one order ---- */

/* Finds the order that counts for the named one; ERR_NOT_FOUND if it does not count. A record of
 * referd 0.1 says only whether the order qualified the user. Such an order is treated as the user's
 * qualification without an order_id. */
static enum err find_standing(struct qualify *q, struct tx *tx, const struct order *named,
			      struct order *standing)
{
	*standing = *named;
	if (named->state != ORDER_SEEN)
		return named->state == ORDER_STANDS ? ERR_OK : ERR_NOT_FOUND;
	if (!named->changed || named->qualified_ms != q->user.qualified_ms)
		return ERR_NOT_FOUND;
	enum err err = q->user.newest_order.n == 0 ? order_adopt(tx, &q->user, q->now_ms) : ERR_OK;
	if (err == ERR_OK)
		err = order_read(tx, q->user.id, TEXT(""), standing);
	return err == ERR_OK && standing->state != ORDER_STANDS ? ERR_NOT_FOUND : err;
}

static enum err refund_whole(struct qualify *q, struct tx *tx, struct order *named)
{
	struct earned e = {.n = 0};
	struct order standing;
	enum err err = find_standing(q, tx, named, &standing);
	named->state = ORDER_REFUNDED;
	named->refunded_e4 = named->amount_e4;
	tx_put(tx, &KIND_ORDER, named); /* if both are the same record, the put below wins */
	if (err == ERR_OK)
		err = order_detach(tx, &q->user, &standing);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	standing.refunded_e4 = standing.amount_e4;
	tx_put(tx, &KIND_ORDER, &standing);
	(void)add_earned(&e, standing.rewards); /* at most RULES_MAX rewards: they have room */
	if (q->user.newest_order.n == 0)
		return end_qualification(q, tx, &e);
	tx_put(tx, &KIND_USER, &q->user);
	const struct reward_cause cause = qualify_cause(q);
	return reward_undo_order(tx, &cause, e.ids, e.n);
}

static enum err refund_part(struct qualify *q, struct tx *tx, struct order *order)
{
	struct earned e = {.n = 0};
	struct reward_cause cause = qualify_cause(q);
	order->refunded_e4 = q->refund_e4;
	cause.amount_e4 = order->amount_e4 - order->refunded_e4;
	tx_put(tx, &KIND_ORDER, order);
	(void)add_earned(&e, order->rewards);
	return reward_reduce_order(tx, &cause, e.ids, e.n);
}

static enum err check(struct qualify *q, struct tx *tx, const struct order *order)
{
	if (order->currency.n == 0 || q->currency.n == 0) {
		enum err err = qualify_check_currency(q, tx);
		if (err != ERR_OK)
			return err;
	} else if (!text_eq(order->currency, q->currency)) {
		return qualify_refuse(q, QUALIFY_ORDER_CURRENCY);
	}
	if (!q->has_refund)
		return ERR_OK;
	if (!order->has_amount)
		return qualify_refuse(q, QUALIFY_NO_AMOUNT);
	if (q->refund_e4 > order->amount_e4)
		return qualify_refuse(q, QUALIFY_REFUND_TOO_LARGE);
	return q->refund_e4 < order->refunded_e4 ? qualify_refuse(q, QUALIFY_REFUND_TOO_SMALL)
						 : ERR_OK;
}

static enum err refund_order(struct qualify *q, struct tx *tx, struct order *order)
{
	enum err err = check(q, tx, order);
	if (err != ERR_OK)
		return err;
	bool is_whole = !q->has_refund || (q->refund_e4 == order->amount_e4 && q->refund_e4 > 0);
	return is_whole ? refund_whole(q, tx, order) : refund_part(q, tx, order);
}

/* A repeated refund up to the same total gets its first response. */
static enum err refund_named(struct qualify *q, struct tx *tx)
{
	struct order order;
	enum err err = order_read(tx, q->user.id, q->order_id, &order);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? qualify_refuse(q, QUALIFY_NO_ORDER) : err;
	struct refund refund = {
	    .user_id = q->user.id,
	    .total_e4 = q->has_refund ? q->refund_e4 : REFUND_WHOLE,
	    .hash = order.hash,
	};
	err = tx_get(tx, &KIND_REFUND, &refund);
	if (err == ERR_OK) {
		q->changed = refund.changed != 0;
		return qualify_answer_again(q, tx, refund.qualified_ms, refund.rewards);
	}
	if (err != ERR_NOT_FOUND || (err = refund_order(q, tx, &order)) != ERR_OK)
		return err;
	refund.changed = q->changed;
	refund.qualified_ms = q->user.qualified_ms;
	refund.at_ms = q->now_ms;
	refund.rewards = reward_changes_write(&q->rewards, tx_arena(tx));
	tx_put(tx, &KIND_REFUND, &refund);
	return q->rewards.n > 0 && refund.rewards.p == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err qualify_refund(struct qualify *q, struct tx *tx)
{
	return q->order_id.n == 0 ? refund_all(q, tx) : refund_named(q, tx);
}
