/*
 * The inbound HTTP/1.1 server: our own strict parser on libevent sockets. It knows no routes.
 *
 * Each request gets exactly one reply. The handler may reply at once or in any later turn of the
 * loop, even after the client has left: a request stays valid until its reply, and the server
 * drops a reply whose client has left. A connection works on one request at a time; pipelined
 * requests wait in its buffer.
 *
 * Bodies and replies are whole by default. A handler can ask, at the head of a request, to pull the
 * body in pieces instead. Any handler may begin a reply and push it in pieces. Pieces move at the
 * pace of the slower side, in memory that does not grow with the body or the reply. The body comes
 * first, then the reply.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/loop.h"
#include "http/server_tls.h"

enum { HTTP_MAX_HEADERS = 64 };

enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_PUT = 1 << 3,
	HTTP_DELETE = 1 << 4,
	HTTP_OPTIONS = 1 << 5,
	HTTP_PATCH = 1 << 6,
	HTTP_OTHER = 1 << 7, /* any other valid token */
};

struct http_header {
	struct text name, value; /* value trimmed of optional white space */
};

/* The server hands this to the handler. All text is borrowed and lives until the reply. */
struct http_request {
	enum http_method method;
	struct text method_name;
	struct text path;  /* as sent, percent-encoding kept; begins with "/" */
	struct text query; /* without "?"; may be empty */
	struct text host;  /* the Host header (or the absolute target's authority) */
	struct http_header headers[HTTP_MAX_HEADERS];
	size_t n_headers;
	struct text body;             /* empty if it is streamed */
	bool streamed;                /* the handler pulls the body with http_body_next */
	struct sockaddr_storage peer; /* the socket's other end */
	struct arena arena;           /* for the handler; freed after the reply */
	uint64_t received_ns; /* loop_mono_ns of the turn that completed it (streamed: its head) */
};

/* Limits. Times in ms, sizes in bytes. */
struct http_limits {
	size_t max_head;      /* request line and headers: 16 KiB */
	size_t max_body;      /* of a body that is not streamed: 64 KiB */
	uint32_t head_ms;     /* for a whole head, from its first byte: 10 s */
	uint32_t body_ms;     /* for a whole body, or for each piece of a streamed body: 30 s */
	uint32_t idle_ms;     /* between requests: 60 s */
	uint32_t write_ms;    /* for a whole reply, or for any bytes of a streamed reply: 30 s */
	uint32_t linger_ms;   /* for the rest of the client's bytes after an error: 2 s */
	size_t linger_bytes;  /* at most so many of these bytes: 256 KiB */
	uint32_t connections; /* 10,000 */
	uint64_t max_memory;  /* of all requests and unsent replies together: 256 MiB */
};

extern const struct http_limits http_limits_default;

/* Counters since start, for /metrics. */
struct http_counters {
	uint64_t accepted, requests, replies_by_class[6] /* [2] counts 2xx */;
	uint64_t refused_by_parser, timeouts, evicted, accept_paused, client_left;
	uint64_t open;        /* now */
	uint64_t memory;      /* bytes that requests and unsent replies hold, now */
	uint64_t in_progress; /* requests that handlers have not answered yet, now */
};

struct http_server;

/** Called once for every well-formed request, inside the dispatch. The handler must answer it with
 * one http_reply, or with one http_reply_begin and then http_reply_end or http_reply_abort, now or
 * later. */
typedef void http_handler_fn(void *arg, struct http_request *req);

/** Called when the head of a request with a body is complete, before the length is checked.
 * Returns true if the body is to be streamed: then the handler gets the request at once. The
 * function may look at the head only. It may not keep or change anything of req, and req->peer is
 * not set yet. */
typedef bool http_streams_fn(void *arg, const struct http_request *req);

struct http_reply;

/** Called when the server itself refuses a request (400, 408, 413, 431 ...): the function may write
 * the body of the reply, for example a page. req holds the part of the head that the parser
 * understood, which may be nothing. Its body, peer and arena are not set, and it must not be
 * replied to. To answer, the function sets content_type, body and headers of *reply, which the
 * server copies, and returns true. With false the server sends its own JSON. */
typedef bool http_refused_fn(void *arg, struct http_request *req, struct http_reply *reply);

/** Called once for a body that is not streamed, after its first bytes and before its end. Returns
 * true if no further byte can make the body acceptable. Then the handler gets the request at once,
 * with the bytes so far as its body, and the server skips the rest of the body after the reply. The
 * function may look at the head and at req->body only. */
typedef bool http_hopeless_fn(void *arg, const struct http_request *req);

struct http_handlers {
	http_handler_fn *request;
	http_streams_fn *streams;   /* NULL: no body is streamed */
	http_refused_fn *refused;   /* NULL: the server sends its JSON */
	http_hopeless_fn *hopeless; /* NULL: every body is read to its end */
};

enum { HTTP_LISTENERS_MAX = 4 };

/** Binds and listens on `listen` ("127.0.0.1:8080", "[::1]:8080", ":8080"; port 0 picks one).
 * `limits` and `handlers` are copied. The server adds its own hook to the loop. Open it after the
 * rooms that reply from hooks, so that their replies leave in the same turn. ERR_INVALID if the
 * address does not parse, ERR_BUSY if it is in use, ERR_IO, ERR_NO_MEMORY. */
enum err http_server_open(struct loop *loop, const char *listen, const struct http_limits *limits,
			  const struct http_handlers *handlers, void *arg,
			  struct http_server **out) WARN_UNUSED;
/** Serves a further address. With `tls`, which must outlive the server, its connections are
 * encrypted. Errors as above; ERR_TOO_LARGE at HTTP_LISTENERS_MAX addresses. */
enum err http_server_listen(struct http_server *server, const char *listen,
			    const struct http_tls *tls) WARN_UNUSED;
/** "127.0.0.1:8080", the i-th address in the order of opening, with the real port; NULL beyond the
 * last. The string lives as long as the server. */
const char *http_server_address(const struct http_server *server, size_t i);
/** The same as a socket address; false beyond the last, or if getsockname fails. */
bool http_server_sockaddr(const struct http_server *server, size_t i, struct sockaddr_storage *out);
/** Stops accepting connections and reading new requests. Handlers still finish their requests,
 * streams too, and each connection closes after its reply. */
void http_server_drain(struct http_server *server);
/** Answers 503 with this reason, and closes the connection, for each request whose handler has had
 * it for longer than older_ms and has not begun its reply. The handler must still reply, and the
 * server drops this reply. Returns the number of these requests. */
size_t http_server_give_up(struct http_server *server, uint64_t older_ms, const char *reason);
/** True when, after http_server_drain, every request is answered and every connection closed. */
bool http_server_drained(const struct http_server *server);
/** Closes everything at once. Requests without a reply must not be replied to any more; no callback
 * comes. The loop must not turn any more. NULL is fine. */
void http_server_close(struct http_server *server);
const struct http_counters *http_server_counters(const struct http_server *server);
const struct http_limits *http_server_limits(const struct http_server *server);

/** The first header of that name (ASCII case-insensitive), or NULL. */
const struct text *http_request_header(const struct http_request *req, struct text name);

struct http_reply {
	int status;
	struct text content_type; /* empty: no Content-Type and, for 204/304, no length */
	struct text body;         /* copied, unless it is shared */
	bool shared;              /* the body lives as long as the server and is not copied */
	const struct http_header *headers; /* further headers, copied, already valid */
	size_t n_headers;
	bool close; /* the connection closes after the reply */
};

/** Answers req and ends its life. Adds Date, Content-Length and Connection. HEAD gets no body. The
 * bytes leave at the end of the turn. */
void http_reply(struct http_request *req, const struct http_reply *reply);

/* ---- a body in pieces ---- */

enum http_body {
	HTTP_BODY_PIECE,  /* at least one byte, decoded; the size of a piece has no meaning */
	HTTP_BODY_END,    /* the body is complete */
	HTTP_BODY_LEFT,   /* the client left before the end of the body */
	HTTP_BODY_BROKEN, /* its framing is malformed: a 400 */
	HTTP_BODY_SLOW,   /* no piece came within body_ms: a 408 */
};

/** `piece` lives until the next http_body_next or the reply. It is empty with HTTP_BODY_END.
 * With LEFT, BROKEN and SLOW it is a sentence for the reply, and every later call gets the
 * same state. */
typedef void http_body_fn(void *arg, struct text piece, enum http_body state);

/** Asks for the next piece of a streamed body, or for the end of a body that is empty. fn is called
 * once, from a later dispatch, never from inside this call. Before the handler asks, the server
 * reads at most one piece (64 KiB) ahead. The first call sends the 100 (Continue) for which a
 * client may wait. The handler asks again only after fn was called, and not after it has begun the
 * reply. The reply cancels a question that has no answer yet. */
void http_body_next(struct http_request *req, http_body_fn *fn, void *arg);

/* A handler may reply before the end of the body. The server then reads and drops up to
 * linger_bytes of the rest, so that the connection can serve the next request. If the rest is
 * longer or never ends, the connection closes. */

/* ---- a reply in pieces ---- */

/** Begins the reply with its head; reply->body is ignored. The pieces go to an HTTP/1.1 client in
 * chunks, and to an HTTP/1.0 client as bytes until the connection closes. With HEAD, 204 and 304 no
 * piece is sent. */
void http_reply_begin(struct http_request *req, const struct http_reply *reply);
/** Adds the next bytes of the body, which are copied. Call http_reply_more after each 64 KiB or
 * so. */
void http_reply_piece(struct http_request *req, struct text piece);

/** `gone`: the client left or took nothing within write_ms. The server drops pieces from now on. */
typedef void http_more_fn(void *arg, bool gone);

/** Calls fn once, from a later dispatch, never from inside this call: when less than 64 KiB wait to
 * be sent, or when the client is gone. Call it again only after fn was called. The end of the reply
 * cancels an open call. */
void http_reply_more(struct http_request *req, http_more_fn *fn, void *arg);
/** The reply has no end until the client leaves. So the end of the client's input closes the
 * connection; other replies still reach a client that only shut down its side. */
void http_reply_endless(struct http_request *req);
/** True if the client of this streamed reply is gone; also while no call of http_reply_more is
 * open. */
bool http_reply_gone(const struct http_request *req);
/** The body is complete. Ends the life of req, even if the client is gone. */
void http_reply_end(struct http_request *req);
/** The rest of the body cannot be sent. Ends the life of req like http_reply_end, but closes
 * the connection without the end of the body: an HTTP/1.1 client sees that the reply is not
 * complete. */
void http_reply_abort(struct http_request *req);

#endif
