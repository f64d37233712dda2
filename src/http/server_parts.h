/*
 * The inside of the server: connections, exchanges and the server's own state. Private to the room.
 *
 * A connection is small and lives as long as its socket. An exchange holds what one request needs
 * (parser, request, buffers); a connection borrows one from the pool when bytes arrive and gives it
 * back when it falls idle, so that 10,000 idle connections cost 10,000 small structs. When a client
 * leaves before its reply, the exchange stays behind as an orphan until http_reply.
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

/* Where a connection stands. It is always on its phase's list, in order of entering: as a phase's
 * time limit is the same for all, the head of the list is the first to run out. */
enum phase {
	PHASE_IDLE,    /* no byte of a request has come; no exchange */
	PHASE_HEAD,    /* a head has begun */
	PHASE_BODY,    /* the head is complete */
	PHASE_STARVED, /* a larger buffer is wanted, and nothing is read until there is memory */
	PHASE_HANDLER, /* handed over; as long as the handler takes */
	PHASE_PULL,    /* ... it waits for a piece of the body */
	PHASE_PUSH,    /* ... pieces of its reply are on their way out */
	PHASE_WRITE,   /* bytes are on their way out, and nothing is read: replied to, or earlier
			  replies of a pipeline are not all sent */
	PHASE_SKIP,    /* replied to before the end of its body, whose rest is read and dropped */
	PHASE_LINGER,  /* our side is shut down, the client's bytes are drained */
	PHASE_DEAD,    /* closed; freed in the hook */
	PHASES,
};

enum {
	IN_SIZE = 4096,        /* a buffer's first size: nearly all requests fit */
	STREAM_MARK = 1 << 16, /* a streamed body is read ahead so far, a reply waits above it */
};

/* How the pieces of a streamed reply are framed. */
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
	bool closing;     /* nothing follows what is in `out` */
	bool refused;     /* an error ended it: the client may still be sending */
	bool judged;      /* the handler has said whether the body is hopeless */
	/* stream.c */
	TAILQ_ENTRY(exchange) calling; /* while call_queued */
	http_body_fn *on_body;         /* the handler's open question, ... */
	http_more_fn *on_more;         /* ... which is one of these or none */
	void *on_arg;
	enum framing framing;
	enum http_body body_failed; /* HTTP_BODY_PIECE: it did not */
	const char *body_reason;
	size_t skipped;      /* bytes of the body that were dropped after the reply */
	size_t window_bytes; /* moved since the pace of the stream was last found good, ... */
	uint64_t window_ns;  /* ... and the time that it took the client */
	bool call_queued;
};

union peer {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* A listening socket. How many a server has is its own affair: a connection knows its server, and
 * gets its transport from the listener that accepted it. */
struct listener {
	struct http_server *server;
	const struct transport *transport;
	struct event *listening, *resume;
	int fd, reserve_fd;
	bool accepting;
	uint64_t complained_ns;
	/* The port in a ":8080" address needs the longest text: "[ffff:...:255.255.255.255]:65535"
	 */
	char address[72];
};

struct connection {
	struct http_server *server;
	TAILQ_ENTRY(connection) link;     /* of its phase's list */
	TAILQ_ENTRY(connection) flushing; /* while flush_queued */
	struct event event;
	const struct transport *transport;
	void *session;
	struct exchange *x;
	uint64_t since_ns; /* when the phase was entered */
	uint64_t moved;    /* bytes read and written since then */
	size_t lingered;   /* bytes drained */
	int fd;
	enum phase phase;
	short watched; /* EV_READ, EV_WRITE or 0 */
	bool eof;      /* the client has shut down its side */
	bool flush_queued;
	bool unparsed; /* pipelined bytes wait for the next turn's dispatch */
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
	uint64_t phase_ns[PHASES]; /* time limit; 0 is none */
	struct event *sweep;
	uint64_t sweep_at_ns;    /* 0: not armed */
	uint64_t hook_ns;        /* loop_mono_ns of the turn whose hook ran last */
	uint64_t failed_watches; /* of the loop, when all sockets were last watched anew, ... */
	uint64_t rewatched_ns;   /* ... and when that was */
	bool draining, making_room;
	struct listener listener;
	/* exchange.c */
	struct exchange_list pool, orphans;
	size_t pooled;
	/* stream.c */
	struct exchange_queue calls; /* answers owed to handlers in the next dispatch */
	size_t n_calls;
	struct event *calling;
	/* reply.c */
	uint64_t date_second;
	char date[40];
};

/** An exchange with an empty buffer, or NULL without memory. */
struct exchange *exchange_take(struct http_server *server);
/** Back to the pool. Buffers that grew are freed. */
void exchange_give(struct exchange *x);
enum grow {
	GROW_DONE,
	GROW_STARVED, /* the server's budget is spent */
	GROW_FAILED,  /* at the limit of one request, or without memory */
};
/** How many bytes a larger buffer for more input needs; 0: there is room, or there may be none. */
size_t exchange_wants(struct exchange *x);
/** Room for more input. Moves x->in. */
enum grow exchange_grow(struct exchange *x) WARN_UNUSED;
/** Room for every byte that a streamed body may have waiting, so that x->in stays where it is.
 * Makes room in the budget for it. */
enum grow exchange_grow_for_stream(struct exchange *x) WARN_UNUSED;
/** What was to be sent is sent: empties the reply's buffer, and frees a large one. */
void exchange_sent(struct exchange *x);
/** Drops the finished request's bytes and makes ready for the next. */
void exchange_next(struct exchange *x);
/** Counts what x holds, after one of its buffers changed its size. */
void memory_count(struct exchange *x);
/** x holds nothing any more: it is in the pool, or freed. */
void memory_uncount(struct exchange *x);
/** Would n more bytes stay within the budget? */
bool memory_has_room(const struct http_server *server, size_t n);
/** The same, after sending replies and closing slow connections to make it so; never `self`. */
bool memory_make_room(struct http_server *server, size_t n, const struct connection *self);
/** Connections that wait for memory get it while there is some, in the order in which they came. */
void memory_feed_starved(struct http_server *server);

/** Frees the pool and the orphans. */
void exchange_free_all(struct http_server *server);

/** Takes over an accepted socket. */
enum err connection_open(struct listener *listener, int fd, const union peer *peer) WARN_UNUSED;
/** Closes the socket now; the struct lives until the hook. The request in progress is orphaned. */
void connection_close(struct connection *c);
/** Answers with an error of our own and closes, lingering. Only before the hand-over. */
void connection_refuse(struct connection *c, int status, const char *reason);
/** Changes the phase: the only function that does. */
void connection_enter(struct connection *c, enum phase phase);
/** Waits for EV_READ, EV_WRITE or nothing (0). */
void connection_watch(struct connection *c, short what);
/** The hook will call connection_flush. */
void connection_queue_flush(struct connection *c);
/** Gives the exchange back, or leaves it behind where its request is in progress. */
void connection_release(struct connection *c);
/** Between two requests: no exchange is held. */
void connection_fall_idle(struct connection *c);
/** Its reply is in x->out. */
void connection_replied(struct connection *c);
/** The reply is sent, and its body was read to the end: goes on with the next request, or ends. */
void connection_next(struct connection *c);
/** Shuts down our side and drains the client's, so that the reply is not lost to a reset. */
void connection_linger(struct connection *c);
/** Earlier replies are sent: reads on, in the phase that the request has reached (intake.c). */
void connection_read_on(struct connection *c);
/** Sends what is there to send. Called by the hook. */
void connection_flush(struct connection *c);
/** Tells a client that waits for it to send its body. */
void connection_send_continue(struct connection *c);
/** Its request was handed over and not yet replied to. */
static inline bool connection_is_handed_over(const struct connection *c)
{
	return c->phase >= PHASE_HANDLER && c->phase <= PHASE_PUSH;
}
/** libevent's callback (intake.c). */
void connection_on_event(evutil_socket_t fd, short what, void *arg);
/** The phase's time is over: reads once more what a long turn may have left unread, then acts. */
void connection_expire(struct connection *c);

/** Called whenever a phase with a time limit is entered: the sweep must not come later than at_ns.
 */
void server_arm_sweep(struct http_server *server, uint64_t at_ns);

/** After work left to our hook: if this turn's has run already, the next turn comes at once. */
void server_wake(struct http_server *server);

/** The handler waits for a piece, and bytes or the client's end may have come: looks for one. */
void stream_pull(struct connection *c);
/** The body that the handler waits for broke off. */
void stream_fail(struct connection *c, enum http_body state, const char *reason);
/** n bytes of a streamed reply were sent. False if the client drips: the connection is closed. */
bool stream_sent(struct connection *c, size_t n) WARN_UNUSED;
/** May the rest of the body be skipped, so that the connection serves the next request? */
bool stream_may_skip(const struct exchange *x);
/** After the reply: reads past the rest of the body as far as it is here. True at its end; else the
 * connection waits in PHASE_SKIP, or it lingers or closes because the rest has no end. */
bool stream_skip(struct connection *c);
/** The client is gone: a handler that waits for it is told. */
void stream_orphaned(struct exchange *x);
/** Withdraws the open question, if there is one. */
void stream_cancel(struct exchange *x);
/** libevent's callback: pays the calls that were owed when the turn began. */
void stream_on_calls(evutil_socket_t fd, short what, void *arg);

/** Whether an answer of that status may have a body at all. */
bool reply_may_have_body(int status);
/** Sets x->closing: somebody asks for it, or the rest of a streamed body is not worth reading. */
void reply_decide_close(struct exchange *x, bool close);
/** The request's last answer: false where nobody is there to get it (x is given back). */
bool reply_ends(struct exchange *x) WARN_UNUSED;
/** The head of a reply; any framing but FRAMING_WHOLE leaves the length out. */
void reply_write_head(struct http_server *server, struct buf *out, const struct http_reply *reply,
		      enum framing framing, bool http_1_0);
/** Appends a complete reply to `out`. */
void reply_write(struct http_server *server, struct buf *out, const struct http_reply *reply,
		 enum http_method method, bool http_1_0);
/** The same for a refusal: the error shape of every referd answer, and Connection: close. */
void reply_write_error(struct http_server *server, struct buf *out, int status, const char *reason,
		       enum http_method method);

/** Binds `listen` and accepts. After an error *l may be closed, and need not be. */
enum err listener_open(struct listener *l, struct http_server *server, const char *listen,
		       const struct transport *transport) WARN_UNUSED;
/** Watches its socket anew. */
void listener_rewatch(struct listener *l);
/** Stops accepting for good. */
void listener_close(struct listener *l);
/** A connection left: goes on accepting if it paused for that. */
void listener_left(struct listener *l);

/** Closes one connection: the longest idle; without an idle one, a lingering one; without either,
 * the one that moves the fewest bytes. False if none may be closed. */
bool evict_one(struct http_server *server) WARN_UNUSED;
/** Closes the connection that moves the fewest bytes, but for `spared`. */
bool evict_slowest(struct http_server *server, const struct connection *spared) WARN_UNUSED;

#endif
