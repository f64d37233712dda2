/*
 * Owns the credentials of requests: tokens, and the tokens or operators of sessions. Never refuses
 * a request. Called by api.c for each request, by the session calls, by the stream, and by calls
 * that wait before they submit their command.
 */
#include "credential.h"

bool credential_of_token(const struct api *api, const struct token_entry *token,
			 struct credential *out)
{
	if (token == NULL || token_expired(token->expires_ms, loop_unix_ms(api->loop)))
		return false;
	*out = (struct credential){
	    .actor = {.kind = ACTOR_TOKEN, .id = token->id},
	    .scopes = token->scopes,
	    .expires_ms = token->expires_ms,
	};
	return true;
}

bool credential_of_session(const struct api *api, const struct session_entry *session,
			   struct credential *out)
{
	if (session == NULL)
		return false;
	if (session->operator_id == 0)
		return credential_of_token(api, tokens_find_id(&api->tokens, session->token_id),
					   out);
	const struct operator_entry *person =
	    operators_find_id(&api->operators, session->operator_id);
	if (person == NULL || person->password_version != session->password_version)
		return false;
	*out = (struct credential){
	    .actor = {.kind = ACTOR_OPERATOR, .id = person->id},
	    .scopes = operator_scopes(person->role),
	};
	return true;
}

bool credential_of_request(const struct call *call, struct credential *out,
			   const struct session_entry **session)
{
	*session = call_bearer(call).p == NULL ? sessions_find(call) : NULL;
	if (credential_of_session(call->api, *session, out))
		return true;
	*session = NULL;
	return credential_of_token(call->api, call_token(call), out);
}

bool credential_still_allows(const struct call *call)
{
	const struct session_entry *session;
	struct credential credential;
	return credential_of_request(call, &credential, &session) &&
	       (credential.scopes & (uint64_t)call->route->access) != 0;
}

void credential_take(struct call *call, const struct credential *credential)
{
	call->actor = credential->actor;
	call->scopes = credential->scopes;
}

struct text actor_name(const struct api *api, struct actor actor)
{
	const struct operator_entry *person = NULL;
	const struct token_entry *token = NULL;
	if (actor.kind == ACTOR_OPERATOR)
		person = operators_find_id(&api->operators, actor.id);
	if (actor.kind == ACTOR_TOKEN)
		token = tokens_find_id(&api->tokens, actor.id);
	return person != NULL  ? text_of(person->name)
	       : token != NULL ? text_of(token->name)
			       : (struct text){0};
}
