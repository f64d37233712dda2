/*
 * A warning when a pool of coupons is empty.
 */
#ifndef UPKEEP_POOLS_H
#define UPKEEP_POOLS_H

#include "base/loop.h"
#include "store/store.h"

struct pools {
	struct loop *loop;
	uint64_t rule_id,
	    warned_ns; /* the last reward that waits and was logged; 0: there was none */
};

/** Watches the pools for as long as the store is open. */
void pools_watch(struct pools *pools, struct loop *loop, struct store *store);

#endif
