/*
 * The walk over users in the order of their addresses, for the beginning of an address.
 */
#ifndef CORE_USER_PREFIX_H
#define CORE_USER_PREFIX_H

#include "core/records/id_walk.h"

/** Fills the page with users whose folded address begins with `prefix`, by the index of addresses.
 * walk->fits checks the whole beginning too, because a key may be cut. The ids of the page are
 * users: page->from is the user at which the page begins, wherever that id is in the order.
 * ERR_REFUSED: that user was erased, or has another address now. ERR_NO_MEMORY; ERR_PENDING and
 * read errors pass through. */
enum err user_prefix_walk(struct tx *tx, struct text prefix, struct id_walk *walk) WARN_UNUSED;

#endif
