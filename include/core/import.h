/*
 * One line of an import: a user of an earlier programme becomes a user of a campaign, and keeps
 * their code, referrer and qualification.
 */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "core/join.h"
#include "core/qualify.h"

/* A line is stored as a whole, or not at all. */
struct import_row {
	struct command command; /* decide: import_row_decide */
	struct join join;       /* filled in, with `import` set; its own `command` is not used */
	bool qualified;         /* true: the user also becomes qualified; false changes nothing */
	uint64_t qualified_ms;  /* the time of the qualification; 0: unknown, so it is now */

	/* The result, valid in done. */
	bool created;   /* false: the address was in the campaign already */
	bool qualifies; /* the line has qualified the user, who was not qualified before */
};

/** ERR_OK, or ERR_REFUSED with the reasons in join.problems; a problem without a field is about the
 * whole line. An import earns no rewards. The same line again changes nothing. */
command_decide_fn import_row_decide;

#endif
