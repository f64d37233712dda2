/*
 * What a path or a parameter names: a user or a campaign, by id, by code, and users by address too.
 */
#ifndef API_IDENTIFIER_H
#define API_IDENTIFIER_H

#include "call.h"
#include "core/who.h"

/* For the operations of such calls: the query's parameter, and what a 409 says. */
#define IDENTIFIER_CAMPAIGN                                                                        \
	{                                                                                          \
		"campaign_id", "integer", "1",                                                     \
		    "The user's campaign: needed if users of several campaigns have the e-mail "   \
		    "address.",                                                                    \
		    false                                                                          \
	}
#define IDENTIFIER_CONFLICT "Users of several campaigns have the e-mail address in the path."

/** The user that the path's first parameter names (who_read; percent-encoded or not). An address is
 * looked for in the query's campaign_id where there is one. False after 422 or 503. */
bool identifier_user(struct call *call, struct who *who) WARN_UNUSED;
/** The campaign that the path's first parameter names. */
struct campaign_name identifier_campaign(struct call *call);

/** A user whom a parameter names, in the same words. NULL, or a sentence fragment that completes
 * "user_id ...". */
const char *identifier_read_user(struct call *call, struct text identifier,
				 struct who *who) WARN_UNUSED;
/** The same fragment, for a user who is not there. */
extern const char IDENTIFIER_NO_USER[];

/** For what who_find says: 404, 409 where an address is not unique, and as call_reply_err. */
void identifier_reply_err(struct call *call, enum err err);

#endif
