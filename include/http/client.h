/*
 * The outbound HTTP client: evhttp over (TLS) bufferevents, never blocking, bounded in time and
 * memory whatever the other side does. A pool is the kept-alive connections to one origin; calls in
 * one pool never wait for another pool's.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/loop.h"
#include "http/address.h"
#include "http/server.h"
#include "http/url.h"

struct http_client;
struct http_pool;
struct http_call;

struct http_client_config {
	const char *ca_file;             /* extra roots (PEM), beside the system's; may be NULL */
	const char *nameservers;         /* "127.0.0.1:53,...", or NULL for resolv_conf's */
	const char *resolv_conf, *hosts; /* paths, borrowed; NULL: those in /etc */
	const struct cidr_list *allowed; /* --allow-targets; copied */
	uint32_t idle_ms;                /* a kept-alive connection's idle time: 30 s */
};

/** Sets up TLS, resolver and policy. The client adds its own hook to the loop (it frees there what
 * ended). On failure *why (static) says what to fix. */
enum err http_client_open(struct loop *loop, const struct http_client_config *config,
			  struct http_client **out, const char **why) WARN_UNUSED;
/** Reads the root certificates anew, the system's and those of `ca_file` (may be NULL), for
 * connections that are made from now on. ERR_INVALID with *why (static): the old ones stay in
 * use. */
enum err http_client_reload(struct http_client *client, const char *ca_file,
			    const char **why) WARN_UNUSED;
/** Calls to this listening address (a wildcard: to every address of this machine), port included,
 * are refused from now on with HTTP_FAIL_POLICY, whatever is allowed. */
void http_client_refuse_own(struct http_client *client, const struct sockaddr *listening);
/** Every pool must have been closed. NULL is fine. */
void http_client_close(struct http_client *client);

/** A pool that holds at most `idle_max` idle connections. NULL without memory. */
struct http_pool *http_pool_open(struct http_client *client, uint32_t idle_max);
/** Cancels what is in flight (no callback comes) and closes the connections. NULL is fine. */
void http_pool_close(struct http_pool *pool);

/** Its established connections, in use and idle. */
uint32_t http_pool_established(const struct http_pool *pool);

enum http_failure {
	HTTP_FAIL_NONE, /* an answer came: status is set */
	HTTP_FAIL_DNS,
	HTTP_FAIL_CONNECT,
	HTTP_FAIL_TLS,
	HTTP_FAIL_TIMEOUT,
	HTTP_FAIL_PROTOCOL, /* garbage, a status outside 200-599, headers over the cap, closed early
			     */
	HTTP_FAIL_POLICY,   /* the address may not be connected to: final */
};
/** "dns", "connect", ... ; "none" for HTTP_FAIL_NONE. */
const char *http_failure_name(enum http_failure failure);

/* One call. Everything is copied, except where said. */
struct http_call_spec {
	enum http_method method; /* HTTP_GET, HTTP_POST, HTTP_PUT or HTTP_PATCH */
	const struct url *url;   /* where to connect, and for Host, SNI, certificate name */
	struct text target;      /* the request target: path and query, already valid */
	const struct http_header *headers; /* already valid; without Host and Content-Length */
	size_t n_headers;
	struct text body;    /* of all but GET */
	uint32_t connect_ms; /* DNS, connect and TLS together: 5 s */
	uint32_t total_ms;   /* from the call to its end, whatever drips: 15 s */
};

/* Borrowed, valid inside the callback. Durations in microseconds, 0 for a step that did not happen
 * (a reused connection has no dns, connect, tls). */
struct http_result {
	enum http_failure failure;
	int status;              /* 200-599 where failure is NONE */
	struct text answer;      /* at most the first 4 KiB of the body, as received */
	struct text retry_after; /* that header's value, or empty */
	const char *detail;      /* for people: "certificate has expired", never NULL */
	bool reused;             /* over a kept-alive connection */
	bool refused_address;    /* with HTTP_FAIL_POLICY: --allow-targets would allow it */
	uint64_t dns_us, connect_us, tls_us, first_byte_us, total_us;
};

typedef void http_call_fn(void *arg, const struct http_result *result);

/** Starts a call: takes an idle connection of the pool, else opens one (the caller bounds how many
 * are in flight). done(arg, ...) comes exactly once, never from inside this function, unless the
 * call was cancelled. The result stands when status line and headers are in; the callback comes
 * when the answer ended, hit 4 KiB, or hit the deadline (then the status that was read counts, the
 * connection is dropped). A reused connection that dies before the first answer byte is tried once
 * more on a fresh one, inside the same deadline. NULL without memory (then no callback comes). */
struct http_call *http_pool_call(struct http_pool *pool, const struct http_call_spec *spec,
				 http_call_fn *done, void *arg) WARN_UNUSED;
/** Ends the call without a callback. The connection is closed. */
void http_call_cancel(struct http_call *call);

struct http_client_counters {
	uint64_t calls, connects, reuses, dns_queries;
	uint64_t connections; /* open now */
};
const struct http_client_counters *http_client_counters(const struct http_client *client);

#endif
