/*
 * A user's orders. Each order is found by its order_id. Standing orders are a linked list that
 * begins at user.newest_order, because a command cannot scan. The functions stage the neighbours in
 * the list; the caller stages the user and the order.
 */
#ifndef CORE_ORDER_H
#define CORE_ORDER_H

#include "core/records.h"
#include "core/reward_records.h"
#include "store/tx.h"

/** Sets the key of *order, and zeroes its values. ERR_NO_MEMORY. */
enum err order_name(struct tx *tx, uint64_t user_id, struct text order_id,
		    struct order *order) WARN_UNUSED;
/** Reads the order of that user. With ERR_NOT_FOUND, *order is as order_name leaves it.
 * ERR_NO_MEMORY; ERR_PENDING and read errors pass through. */
enum err order_read(struct tx *tx, uint64_t user_id, struct text order_id,
		    struct order *order) WARN_UNUSED;

/** Puts the order at the head of the list of its user. */
enum err order_attach(struct tx *tx, struct user *user, struct order *order) WARN_UNUSED;
/** Removes a standing order from the list, and marks it as refunded. */
enum err order_detach(struct tx *tx, struct user *user, struct order *order) WARN_UNUSED;

/** For a qualified user without orders: stages an order for the qualification that had no order_id,
 * and puts it into the list. Another order can then follow. */
enum err order_adopt(struct tx *tx, struct user *user, uint64_t now_ms) WARN_UNUSED;

#endif
