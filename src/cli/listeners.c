/* Owns the inbound servers: their addresses, their handlers, their metrics, and how many
 * connections the descriptors allow. Never knows a route. Called by serve.c.
 */
#include "listeners.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/metrics.h"

enum { METRICS_CONNECTIONS = 64, AWAY_MS = 1000 };

static int refuse(const char *option, const char *address, const char *why)
{
	fprintf(stderr, "referd: %s %s: %s\n", option, address, why);
	return 2;
}

/* Descriptors that the database, the log, name servers and outbound requests need. An idle server
 * has 13 open. */
enum { OTHER_DESCRIPTORS_MIN = 24, OTHER_DESCRIPTORS_MAX = 4096 };

/* Raises the soft limit of descriptors to `wanted`, or as far as allowed. Returns the new limit. */
static uint64_t raise_descriptor_limit(uint64_t wanted)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	if (limit.rlim_cur >= wanted)
		return limit.rlim_cur;
	const rlim_t before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

/* How many of the wanted connections the descriptors allow. At least a quarter of the descriptors
 * remains for other uses, so that a flood of connections cannot stop deliveries. */
static uint64_t fit_connections(uint64_t wanted)
{
	const uint64_t limit = raise_descriptor_limit(wanted + OTHER_DESCRIPTORS_MAX);
	uint64_t others = limit / 4;
	if (others < OTHER_DESCRIPTORS_MIN)
		others = OTHER_DESCRIPTORS_MIN;
	if (others > OTHER_DESCRIPTORS_MAX)
		others = OTHER_DESCRIPTORS_MAX;
	const uint64_t fit = limit > others ? limit - others : 1;
	if (fit >= wanted)
		return wanted;
	log_warn("serve.connections_clamped", LOG_U64("connections", fit),
		 LOG_U64("wanted", wanted), LOG_U64("descriptors", limit));
	return fit;
}

static void on_request(void *arg, struct http_request *req)
{
	struct listeners *l = arg;
	api_handle(l->api, req);
}

static bool on_head(void *arg, const struct http_request *req)
{
	struct listeners *l = arg;
	return api_streams(l->api, req);
}

static bool on_first_bytes(void *arg, const struct http_request *req)
{
	struct listeners *l = arg;
	return api_hopeless(l->api, req);
}

static bool on_refused(void *arg, struct http_request *req, struct http_reply *reply)
{
	struct listeners *l = arg;
	return api_refused(l->api, req, reply);
}

static int explain(enum err err, const char *option, const char *address)
{
	if (err == ERR_INVALID)
		return refuse(option, address,
			      "must be an IP address and a port: use 127.0.0.1:8080, [::1]:8080, "
			      "or :8080 for every address");
	if (err == ERR_BUSY)
		return refuse(
		    option, address,
		    "is in use by another program, or by the other listener of this server");
	if (err != ERR_OK)
		return refuse(option, address,
			      "cannot be opened: check that this machine has the address, and that "
			      "referd may use the port");
	return 0;
}

/* After the plain address, so that http_server_address(server, 1) is this one. */
static int open_tls(struct listeners *l, const struct config *config)
{
	const char *why;
	if (config->tls_listen == NULL)
		return 0;
	if (http_tls_new(config->tls_cert, config->tls_key, &l->tls, &why) != ERR_OK)
		return refuse("--tls-cert", config->tls_cert, why);
	return explain(http_server_listen(l->server, config->tls_listen, l->tls), "--tls-listen",
		       config->tls_listen);
}

static int open_server(struct listeners *l, const struct config *config)
{
	struct http_limits limits = http_limits_default;
	limits.max_head = config->max_head;
	limits.max_body = config->max_body;
	limits.head_ms = (uint32_t)config->head_timeout_ms;
	limits.body_ms = (uint32_t)config->body_timeout_ms;
	limits.idle_ms = (uint32_t)config->idle_timeout_ms;
	limits.connections = (uint32_t)fit_connections(config->connections);
	limits.max_memory = config->max_memory;
	const struct http_handlers handlers = {.request = on_request,
					       .streams = on_head,
					       .hopeless = on_first_bytes,
					       .refused = on_refused};
	return explain(http_server_open(l->loop, config->listen, &limits, &handlers, l, &l->server),
		       "--listen", config->listen);
}

static void on_metrics(void *arg, struct http_request *req)
{
	struct listeners *l = arg;
	api_handle_metrics(l->api, req);
}

static int open_metrics_server(struct listeners *l, const struct config *config)
{
	const struct http_handlers handlers = {.request = on_metrics};
	struct http_limits limits = http_limits_default;
	limits.connections = METRICS_CONNECTIONS;
	if (config->metrics_listen == NULL)
		return 0;
	return explain(
	    http_server_open(l->loop, config->metrics_listen, &limits, &handlers, l, &l->metrics),
	    "--metrics-listen", config->metrics_listen);
}

int listeners_open(struct listeners *l, struct loop *loop, const struct config *config)
{
	l->loop = loop;
	int status = open_server(l, config);
	if (status == 0)
		status = open_tls(l, config);
	return status != 0 ? status : open_metrics_server(l, config);
}

void listeners_reload(struct listeners *l)
{
	const char *why;
	if (l->tls == NULL)
		return;
	if (http_tls_reload(l->tls, &why) == ERR_OK)
		log_info("serve.certificate_loaded",
			 LOG_U64("expires_s", http_tls_expires(l->tls)));
	else
		log_warn("serve.certificate_refused", LOG_STR("reason", why),
			 LOG_STR("now", "the earlier certificate stays in use"));
}

void listeners_tend(struct listeners *l)
{
	if (l->tls != NULL && http_tls_changed(l->tls))
		listeners_reload(l);
}

/* Only the client gets an answer. Its command stays in the queue, and may still be decided and
 * stored. */
void listeners_give_up(struct listeners *l, uint64_t away_ms, uint64_t older_ms)
{
	if (away_ms < AWAY_MS)
		return;
	size_t n = http_server_give_up(
	    l->server, older_ms,
	    "the database does not answer, so it is not known whether this request has changed "
	    "anything: send it again");
	if (n > 0)
		log_warn("serve.gave_up", LOG_U64("requests", n),
			 LOG_U64("database_away_ms", away_ms));
}

void listeners_drain(struct listeners *l)
{
	http_server_drain(l->server);
	if (l->metrics != NULL)
		http_server_drain(l->metrics);
}

void listeners_close(struct listeners *l)
{
	if (l->server != NULL)
		http_server_close(l->server);
	if (l->metrics != NULL)
		http_server_close(l->metrics);
	http_tls_free(l->tls);
}

void listeners_write_metrics(const struct listeners *l, struct buf *out)
{
	const struct http_counters *c = http_server_counters(l->server);
	const struct http_limits *limits = http_server_limits(l->server);
	const struct metric metrics[] = {
	    {"referd_http_connections", "gauge", "Open inbound connections", (double)c->open},
	    {"referd_http_connections_limit", "gauge", "Largest number of open connections",
	     (double)limits->connections},
	    {"referd_http_memory_bytes", "gauge", "Memory in use by requests and unsent responses",
	     (double)c->memory},
	    {"referd_http_memory_limit_bytes", "gauge", "The value of --max-memory",
	     (double)limits->max_memory},
	    {"referd_http_in_progress", "gauge", "Requests without a response yet",
	     (double)c->in_progress},
	    {"referd_http_accepted_total", "counter", "Connections accepted", (double)c->accepted},
	    {"referd_http_requests_total", "counter", "Requests parsed", (double)c->requests},
	    {"referd_http_refused_total", "counter", "Requests that the parser refused",
	     (double)c->refused_by_parser},
	    {"referd_http_timeouts_total", "counter", "Connections closed at a time limit",
	     (double)c->timeouts},
	    {"referd_http_evicted_total", "counter", "Connections closed to make room",
	     (double)c->evicted},
	    {"referd_http_accept_pauses_total", "counter",
	     "Times that the server stopped accepting connections", (double)c->accept_paused},
	    {"referd_http_client_left_total", "counter",
	     "Clients that disconnected before their response", (double)c->client_left},
	};
	metrics_put(out, metrics, sizeof metrics / sizeof *metrics);
	if (l->tls == NULL)
		return;
	const struct metric expires = {"referd_tls_certificate_expires_timestamp_seconds", "gauge",
				       "Unix time at which the certificate of --tls-cert expires",
				       (double)http_tls_expires(l->tls)};
	metrics_put(out, &expires, 1);
}
