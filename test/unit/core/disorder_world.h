/*
 * A store whose ids have gaps and are not in the order of time, as several nodes give them.
 */
#ifndef TEST_CORE_DISORDER_WORLD_H
#define TEST_CORE_DISORDER_WORLD_H

#include "../../support/engine_disorder.h"
#include "verify_world.h"

static inline int world_on_disorder(void **state)
{
	struct world *w = world_new();
	struct engine *engine = engine_disorder_open(seeded_start("disorder", 1));
	w->adding = engine; /* the engine whose reads a test counts */
	return world_start(state, engine, w);
}

#endif
