/*
 * Qualifying: an invited user converted. One state change, one event, however often it is asked.
 *
 * A user is qualified while one order stands. An order stands from its first request until its
 * refund. A qualification without an order_id stands like an order, until a refund without an
 * order_id, which refunds all orders. The same request about the same order (for a refund: up to
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
	QUALIFY_UNKNOWN,          /* no such user */
	QUALIFY_DIRECT,           /* nobody referred this user */
	QUALIFY_KEY_REUSED,       /* the idempotency key came before with another body */
	QUALIFY_CURRENCY,         /* the campaign's commission rules are in other currencies */
	QUALIFY_NO_ORDER,         /* of a refund: this user has no such order */
	QUALIFY_ORDER_CURRENCY,   /* of a refund: the order was in another currency */
	QUALIFY_NO_AMOUNT,        /* of a refund of a part: the order came without an amount */
	QUALIFY_REFUND_TOO_LARGE, /* more than the order's amount */
	QUALIFY_REFUND_TOO_SMALL, /* more of the order was refunded before */
	QUALIFY_TOO_MANY_ORDERS,  /* more than one command may refund */
};

/* Why QUALIFY_DIRECT is refused: completes the name of a field. */
#define QUALIFY_DIRECT_REFUSAL "is for invited users only, and this user has no referrer"

/* One refund takes back at most so many orders and rewards together, which bounds the command. The
 * orders of a user with more are refunded one by one. */
enum { QUALIFY_REFUND_MAX = 256 };

struct qualify {
	struct command command; /* decide: qualify_decide */

	struct who who;
	bool qualified;     /* what the user is to become: false is the refund */
	bool has_amount;    /* of the purchase, for commissions */
	uint64_t amount_e4; /* in 1/10,000 of the currency's unit */
	struct text
	    currency;   /* of the amount, ISO 4217; empty: the currency of each commission rule */
	uint64_t at_ms; /* of an import: when it was; 0: now */
	struct text order_id; /* empty: none. The same order's answer is given again */
	bool has_refund;      /* of a refund: a part of the order; needs order_id */
	uint64_t refund_e4;   /* all in all, so far; as amount_e4 */
	struct idempotency_key key;
	struct text public_url;
	struct codes *codes;
	uint64_t now_ms;

	/* The answer, valid in done. */
	enum qualify_outcome outcome;
	struct user user;
	const struct zone *zone; /* of the user's campaign, for qualified_at */
	bool changed;
	struct reward_changes rewards; /* that were earned, reduced or taken back */
};

/** ERR_OK with QUALIFY_DONE, ERR_REFUSED with the other outcomes. */
command_decide_fn qualify_decide;

#endif
