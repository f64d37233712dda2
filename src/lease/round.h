/*
 * The state of the lease room, and one round of it: which leases the node takes, renews and
 * releases, from what it has read.
 */
#ifndef LEASE_ROUND_H
#define LEASE_ROUND_H

#include "base/array.h"
#include "lease/leases.h"

struct leases {
	struct leases_config config;
	bool shared; /* false: one writer, and nothing below is used */
	struct lease_claim *claims;
	struct event *timer;
	uint64_t timer_at_ms; /* when it fires; 0: not armed */
	uint64_t next_ms;     /* the next round, steady clock */
	bool busy;            /* a round is under way */
	bool draining;
	uint64_t own_fence; /* of the node's own lease; 0: not held */
	/* The nodes that are alive, this one included, and how many lanes each has. */
	uint64_t *alive;
	size_t *held;
	size_t nodes, alive_cap, held_cap;

	struct lease_read read;
	struct lease *rows; /* all leases, in the order of their keys */
	size_t n_rows, rows_cap;

	struct lease_change change;
	uint64_t asked_ms;           /* steady clock, before the change went to the store */
	struct lease_item *items;    /* the first is the node's own */
	struct lease_claim **owners; /* of each item; NULL: the claim is gone, or has no claim */
	size_t n_items, items_cap, owners_cap;
	struct lease_fence *ended; /* leases to remove; the change has the first `ending` of them */
	size_t n_ended, ended_cap, ending;
};

/** Adds the page that was read to the rows. False if memory runs out. */
bool round_keep(struct leases *leases) WARN_UNUSED;
/** Plans the changes of the round from the rows and the claims; now_ms is on the clock of the
 * database. False if memory runs out. */
bool round_plan(struct leases *leases, uint64_t now_ms) WARN_UNUSED;

#endif
