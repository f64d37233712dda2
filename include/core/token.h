/* API tokens: made, listed, revoked. A token is stored as its SHA-256 alone; random bytes and time
 * are arguments.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include "core/records.h"
#include "store/command.h"

/* More than TOKENS_MAX are not made by the API, which compares with all of them at each call. */
enum { TOKENS_MAX = 200, TOKEN_NAME_MAX = 100, TOKEN_PAGE = 256 };

/** The scopes with those that they include: write includes read, admin both. */
uint64_t token_scopes(uint64_t scopes);
/** Is a token with that end (0: none) no longer to be taken? */
bool token_expired(uint64_t expires_ms, uint64_t now_ms);

struct token_create {
	struct command command; /* decide: token_create_decide */
	struct token token; /* hash, name, scopes, created_ms, expires_ms; in done also its id */
};
/** Never refuses. Stores the closure of the scopes. */
command_decide_fn token_create_decide;

struct token_revoke {
	struct command command;   /* decide: token_revoke_decide */
	struct text hash;         /* of the one to revoke */
	const struct text *known; /* the hashes of all tokens, this one too */
	size_t n_known;
	uint64_t now_ms;
};
/** ERR_NOT_FOUND. ERR_REFUSED: it is the last admin token that works. */
command_decide_fn token_revoke_decide;

/* All tokens by hash, a page at a time: n < TOKEN_PAGE ends them. */
struct token_list {
	struct command command; /* decide: token_list_decide; a query */
	struct text after;      /* the hash of the page before's last token, or empty */
	struct token tokens[TOKEN_PAGE];
	size_t n;
};
command_decide_fn token_list_decide;

#endif
