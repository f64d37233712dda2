/*
 * The outbound HTTP client: evhttp over bufferevents, with or without TLS. It never blocks, and its
 * time and memory are bounded, whatever the receiver does. A pool holds the kept-alive connections
 * to one origin; calls of one pool never wait for calls of another pool.
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
	const char *ca_file;             /* further roots (PEM) beside the system's; may be NULL */
	const char *nameservers;         /* "127.0.0.1:53,..."; NULL: from resolv_conf */
	const char *resolv_conf, *hosts; /* paths, borrowed; NULL: the files in /etc */
	const struct cidr_list *allowed; /* --allow-targets; copied */
	uint32_t idle_ms;                /* an idle connection closes after this: 30 s */
	uint32_t dns_cache_ms;           /* addresses of a name are kept for so long; 0: 30 s */
};

/** Sets up TLS, resolver and policy. The client adds its own hook to the loop, in which it frees
 * ended calls and connections. On failure *why (static) says what to fix. */
enum err http_client_open(struct loop *loop, const struct http_client_config *config,
			  struct http_client **out, const char **why) WARN_UNUSED;
/** Reads the root certificates again, of the system and of `ca_file` (may be NULL), for new
 * connections. After ERR_INVALID, with *why (static), the old certificates stay in use. */
enum err http_client_reload(struct http_client *client, const char *ca_file,
			    const char **why) WARN_UNUSED;
/** From now on, calls to this listening address and port fail with HTTP_FAIL_POLICY, even if the
 * address is allowed. A wildcard address means every address of this machine. */
void http_client_refuse_own(struct http_client *client, const struct sockaddr *listening);
/** Refuses calls to these addresses too, where other servers listen. They replace the addresses of
 * the last call of this function. Copies them. False if memory runs out: then nothing changes. */
bool http_client_refuse_peers(struct http_client *client, const struct sockaddr_storage *addresses,
			      size_t n) WARN_UNUSED;
/** Every pool must have been closed. NULL is fine. */
void http_client_close(struct http_client *client);

/** A pool that holds at most `idle_max` idle connections. NULL if memory runs out. */
struct http_pool *http_pool_open(struct http_client *client, uint32_t idle_max);
/** Cancels the calls in flight, without callbacks, and closes the connections. NULL is fine. */
void http_pool_close(struct http_pool *pool);

/** The number of established connections, in use or idle. */
uint32_t http_pool_established(const struct http_pool *pool);

enum http_failure {
	HTTP_FAIL_NONE, /* a response came: status is set */
	HTTP_FAIL_DNS,
	HTTP_FAIL_CONNECT,
	HTTP_FAIL_TLS,
	HTTP_FAIL_TIMEOUT,
	/* Not HTTP, a status outside 200-599, headers over the limit, or closed too early. */
	HTTP_FAIL_PROTOCOL,
	HTTP_FAIL_POLICY, /* referd may not connect to the address: final */
	HTTP_FAILURES,    /* how many there are */
};
/** "dns", "connect", ... ; "none" for HTTP_FAIL_NONE. */
const char *http_failure_name(enum http_failure failure);

/* One call. http_pool_call copies everything. */
struct http_call_spec {
	enum http_method method; /* HTTP_GET, HTTP_POST, HTTP_PUT or HTTP_PATCH */
	const struct url *url;   /* for the connection, Host, SNI and the certificate's name */
	struct text target;      /* the request target: path and query, already valid */
	const struct http_header *headers; /* already valid; without Host and Content-Length */
	size_t n_headers;
	struct text body;    /* not for GET */
	uint32_t connect_ms; /* for DNS, connect and TLS together: 5 s */
	uint32_t total_ms;   /* from the start of the call to its end: 15 s */
};

/* Borrowed, valid inside the callback. Durations are in microseconds; 0 for a step that did not
 * happen. A reused connection has no dns, connect and tls. */
struct http_result {
	enum http_failure failure;
	int status;              /* 200-599 if failure is NONE */
	struct text answer;      /* at most the first 4 KiB of the body, as received */
	struct text retry_after; /* the value of Retry-After, or empty */
	const char *detail;      /* for people: "certificate has expired"; never NULL */
	bool reused;             /* the connection was kept alive from an earlier call */
	bool refused_address;    /* with HTTP_FAIL_POLICY: --allow-targets could allow it */
	uint64_t dns_us, connect_us, tls_us, first_byte_us, total_us;
};

typedef void http_call_fn(void *arg, const struct http_result *result);

/** Starts a call on an idle connection of the pool, or else on a new connection; the caller limits
 * the number of calls in flight. done(arg, ...) is called exactly once, never from inside this
 * function, unless the call is cancelled. NULL if memory runs out; then done is not called.
 *
 * The status line and the headers decide the result. done is called when the response has ended,
 * when 4 KiB of its body are here, or at the deadline; at the deadline the status counts if it was
 * read, and the connection closes. If a reused connection ends before the first byte of the
 * response, the call is tried once more on a new connection, within the same deadline. */
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
