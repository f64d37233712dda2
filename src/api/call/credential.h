/*
 * What a request may do, and who makes it: an API token, or the operator behind a session.
 */
#ifndef API_CREDENTIAL_H
#define API_CREDENTIAL_H

#include "call.h"

struct credential {
	struct actor actor;
	uint64_t scopes;
	uint64_t expires_ms; /* of the token; 0: never */
};

/** The credential of a session: its token, if the token still works; or its operator, if the
 * operator exists and has the password that opened the session. False for any other session, and
 * for NULL.
 */
bool credential_of_session(const struct api *api, const struct session_entry *session,
			   struct credential *out) WARN_UNUSED;
/** The credential of a token. False if it expired or is NULL. */
bool credential_of_token(const struct api *api, const struct token_entry *token,
			 struct credential *out) WARN_UNUSED;

/** The credential of the request's bearer token or of the session of its cookie. *session is NULL
 * for a bearer token. False without a valid credential. */
bool credential_of_request(const struct call *call, struct credential *out,
			   const struct session_entry **session) WARN_UNUSED;
/** Does the request still have the access that its route needs? A call that has waited since its
 * credential was checked asks this before it submits a command. */
bool credential_still_allows(const struct call *call) WARN_UNUSED;

/** Sets call->actor and call->scopes. */
void credential_take(struct call *call, const struct credential *credential);

/** The present name of an actor: an operator's or a token's, else empty. Valid until the store's
 * next turn. */
struct text actor_name(const struct api *api, struct actor actor);

#endif
