/*
 * Owns the judgement of a database's health. Never asks the database. Called by GET /readyz and GET
 * /metrics.
 */
#include "health.h"

#include <stdio.h>

#include "base/metrics.h"

enum {
	/* The database counts as away after this time without an answer. A statement may wait for
	 * a lock for 5 seconds, and then the database is not away. */
	AWAY_MS = 6000,
	CLOCK_OFF_MS = 500, /* a larger difference between the clocks makes due times wrong */
};

static const char *name_problem(const struct store_health *h)
{
	if (h->replaced)
		return "another server has started with this server's --node-name: stop one of "
		       "them, or give it another name";
	if (h->unresolved)
		return "the connection broke during a commit, whose outcome is not known yet";
	if (h->read_only)
		return "the database accepts no writes: it is a standby";
	if (!h->connected)
		return "there is no connection to the database";
	return h->away_ms >= AWAY_MS ? "the database does not answer" : NULL;
}

static bool is_off(const struct store_health *h)
{
	return h->clock_known && (h->clock_ms > CLOCK_OFF_MS || h->clock_ms < -CLOCK_OFF_MS);
}

const char *health_problem(const struct api *api, char *room, size_t size)
{
	struct store_health h;
	if (api->draining)
		return "the server is stopping";
	if (!store_health(api->store, &h))
		return NULL;
	const char *problem = name_problem(&h);
	if (problem != NULL || !is_off(&h))
		return problem;
	snprintf(room, size,
		 "this machine's clock is %lld ms %s that of the database: let NTP set both",
		 (long long)(h.clock_ms > 0 ? h.clock_ms : -h.clock_ms),
		 h.clock_ms > 0 ? "ahead of" : "behind");
	return room;
}

bool health_is_away(const struct api *api)
{
	struct store_health h;
	return store_health(api->store, &h) && (!h.connected || h.away_ms >= AWAY_MS);
}

void health_write_metrics(const struct api *api, struct buf *out)
{
	struct store_health h;
	if (!store_health(api->store, &h))
		return;
	const struct metric metrics[] = {
	    {"referd_database_connected", "gauge",
	     "1 if every connection to the database is open, otherwise 0", h.connected},
	    {"referd_database_away_seconds", "gauge",
	     "How long an answer of the database has been missing; 0 if it has answered",
	     (double)h.away_ms / 1000},
	    {"referd_database_read_only", "gauge",
	     "1 if the database accepts no writes, otherwise 0", h.read_only},
	    {"referd_database_unresolved", "gauge",
	     "1 while the outcome of a commit is not known, otherwise 0", h.unresolved},
	    {"referd_database_version", "gauge", "Version of the server, such as 150006",
	     h.version},
	    {"referd_database_clock_offset_seconds", "gauge",
	     "This machine's clock minus that of the database", (double)h.clock_ms / 1000},
	};
	static const char lost[] = "referd_database_lost_answers_total";
	metrics_put(out, metrics, sizeof metrics / sizeof *metrics);
	metrics_head(out, lost, "counter",
		     "Commits whose answer was lost, by the outcome that was found later");
	metrics_sample(out, lost, "outcome=\"not_stored\"", (double)h.lost[0]);
	metrics_sample(out, lost, "outcome=\"stored\"", (double)h.lost[1]);
}
