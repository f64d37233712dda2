/*
 * The operators, in memory: read at the start, kept in step by the store's watch. A sign-in finds
 * the password's key here, and each request of a session the role.
 */
#ifndef API_OPERATORS_H
#define API_OPERATORS_H

#include "base/password.h"
#include "core/operator.h"
#include "store/store.h"

struct operator_entry {
	uint8_t key[OPERATOR_KEY_SIZE];
	uint64_t id, role, password_version;
	struct password_cost cost;
	uint8_t salt[PASSWORD_SALT_SIZE], password_key[PASSWORD_KEY_SIZE];
	char name[OPERATOR_NAME_MAX + 1];
};

struct operators {
	struct operator_entry *items;
	size_t n, cap;
};

/** Reads all operators (it calls store_wait until they have arrived), and watches for changes.
 * ERR_NO_MEMORY, ERR_BUSY and read errors. */
enum err operators_load(struct operators *operators, struct store *store) WARN_UNUSED;
/** For a query: replaces the entries by all operators of the database. ERR_NO_MEMORY, errors of
 * tx_scan; then the entries are incomplete. */
enum err operators_read(struct operators *operators, struct tx *tx) WARN_UNUSED;
void operators_free(struct operators *operators);
/* The entries are valid until the store's next turn. NULL: there is no operator with that key or
 * id. */
const struct operator_entry *operators_find(const struct operators *operators,
					    const uint8_t key[OPERATOR_KEY_SIZE]);
const struct operator_entry *operators_find_id(const struct operators *operators, uint64_t id);

#endif
