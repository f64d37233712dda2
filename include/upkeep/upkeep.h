/* The upkeep room: background work on records, one slice of one job at a time. Jobs are looked at
 * from time to time, and when a record that they watch is written. All of their state is in
 * records, so that a stop at any moment loses nothing.
 */
#ifndef UPKEEP_UPKEEP_H
#define UPKEEP_UPKEEP_H

#include "base/loop.h"
#include "core/slice.h"
#include "store/store.h"

struct upkeep;

struct upkeep_job {
	const char *name;                /* for the log */
	size_t size;                     /* of its slice: a struct that begins with struct slice */
	command_decide_fn *find;         /* a query; sets slice.n */
	command_decide_fn *change;       /* a command on what was found */
	uint64_t first_ms;               /* looked at so long after the start */
	uint64_t pace_ms;                /* rests so long after a slice, or for UPKEEP_PACE_MS */
	uint64_t every_ms;               /* looked at so often */
	const struct record_kind *watch; /* ... and when one of these is written; may be NULL */
	/* Called after a change was committed, for the log; may be NULL. */
	void (*report)(const struct slice *slice);
};

/* What referd does; ends with a NULL name. A slice takes at most 2 ms of the loop. */
extern const struct upkeep_job UPKEEP_JOBS[];

enum {
	UPKEEP_PACE_MS = 5,      /* between two slices */
	UPKEEP_FAILED_MS = 5000, /* after a slice that failed, before its job is tried again */
};

struct upkeep_config {
	struct loop *loop;
	struct store *store;
	struct codes *codes;
	const char *public_url; /* borrowed */
	uint64_t
	    retention_ms; /* how long finished deliveries and their events are kept; 0: for ever */
	const struct upkeep_job *jobs;
};

/** Works from now on, in the turns of the loop: every job is looked at once at the start. Adds a
 * hook to the loop, which must not turn once the room is closed. ERR_NO_MEMORY. */
enum err upkeep_open(const struct upkeep_config *config, struct upkeep **out) WARN_UNUSED;
/** Begins no further slice; one that is with the store is finished by it. */
void upkeep_drain(struct upkeep *upkeep);
/** When the next slice begins unless a write wakes a job before, on the loop's monotonic clock;
 * UINT64_MAX: not before the slice ends that is with the store, or never after a drain. */
uint64_t upkeep_next_ns(const struct upkeep *upkeep);
/** NULL is fine. */
void upkeep_close(struct upkeep *upkeep);

#endif
