/*
 * Owns GET /api/v2/server: the numbers that show whether the server is well. Never judges them: a
 * client knows which values are normal. Called through the route table.
 */
#include "api/api.h"
#include "api/call/show.h"
#include "core/webhook_gauge.h"
#include "routes.h"

struct server_call {
	struct webhook_gauges gauges; /* one page; first: done gets a pointer to its command */
	struct call *call;
	uint64_t pending, held, exhausted; /* of the pages so far */
};

/* ---- the reply ---- */

static void put_database(const struct api_config *config, struct json_out *o)
{
	struct api_host host = {0};
	if (config->read_host != NULL)
		config->read_host(config->read_host_arg, &host);
	json_open(o, "database", '{');
	show_id(o, "bytes", host.database_bytes);
	show_id(o, "earlier_bytes", host.earlier_bytes);
	show_time(o, "earlier_at", host.earlier_ms);
	show_id(o, "disk_bytes", host.disk_bytes);
	if (host.disk_bytes == 0)
		show_id(o, "disk_free_bytes", 0);
	else
		json_put_u64(o, "disk_free_bytes", host.disk_free_bytes);
	show_time(o, "backup_at", host.backup_ms);
	json_close(o, '}');
}

static void put_store(struct json_out *o, const struct store_counters *c)
{
	const struct histogram *h = &c->commit_durations;
	json_open(o, "commits", '{');
	json_put_u64(o, "count", c->commits);
	json_put_u64(o, "failed", c->failed_commits);
	show_id(o, "p50_us", histogram_percentile(h, 50) / 1000);
	show_id(o, "p99_us", histogram_percentile(h, 99) / 1000);
	json_close(o, '}');
	json_put_u64(o, "queued", c->queued);
}

static void reply(struct server_call *sc)
{
	struct call *call = sc->call;
	const struct api *api = call->api;
	const struct store_counters counters = store_counters(api->store);
	struct json_out o = call_data(call);
	json_put_text(&o, "version", TEXT(REFERD_VERSION));
	show_time(&o, "started_at", loop_unix_of_steady(api->loop, api->opened_steady_ms));
	json_put_u64(&o, "uptime_seconds",
		     (loop_steady_ms(api->loop) - api->opened_steady_ms) / 1000);
	put_database(api->config, &o);
	put_store(&o, &counters);
	json_open(&o, "deliveries", '{');
	json_put_u64(&o, "pending", sc->pending);
	json_put_u64(&o, "held", sc->held);
	json_put_u64(&o, "exhausted", sc->exhausted);
	json_close(&o, '}');
	call_reply_data(call, &o, 200);
}

/* ---- the call ---- */

static void read_page(struct server_call *sc, uint64_t after);

static void on_page(struct command *command, enum err err)
{
	struct server_call *sc = (struct server_call *)command;
	const struct webhook_gauges *page = &sc->gauges;
	if (err != ERR_OK) {
		call_reply_err(sc->call, err, NULL);
		return;
	}
	for (size_t i = 0; i < page->n; i++) {
		const struct webhook_gauge *g = &page->gauges[i];
		*(g->disabled ? &sc->held : &sc->pending) += g->pending;
		sc->exhausted += g->exhausted;
	}
	if (page->n < WEBHOOK_GAUGES)
		reply(sc);
	else
		read_page(sc, page->gauges[page->n - 1].webhook_id);
}

static void read_page(struct server_call *sc, uint64_t after)
{
	sc->gauges.after = after;
	sc->gauges.command = (struct command){.decide = webhook_gauges_decide, .done = on_page};
	call_query(sc->call, &sc->gauges.command);
}

const struct operation OP_SERVER_GET = {
    .id = "getServer",
    .tag = "Operations",
    .summary = "Read how the server is",
    .description = "Sizes, times and backlogs. A value that referd does not know is null. For "
		   "monitoring, use GET /metrics.",
    .answers = {{200, ANSWER_DATA, "Server"}},
};

void server_get(struct call *call)
{
	struct server_call *sc = call_alloc(call, sizeof *sc);
	if (sc == NULL)
		return;
	sc->call = call;
	read_page(sc, 0);
}
