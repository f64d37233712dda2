/* Background work in slices: a query finds a few records, a command changes them, and so on until a
 * query finds no more. The jobs of the upkeep room (upkeep/upkeep.h) are built on this. */
#ifndef CORE_SLICE_H
#define CORE_SLICE_H

#include "core/code.h"
#include "store/command.h"

/* The first member of the struct of a job. The room keeps the struct from the query to the
 * command and to the next slice. Texts end with the query: it must copy the texts that the
 * command needs. */
struct slice {
	struct command command; /* private to the upkeep room */
	void *runner;           /* private to the upkeep room */
	struct codes *codes;
	struct text public_url;
	/* Finished deliveries and their events are kept for so long; 0: for ever. */
	uint64_t retention_ms;
	uint64_t audit_retention_ms; /* lines of the audit list are kept for so long; 0: for ever */
	uint64_t now_ms;
	uint64_t believed_ms; /* loop_believed_ms: for work that depends on the age of a record */
	/* The query sets this to the number of records found; it may run again from the start. With
	 * 0 no command follows, and the job waits for its interval. */
	size_t n;
	/* A query that found nothing sets this to run again before the interval has passed.
	 * SLICE_SOON_MS: as soon as the pace of the job allows. It is 0 when the query begins. */
	uint64_t look_again_ms;
};
enum { SLICE_SOON_MS = 1 };

#endif
