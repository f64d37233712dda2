/*
 * A query whose caller waits for it: at the start, and in commands without a loop.
 */
#ifndef STORE_ASK_H
#define STORE_ASK_H

#include "store/store.h"

/** Takes the result of a query, while the texts of its records are valid. */
typedef enum err store_read_fn(void *arg, struct command *query);
/** Runs a query, whose `decide` the caller has set, and then `read`, unless `read` is NULL. Calls
 * store_wait until both have ended. ERR_BUSY; errors of the query and of `read`. */
enum err store_ask(struct store *store, struct command *query, store_read_fn *read,
		   void *arg) WARN_UNUSED;

#endif
