/*
 * A memory engine that gives ids as the nodes of a shared database see them: two nodes take blocks
 * of random size in turn, so ids have gaps and are not in the order of time.
 */
#ifndef SUPPORT_ENGINE_DISORDER_H
#define SUPPORT_ENGINE_DISORDER_H

#include "seeded.h"
#include "store/engine.h"

/** NULL if memory runs out. */
struct engine *engine_disorder_open(struct seeded random);
/** Reads of this kind so far (engine_memory_gets). */
uint64_t engine_disorder_gets(const struct engine *engine, uint8_t kind);
/** Blocks that were given so far. */
uint64_t engine_disorder_blocks(const struct engine *engine);

#endif
