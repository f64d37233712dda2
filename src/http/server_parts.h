/*
 * The inside of the server: connections, exchanges and the server's own state. Private to the room.
 *
 * A connection is small and lives as long as its socket. An exchange holds the parser, the request
 * and the buffers of one request. A connection takes an exchange from the pool when bytes arrive
 * and gives it back when it becomes idle, so that 10,000 idle connections cost 10,000 small
 * structs. If a client leaves before its reply, the exchange stays as an orphan until http_reply.
 */
#ifndef HTTP_SERVER_PARTS_H
#define HTTP_SERVER_PARTS_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <sys/queue.h>

#include "base/bytes.h"
#include "base/loop.h"
#include "http/parser.h"
#include "http/server.h"
#include "http/transport.h"

/* The state of a connection. Each phase has a list of its connections, in the order in which they
 * entered it. The time limit of a phase is the same for all of them, so the limit of the first in
 * the list ends first. */
enum phase {
	PHASE_IDLE,    /* no byte of a request is here; no exchange */
	PHASE_HEAD,    /* a head has begun */
	PHASE_BODY,    /* the head is complete */
	PHASE_STARVED, /* needs a larger buffer, and reads nothing until there is memory */
	PHASE_HANDLER, /* the handler has the request; no time limit */
	PHASE_PULL,    /* ... and waits for a piece of the body */
	PHASE_PUSH,    /* ... and pieces of its reply are being sent */
	PHASE_WRITE,  /* bytes are being sent, and nothing is read: the reply, or earlier replies of
			 a pipeline */
	PHASE_SKIP,   /* the reply is sent; the rest of the body is read and dropped */
	PHASE_LINGER, /* our side is shut down, the client's bytes are drained */
	PHASE_DEAD,   /* closed; freed in the hook */
	PHASES,
};

enum {
	IN_SIZE = 4096,        /* the first size of a buffer: nearly all requests fit */
	STREAM_MARK = 1 << 16, /* bytes of a streamed body read ahead; bytes of a reply that wait */
};

/* How the end of a reply is marked. */
enum framing {
	FRAMING_WHOLE,  /* not streamed: Content-Length */
	FRAMING_CHUNKS, /* HTTP/1.1 */
	FRAMING_CLOSE,  /* HTTP/1.0: the body ends with the connection */
	FRAMING_NONE,   /* no body is sent: HEAD, 204, 304 */
};

struct exchange {
	struct http_request request;
	struct http_parser parser;
	struct http_server *server;
	struct connection *conn; /* NULL: an orphan, or in the pool */
	LIST_ENTRY(exchange) link;
	char *in;
	size_t in_len, in_cap;
	struct buf out;
	size_t out_at;
	struct text tail; /* sent after `out`: a body that is not copied */
	size_t held;      /* bytes of the server's budget; 0 in the pool (memory.c) */
	bool replied;     /* the current request's reply is in `out` */
	bool closing;     /* the connection closes after the bytes in `out` */
	bool refused;     /* refused with an error: the client may still be sending */
	bool endless;     /* the reply ends when the client leaves */
	bool judged;      /* the handler was asked whether the body is hopeless */
	/* stream.c */
	TAILQ_ENTRY(exchange) calling; /* while call_queued */
	http_body_fn *on_body;         /* the open question of the handler, ... */
	http_more_fn *on_more;         /* ... one of these two, or neither */
	void *on_arg;
	enum framing framing;
	enum http_body body_failed; /* HTTP_BODY_PIECE: the body has not failed */
	const char *body_reason;
	size_t skipped;      /* bytes of the body that were dropped after the reply */
	size_t window_bytes; /* moved since the pace of the stream was last good enough, ... */
	uint64_t window_ns;  /* ... and the time that the client took for them */
	bool call_queued;
};

union peer {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* A listening socket. A connection gets its transport from the listener that accepted it. */
struct listener {
	struct http_server *server;
	const struct transport *transport;
	const struct http_tls *tls; /* NULL: plain */
	struct event *listening, *resume;
	int fd, reserve_fd;
	bool accepting;
	uint64_t complained_ns;
	/* The port in a ":8080" address needs the longest text:
	 * "[ffff:...:255.255.255.255]:65535" */
	char address[72];
};

struct connection {
	struct http_server *server;
	TAILQ_ENTRY(connection) link;     /* in the list of its phase */
	TAILQ_ENTRY(connection) flushing; /* while flush_queued */
	struct event event;
	const struct transport *transport;
	void *session;
	struct exchange *x;
	uint64_t since_ns; /* when the phase was entered */
	uint64_t moved;    /* bytes read and written since then */
	uint64_t moved_ns; /* when the last of them moved */
	size_t lingered;   /* bytes read and dropped in PHASE_LINGER */
	int fd;
	enum phase phase;
	short watched; /* EV_READ, EV_WRITE or 0 */
	bool eof;      /* the client has shut down its side */
	bool flush_queued;
	bool unparsed; /* pipelined bytes wait for the dispatch of the next turn */
	union peer peer;
};

TAILQ_HEAD(connection_list, connection);
LIST_HEAD(exchange_list, exchange);
TAILQ_HEAD(exchange_queue, exchange);

struct http_server {
	struct loop *loop;
	struct http_limits limits;
	struct http_handlers handlers;
	void *arg;
	struct http_counters counters;
	struct connection_list phases[PHASES];
	struct connection_list flush;
	size_t n_flush;
	uint64_t phase_ns[PHASES]; /* time limit; 0: no limit */
	struct event *sweep;
	uint64_t sweep_at_ns; /* 0: not armed */
	uint64_t hook_ns;     /* loop_mono_ns of the turn in which the hook last ran */
	/* loop_failed_watches when all sockets were last watched again, and the time of that. */
	uint64_t failed_watches, rewatched_ns;
	bool draining, making_room;
	struct listener listeners[HTTP_LISTENERS_MAX];
	size_t n_listeners;
	/* exchange.c */
	struct exchange_list pool, orphans;
	size_t pooled;
	/* stream.c */
	struct exchange_queue calls; /* handlers to call in the next dispatch */
	size_t n_calls;
	struct event *calling;
	/* reply.c */
	uint64_t date_second;
	char date[40];
};

/** An exchange with an empty buffer, or NULL if memory runs out. */
struct exchange *exchange_take(struct http_server *server);
/** Gives x back to the pool, or frees it if the pool is full or its input buffer grew. */
void exchange_give(struct exchange *x);
enum grow {
	GROW_DONE,
	GROW_STARVED, /* the server's budget is spent */
	GROW_FAILED,  /* at the limit of one request, or out of memory */
};
/** The bytes by which the input buffer must grow; 0: it has room, or may not grow. */
size_t exchange_wants(struct exchange *x);
/** Makes room for more input. May move x->in. */
enum grow exchange_grow(struct exchange *x) WARN_UNUSED;
/** Makes room for all bytes of a streamed body that can wait at one time, so that x->in does not
 * move later. Makes room in the budget for them. */
enum grow exchange_grow_for_stream(struct exchange *x) WARN_UNUSED;
/** The reply is sent: empties its buffer, and frees a large one. */
void exchange_sent(struct exchange *x);
/** Drops the bytes of the finished request and expects the next one. */
void exchange_next(struct exchange *x);
/** Counts the memory of x again, after one of its buffers changed its size. */
void memory_count(struct exchange *x);
/** Takes x out of the budget: it goes to the pool, or is freed. */
void memory_uncount(struct exchange *x);
/** Returns true if n more bytes fit into the budget. */
bool memory_has_room(const struct http_server *server, size_t n);
/** The same, after it has sent replies and closed slow connections, but never `self`. */
bool memory_make_room(struct http_server *server, size_t n, const struct connection *self);
/** Gives memory to connections in PHASE_STARVED, the first one first, while the budget allows
 * it. */
void memory_feed_starved(struct http_server *server);

/** Frees the pool and the orphans. */
void exchange_free_all(struct http_server *server);

/** Takes over an accepted socket. */
enum err connection_open(struct listener *listener, int fd, const union peer *peer) WARN_UNUSED;
/** Closes the socket now; the struct lives until the hook. A request in progress becomes an
 * orphan. */
void connection_close(struct connection *c);
/** Replies with an error of the server and closes the connection after it has lingered. Only before
 * the handler gets the request. */
void connection_refuse(struct connection *c, int status, const char *reason);
/** n bytes were read or written. */
void connection_moved(struct connection *c, size_t n);
/** Changes the phase. No other function does so. */
void connection_enter(struct connection *c, enum phase phase);
/** Waits for EV_READ, EV_WRITE or nothing (0). */
void connection_watch(struct connection *c, short what);
/** If input is wanted and the transport holds some, the next turn reads it. */
void connection_read_held(struct connection *c);
/** The hook will call connection_flush. */
void connection_queue_flush(struct connection *c);
/** Gives the exchange back, or leaves it as an orphan if the handler has its request. */
void connection_release(struct connection *c);
/** Between two requests: no exchange is held. */
void connection_fall_idle(struct connection *c);
/** The reply is in x->out and can be sent. */
void connection_replied(struct connection *c);
/** The reply is sent, and the body was read to its end: serves the next request, or closes. */
void connection_next(struct connection *c);
/** Shuts down our side and reads on until the client closes, so that no reset destroys the
 * reply. */
void connection_linger(struct connection *c);
/** Earlier replies are sent: reads on, in the phase of the current request (intake.c). */
void connection_read_on(struct connection *c);
/** Sends the bytes that wait. Called by the hook. */
void connection_flush(struct connection *c);
/** Sends 100 (Continue) to a client that waits for it before it sends the body. */
void connection_send_continue(struct connection *c);
/** Returns true while the handler has the request and has not replied to the end. */
static inline bool connection_is_handed_over(const struct connection *c)
{
	return c->phase >= PHASE_HANDLER && c->phase <= PHASE_PUSH;
}
/** libevent's callback (intake.c). */
void connection_on_event(evutil_socket_t fd, short what, void *arg);
/** The time limit of the phase has passed: reads bytes that a long turn may have left unread, then
 * refuses or closes. */
void connection_expire(struct connection *c);

/** The sweep must run at at_ns or before. Called when a connection enters a phase with a time
 * limit. */
void server_arm_sweep(struct http_server *server, uint64_t at_ns);

/** A connection has closed: the listeners accept again if they paused for lack of room. */
void server_has_room(struct http_server *server);

/** There is work for our hook. If the hook of this turn has run, the next turn starts at once. */
void server_wake(struct http_server *server);

/** The handler waits for a piece, and bytes or the end of the input may be here: looks for a
 * piece. */
void stream_pull(struct connection *c);
/** The body that the handler waits for has failed. */
void stream_fail(struct connection *c, enum http_body state, const char *reason);
/** n bytes of a streamed reply were sent. False if the client takes them too slowly: then the
 * connection is closed. */
bool stream_sent(struct connection *c, size_t n) WARN_UNUSED;
/** Returns true if the rest of the body can be skipped, so that the connection can serve the next
 * request. */
bool stream_may_skip(const struct exchange *x);
/** After the reply: drops the rest of the body that is here. True at the end of the body.
 * Otherwise the connection waits in PHASE_SKIP, or lingers or closes because the rest is too long
 * or broken. */
bool stream_skip(struct connection *c);
/** The client is gone: answers the open question of the handler. */
void stream_orphaned(struct exchange *x);
/** Cancels the open question of the handler, if there is one. */
void stream_cancel(struct exchange *x);
/** libevent's callback: makes the calls that were queued when the turn began. */
void stream_on_calls(evutil_socket_t fd, short what, void *arg);

/** Returns true if a reply with this status may have a body. */
bool reply_may_have_body(int status);
/** Sets x->closing if the handler, the client or the server wants to close, or if the rest of a
 * streamed body is not worth reading. */
void reply_decide_close(struct exchange *x, bool close);
/** The handler has finished. False if the client is gone: then x was given back. */
bool reply_ends(struct exchange *x) WARN_UNUSED;
/** Appends the head of a reply to `out`. Only FRAMING_WHOLE gives a Content-Length. */
void reply_write_head(struct http_server *server, struct buf *out, const struct http_reply *reply,
		      enum framing framing, bool http_1_0);
/** Appends a complete reply to `out`. */
void reply_write(struct http_server *server, struct buf *out, const struct http_reply *reply,
		 enum http_method method, bool http_1_0);
/** The same for a refusal: the JSON error of every referd reply, and Connection: close. */
void reply_write_error(struct http_server *server, struct buf *out, int status, const char *reason,
		       enum http_method method);

/** Binds `listen` and accepts. After an error *l may be closed, but does not have to be. */
enum err listener_open(struct listener *l, struct http_server *server, const char *listen,
		       const struct http_tls *tls) WARN_UNUSED;
/** Watches its socket again. */
void listener_rewatch(struct listener *l);
/** Stops accepting for good. */
void listener_close(struct listener *l);
/** A connection has closed: accepts again if it paused because it had no room. */
void listener_left(struct listener *l);

/** Closes the connection that has been idle for the longest time; without idle connections a
 * lingering one; else the slowest one. False if no connection may be closed. */
bool evict_one(struct http_server *server) WARN_UNUSED;
/** Closes the connection whose client is silent or slow for the longest time, but never `spared`.
 */
bool evict_slowest(struct http_server *server, const struct connection *spared) WARN_UNUSED;

#endif
