/*
 * The inbound HTTP/1.1 server: our own strict parser on libevent sockets. It knows no routes.
 *
 * One request gives exactly one reply. The handler may reply at once or later, from any turn of the
 * loop, whether or not the client is still there: a request stays valid until it was replied to,
 * and a reply to a client that left is dropped quietly. A connection works on one request at a
 * time; pipelined ones wait in its buffer.
 *
 * Bodies and replies are whole by default. A handler that says so at a request's head pulls the
 * body in pieces instead, and any handler may begin a reply and push it in pieces: at the pace of
 * the slower side and in memory that does not grow with either. First the body, then the reply.
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
	struct text body;             /* empty where it is streamed */
	bool streamed;                /* the handler pulls the body with http_body_next */
	struct sockaddr_storage peer; /* the socket's other end */
	struct arena arena;           /* for the handler; freed after the reply */
	uint64_t received_ns; /* loop_mono_ns of the turn that completed it (streamed: its head) */
};

/* Limits. Times in ms, sizes in bytes. */
struct http_limits {
	size_t max_head;      /* request line and headers: 16 KiB */
	size_t max_body;      /* of one that is not streamed: 64 KiB */
	uint32_t head_ms;     /* to complete a head, absolute, from its first byte: 10 s */
	uint32_t body_ms;     /* to complete a body, or for each piece of a streamed one: 30 s */
	uint32_t idle_ms;     /* between requests: 60 s */
	uint32_t write_ms;    /* to take a reply, absolute; any of a streamed one: 30 s */
	uint32_t linger_ms;   /* draining after an error: 2 s */
	size_t linger_bytes;  /* 256 KiB */
	uint32_t connections; /* 10,000 */
	uint64_t max_memory;  /* of all requests and owed replies together: 256 MiB */
};

extern const struct http_limits http_limits_default;

/* Counters since start, for /metrics. */
struct http_counters {
	uint64_t accepted, requests, replies_by_class[6] /* [2] counts 2xx */;
	uint64_t refused_by_parser, timeouts, evicted, accept_paused, client_left;
	uint64_t open;        /* now */
	uint64_t memory;      /* bytes that requests and owed replies hold, now */
	uint64_t in_progress; /* requests handed over and not yet replied to, now */
};

struct http_server;

/** Called once for every well-formed request, inside the dispatch. Must lead to one http_reply, or
 * to one http_reply_begin and then http_reply_end or http_reply_abort. */
typedef void http_handler_fn(void *arg, struct http_request *req);

/** Asked when the head of a request with a body is complete, before its length is judged: is the
 * body to be streamed? If so the request is handed over at once. It looks at the head only: nothing
 * of req may be kept or changed, and its peer is not there yet. A request without a body is not
 * asked about. */
typedef bool http_streams_fn(void *arg, const struct http_request *req);

struct http_reply;

/** Asked when the server itself refuses a request (400, 408, 413, 431 ...): may answer the client
 * in its own words. req holds what the parser understood of the head, which may be nothing; its
 * body, peer and arena mean nothing here, and it must not be replied to. The function sets
 * content_type, body and headers of *reply, which are copied after it returns, and returns true;
 * false leaves the answer to the server. */
typedef bool http_refused_fn(void *arg, struct http_request *req, struct http_reply *reply);

/** Asked once for a body that is not streamed, when its first bytes have come and more is to
 * follow: can nothing that follows make it acceptable? Then the request is handed over at once,
 * with what has come as its body, and the rest of the body is skipped after the reply. It looks at
 * the head and at req->body only. */
typedef bool http_hopeless_fn(void *arg, const struct http_request *req);

struct http_handlers {
	http_handler_fn *request;
	http_streams_fn *streams;   /* NULL: no body is streamed */
	http_refused_fn *refused;   /* NULL: every refusal is the server's JSON */
	http_hopeless_fn *hopeless; /* NULL: no body is */
};

/** Binds and listens on `listen` ("127.0.0.1:8080", "[::1]:8080", ":8080"; port 0 picks one).
 * `limits` and `handlers` are copied. The server adds its own hook to the loop: create it after the
 * rooms that reply from hooks, so that their replies leave in the same turn. ERR_INVALID for an
 * address that does not parse, ERR_BUSY when it is in use, ERR_IO, ERR_NO_MEMORY. */
enum err http_server_open(struct loop *loop, const char *listen, const struct http_limits *limits,
			  const struct http_handlers *handlers, void *arg,
			  struct http_server **out) WARN_UNUSED;
/** "127.0.0.1:8080" with the real port; valid as long as the server. */
const char *http_server_address(const struct http_server *server);
/** The same as an address; false if the system does not say. */
bool http_server_sockaddr(const struct http_server *server, struct sockaddr_storage *out);
/** Stops accepting and reading new requests; connections close as soon as their reply is out.
 * Requests handed over, streams too, go on to their end. */
void http_server_drain(struct http_server *server);
/** True when, after http_server_drain, nothing is owed to anybody any more. */
bool http_server_drained(const struct http_server *server);
/** Closes everything at once. Requests not yet replied to must not be replied to any more; no
 * callback comes. */
void http_server_close(struct http_server *server);
const struct http_counters *http_server_counters(const struct http_server *server);
const struct http_limits *http_server_limits(const struct http_server *server);

/** The first header of that name (ASCII case-insensitive), or NULL. */
const struct text *http_request_header(const struct http_request *req, struct text name);

struct http_reply {
	int status;
	struct text content_type; /* empty: no Content-Type and, for 204/304, no length */
	struct text body;         /* copied */
	bool shared;              /* the body lives as long as the server, and is not copied */
	const struct http_header *headers; /* extra ones, copied, already valid */
	size_t n_headers;
	bool close; /* Connection: close after it */
};

/** Answers req and ends its life. Adds Date, Content-Length, Connection; leaves the body out for
 * HEAD. The bytes leave at the end of the turn. */
void http_reply(struct http_request *req, const struct http_reply *reply);

/* ---- a body in pieces ---- */

enum http_body {
	HTTP_BODY_PIECE,  /* at least one byte, decoded; how many says nothing */
	HTTP_BODY_END,    /* the body is complete */
	HTTP_BODY_LEFT,   /* the client left before its end */
	HTTP_BODY_BROKEN, /* its framing is malformed: a 400 */
	HTTP_BODY_SLOW,   /* no piece came within body_ms: a 408 */
};

/** `piece` lives until the next http_body_next or the reply. It is empty at the end; for the states
 * after that it is a clear sentence for the answer, and they stay. */
typedef void http_body_fn(void *arg, struct text piece, enum http_body state);

/** Asks for the next piece of a streamed body (or for the end of a body that is empty): fn is
 * called once, from a later dispatch, never from inside this call. Until the handler asks at most
 * one piece (64 KiB) is read ahead. The first call sends the 100 that a client may wait for. One
 * question at a time, and none after the reply began; the reply cancels one that is open. */
void http_body_next(struct http_request *req, http_body_fn *fn, void *arg);

/* A request may be replied to before its body's end. The rest is then read and dropped up to
 * linger_bytes, so that the next request on the connection gets its own reply; if the rest is
 * longer or never ends, the connection closes. */

/* ---- a reply in pieces ---- */

/** Begins the answer to req: its head; reply->body is left out. HTTP/1.1 gets chunks, HTTP/1.0
 * bytes until the connection closes, HEAD (and 204, 304) no pieces. */
void http_reply_begin(struct http_request *req, const struct http_reply *reply);
/** The next bytes of the body, copied. Ask http_reply_more before adding more than some 64 KiB. */
void http_reply_piece(struct http_request *req, struct text piece);

/** `gone`: the client left or took nothing within write_ms; pieces are dropped from now on. */
typedef void http_more_fn(void *arg, bool gone);

/** fn is called once, from a later dispatch, never from inside this call: when less than 64 KiB
 * wait to be sent, or when the client is gone. One question at a time; the end cancels one that is
 * open. */
void http_reply_more(struct http_request *req, http_more_fn *fn, void *arg);
/** The body is complete. Ends req's life, also where the client is gone. */
void http_reply_end(struct http_request *req);
/** The rest cannot be had: the same, but the connection closes without the end of the body, so that
 * the client knows (only HTTP/1.0 cannot). */
void http_reply_abort(struct http_request *req);

#endif
