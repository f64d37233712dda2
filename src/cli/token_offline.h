/* Creates a token in the database of a stopped server, for an operator who has lost all tokens. */
#ifndef CLI_TOKEN_OFFLINE_H
#define CLI_TOKEN_OFFLINE_H

#include "base/bytes.h"
#include "base/crypto.h"
#include "store_address.h"

struct token_offline {
	const char *name;
	const char *scopes;  /* "read,write": separated by commas */
	uint64_t expires_ms; /* from now; 0: never */
	/* Results. */
	char token[CRYPTO_TOKEN_SIZE]; /* the caller wipes it */
	uint64_t id, granted;          /* bits of enum token_scope, included scopes too */
};

/** Creates the token in the database at the address. ERR_BUSY: a server uses the directory;
 * ERR_NOT_FOUND: there is no database; ERR_INVALID: the name or a scope is not valid; errors of
 * engine_lmdb_open. On failure, *why is a clause that says what is wrong. */
enum err token_offline_create(struct token_offline *made, const struct store_address *address,
			      const char **why) WARN_UNUSED;

#endif
