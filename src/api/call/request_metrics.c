/*
 * Owns the durations of requests: a histogram for each route and status class, and the log line of
 * a request. Never writes a path, which may hold codes, addresses and tokens. Called by call.c for
 * each reply, and by GET /metrics.
 */
#include "request_metrics.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "call.h"

enum { CLASSES = 6 /* [2] is 2xx */, LABELS_SIZE = 256 };

struct request_metrics {
	const struct route *routes;
	size_t n_routes;
	/* One row for each route, and then one row for paths without a route. */
	struct histogram by_route[][CLASSES];
};

struct request_metrics *request_metrics_new(const struct route *routes)
{
	size_t n = 0;
	while (routes[n].pattern != NULL)
		n++;
	struct request_metrics *m = calloc(1, sizeof *m + (n + 1) * sizeof m->by_route[0]);
	if (m == NULL)
		return NULL;
	m->routes = routes;
	m->n_routes = n;
	return m;
}

void request_metrics_free(struct request_metrics *m)
{
	free(m);
}

enum { ROUTE_SIZE = LABELS_SIZE / 2 };

/* The pattern without the "" of its parameters. */
static const char *write_route(char out[ROUTE_SIZE], const struct route *r)
{
	size_t n = 0;
	for (const char *p = r == NULL ? "unknown" : r->pattern; *p != '\0' && n < ROUTE_SIZE - 1;
	     p++)
		if (*p != '@')
			out[n++] = *p;
	out[n] = '\0';
	return out;
}

static void log_request(const struct call *call, int status, uint64_t took_ns)
{
	char route[ROUTE_SIZE];
	log_debug("http.request", LOG_STR("method", route_method_word(call->req->method)),
		  LOG_STR("route", write_route(route, call->route)), LOG_U64("status", status),
		  LOG_U64("duration_us", took_ns / 1000));
}

void request_metrics_count(struct request_metrics *m, const struct call *call, int status)
{
	size_t route = call->route == NULL ? m->n_routes : (size_t)(call->route - m->routes);
	assert(route <= m->n_routes && status >= 100 && status <= 599);
	uint64_t now_ns = clock_system.mono_ns(&clock_system);
	uint64_t took_ns = now_ns > call->req->received_ns ? now_ns - call->req->received_ns : 0;
	histogram_add(&m->by_route[route][status / 100 % CLASSES], took_ns);
	if (log_shows(LOG_DEBUG))
		log_request(call, status, took_ns);
}

static void write_labels(char out[LABELS_SIZE], const struct route *r, int class)
{
	char route[ROUTE_SIZE];
	snprintf(out, LABELS_SIZE, "method=\"%s\",route=\"%s\",status=\"%dxx\"",
		 r == NULL ? "" : route_method_word(r->method), write_route(route, r), class);
}

void request_metrics_write(const struct request_metrics *m, struct buf *out)
{
	static const char name[] = "referd_http_request_duration_seconds";
	char labels[LABELS_SIZE];
	metrics_head(
	    out, name, "histogram",
	    "Time from the last byte of a request to its response, by route and status class");
	for (size_t route = 0; route <= m->n_routes; route++) {
		const struct route *r = route < m->n_routes ? &m->routes[route] : NULL;
		for (int class = 0; class < CLASSES; class ++) {
			const struct histogram *h = &m->by_route[route][class];
			if (h->n == 0)
				continue;
			write_labels(labels, r, class);
			metrics_histogram(out, name, labels, h);
		}
	}
}
