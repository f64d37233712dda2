/*
 * The hashes of the bearer tokens, in memory. They are read at the start; then a watch of the
 * store keeps them up to date.
 */
#ifndef API_TOKENS_H
#define API_TOKENS_H

#include "base/crypto.h"
#include "core/token.h"
#include "store/store.h"

struct token_entry {
	uint8_t hash[SHA256_SIZE];
	uint64_t id, scopes, expires_ms;
	char name[TOKEN_NAME_MAX + 1]; /* for people who read who made a change */
};

struct tokens {
	struct token_entry *items;
	size_t n, cap;
};

/** Reads all tokens (it calls store_wait until they have arrived), and watches for changes.
 * ERR_NO_MEMORY, ERR_BUSY and read errors. */
enum err tokens_load(struct tokens *tokens, struct store *store) WARN_UNUSED;
/** For a query: replaces the entries by all tokens of the database. ERR_NO_MEMORY, errors of
 * tx_scan; then the entries are incomplete. */
enum err tokens_read(struct tokens *tokens, struct tx *tx) WARN_UNUSED;
void tokens_free(struct tokens *tokens);
/** The entry of a token that is known and not expired, or NULL. */
const struct token_entry *tokens_find(const struct tokens *tokens, struct text token,
				      uint64_t now_ms);
/** The entry with that id, or NULL. */
const struct token_entry *tokens_find_id(const struct tokens *tokens, uint64_t id);

#endif
