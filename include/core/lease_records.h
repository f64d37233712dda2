/*
 * The records with which several nodes divide the work that one node must do alone: the deliveries
 * of a webhook, and the background jobs. A store with one writer never has them.
 */
#ifndef CORE_LEASE_RECORDS_H
#define CORE_LEASE_RECORDS_H

#include "core/records.h"

/* What a lease is for. Stored: new values go to the end. */
enum lease_what {
	LEASE_NODE = 1, /* number: a node. It is alive while its lease lasts. */
	LEASE_LANE,     /* number: a webhook, whose deliveries the owner sends */
	LEASE_JOBS,     /* number: 0. The owner runs the background jobs. */
};

struct lease {
	uint64_t what, number; /* key */
	uint64_t owner;        /* a node (tx_node); 0: the last owner has released it */
	uint64_t fence;        /* raised with each new owner, and never lowered */
	uint64_t expires_ms;   /* on the clock of the database */
};

#endif
