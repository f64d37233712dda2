/* One line of an import: somebody of before becomes a user of a campaign, with the code, the
 * referrer and the qualification of before.
 */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "core/join.h"
#include "core/qualify.h"

/* All of it is kept, or nothing: a line that is refused leaves no half of itself. */
struct import_row {
	struct command command; /* decide: import_row_decide */
	struct join join;       /* filled, with `import`; its own command is not used */
	bool qualified;         /* becomes Qualified too; never the other way round */
	uint64_t qualified_ms;  /* when; 0: not known */

	/* In done. */
	bool created;   /* else the address was in the campaign before, and nothing of it changed */
	bool qualifies; /* it was not Qualified before */
};

/** ERR_OK, or ERR_REFUSED with the reasons in join.problems; a problem without a field is about the
 * whole line. Nobody is rewarded for what was before. The same line again changes nothing. */
command_decide_fn import_row_decide;

#endif
