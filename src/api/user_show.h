/*
 * A user as JSON.
 */
#ifndef API_USER_SHOW_H
#define API_USER_SHOW_H

#include "api/call/call.h"
#include "core/reading.h"

/** The members of a user. */
void user_show(struct call *call, struct json_out *o, const struct user_view *view, bool analytics);
/** {"data": user}, with its analytics where the query asks for them. */
void user_reply(struct call *call, int status, const struct user_view *view);
/** Does the query ask for them ("with=user.analytics")? */
bool user_wants_analytics(struct call *call);

#endif
