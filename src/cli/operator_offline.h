/* The operator commands on the database of a stopped server. */
#ifndef CLI_OPERATOR_OFFLINE_H
#define CLI_OPERATOR_OFFLINE_H

#include "base/bytes.h"
#include "store_address.h"

/* The outcome of each: ERR_BUSY: a server uses the directory; ERR_REFUSED: the name is taken, or
 * the operator does not exist; other errors of offline_open. On failure, *why is a clause that says
 * what is wrong. */

/** Adds an operator with a valid name and password. *id is the id. */
enum err operator_offline_add(const struct store_address *address, struct text name, uint64_t role,
			      struct text password, uint64_t *id, const char **why) WARN_UNUSED;
/** Appends a line for each operator, in the order of their ids. */
enum err operator_offline_list(const struct store_address *address, struct buf *out,
			       const char **why) WARN_UNUSED;
enum err operator_offline_remove(const struct store_address *address, struct text name,
				 const char **why) WARN_UNUSED;

/** Appends the line of an operator, as the list shows it. */
void operator_write_row(struct buf *out, uint64_t id, struct text role, struct text created,
			struct text name);

#endif
