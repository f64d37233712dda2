/*
 * The warnings about an empty pool of coupons.
 */
#ifndef UPKEEP_POOLS_H
#define UPKEEP_POOLS_H

#include "base/loop.h"
#include "store/store.h"

struct pools {
	struct loop *loop;
	uint64_t rule_id,
	    warned_ns; /* the last warning about a waiting reward; 0: no warning yet */
};

/** Watches the pools for as long as the store is open. */
void pools_watch(struct pools *pools, struct loop *loop, struct store *store);

#endif
