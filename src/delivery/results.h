/*
 * Results of attempts that wait to be recorded. They are recorded many at once, because a commit
 * for each result would cost more than the deliveries.
 */
#ifndef DELIVERY_RESULTS_H
#define DELIVERY_RESULTS_H

#include "attempt.h"
#include "base/loop.h"
#include "store/store.h"

enum {
	RESULTS_MANY = 256,             /* gathered results that are recorded at once, ... */
	RESULTS_WAIT_NS = 20 * 1000000, /* ... and the longest wait of the first result */
};

struct results {
	struct loop *loop;
	struct store *store;
	struct attempt_run *first, **end; /* ATTEMPT_FINISHED, in the order of their results */
	size_t n;
	uint64_t record_at_ns; /* then the first result has waited long enough */
	struct event *timer;
};

/** ERR_NO_MEMORY. */
enum err results_open(struct results *results, struct loop *loop, struct store *store) WARN_UNUSED;
void results_close(struct results *results);
/** Adds the result of a finished attempt. With `at_once` the next results_record submits all. */
void results_add(struct results *results, struct attempt_run *run, bool at_once);
/** Removes a result, which is then not recorded. */
void results_remove(struct results *results, struct attempt_run *run);
/** Submits the gathered results if they are many, if the first has waited long enough, if the store
 * commits in this turn anyway, or with `at_once`. Calls `done` of a result that the store does not
 * take, with ERR_BUSY. */
void results_record(struct results *results, bool at_once);

#endif
