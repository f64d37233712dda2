/* The upkeep room: background work on records, one slice of one job at a time. A job begins a slice
 * when its interval has passed, or when a record of the kind that it watches is written. Its
 * progress is in records, so that a stop at any moment loses nothing. */
#ifndef UPKEEP_UPKEEP_H
#define UPKEEP_UPKEEP_H

#include "base/loop.h"
#include "core/slice.h"
#include "lease/leases.h"
#include "store/store.h"

struct upkeep;

struct upkeep_job {
	const char *name;                /* for the log */
	size_t size;                     /* of its slice: a struct that begins with struct slice */
	command_decide_fn *find;         /* a query; sets slice.n */
	command_decide_fn *change;       /* a command on the records found */
	uint64_t first_ms;               /* the first slice begins so long after the start */
	uint64_t pace_ms;                /* the pause after a slice, but at least UPKEEP_PACE_MS */
	uint64_t every_ms;               /* the interval after a query that finds nothing */
	const struct record_kind *watch; /* a write of this kind ends the interval; may be NULL */
	/* Called after each committed change, for the log; may be NULL. */
	void (*report)(const struct slice *slice);
};

/* With several nodes, the owner of one lease runs all jobs. Each change checks the fence of the
 * lease (core/lease.h).
 *
 * The jobs of referd; the last entry has no name. A slice takes at most 2 ms of the loop. */
extern const struct upkeep_job UPKEEP_JOBS[];

enum {
	UPKEEP_PACE_MS = 5,      /* the pause between two slices of any jobs */
	UPKEEP_FAILED_MS = 5000, /* the pause of a job after a slice that failed */
	/* With several nodes, the writes of other nodes do not wake a job: the longest interval of
	 * a job that watches a kind. */
	UPKEEP_SHARED_MS = 1000,
	UPKEEP_STEP_MS = 2000, /* a slice begins only if the lease lasts so long */
};

struct upkeep_config {
	struct loop *loop;
	struct store *store;
	struct codes *codes;
	struct leases *leases;  /* NULL: this node runs the jobs */
	const char *public_url; /* borrowed */
	/* Finished deliveries and their events are kept for so long; 0: for ever. */
	uint64_t retention_ms;
	uint64_t audit_retention_ms; /* likewise, for the lines of the audit list */
	const struct upkeep_job *jobs;
};

/** From now on, slices begin in the turns of the loop; a job begins its first slice after its
 * first_ms. Adds a hook to the loop, so the loop must not turn after upkeep_close. ERR_NO_MEMORY.
 */
enum err upkeep_open(const struct upkeep_config *config, struct upkeep **out) WARN_UNUSED;
/** Begins no further slice. The store still finishes the command that it has. */
void upkeep_drain(struct upkeep *upkeep);
/** The time, on the loop's monotonic clock, at which the next slice begins, unless a write wakes a
 * job earlier. UINT64_MAX while the store has a slice, and after a drain. */
uint64_t upkeep_next_ns(const struct upkeep *upkeep);
/** NULL is fine. */
void upkeep_close(struct upkeep *upkeep);

#endif
