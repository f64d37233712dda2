/*
 * The outbound client's insides, shared by client.c (the client), client_pool.c (pools and idle
 * connections), client_call.c (one call's life), client_connection.c (one evhttp connection),
 * client_answer.c (the response on it) and client_tls.c. Facts flow up: connection -> call ->
 * client. A call knows nothing of evhttp.
 */
#ifndef HTTP_CLIENT_PARTS_H
#define HTTP_CLIENT_PARTS_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>
#include <sys/queue.h>

#include "http/client.h"
#include "http/client_head.h"
#include "http/own_address.h"
#include "http/resolver.h"

/* The limits of the memory that a receiver can make referd hold for one call. The promise is 32
 * KiB: the few header lines that evhttp gets (client_head.h), bytes that are not parsed yet
 * (HELD_MAX and one read), and the kept start of the body. */
enum {
	ANSWER_MAX = 4096,
	TRAILER_MAX = 256,
	HELD_MAX = 20 * 1024,
	READ_MAX = 4096,          /* in one go from a socket or TLS record */
	BODY_RAW_MAX = 32 * 1024, /* with chunk framing, which may be long for one-byte chunks */
	CALL_ADDRESSES = 8, /* of the resolved addresses, so many are tried; all are checked */
};

struct http_client {
	struct loop *loop;
	SSL_CTX *tls;
	struct resolver *resolver;
	struct cidr_list allowed;
	struct own_addresses own;
	struct sockaddr_storage *peers; /* listening addresses of other servers */
	size_t n_peers;
	uint32_t idle_ms;
	struct http_client_counters counters;
	struct event *ended_event; /* runs the callbacks, outside every evhttp callback */
	struct event *idle_event;
	TAILQ_HEAD(http_call_list, http_call) ended; /* their callbacks come next */
	struct http_call_list dead_calls;            /* freed in the hook */
	TAILQ_HEAD(outgoing_list, outgoing) idle;    /* oldest first */
	struct outgoing_list dead;                   /* freed in the hook */
};

struct http_pool {
	struct http_client *client;
	uint32_t idle_max, n_idle, n_established;
	struct outgoing_list idle;   /* the most recently used first */
	struct http_call_list calls; /* in flight, or in `ended` */
};

uint64_t client_now_ns(const struct http_client *client);
/** Queues the callback of an ended call. It comes from the ended event, in this turn or the
 * next. */
void client_call_ended(struct http_client *client, struct http_call *call);
void client_call_dead(struct http_client *client, struct http_call *call);
/** libevent's callback: retires connections that have been idle for too long (client_pool.c). */
void client_on_idle(evutil_socket_t fd, short what, void *arg);

/* ---- one call (client_call.c) ---- */

enum http_call_state {
	CALL_RESOLVING,
	CALL_CONNECTING,
	CALL_WAITING, /* the request is being sent or was sent; no head yet */
	CALL_READING, /* status and headers are here: they decide the result */
	CALL_ENDED,
};

struct http_call {
	TAILQ_ENTRY(http_call) in_pool, in_list;
	struct http_pool *pool;
	enum http_call_state state;
	http_call_fn *done;
	void *arg;
	struct outgoing *conn;
	struct event timer;
	struct resolver_wait wait;
	/* The request; the texts are NUL-terminated and follow the struct in memory. */
	enum http_method method;
	struct url url; /* without its borrowed texts */
	const char *target;
	const char *head; /* the value of Host; then "\r\n" and a header, for each header */
	bool bad_head;    /* a header contains a line end or a NUL */
	struct text body;
	/* Addresses left to try. */
	union endpoint addresses[CALL_ADDRESSES];
	size_t n_addresses, next_address;
	/* Times: monotonic ns. */
	uint64_t started_ns, step_ns, connect_deadline_ns, total_deadline_ns;
	struct http_result result;
	char *answer; /* ANSWER_MAX bytes, from the first body byte on */
	size_t answer_n;
	char retry_after[64];
	char detail[160];
};

struct http_call *http_call_new(struct http_pool *pool, const struct http_call_spec *spec,
				http_call_fn *done, void *arg) WARN_UNUSED;
void http_call_start(struct http_call *call);
void http_call_free(struct http_call *call);

/* Facts from the connection, each at most once for a connection and in this order. The last fact
 * (failed, complete or broken) ends the tie between the connection and the call. */
void http_call_tcp_connected(struct http_call *call);
void http_call_connected(struct http_call *call);
void http_call_connect_failed(struct http_call *call, enum http_failure failure,
			      const char *detail);
void http_call_first_byte(struct http_call *call);
void http_call_status(struct http_call *call, int status, const char *retry_after);
/** Adds to the kept start of the body; false if it is full and not all bytes fitted. */
bool http_call_add_body(struct http_call *call, const void *p, size_t n);
/** The response is complete. */
void http_call_complete(struct http_call *call);
/** The response ended early, or no more of it is needed. Success if the status is known.
 * `untouched`: no byte of a response came. */
void http_call_broken(struct http_call *call, bool untouched, const char *detail);

/* ---- one connection (client_connection.c) ---- */

struct evhttp_connection;
struct evhttp_request;
struct bufferevent;
struct evbuffer;
struct evbuffer_cb_info;

enum outgoing_state { CONN_CONNECTING, CONN_BUSY, CONN_IDLE, CONN_DEAD };

struct outgoing {
	TAILQ_ENTRY(outgoing) in_pool, in_list;
	struct http_client *client;
	struct http_pool *pool; /* NULL once dead */
	struct http_call *call; /* NULL while idle or dead */
	enum outgoing_state state;
	struct evhttp_connection *evcon;
	struct bufferevent *bev;        /* evcon's */
	struct evhttp_request *request; /* evhttp's; NULL between two requests */
	SSL *ssl;                       /* bev's; NULL for http:// */
	union endpoint peer;
	struct url origin; /* without its borrowed texts */
	bool tcp_connected, reused, reusable;
	bool certificate_wanted; /* the receiver asked for a client certificate */
	int alert;               /* the fatal TLS alert that the receiver sent; 0: no alert */
	uint64_t idle_since_ns;
	const char *error; /* why evhttp is about to report a failure */
	/* evhttp's own callbacks. Until the connection is made, ours are in their place. */
	void (*ev_read)(struct bufferevent *, void *);
	void (*ev_write)(struct bufferevent *, void *);
	void (*ev_event)(struct bufferevent *, short, void *);
	void *ev_arg;
	/* Counters of the response that is being read. */
	struct head head;
	size_t body_raw;
	bool taking_head; /* the change of the input is our own */
};

/** A new connection to peer for the call; outgoing_send makes it. NULL if memory runs out. */
struct outgoing *outgoing_new(struct http_call *call, const union endpoint *peer) WARN_UNUSED;
/** Sends the call's request over conn; a new connection is made first. A connect that fails at once
 * reports its facts from inside this function, so use neither argument afterwards. */
void outgoing_send(struct outgoing *conn, struct http_call *call);
void outgoing_free(struct outgoing *conn);

/* ---- reusing connections (client_pool.c) ---- */

/** The call is complete: conn becomes idle if it can be reused and the pool has room, else it is
 * retired. */
void outgoing_release(struct outgoing *conn);
/** Takes an idle connection of the pool to the origin of url, or returns NULL. It closes idle
 * connections to another origin: the URL of the webhook has changed. */
struct outgoing *outgoing_take(struct http_pool *pool, const struct url *url);
/** Takes conn from its pool and call. It is freed at the end of the turn. */
void outgoing_retire(struct outgoing *conn);

/* ---- the response (client_answer.c) ---- */

/** Sets the callbacks of client_answer.c for the request and for the raw input. */
void answer_begin(struct outgoing *conn, struct evhttp_request *request);
/** Counts every byte that arrives, and ends the response at the limits. */
void answer_watch_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg);
/** Adds the bytes of an unfinished chunk to the kept body of the call. */
void answer_salvage(struct outgoing *conn);

/* ---- TLS (client_tls.c) ---- */

SSL_CTX *client_tls_new(const char *ca_file, const char **why) WARN_UNUSED;
/** A session for a connection to the host of url, with name check and SNI. NULL if memory runs out.
 */
SSL *client_tls_session(SSL_CTX *tls, const struct url *url) WARN_UNUSED;
/** Why the handshake on bev failed; static, or from OpenSSL's tables. */
const char *client_tls_error(SSL *ssl, struct bufferevent *bev);
/** Writes to out what a fatal alert of the receiver means. */
enum { TLS_ALERT_SIZE = 128 };
const char *client_tls_alert(int alert, bool certificate_wanted, char out[TLS_ALERT_SIZE]);

#endif
