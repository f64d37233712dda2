/*
 * Changing a user: name, address, further fields, whether they want mail, the review's decision,
 * whether they are qualified. Each answers the user as it is shown.
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
	/* What becomes of the user; all is validated but the meta. */
	struct text first_name;             /* empty: stays */
	struct text email, canonical_email; /* empty: stays */
	bool set_meta;
	struct pairs meta; /* the fields that are named; the others stay */
	bool set_unsubscribed, unsubscribed;
	bool set_qualified,
	    qualified;          /* true qualifies, false is the refund; as it is already: nothing */
	struct text public_url; /* for the events of that */
	/* In done. */
	struct user_view view;
	struct problems
	    problems; /* with ERR_REFUSED; what was wrong in the request has come with it */
};
/** ERR_NOT_FOUND; ERR_REFUSED for an address that somebody else has in the campaign, for qualifying
 * a user whom nobody referred, and for what is not right in a field. */
command_decide_fn user_change_decide;

struct user_judge {
	struct command command; /* decide: user_judge_decide */
	struct who who;
	struct codes *codes;
	enum user_review decision; /* accepted or rejected */
	struct user_view view;     /* in done, with ERR_REFUSED too */
};
/** Rewards that waited for it follow in slices. The same decision again is fine. ERR_NOT_FOUND;
 * ERR_REFUSED where none is waited for. */
command_decide_fn user_judge_decide;

struct user_qualify {
	struct qualify qualify; /* command.decide: user_qualify_decide */
	struct user_view view;  /* in done */
};
/** As qualify_decide; ERR_NOT_FOUND where an old answer is about somebody who was erased. */
command_decide_fn user_qualify_decide;

#endif
