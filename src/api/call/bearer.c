/*
 * Owns the bearer token of a request: reading it, looking it up, refusing it. Never keeps a token.
 * Called by api.c for each route that needs a token, and by calls that check their credential
 * themselves.
 */
#include "call.h"

struct text call_bearer(const struct call *call)
{
	const struct text *header = http_request_header(call->req, TEXT("Authorization"));
	const struct text scheme = TEXT("Bearer ");
	if (header == NULL || header->n < scheme.n ||
	    !text_ieq(text_from(header->p, scheme.n), scheme))
		return (struct text){0};
	return text_trim(text_from(header->p + scheme.n, header->n - scheme.n));
}

void call_refuse_token(struct call *call, const char *message)
{
	if (!limits_check(call, LIMIT_WRONG_TOKENS))
		return;
	limits_count(call, LIMIT_WRONG_TOKENS);
	call_reply_error(call, 401, message);
}

const struct token_entry *call_token(const struct call *call)
{
	return tokens_find(&call->api->tokens, call_bearer(call), call_now_ms(call));
}

bool call_has_token(const struct call *call, uint64_t scopes)
{
	const struct token_entry *token = call_token(call);
	return token != NULL && (token->scopes & scopes) != 0;
}
