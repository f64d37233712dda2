/*
 * The inbound HTTP/1.1 server: our own strict parser on libevent sockets. It knows no routes.
 *
 * One request gives exactly one reply. The handler may reply at once or later, from any turn of
 * the loop, whether or not the client is still there: a request stays valid until it was replied to,
 * and a reply to a client that left is dropped quietly. A connection works on one request at a
 * time; pipelined ones wait in its buffer.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/loop.h"

enum { HTTP_MAX_HEADERS = 64 };

enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_PUT = 1 << 3,
	HTTP_DELETE = 1 << 4,
	HTTP_OPTIONS = 1 << 5,
	HTTP_PATCH = 1 << 6,
	HTTP_OTHER = 1 << 7, /* a valid token that is none of these */
};

struct http_header {
	struct text name, value; /* value trimmed of optional white space */
};

/* What the server hands to the handler. All text is borrowed and lives until the reply. */
struct http_request {
	enum http_method method;
	struct text method_name;
	struct text path;  /* as sent, percent-encoding kept; begins with "/" */
	struct text query; /* without "?"; empty where there is none */
	struct text host;  /* the Host header (or the absolute target's authority) */
	struct http_header headers[HTTP_MAX_HEADERS];
	size_t n_headers;
	struct text body;
	struct sockaddr_storage peer; /* the socket's other end */
	struct arena arena;           /* for the handler; freed after the reply */
	uint64_t received_ns;         /* loop_mono_ns of the turn that completed it */
};

/* Limits. Times in ms, sizes in bytes. */
struct http_limits {
	size_t max_head;      /* request line and headers: 16 KiB */
	size_t max_body;      /* 64 KiB */
	uint32_t head_ms;     /* to complete a head, absolute, from its first byte: 10 s */
	uint32_t body_ms;     /* to complete a body: 30 s */
	uint32_t idle_ms;     /* between requests: 60 s */
	uint32_t write_ms;    /* to take a reply, absolute: 30 s */
	uint32_t linger_ms;   /* draining after an error: 2 s */
	size_t linger_bytes;  /* 256 KiB */
	uint32_t connections; /* 10,000 */
};

extern const struct http_limits http_limits_default;

/* Counters since start, for /metrics. */
struct http_counters {
	uint64_t accepted, requests, replies_by_class[6] /* [2] counts 2xx */;
	uint64_t refused_by_parser, timeouts, evicted, accept_paused, client_left;
	uint64_t open; /* now */
	uint64_t in_progress; /* requests handed over and not yet replied to, now */
};

struct http_server;

/** Called once for every well-formed request, inside the dispatch. Must lead to one http_reply. */
typedef void http_handler_fn(void *arg, struct http_request *req);

/** Binds and listens on `listen` ("127.0.0.1:8080", "[::1]:8080", ":8080"; port 0 picks one).
 *  `limits` is copied. The server adds its own hook to the loop: create it after the rooms that
 *  reply from hooks, so that their replies leave in the same turn. ERR_INVALID for an address that
 *  does not parse, ERR_BUSY when it is in use, ERR_IO, ERR_NO_MEMORY. */
enum err http_server_open(struct loop *loop, const char *listen, const struct http_limits *limits,
    http_handler_fn *handler, void *arg, struct http_server **out) WARN_UNUSED;
/** "127.0.0.1:8080" with the real port; valid as long as the server. */
const char *http_server_address(const struct http_server *server);
/** The same as an address; false if the system does not say. */
bool http_server_sockaddr(const struct http_server *server, struct sockaddr_storage *out);
/** Stops accepting and reading new requests; connections close as soon as their reply is out. */
void http_server_drain(struct http_server *server);
/** True when, after http_server_drain, nothing is owed to anybody any more. */
bool http_server_drained(const struct http_server *server);
/** Closes everything at once. Requests not yet replied to must not be replied to any more. */
void http_server_close(struct http_server *server);
const struct http_counters *http_server_counters(const struct http_server *server);

/** The first header of that name (ASCII case-insensitive), or NULL. */
const struct text *http_request_header(const struct http_request *req, struct text name);

struct http_reply {
	int status;
	struct text content_type; /* empty: no Content-Type and, for 204/304, no length */
	struct text body;         /* copied */
	const struct http_header *headers; /* extra ones, copied, already valid */
	size_t n_headers;
	bool close; /* Connection: close after it */
};

/** Answers req and ends its life. Adds Date, Content-Length, Connection; leaves the body out for
 *  HEAD. The bytes leave at the end of the turn. */
void http_reply(struct http_request *req, const struct http_reply *reply);

#endif
