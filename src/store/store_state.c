/* Owns the answers about a store: its counters, its node, and the clock and the health of its
 * database. Never changes it. Called by the rooms that show or need them.
 */
#include "store/store_parts.h"

/* Leaves out the durations of the second store's commits, because they include waits for locks. */
static void add_counters(struct store_counters *sum, const struct store *second)
{
	const struct store_counters more = store_counters(second);
	sum->commits += more.commits;
	sum->commands += more.commands;
	sum->refused += more.refused;
	sum->failed_commits += more.failed_commits;
	sum->writes += more.writes;
	sum->conflicts += more.conflicts;
	sum->queued += more.queued;
}

struct store_counters store_counters(const struct store *s)
{
	struct store_counters counters = s->counters;
	counters.queued = s->queries.n + s->parked.n + s->waiting.n + s->decided.n;
	if (s->second != NULL)
		add_counters(&counters, s->second);
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
	if (s->engine->ops->health == NULL)
		return false;
	s->engine->ops->health(s->engine, out);
	struct store_health second;
	if (s->second == NULL || !store_health(s->second, &second))
		return true;
	out->unresolved = out->unresolved || second.unresolved;
	if (!store_idle(s->second)) { /* requests wait for it */
		out->connected = out->connected && second.connected;
		out->read_only = out->read_only || second.read_only;
		out->away_ms = second.away_ms > out->away_ms ? second.away_ms : out->away_ms;
	}
	for (size_t i = 0; i < sizeof out->lost / sizeof *out->lost; i++)
		out->lost[i] += second.lost[i];
	return true;
}

uint64_t store_epoch(const struct store *s)
{
	return s->cache.epoch;
}
