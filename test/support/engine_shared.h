/*
 * An engine with several writers, for tests: the stores of one process share a state, and each has
 * an engine of its own, a node. Chance, from a printed seed, delays reads, commits and blocks of
 * ids, loses the answers of commits, and lets another store run in the middle of a commit.
 */
#ifndef SUPPORT_ENGINE_SHARED_H
#define SUPPORT_ENGINE_SHARED_H

#include "shared_state.h"

/** Opens a node (0 to SHARED_NODES - 1) of the state, which outlives it. A node that was open
 * before, or still is, is fenced off: its later commits store nothing. */
struct engine *engine_shared_open(struct shared_state *state, unsigned node);
/** Lets arrive what the engine waits for, and wakes the store. */
void engine_shared_arrive(struct engine *engine);
/** The place of the engine's last commit in the serial order of all commits. */
uint64_t engine_shared_position(const struct engine *engine);

#endif
