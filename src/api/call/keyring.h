/*
 * Keeps the tables of credentials (tokens, operators, sessions, inbound credentials) up to date if
 * several nodes change them. The store calls a watch only for the commits of its own node, so the
 * keyring reads the tables again when the epoch of the store has moved. With one writer it does
 * nothing.
 */
#ifndef API_KEYRING_H
#define API_KEYRING_H

#include "call.h"

/** Opens the keyring of an API whose tables are loaded. With several nodes it adds a hook to the
 * loop, which must not turn after keyring_close. ERR_NO_MEMORY. */
enum err keyring_open(struct api *api) WARN_UNUSED;
void keyring_close(struct api *api);

/** Calls `then` as soon as the tables show every change that any node had committed before this
 * call: at once with one writer, otherwise after a query that all requests of a turn share. Replies
 * instead if the tables cannot be read. */
void keyring_wait(struct call *call, call_fn *then);

#endif
