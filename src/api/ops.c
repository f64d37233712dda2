/*
 * Owns what operators ask: health, readiness, metrics, and the root. Never a secret. Called through
 * the route table.
 */
#include "routes.h"

const struct operation OP_OPS_HEALTH = {
    .id = "checkHealth",
    .tag = "Operations",
    .summary = "Is it alive?",
    .answers = {{200, ANSWER_TEXT, NULL}},
};

void ops_health(struct call *call)
{
	call_reply_text(call, 200, "text/plain", TEXT("ok\n"));
}

const struct operation OP_OPS_READY = {
    .id = "checkReadiness",
    .tag = "Operations",
    .summary = "Does it take requests?",
    .answers = {{200, ANSWER_TEXT, NULL}},
};

void ops_ready(struct call *call)
{
	if (call->api->draining)
		call_reply_error(call, 503, "the server is stopping");
	else
		call_reply_text(call, 200, "text/plain", TEXT("ready\n"));
}

static void put_metric(struct buf *out, const char *name, const char *type, const char *help,
    uint64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
	    (unsigned long long)value);
}

static void put_store(struct call *call, struct buf *out)
{
	struct store_counters c = store_counters(call->api->config.store);
	put_metric(out, "referd_requests_total", "counter", "Requests routed", call->api->requests);
	put_metric(out, "referd_store_commits_total", "counter", "Durable commits", c.commits);
	put_metric(out, "referd_store_commands_total", "counter", "Commands decided", c.commands);
	put_metric(out, "referd_store_refused_total", "counter", "Commands refused", c.refused);
	put_metric(out, "referd_store_queries_total", "counter", "Queries answered", c.queries);
	put_metric(out, "referd_store_failed_commits_total", "counter", "Commits that failed",
	    c.failed_commits);
	put_metric(out, "referd_store_queued", "gauge", "Commands waiting", c.queued);
	put_metric(out, "referd_store_commit_nanoseconds_total", "counter", "Time spent in commits",
	    c.commit_ns_total);
}

static void put_stalls(struct call *call, struct buf *out)
{
	const struct loop_stalls *s = loop_get_stalls(call->api->config.loop);
	const char *name = "referd_loop_turn_seconds";
	uint64_t sum = 0;
	buf_printf(out, "# HELP %s Length of a turn of the event loop\n# TYPE %s histogram\n", name,
	    name);
	for (int i = 0; i < LOOP_STALL_BUCKETS; i++) {
		uint64_t bound = loop_stall_bound_us(i);
		sum += s->count[i];
		if (bound == UINT64_MAX)
			buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)sum);
		else
			buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, (double)bound / 1e6,
			    (unsigned long long)sum);
	}
	buf_printf(out, "%s_sum %g\n%s_count %llu\n", name, (double)s->total_ns / 1e9, name,
	    (unsigned long long)s->turns);
}

const struct operation OP_OPS_METRICS = {
    .id = "getMetrics",
    .tag = "Operations",
    .summary = "Metrics, in Prometheus text",
    .answers = {{200, ANSWER_TEXT, NULL}},
};

void ops_metrics(struct call *call)
{
	struct buf *out = &call->api->out;
	buf_reset(out);
	put_store(call, out);
	put_stalls(call, out);
	if (call->api->config.write_metrics != NULL)
		call->api->config.write_metrics(call->api->config.metrics_arg, out);
	call_reply_text(call, 200, "text/plain; version=0.0.4", buf_view(out));
}

void ops_root(struct call *call)
{
	call_reply_text(call, 200, "text/plain",
	    TEXT("referd is running. The API is at /api/v2, health at /healthz.\n"));
}
