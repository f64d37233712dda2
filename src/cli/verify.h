/* `referd verify`: does every record of a database say what the others say? */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/** Walks the database at --data, or the one in the FILE named. 0: no problems; 1: problems, a line
 * each and a last one with their number; 2: bad options, or nothing that could be opened. */
int verify_main(int argc, char **argv);

struct verified {
	bool opened; /* it is a database: what went wrong after that is damage */
	uint64_t records, users, problems;
};

/** The walk itself, read only and in one snapshot, over the database in the directory `dir` or,
 * where it is not NULL, the one in `file`. Prints the first problems on stdout. False after one
 * clear line on stderr: it cannot be opened or read. */
bool verify_database(const char *dir, const char *file, struct verified *found) WARN_UNUSED;

#endif
