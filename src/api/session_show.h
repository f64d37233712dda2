/*
 * The JSON of a session.
 */
#ifndef API_SESSION_SHOW_H
#define API_SESSION_SHOW_H

#include "api/call/call.h"

/** Replies {"data": session} as call->actor with call->scopes, with a Set-Cookie header if `cookie`
 * is not empty. */
void session_reply(struct call *call, int status, const struct session *session,
		   struct text cookie);

#endif
