/* A token for an operator who has lost all of them: made in the database of a stopped server. */
#ifndef CLI_TOKEN_OFFLINE_H
#define CLI_TOKEN_OFFLINE_H

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/err.h"

struct token_offline {
	const char *name;
	const char *scopes;  /* "read,write": separated by commas */
	uint64_t expires_ms; /* from now; 0: never */
	/* Made. */
	char token[CRYPTO_TOKEN_SIZE]; /* the caller wipes it */
	uint64_t id, granted;          /* bits of enum token_scope, those that others include too */
};

/** Makes the token in the database in `dir`. On failure *why is one clause: ERR_BUSY a server has
 * the directory, ERR_NOT_FOUND there is no database, ERR_INVALID an unusable name or scope, or what
 * engine_lmdb_open says. */
enum err token_offline_create(struct token_offline *made, const char *dir,
			      const char **why) WARN_UNUSED;

#endif
