/* Background work in slices: a query finds a few records, a command changes them, again until
 * nothing is left. What a job of the upkeep room (upkeep/upkeep.h) does is written in core, on
 * this.
 */
#ifndef CORE_SLICE_H
#define CORE_SLICE_H

#include "core/code.h"
#include "store/command.h"

/* To be the first member of a job's own struct, which is kept from the query to the command and to
 * the next slice. Texts end with the query: what the command needs of them is to be copied. */
struct slice {
	struct command command; /* the runner's */
	void *runner;           /* the runner's */
	struct codes *codes;
	struct text public_url;
	uint64_t
	    retention_ms; /* how long finished deliveries and their events are kept; 0: for ever */
	uint64_t now_ms;
	uint64_t believed_ms; /* what has ended by its age is judged by this (loop_believed_ms) */
	/* Set by the query, which may be called again from the start: how much was found. With 0
	 * nothing is left to do now, and no command follows. */
	size_t n;
	/* Set by the query with n = 0, if the job is to be looked at before its interval has
	 * passed; SLICE_SOON_MS: as soon as the pace of the job allows. The runner sets it to 0
	 * before. */
	uint64_t look_again_ms;
};
enum { SLICE_SOON_MS = 1 };

#endif
