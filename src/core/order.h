/*
 * A user's orders: found by their order_id; those that stand are a list, from user.newest_order on. The
 * caller stages the user and the order that it hands in; neighbours in the list are staged here.
 */
#ifndef CORE_ORDER_H
#define CORE_ORDER_H

#include "core/records.h"
#include "store/tx.h"

/** Sets the key of *order, all else is zero. ERR_NO_MEMORY. */
enum err order_name(struct tx *tx, uint64_t user_id, struct text order_id, struct order *order)
    WARN_UNUSED;
/** Reads the order of that user. ERR_NOT_FOUND: as order_name. ERR_NO_MEMORY, ERR_PENDING and read
 *  errors. */
enum err order_read(struct tx *tx, uint64_t user_id, struct text order_id, struct order *order)
    WARN_UNUSED;

/** Puts the order at the head of the list of its user. */
enum err order_attach(struct tx *tx, struct user *user, struct order *order) WARN_UNUSED;
/** Takes a standing order out of the list, as refunded. */
enum err order_detach(struct tx *tx, struct user *user, struct order *order) WARN_UNUSED;

/** A qualified user has no order: makes the qualification that named none the first of the list (and
 *  stages it), so that another order can follow. */
enum err order_adopt(struct tx *tx, struct user *user, uint64_t now_ms) WARN_UNUSED;

#endif
