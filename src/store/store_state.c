/* Owns the answers about a store: its counters, its node, and the clock and the health of its
 * database. Never changes it. Called by the rooms that show or need them.
 */
#include "store/store_parts.h"

struct store_counters store_counters(const struct store *s)
{
	struct store_counters counters = s->counters;
	counters.queued = s->queries.n + s->parked.n + s->waiting.n + s->decided.n;
	return counters;
}

bool store_shared(const struct store *s)
{
	return tx_shared(&s->tx);
}

uint64_t store_node(const struct store *s)
{
	return tx_node(&s->tx);
}

uint64_t store_now_ms(const struct store *s, uint64_t own_ms)
{
	const struct engine_ops *ops = s->engine->ops;
	return ops->now_ms != NULL ? ops->now_ms(s->engine, own_ms) : own_ms;
}

bool store_health(const struct store *s, struct store_health *out)
{
	if (s->engine->ops->health != NULL)
		s->engine->ops->health(s->engine, out);
	return s->engine->ops->health != NULL;
}

uint64_t store_epoch(const struct store *s)
{
	return s->cache.epoch;
}
