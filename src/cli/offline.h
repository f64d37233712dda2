/*
 * The database of a stopped server, for commands that must work without a token.
 */
#ifndef CLI_OFFLINE_H
#define CLI_OFFLINE_H

#include "core/audit.h"
#include "store/ask.h"
#include "store_address.h"

/** Opens the database at the address. ERR_BUSY: a server uses the directory; ERR_NOT_FOUND: there
 * is no database; errors of store_address_open. On failure, *why is a clause that says what is
 * wrong. */
enum err offline_open(const struct store_address *address, struct store **store,
		      const char **why) WARN_UNUSED;

/** Runs a command, whose `decide` is set, and writes its line in the audit list. *object_id is then
 * the id of the object. Errors of the command; *why as above, for errors of the database. */
enum err offline_change(struct store *store, struct command *command, enum audit_action action,
			const uint64_t *object_id, const char **why) WARN_UNUSED;

/** Like store_ask; *why as above. */
enum err offline_read(struct store *store, struct command *query, store_read_fn *read, void *arg,
		      const char **why) WARN_UNUSED;

#endif
