/*
 * The leases of this node: what it owns of the work that one node must do alone. The lease room
 * asks for leases, renews them, gives up what is more than a fair share, and releases all of them
 * at a stop. The rooms that do the work ask before each step (lease_held).
 *
 * With one writer, the node owns everything at once: no record is read or written.
 */
#ifndef LEASE_LEASES_H
#define LEASE_LEASES_H

#include "base/loop.h"
#include "core/lease.h"
#include "store/store.h"

struct leases;

/* A piece of work that wants a lease. Its owner embeds this struct and fills the first part. */
struct lease_claim {
	uint64_t what, number; /* enum lease_what */
	/* The longest single step of the work: the lease lasts so much longer. */
	uint64_t step_ms;
	bool ending; /* the work is about to end for ever: takes a lease beyond the fair share */
	/* Is a step under way? A lease is not released before it has ended. */
	bool (*busy)(const struct lease_claim *claim);
	/* The node has just got the lease, or has it again after its time had passed, or has lost
	 * or released it. May remove this claim, but no other. */
	void (*changed)(struct lease_claim *claim);

	/* The lease room's: */
	struct lease_claim *next;
	struct lease_fence fence; /* zeros: not held, or held without a record */
	uint64_t until_ms;        /* steady clock; 0: not held */
	bool leaving;             /* to be released when no step is under way */
};

struct leases_config {
	struct loop *loop;
	struct store *store;
};

/** Asks for the node's own lease in the next turn of the loop. Adds a hook to the loop, unless the
 * store has one writer: so the loop must not turn after leases_close. ERR_NO_MEMORY. */
enum err leases_open(const struct leases_config *config, struct leases **out) WARN_UNUSED;
/** Releases nothing: the leases expire. NULL is fine. */
void leases_close(struct leases *leases);

/** Begins to ask for a lease. With one writer, or without `leases`, it is held from now on. */
void leases_add(struct leases *leases, struct lease_claim *claim);
/** Forgets the claim. If it is held and `ended` is set, its record is removed. */
void leases_remove(struct leases *leases, struct lease_claim *claim, bool ended);
/** Is the lease held for at least the next ms milliseconds, so that a step may begin? */
bool lease_held(const struct lease_claim *claim, uint64_t now_ms, uint64_t ms);
/** A command was refused by its fence: another node has the lease. Ignores an older fence. */
void leases_lost(struct leases *leases, const struct lease_fence *fence);

/** Does the node share its work with others? False if `leases` is NULL. */
bool leases_shared(const struct leases *leases);
/** The number of nodes that are alive, this one included. */
size_t leases_nodes(const struct leases *leases);
/** The time on the steady clock at which the room needs a turn; 0: never. */
uint64_t leases_next_ms(const struct leases *leases);

/** Releases every lease as soon as no step is under way, and takes no more. */
void leases_drain(struct leases *leases);
/** True when every lease is released. */
bool leases_drained(const struct leases *leases);

#endif
