/* `referd restore FILE`: makes a backup the database of a data directory. */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

#include "store_address.h"

/** Verifies FILE and copies it into --data, which must not have a database. Returns 0: done; 1: not
 * done, and a message says why; 2: wrong options. */
int restore_main(int argc, char **argv);

/** Skips the ids that a server may have given after the copy was made, in the database in `file`,
 * or at the address if `file` is NULL. No other process may have it open. False with *why, which is
 * untouched if the reason is unknown. */
bool restore_skip_ids(const struct store_address *address, const char *file,
		      const char **why) WARN_UNUSED;

#endif
