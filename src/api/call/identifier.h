/*
 * How a path or a parameter names a user or a campaign: by id, by code, and a user also by e-mail
 * address.
 */
#ifndef API_IDENTIFIER_H
#define API_IDENTIFIER_H

#include "call.h"
#include "core/who.h"

/* For the OpenAPI operations of such calls: the parameter of the query, and the description of the
 * 409. */
#define IDENTIFIER_CAMPAIGN                                                                        \
	{                                                                                          \
		"campaign_id", "integer", "1",                                                     \
		    "The user's campaign: needed if users of several campaigns have the e-mail "   \
		    "address.",                                                                    \
		    false                                                                          \
	}
#define IDENTIFIER_CONFLICT "Users of several campaigns have the e-mail address in the path."

/** Reads the user that the first parameter of the path names, percent-encoded or not (who_read).
 * campaign_id in the query says in which campaign to look for an address. False after a 422 or 503.
 */
bool identifier_user(struct call *call, struct who *who) WARN_UNUSED;
/** The campaign that the first parameter of the path names. */
struct campaign_name identifier_campaign(struct call *call);

/** Reads the user that a parameter names in the same way. NULL, or a sentence fragment that
 * completes "user_id ...". */
const char *identifier_read_user(struct call *call, struct text identifier,
				 struct who *who) WARN_UNUSED;
/** Completes "user_id ..." for an unknown user. */
extern const char IDENTIFIER_NO_USER[];

/** Replies to an error of who_find: 404, 409 if several users have the address, else like
 * call_reply_err. */
void identifier_reply_err(struct call *call, enum err err);

#endif
