/*
 * Several stores on one shared state, in one thread: chance says which store runs, also in the
 * middle of a commit of another store. The seed is printed, and REFERD_SEED repeats a run.
 */
#ifndef SUPPORT_NODES_H
#define SUPPORT_NODES_H

#include "engine_shared.h"
#include "store/store.h"

enum { NODES_TURNS_MAX = 1000000 };

struct nodes {
	struct shared_state *state;
	struct engine *engines[SHARED_NODES]; /* the stores own them */
	struct store *stores[SHARED_NODES];
	bool runs[SHARED_NODES]; /* a store is never called from within itself */
	size_t n;
};

static const struct shared_faults NODES_FAULTS = {
    .switches = 8, .delays = 6, .lost = 12, .late = 3};

/* One turn of a store. What it waits for arrives before every second turn. */
static inline void nodes_run(struct nodes *nodes, size_t i)
{
	nodes->runs[i] = true;
	if (shared_happens(nodes->state, 2))
		engine_shared_arrive(nodes->engines[i]);
	store_turn(nodes->stores[i]);
	nodes->runs[i] = false;
}

static inline void nodes_run_other(void *arg)
{
	struct nodes *nodes = arg;
	size_t i = (size_t)seeded_below(&nodes->state->random, nodes->n);
	if (!nodes->runs[i])
		nodes_run(nodes, i);
}

/* False if memory runs out. The faults begin when all stores are open. */
static inline bool nodes_open(struct nodes *nodes, size_t n, uint64_t seed,
			      const struct shared_faults *faults)
{
	const struct store_config config = {0};
	*nodes = (struct nodes){.state = shared_state_new(seed), .n = n};
	nodes->state->alone = n == 1;
	for (unsigned i = 0; i < n; i++) {
		nodes->engines[i] = engine_shared_open(nodes->state, i);
		if (nodes->engines[i] == NULL ||
		    store_open(nodes->engines[i], &config, &nodes->stores[i]) != ERR_OK)
			return false;
	}
	nodes->state->faults = *faults;
	nodes->state->run_other = nodes_run_other;
	nodes->state->arg = nodes;
	return true;
}

static inline bool nodes_are_idle(const struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (!store_idle(nodes->stores[i]))
			return false;
	return true;
}

/* Runs random stores until no store has work. False if that takes too many turns. */
static inline bool nodes_settle(struct nodes *nodes)
{
	for (int turns = 0; turns < NODES_TURNS_MAX; turns++) {
		if (nodes_are_idle(nodes))
			return true;
		nodes_run(nodes, (size_t)seeded_below(&nodes->state->random, nodes->n));
	}
	return false;
}

static inline void nodes_close(struct nodes *nodes)
{
	nodes->state->run_other = NULL;
	for (size_t i = 0; i < nodes->n; i++)
		store_close(nodes->stores[i]);
	shared_state_free(nodes->state);
}

/* Every kind of fault has happened, so the test has tried it. */
static inline bool nodes_were_tried(const struct nodes *nodes)
{
	const struct shared_counts *c = &nodes->state->counts;
	return c->switches > 0 && c->delays > 0 && c->conflicts > 0 &&
	       c->lost_stored + c->lost_dropped > 0;
}

static inline void nodes_print(const struct nodes *nodes)
{
	const struct shared_counts *c = &nodes->state->counts;
	printf(
	    "%zu stores: %llu commits, %llu switches, %llu delays, %llu conflicts, %llu late "
	    "epochs, %llu + %llu lost answers, %llu fenced, %llu additions, %llu blocks of ids\n",
	    nodes->n, (unsigned long long)c->commits, (unsigned long long)c->switches,
	    (unsigned long long)c->delays, (unsigned long long)c->conflicts,
	    (unsigned long long)c->late, (unsigned long long)c->lost_stored,
	    (unsigned long long)c->lost_dropped, (unsigned long long)c->fenced,
	    (unsigned long long)c->adds, (unsigned long long)c->blocks);
}

#endif
