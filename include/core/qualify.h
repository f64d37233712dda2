/*
 * Qualifying: an invited user converted. One state change, one event, however often it is asked.
 */
#ifndef CORE_QUALIFY_H
#define CORE_QUALIFY_H

#include "core/code.h"
#include "core/idempotency.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

enum qualify_outcome {
	QUALIFY_DONE,
	QUALIFY_UNKNOWN, /* no such user */
	QUALIFY_DIRECT,  /* nobody referred this user */
	QUALIFY_KEY_REUSED, /* the idempotency key came before with another body */
	QUALIFY_CURRENCY,   /* the campaign's commission rules are in other currencies */
};

/* Why QUALIFY_DIRECT is refused: completes the name of a field. */
#define QUALIFY_DIRECT_REFUSAL "is of a user whom nobody referred: only invited users can qualify"

struct qualify {
	struct command command; /* decide: qualify_decide */

	struct who who;
	bool qualified; /* what the user is to become: false is the refund */
	bool has_amount; /* of the purchase, for commissions */
	uint64_t amount_e4; /* in 1/10,000 of the currency's unit */
	struct text currency; /* of the amount, ISO 4217; empty: the currency of each commission rule */
	uint64_t at_ms; /* of an import: when it was; 0: now */
	struct text order_id; /* empty: none. The same order's answer is given again */
	struct idempotency_key key;
	struct text public_url;
	struct codes *codes;
	uint64_t now_ms;

	/* The answer, valid in done. */
	enum qualify_outcome outcome;
	struct user user;
	const struct zone *zone; /* of the user's campaign, for qualified_at */
	bool changed;
};

/** ERR_OK with QUALIFY_DONE, ERR_REFUSED with the other outcomes. */
command_decide_fn qualify_decide;

#endif
