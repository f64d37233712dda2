/*
 * Qualifying records that an invited user has converted. One state change and one event, however
 * often the request is repeated.
 *
 * A user is qualified while at least one order counts. An order counts from its first request until
 * its refund. A qualification without an order_id counts like an order, until a refund without an
 * order_id, which refunds all orders. A repeated request about the same order (for a refund: up to
 * the same total) gets its first response again, and changes nothing.
 */
#ifndef CORE_QUALIFY_H
#define CORE_QUALIFY_H

#include "core/code.h"
#include "core/idempotency.h"
#include "core/records.h"
#include "core/reward_changes.h"
#include "core/who.h"
#include "store/command.h"

enum qualify_outcome {
	QUALIFY_DONE,
	QUALIFY_UNKNOWN,        /* the user does not exist */
	QUALIFY_DIRECT,         /* the user has no referrer */
	QUALIFY_KEY_REUSED,     /* an earlier request with this idempotency key had another body */
	QUALIFY_CURRENCY,       /* no commission rule of the campaign uses this currency */
	QUALIFY_NO_ORDER,       /* refund: the user has no such order */
	QUALIFY_ORDER_CURRENCY, /* refund: the order was in another currency */
	QUALIFY_NO_AMOUNT,      /* partial refund: the order came without an amount */
	QUALIFY_REFUND_TOO_LARGE, /* partial refund: more than the order's amount */
	QUALIFY_REFUND_TOO_SMALL, /* partial refund: a larger part was refunded before */
	QUALIFY_TOO_MANY_ORDERS,  /* refund of all orders: more than QUALIFY_REFUND_MAX */
};

/* The reason that a response gives for QUALIFY_DIRECT: it completes the name of a field. */
#define QUALIFY_DIRECT_REFUSAL "is for invited users only, and this user has no referrer"

/* One refund takes back at most this many orders and rewards together, which bounds the cost of the
 * command. The orders of a user who has more must be refunded one by one. */
enum { QUALIFY_REFUND_MAX = 256 };

struct qualify {
	struct command command; /* decide: qualify_decide */

	struct who who;
	bool qualified;     /* true: qualify the user; false: refund */
	bool has_amount;    /* the purchase has an amount, for commissions */
	uint64_t amount_e4; /* in 1/10,000 of the currency's unit */
	/* Of the amount, ISO 4217. Empty: the currency of each commission rule. */
	struct text currency;
	uint64_t at_ms;       /* of an import: the time of the qualification; 0: now */
	struct text order_id; /* empty: no order; a repeated order gets its first response */
	bool has_refund;      /* refund only a part of the order; needs order_id */
	uint64_t refund_e4;   /* the total that was refunded so far, in the unit of amount_e4 */
	struct idempotency_key key;
	struct text public_url;
	struct codes *codes;
	uint64_t now_ms;

	/* The result, valid in done. */
	enum qualify_outcome outcome;
	struct user user;
	const struct zone *zone; /* of the user's campaign, for qualified_at */
	bool changed;
	struct reward_changes rewards; /* the rewards that were earned, reduced or taken back */
};

/** ERR_OK with QUALIFY_DONE, ERR_REFUSED with the other outcomes. */
command_decide_fn qualify_decide;

#endif
