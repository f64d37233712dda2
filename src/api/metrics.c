/*
 * Owns GET /metrics: its access check, and the order in which the rooms write their metrics. Never
 * writes personal data or a secret, because labels are routes and ids only. Called through the
 * route table.
 */
#include "metrics.h"

#include <stdio.h>

#include "api/api.h"
#include "api/call/client_address.h"
#include "api/call/request_metrics.h"
#include "base/metrics.h"
#include "core/webhook_gauge.h"
#include "health.h"
#include "routes.h"
#include "stream.h"
#include "transfers.h"

/* ---- store and loop ---- */

static void put_store(struct call *call, struct buf *out)
{
	const struct store_counters c = store_counters(call->api->store);
	const struct metric metrics[] = {
	    {"referd_requests_total", "counter", "Requests routed", (double)call->api->requests},
	    {"referd_joins_total", "counter",
	     "Users created by a form or an API call, without imports", (double)call->api->joins},
	    {"referd_qualified_total", "counter", "Users who were qualified, without imports",
	     (double)call->api->qualified},
	    {"referd_store_commands_total", "counter", "Commands decided", (double)c.commands},
	    {"referd_store_refused_total", "counter", "Commands refused", (double)c.refused},
	    {"referd_store_queries_total", "counter", "Queries answered", (double)c.queries},
	    {"referd_store_commits_total", "counter", "Durable commits", (double)c.commits},
	    {"referd_store_failed_commits_total", "counter", "Commits that failed",
	     (double)c.failed_commits},
	    {"referd_store_conflicts_total", "counter",
	     "Batches decided again because another writer was faster", (double)c.conflicts},
	    {"referd_store_queued", "gauge", "Commands and queries that are waiting",
	     (double)c.queued},
	};
	metrics_put(out, metrics, sizeof metrics / sizeof *metrics);
	metrics_head(out, "referd_store_commit_duration_seconds", "histogram",
		     "Duration of a durable commit");
	metrics_histogram(out, "referd_store_commit_duration_seconds", NULL, &c.commit_durations);
}

/* A number that the operating system does not tell is left out. */
static void put_host(const struct api_config *config, struct buf *out)
{
	struct api_host host = {0};
	if (config->read_host != NULL)
		config->read_host(config->read_host_arg, &host);
	const struct metric metrics[] = {
	    {"referd_database_bytes", "gauge", "Size of the database's file",
	     (double)host.database_bytes},
	    {"referd_database_disk_free_bytes", "gauge", "Free bytes on the disk of the database",
	     (double)host.disk_free_bytes},
	    {"referd_last_backup_timestamp_seconds", "gauge", "End of the last known backup",
	     (double)host.backup_ms / 1000},
	};
	const bool known[] = {host.database_bytes > 0, host.disk_bytes > 0, host.backup_ms > 0};
	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		metrics_put(out, &metrics[i], known[i]);
}

static void put_transfers(const struct api *api, struct buf *out)
{
	const struct metric metrics[] = {
	    {"referd_imports_running", "gauge", "Running imports",
	     (double)transfers_running(api, TRANSFER_IMPORT)},
	    {"referd_exports_running", "gauge", "Running exports",
	     (double)transfers_running(api, TRANSFER_EXPORT)},
	    {"referd_streams_open", "gauge", "Open streams of changes",
	     (double)streams_n(api->streams)},
	};
	metrics_put(out, metrics, sizeof metrics / sizeof *metrics);
}

static void put_turns(struct call *call, struct buf *out)
{
	static const char name[] = "referd_loop_turn_seconds";
	metrics_head(out, name, "histogram",
		     "Length of a turn of the event loop, without its wait");
	metrics_histogram(out, name, NULL, loop_turn_durations(call->api->config->loop));
}

/* ---- webhooks ---- */

/* The backlogs of the webhooks; each query reads one page. */
struct page {
	struct webhook_gauges gauges; /* first: done gets a pointer to its command */
	struct metrics_call *m;
	struct page *next;
};

struct metrics_call {
	struct call *call;
	struct page *first, *last;
};

static double pending(const struct webhook_gauge *g)
{
	return g->disabled ? 0 : (double)g->pending;
}

static double held(const struct webhook_gauge *g)
{
	return g->disabled ? (double)g->pending : 0;
}

static double exhausted(const struct webhook_gauge *g)
{
	return (double)g->exhausted;
}

static double disabled(const struct webhook_gauge *g)
{
	return g->disabled ? 1 : 0;
}

static double overdue(const struct webhook_gauge *g)
{
	return (double)g->overdue_ms / 1000;
}

static const struct {
	const char *name, *help;
	double (*value)(const struct webhook_gauge *g);
} webhook_metrics[] = {
    {"referd_webhook_pending", "Deliveries that are waiting to be sent", pending},
    {"referd_webhook_held", "Deliveries that are waiting because their webhook is disabled", held},
    {"referd_webhook_exhausted", "Deliveries that were given up after their last attempt",
     exhausted},
    {"referd_webhook_overdue_seconds",
     "Time since the oldest waiting delivery was due; 0 if nothing is due", overdue},
    {"referd_webhook_disabled", "1 if the webhook is disabled, otherwise 0", disabled},
};

static void put_webhooks(const struct metrics_call *m, struct buf *out)
{
	char labels[64];
	for (size_t i = 0; i < sizeof webhook_metrics / sizeof *webhook_metrics; i++) {
		metrics_head(out, webhook_metrics[i].name, "gauge", webhook_metrics[i].help);
		for (const struct page *page = m->first; page != NULL; page = page->next)
			for (size_t row = 0; row < page->gauges.n; row++) {
				const struct webhook_gauge *g = &page->gauges.gauges[row];
				snprintf(labels, sizeof labels, "webhook_id=\"%llu\"",
					 (unsigned long long)g->webhook_id);
				metrics_sample(out, webhook_metrics[i].name, labels,
					       webhook_metrics[i].value(g));
			}
	}
}

/* ---- the call ---- */

const struct operation OP_OPS_METRICS = {
    .id = "getMetrics",
    .tag = "Operations",
    .summary = "Read metrics in the Prometheus text format",
    .description = "Clients on the server's own machine need no token. Other clients send an API "
		   "token, or use the listener of --metrics-listen.",
    .answers = {{200, ANSWER_TEXT, NULL}},
};

static void reply(struct metrics_call *m)
{
	struct call *call = m->call;
	struct buf *out = &call->api->out;
	buf_reset(out);
	metrics_head(out, "referd_build_info", "gauge", "1, labelled with the version");
	metrics_sample(out, "referd_build_info", "version=\"" REFERD_VERSION "\"", 1);
	request_metrics_write(call->api->request_metrics, out);
	put_store(call, out);
	put_host(call->api->config, out);
	health_write_metrics(call->api, out);
	put_turns(call, out);
	put_transfers(call->api, out);
	put_webhooks(m, out);
	if (call->api->config->write_metrics != NULL)
		call->api->config->write_metrics(call->api->config->metrics_arg, out);
	metrics_process(out);
	call_reply_text(call, 200, "text/plain; version=0.0.4", buf_view(out));
}

static void read_page(struct metrics_call *m, uint64_t after);

static void on_gauges(struct command *command, enum err err)
{
	struct page *page = (struct page *)command;
	struct metrics_call *m = page->m;
	const size_t n = page->gauges.n;
	if (err != ERR_OK)
		call_reply_err(m->call, err, NULL);
	else if (n < WEBHOOK_GAUGES)
		reply(m);
	else
		read_page(m, page->gauges.gauges[n - 1].webhook_id);
}

static void read_page(struct metrics_call *m, uint64_t after)
{
	struct page *page = call_alloc(m->call, sizeof *page);
	if (page == NULL)
		return;
	page->m = m;
	page->gauges.after = after;
	page->gauges.steady_ms = loop_steady_ms(m->call->api->loop);
	page->gauges.command = (struct command){.decide = webhook_gauges_decide, .done = on_gauges};
	if (m->last == NULL)
		m->first = page;
	else
		m->last->next = page;
	m->last = page;
	call_query(m->call, &page->gauges.command);
}

void metrics_reply(struct call *call)
{
	struct metrics_call *m = call_alloc(call, sizeof *m);
	if (m == NULL)
		return;
	m->call = call;
	if (health_is_away(call->api))
		reply(m); /* without the numbers of webhooks, which are in the database */
	else
		read_page(m, 0);
}

void metrics_get(struct call *call)
{
	if (client_address_is_local(&call->api->config->trusted_proxies, call->req) ||
	    call_has_token(call, SCOPE_READ))
		metrics_reply(call);
	else
		call_refuse_token(
		    call, "only clients on this machine may read the metrics without a token: send "
			  "an API token, or use the listener of --metrics-listen");
}
