/*
 * API tokens: creating, listing and revoking. Only the SHA-256 of a token is stored. Random bytes
 * and the time are arguments.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include "core/records.h"
#include "store/command.h"

/* The API creates at most TOKENS_MAX tokens, because it compares each request with all of them. */
enum { TOKENS_MAX = 200, TOKEN_NAME_MAX = 100, TOKEN_PAGE = 256 };

/** Returns the scopes with the scopes that they include: write includes read, and admin includes
 * both. */
uint64_t token_scopes(uint64_t scopes);
/** Has a token with that end expired? 0 never expires. */
bool token_expired(uint64_t expires_ms, uint64_t now_ms);

struct token_create {
	struct command command; /* decide: token_create_decide */
	struct token token; /* hash, name, scopes, created_ms, expires_ms; in done also its id */
};
/** Never refuses. Stores the scopes with the scopes that they include. */
command_decide_fn token_create_decide;

struct token_revoke {
	struct command command;   /* decide: token_revoke_decide */
	struct text hash;         /* of the token to revoke */
	const struct text *known; /* the hashes of all tokens, including this one */
	size_t n_known;
	uint64_t now_ms;
	uint64_t id; /* of the token; valid in done */
};
/** ERR_NOT_FOUND. ERR_REFUSED for the last admin token that has not expired. */
command_decide_fn token_revoke_decide;

/* All tokens by hash, a page at a time. The last page has fewer than TOKEN_PAGE tokens. */
struct token_list {
	struct command command; /* decide: token_list_decide; a query */
	/* the hash of the last token of the previous page; empty: the first page */
	struct text after;
	struct token tokens[TOKEN_PAGE];
	size_t n;
};
command_decide_fn token_list_decide;

#endif
