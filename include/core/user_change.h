/*
 * Changing a user: name, address, form fields, unsubscribing, the decision of a review, qualifying.
 * Each command returns the user as a response shows it.
 */
#ifndef CORE_USER_CHANGE_H
#define CORE_USER_CHANGE_H

#include "core/problems.h"
#include "core/qualify.h"
#include "core/reading.h"

struct user_change {
	struct command command; /* decide: user_change_decide */
	struct who who;
	struct codes *codes;
	uint64_t now_ms;
	/* The changes. All are validated, except meta. */
	struct text if_match;               /* see core/version.h */
	struct text first_name;             /* empty: unchanged */
	struct text email, canonical_email; /* empty: unchanged */
	bool set_code;
	struct text code; /* any text */
	bool set_meta;
	struct pairs meta; /* the named fields change; the others stay */
	bool set_unsubscribed, unsubscribed;
	/* True qualifies the user, false refunds all orders. The current state again changes
	 * nothing. */
	bool set_qualified, qualified;
	struct text public_url; /* for the events */
	/* The result, valid in done. */
	struct user_view view;
	bool stale; /* with ERR_REFUSED: the user has another version */
	/* With ERR_REFUSED. The caller has added the problems of the request. */
	struct problems problems;
};
/** Errors of who_find. ERR_REFUSED if a field is wrong, if another user of the campaign has the
 * address, or if `qualified` cannot change: the user has no referrer, or too many orders for one
 * refund. */
command_decide_fn user_change_decide;

struct user_judge {
	struct command command; /* decide: user_judge_decide */
	struct who who;
	struct codes *codes;
	enum user_review decision; /* REVIEW_ACCEPTED or REVIEW_REJECTED */
	struct text public_url;    /* for the event */
	uint64_t now_ms;
	struct user_view view; /* valid in done, also with ERR_REFUSED */
};
/** Decides a review. The rewards that waited for it follow in slices (reward_jobs.h). The same
 * decision again changes nothing. Errors of who_find; ERR_REFUSED if the user is not under review.
 */
command_decide_fn user_judge_decide;

struct user_qualify {
	struct qualify qualify; /* command.decide: user_qualify_decide */
	struct user_view view;  /* valid in done */
};
/** As qualify_decide. ERR_NOT_FOUND if a repeated request is about a user who was erased. */
command_decide_fn user_qualify_decide;

#endif
