/*
 * Owns the records of orders, and the list of a user's standing orders. Never decides what an order
 * earns or what its refund takes back. Called by qualifying.
 */
#include "order.h"

#include <assert.h>

#include "base/crypto.h"
#include "core/reward_records.h"

enum { ORDER_HASH = 16 };

enum err order_name(struct tx *tx, uint64_t user_id, struct text order_id, struct order *order)
{
	uint8_t *hash = arena_alloc(tx_arena(tx), SHA256_SIZE);
	if (hash == NULL)
		return ERR_NO_MEMORY;
	crypto_sha256(order_id, hash);
	*order = (struct order){.user_id = user_id, .hash = text_from(hash, ORDER_HASH)};
	return ERR_OK;
}

enum err order_read(struct tx *tx, uint64_t user_id, struct text order_id, struct order *order)
{
	enum err err = order_name(tx, user_id, order_id, order);
	return err == ERR_OK ? tx_get(tx, &KIND_ORDER, order) : err;
}

/* Sets one of the two links of a neighbour, if there is a neighbour. */
static enum err link_neighbour(struct tx *tx, const struct order *of, struct text neighbour,
			       bool is_older, struct text to)
{
	struct order order = {.user_id = of->user_id, .hash = neighbour};
	if (neighbour.n == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_ORDER, &order);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
	*(is_older ? &order.newer : &order.older) = to;
	tx_put(tx, &KIND_ORDER, &order);
	return ERR_OK;
}

enum err order_attach(struct tx *tx, struct user *user, struct order *order)
{
	assert(order->user_id == user->id && order->state != ORDER_STANDS);
	order->state = ORDER_STANDS;
	order->older = user->newest_order;
	order->newer = (struct text){0};
	user->newest_order = order->hash;
	return link_neighbour(tx, order, order->older, true, order->hash);
}

enum err order_detach(struct tx *tx, struct user *user, struct order *order)
{
	assert(order->user_id == user->id && order->state == ORDER_STANDS);
	enum err err = link_neighbour(tx, order, order->older, true, order->newer);
	if (err == ERR_OK)
		err = link_neighbour(tx, order, order->newer, false, order->older);
	if (order->newer.n == 0)
		user->newest_order = order->older;
	order->state = ORDER_REFUNDED;
	order->older = order->newer = (struct text){0};
	return err;
}

enum err order_adopt(struct tx *tx, struct user *user, uint64_t now_ms)
{
	struct order unnamed;
	assert(user->newest_order.n == 0);
	enum err err = order_name(tx, user->id, TEXT(""), &unnamed);
	if (err != ERR_OK)
		return err;
	unnamed.changed = true;
	unnamed.qualified_ms = user->qualified_ms;
	unnamed.at_ms = now_ms;
	err = order_attach(tx, user, &unnamed);
	tx_put(tx, &KIND_ORDER, &unnamed);
	return err;
}
