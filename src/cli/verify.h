/* `referd verify`: checks that the records of a database are intact and agree with each other. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "store_address.h"

/** Checks the database in --data, --store or FILE. Prints a line for each problem and a last line
 * with their number. Returns 0: no problems; 1: problems; 2: wrong options, or the database cannot
 * be opened. */
int verify_main(int argc, char **argv);

struct verified {
	bool opened; /* it is a database, so a later failure means damage */
	uint64_t records, users, problems;
};

/** Checks the database in `file`, or at the address if `file` is NULL. It only reads, and
 * sees one snapshot. `unfinished` allows the database of an unfinished load. Prints the first
 * problems on stdout. False after a message on stderr: the database cannot be opened or read. */
bool verify_database(const struct store_address *address, const char *file, bool unfinished,
		     struct verified *found) WARN_UNUSED;

#endif
