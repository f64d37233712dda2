/* Owns one evhttp connection to a checked literal address, with one SSL object for its whole life.
 * Never gives evhttp a name, never lets it reconnect, and never frees inside its callbacks. Called
 * by client_call.c; the end-of-turn hook of client.c frees. */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "http/client_parts.h"

/* evhttp's own timers must never fire first: the deadlines of the call and of idle
 * connections do. */
enum { EVHTTP_TIMEOUT_S = 24 * 3600 };

static void on_tls_info(const SSL *ssl, int where, int ret);
static void on_connect(struct bufferevent *bev, short what, void *arg);
static void on_closed(struct evhttp_connection *evcon, void *arg);

/* ---- a new connection ---- */

static struct bufferevent *new_bufferevent(struct outgoing *conn, const struct url *url)
{
	struct event_base *base = loop_events(conn->client->loop);
	if (!url->https)
		return bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	conn->ssl = client_tls_session(conn->client->tls, url);
	if (conn->ssl == NULL)
		return NULL;
	if (SSL_set_app_data(conn->ssl, (char *)conn) != 1) {
		SSL_free(conn->ssl);
		conn->ssl = NULL;
		return NULL;
	}
	SSL_set_info_callback(conn->ssl, on_tls_info);
	/* Frees conn->ssl even if it fails. */
	return bufferevent_openssl_socket_new(base, -1, conn->ssl, BUFFEREVENT_SSL_CONNECTING,
					      BEV_OPT_CLOSE_ON_FREE);
}

static uint16_t endpoint_port(const union endpoint *e)
{
	return ntohs(e->sa.sa_family == AF_INET ? e->v4.sin_port : e->v6.sin6_port);
}

static bool make_evhttp(struct outgoing *conn)
{
	char address[ADDRESS_TEXT_SIZE];
	conn->evcon = evhttp_connection_base_bufferevent_new(
	    loop_events(conn->client->loop), NULL, conn->bev, address_text(&conn->peer.sa, address),
	    endpoint_port(&conn->peer));
	if (conn->evcon == NULL)
		return false;
	bufferevent_set_max_single_read(conn->bev, READ_MAX);
	evhttp_connection_set_timeout(conn->evcon, EVHTTP_TIMEOUT_S);
	evhttp_connection_set_closecb(conn->evcon, on_closed, conn);
	return evbuffer_add_cb(bufferevent_get_input(conn->bev), answer_watch_input, conn) != NULL;
}

struct outgoing *outgoing_new(struct http_call *call, const union endpoint *peer)
{
	struct outgoing *conn = calloc(1, sizeof(*conn));
	if (conn == NULL)
		return NULL;
	*conn = (struct outgoing){.client = call->pool->client, .pool = call->pool, .peer = *peer};
	conn->origin = call->url;
	if ((conn->bev = new_bufferevent(conn, &call->url)) == NULL || !make_evhttp(conn)) {
		outgoing_free(conn);
		return NULL;
	}
	conn->client->counters.connects++;
	conn->client->counters.connections++;
	return conn;
}

/* Ends TLS cleanly, so that the receiver does not log a truncation. Best effort. */
static void say_goodbye(struct outgoing *conn)
{
	if (conn->ssl == NULL || !SSL_is_init_finished(conn->ssl) ||
	    bufferevent_getfd(conn->bev) < 0 || conn->error != NULL)
		return;
	SSL_shutdown(conn->ssl);
	ERR_clear_error();
}

void outgoing_free(struct outgoing *conn)
{
	if (conn == NULL)
		return;
	if (conn->evcon != NULL) {
		say_goodbye(conn);
		/* This frees the bufferevent, the SSL and the request too. */
		evhttp_connection_free(conn->evcon);
	} else if (conn->bev != NULL) {
		bufferevent_free(conn->bev);
	}
	free(conn);
}

/* ---- the request ---- */

/* evhttp copies each header, and formats it with printf. So all headers up to Content-Length are
 * the value of one header, which evhttp_add_header would refuse because of the line ends. */
static bool add_head(struct evkeyvalq *out, const struct http_call *call)
{
	if (call->bad_head || evhttp_add_header(out, "Host", "") != 0)
		return false;
	struct evkeyval *host = TAILQ_FIRST(out);
	char *value = strdup(call->head);
	if (value == NULL)
		return false;
	free(host->value); /* libevent allocates with malloc */
	host->value = value;
	return true;
}

static bool add_headers(struct outgoing *conn, const struct http_call *call)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(conn->request);
	char length[24];
	if (!add_head(out, call))
		return false;
	if (call->method == HTTP_GET)
		return true;
	struct buf digits = {.p = length, .cap = sizeof(length)};
	buf_u64(&digits, call->body.n);
	length[digits.n] = '\0';
	return evhttp_add_header(out, "Content-Length", length) == 0 &&
	       evbuffer_add(evhttp_request_get_output_buffer(conn->request), call->body.p,
			    call->body.n) == 0;
}

static bool make_request(struct outgoing *conn, const struct http_call *call)
{
	conn->request = evhttp_request_new(NULL, NULL);
	if (conn->request == NULL)
		return false;
	answer_begin(conn, conn->request);
	if (add_headers(conn, call))
		return true;
	evhttp_request_free(conn->request);
	conn->request = NULL;
	return false;
}

/* OpenSSL makes a record, and so a packet, of each piece of the buffer. */
static void join_output(struct outgoing *conn)
{
	if (conn->ssl != NULL)
		(void)evbuffer_pullup(bufferevent_get_output(conn->bev),
				      -1); /* a failure only costs packets */
}

static void set_nodelay(struct outgoing *conn)
{
	int on = 1, fd = bufferevent_getfd(conn->bev);
	if (fd >= 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
				 sizeof(on)); /* a failure only costs time */
}

/* From evhttp's connect to its first write, our callback replaces evhttp's: it sees why a connect
 * failed, and nothing is written before the peer is checked. */
static void watch_connect(struct outgoing *conn)
{
	bufferevent_getcb(conn->bev, &conn->ev_read, &conn->ev_write, &conn->ev_event,
			  &conn->ev_arg);
	bufferevent_setcb(conn->bev, NULL, NULL, on_connect, conn);
	set_nodelay(conn);
}

static enum evhttp_cmd_type evhttp_type(enum http_method method)
{
	static const struct {
		enum http_method method;
		enum evhttp_cmd_type type;
	} types[] = {
	    {HTTP_POST, EVHTTP_REQ_POST},
	    {HTTP_PUT, EVHTTP_REQ_PUT},
	    {HTTP_PATCH, EVHTTP_REQ_PATCH},
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].method == method)
			return types[i].type;
	return EVHTTP_REQ_GET;
}

void outgoing_send(struct outgoing *conn, struct http_call *call)
{
	enum evhttp_cmd_type type = evhttp_type(call->method);
	bool fresh = conn->state == CONN_CONNECTING;
	conn->call = call;
	if (!make_request(conn, call)) {
		http_call_broken(call, false,
				 "the request's headers were refused, or out of memory");
		return;
	}
	int made = evhttp_make_request(conn->evcon, conn->request, type, call->target);
	if (conn->call == NULL)
		return; /* it failed at once, and the call knows */
	if (made != 0)
		http_call_connect_failed(call, HTTP_FAIL_CONNECT, "the connection cannot be made");
	else if (fresh)
		watch_connect(conn);
	else
		join_output(conn);
}

/* ---- connecting ---- */

static bool peer_is_right(struct outgoing *conn, int fd)
{
	union endpoint is = {0};
	socklen_t size = sizeof(is);
	if (getpeername(fd, &is.sa, &size) != 0 || is.sa.sa_family != conn->peer.sa.sa_family)
		return false;
	if (is.sa.sa_family == AF_INET)
		return is.v4.sin_port == conn->peer.v4.sin_port &&
		       memcmp(&is.v4.sin_addr, &conn->peer.v4.sin_addr, sizeof(is.v4.sin_addr)) ==
			   0;
	return is.v6.sin6_port == conn->peer.v6.sin6_port &&
	       memcmp(&is.v6.sin6_addr, &conn->peer.v6.sin6_addr, sizeof(is.v6.sin6_addr)) == 0;
}

/* A handshake begins when the socket becomes writable: it is connected, or has failed. An alert
 * that is not fatal is a warning, or the normal end of a connection. */
static void on_tls_info(const SSL *ssl, int where, int ret)
{
	struct outgoing *conn = (struct outgoing *)(void *)SSL_get_app_data(ssl);
	if (where == SSL_CB_READ_ALERT && ret >> 8 == SSL3_AL_FATAL)
		conn->alert = ret & 0xff;
	if (!(where & SSL_CB_HANDSHAKE_START) || conn->tcp_connected || conn->call == NULL)
		return;
	if (!peer_is_right(conn, SSL_get_fd(ssl)))
		return;
	conn->tcp_connected = true;
	http_call_tcp_connected(conn->call);
}

static void tell_failed(struct outgoing *conn, int error)
{
	struct http_call *call = conn->call;
	conn->error = "connect";
	char text[TLS_ALERT_SIZE];
	if (conn->alert != 0)
		http_call_connect_failed(
		    call, HTTP_FAIL_TLS,
		    client_tls_alert(conn->alert, conn->certificate_wanted, text));
	else if (conn->tcp_connected)
		http_call_connect_failed(call, HTTP_FAIL_TLS,
					 client_tls_error(conn->ssl, conn->bev));
	else
		http_call_connect_failed(call, HTTP_FAIL_CONNECT,
					 error == 0 ? "the connection cannot be made"
						    : strerror(error));
}

/* A connection that was reset has no peer any more: the call may try again. */
static void tell_wrong_peer(struct outgoing *conn, int fd)
{
	union endpoint peer;
	socklen_t size = sizeof(peer);
	if (getpeername(fd, &peer.sa, &size) != 0)
		http_call_connect_failed(conn->call, HTTP_FAIL_CONNECT, strerror(errno));
	else
		http_call_connect_failed(conn->call, HTTP_FAIL_POLICY,
					 "connected to the wrong address");
}

/* After a reset, the receiver's alert with the reason may still be unread. */
static void read_alert(struct outgoing *conn)
{
	char byte;
	if (conn->ssl == NULL || conn->alert != 0 || conn->head.bytes > 0)
		return;
	(void)SSL_peek(conn->ssl, &byte, 1); /* calls on_tls_info */
	ERR_clear_error();
}

static void on_connect(struct bufferevent *bev, short what, void *arg)
{
	int error = errno; /* libevent leaves it for this callback */
	struct outgoing *conn = arg;
	struct http_call *call = conn->call;
	if (call == NULL)
		return;
	if (!(what & BEV_EVENT_CONNECTED)) {
		tell_failed(conn, error);
		return;
	}
	/* With TLS the peer was checked when the handshake began, and may be gone by now. */
	if (!conn->tcp_connected && !peer_is_right(conn, bufferevent_getfd(bev))) {
		tell_wrong_peer(conn, bufferevent_getfd(bev));
		return;
	}
	if (!conn->tcp_connected)
		http_call_tcp_connected(call);
	conn->tcp_connected = true;
	conn->state = CONN_BUSY;
	conn->pool->n_established++;
	http_call_connected(call);
	read_alert(conn); /* before evhttp, which would see the socket's error and close it */
	if (conn->alert != 0) {
		http_call_broken(call, true, "");
		return;
	}
	/* Now evhttp gets the event and writes the request. */
	bufferevent_setcb(bev, conn->ev_read, conn->ev_write, conn->ev_event, conn->ev_arg);
	conn->ev_event(bev, what, conn->ev_arg);
	if (conn->call != NULL)
		join_output(conn);
}

/* evhttp closes an idle connection after the receiver closed it or sent bytes without a request.
 * While a call uses the connection, the callback of the request reports this. */
static void on_closed(struct evhttp_connection *evcon, void *arg)
{
	struct outgoing *conn = arg;
	(void)evcon;
	if (conn->call != NULL)
		read_alert(conn);
	if (conn->state == CONN_IDLE) {
		conn->error = "closed";
		outgoing_retire(conn);
	}
}
