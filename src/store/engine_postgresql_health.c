/* Owns the engine's knowledge about its database: whether it answers, its version, and the
 * difference between its clock and this machine's. Never sends a statement. Called by the store
 * through engine_ops, and by the reads for each epoch, which comes with a time.
 */
#include <libpq-fe.h>
#include <string.h>

#include "base/clock.h"
#include "store/engine_postgresql_parts.h"

static const uint64_t NS_PER_MS = 1000000;
/* A measurement with a longer round trip replaces a better measurement only after this time. */
static const uint64_t CLOCK_OLD_NS = 10000000000;

static uint64_t mono_ns(void)
{
	return clock_system.mono_ns(&clock_system);
}

/* ---- the clock ---- */

/* The database has read its clock between sent_ns and now. So the error of the measurement is at
 * most half of the round trip. */
void pg_clock_note(struct engine_pg *e, uint64_t sent_ns, uint64_t database_ms)
{
	struct pg_clock *c = &e->clock;
	uint64_t now_ns = mono_ns(), error_ns = now_ns > sent_ns ? (now_ns - sent_ns) / 2 : 0;
	if (c->at_ns != 0 && error_ns > c->error_ns && now_ns - c->at_ns < CLOCK_OLD_NS)
		return;
	uint64_t error_ms = error_ns / NS_PER_MS;
	*c = (struct pg_clock){
	    .at_ns = now_ns,
	    .error_ns = error_ns,
	    .from_mono_ms = (int64_t)(database_ms + error_ms - now_ns / NS_PER_MS),
	    .from_wall_ms = (int64_t)(database_ms + error_ms - clock_system.unix_ms(&clock_system)),
	};
}

uint64_t pg_now_ms(const struct engine *engine, uint64_t own_ms)
{
	const struct engine_pg *e = (const struct engine_pg *)engine;
	if (e->clock.at_ns == 0)
		return own_ms;
	return mono_ns() / NS_PER_MS + (uint64_t)e->clock.from_mono_ms;
}

/* ---- the connections ---- */

void pg_link_heard(struct pg_link *link)
{
	link->heard_ns = mono_ns();
}

void pg_link_note_loss(struct pg_link *link, const char *why)
{
	if (link->state == LINK_READY && link->n_answers == 0)
		pg_link_heard(link);
	link->read_only = why != NULL && strstr(why, "read-only") != NULL;
}

static uint64_t away_ms(const struct pg_link *link, uint64_t now_ns)
{
	bool owes = link->state != LINK_READY || link->n_answers > 0;
	return owes && now_ns > link->heard_ns ? (now_ns - link->heard_ns) / NS_PER_MS : 0;
}

void pg_health(const struct engine *engine, struct store_health *out)
{
	const struct engine_pg *e = (const struct engine_pg *)engine;
	*out = (struct store_health){
	    .connected = true,
	    .unresolved = e->commit.step == STEP_UNKNOWN,
	    .replaced = e->node.replaced,
	    .clock_known = e->clock.at_ns != 0,
	    .clock_ms = -e->clock.from_wall_ms,
	    .lost = {e->node.outcomes[0], e->node.outcomes[1]},
	};
	for (size_t i = 0; i < e->n_links; i++) {
		const struct pg_link *link = &e->links[i];
		uint64_t away = away_ms(link, mono_ns());
		bool ready = link->state == LINK_READY;
		out->connected = out->connected && ready;
		out->read_only = out->read_only || (!ready && link->read_only);
		if (ready)
			out->version = (unsigned)PQserverVersion(link->conn);
		if (away > out->away_ms)
			out->away_ms = away;
	}
}
