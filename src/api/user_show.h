/*
 * The JSON form of a user.
 */
#ifndef API_USER_SHOW_H
#define API_USER_SHOW_H

#include "api/call/call.h"
#include "core/reading.h"

/** Writes the members of a user. */
void user_show(struct call *call, struct json_out *o, const struct user_view *view, bool analytics);
/** Replies {"data": user}, with analytics if the query asks for them. */
void user_reply(struct call *call, int status, const struct user_view *view);
/** Does the query ask for analytics ("with=user.analytics")? */
bool user_wants_analytics(struct call *call);

#endif
