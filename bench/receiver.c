/*
 * Owns the sockets and TLS sessions of the receiver, its requests and its short responses.
 * Never interprets a webhook or reads more than 1 MiB of a request.
 * Called by session.c and receiver_command.c.
 */
#include "receiver.h"

#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "memory.h"

enum { PEER_READ = 8192, REQUEST_MAX = 1 << 20 };

struct peer {
	LIST_ENTRY(peer) link;
	struct receiver *receiver;
	SSL *ssl;
	int fd;
	struct event *event, *writable;
	struct buf in, out; /* out: responses that are not written yet */
	bool closing;       /* after `out` is written */
};

struct receiver {
	struct event_base *events;
	SSL_CTX *tls;
	receiver_fn *fn;
	void *arg;
	struct evconnlistener *listener;
	char address[96];
	bool down;
	LIST_HEAD(, peer) peers;
};

bool received_next_header(struct text *rest, struct text *name, struct text *value)
{
	struct text line;
	if (rest->n == 0)
		return false;
	text_cut(*rest, '\n', &line, rest);
	text_cut(line, ':', name, value);
	*value = text_trim(*value);
	return true;
}

struct text received_header(const struct received *r, struct text name)
{
	struct text rest = r->headers, n, value;
	while (received_next_header(&rest, &n, &value))
		if (text_ieq(n, name))
			return value;
	return (struct text){0};
}

static void peer_free(struct peer *p)
{
	LIST_REMOVE(p, link);
	event_free(p->event);
	event_free(p->writable);
	SSL_free(p->ssl);
	close(p->fd);
	buf_free(&p->in);
	buf_free(&p->out);
	free(p);
}

static void peer_reset(struct peer *p)
{
	struct linger now = {.l_onoff = 1};
	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	peer_free(p);
}

/* Reads one request from the start of `in`. Returns its size, 0 if it is incomplete, or -1 if it is
 * not a valid request. Only Content-Length bodies are read: referd sends no others. */
static ssize_t receiver_parse(struct text in, struct received *r)
{
	struct text line, rest;
	uint64_t length = 0;
	const char *end = in.n == 0 ? NULL : memmem(in.p, in.n, "\r\n\r\n", 4);
	if (end == NULL)
		return in.n > REQUEST_MAX ? -1 : 0;
	struct text head = text_from(in.p, (size_t)(end - in.p));
	text_cut(head, '\n', &line, &r->headers);
	if (!text_cut(text_trim(line), ' ', &r->method, &rest) ||
	    !text_cut(rest, ' ', &r->target, &rest))
		return -1;
	struct text value = received_header(r, TEXT("content-length"));
	if ((value.n > 0 && !text_to_u64(value, &length)) || length > REQUEST_MAX)
		return -1;
	size_t size = head.n + 4 + (size_t)length;
	r->body = text_from(end + 4, (size_t)length);
	return in.n < size ? 0 : (ssize_t)size;
}

static const char *receiver_reason(int status)
{
	return status < 300 ? "OK" : status < 500 ? "Refused" : "Failed";
}

/* Answers every complete request. False if the peer sent something other than HTTP. */
static bool peer_answer(struct peer *p)
{
	struct receiver *receiver = p->receiver;
	struct received r;
	size_t done = 0;
	ssize_t size;
	while ((size = receiver_parse(text_from(p->in.p + done, p->in.n - done), &r)) > 0) {
		int status = receiver->fn(receiver->arg, &r);
		p->closing = text_ieq(received_header(&r, TEXT("connection")), TEXT("close"));
		buf_printf(&p->out, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\n\r\n", status,
			   receiver_reason(status));
		done += (size_t)size;
	}
	if (done > 0 && done < p->in.n)
		memmove(p->in.p, p->in.p + done, p->in.n - done);
	p->in.n -= done;
	return size == 0 && !p->out.failed;
}

/* False if the peer must be freed. */
static bool peer_flush(struct peer *p)
{
	if (p->out.n == 0)
		return true;
	int n = SSL_write(p->ssl, p->out.p, (int)p->out.n);
	if (n <= 0) {
		int why = SSL_get_error(p->ssl, n);
		if (why != SSL_ERROR_WANT_WRITE && why != SSL_ERROR_WANT_READ)
			return false;
		event_add(p->writable, NULL);
		return true;
	}
	buf_reset(&p->out); /* partial writes are off: all or nothing was written */
	return !p->closing;
}

/* Reads the available bytes and answers. False if the peer must be freed. */
static bool peer_read(struct peer *p)
{
	int n;
	do {
		if (!buf_reserve(&p->in, PEER_READ))
			return false;
		n = SSL_read(p->ssl, p->in.p + p->in.n, PEER_READ);
		if (n > 0)
			p->in.n += (size_t)n;
	} while (n == PEER_READ || (n > 0 && SSL_has_pending(p->ssl)));
	int why = n > 0 ? SSL_ERROR_NONE : SSL_get_error(p->ssl, n);
	bool open = n > 0 || why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
	return peer_answer(p) && peer_flush(p) && open;
}

/* The first SSL_read of a session does the handshake. */
static void peer_on_event(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;
	(void)fd;
	ERR_clear_error(); /* SSL_get_error reads the thread's error queue */
	bool open = (what & EV_WRITE) && p->out.n > 0 ? peer_flush(p) : peer_read(p);
	if (!open)
		peer_free(p);
}

static void receiver_on_accept(struct evconnlistener *listener, evutil_socket_t fd,
			       struct sockaddr *address, int size, void *arg)
{
	struct receiver *r = arg;
	int on = 1;
	(void)listener, (void)address, (void)size;
	struct peer *p = memory_zeroed(1, sizeof *p);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	p->receiver = r;
	p->fd = fd;
	p->ssl = SSL_new(r->tls);
	p->event = event_new(r->events, fd, EV_READ | EV_PERSIST, peer_on_event, p);
	p->writable = event_new(r->events, fd, EV_WRITE, peer_on_event, p);
	if (p->ssl == NULL || p->event == NULL || p->writable == NULL ||
	    SSL_set_fd(p->ssl, fd) != 1)
		abort();
	SSL_set_accept_state(p->ssl);
	LIST_INSERT_HEAD(&r->peers, p, link);
	if (r->down)
		peer_reset(p);
	else
		event_add(p->event, NULL);
}

void receiver_set_down(struct receiver *r, bool down)
{
	r->down = down;
	while (down && !LIST_EMPTY(&r->peers))
		peer_reset(LIST_FIRST(&r->peers));
}

const char *receiver_address(const struct receiver *r)
{
	return r->address;
}

struct receiver *receiver_new(struct event_base *events, const struct target *listen, SSL_CTX *tls,
			      receiver_fn *fn, void *arg)
{
	struct receiver *r = memory_zeroed(1, sizeof *r);
	LIST_INIT(&r->peers);
	r->events = events;
	r->tls = tls;
	r->fn = fn;
	r->arg = arg;
	r->listener = evconnlistener_new_bind(
	    events, receiver_on_accept, r,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, 1024,
	    (const struct sockaddr *)&listen->address, (int)listen->address_size);
	if (r->listener == NULL || !target_name_socket(evconnlistener_get_fd(r->listener),
						       r->address, sizeof r->address)) {
		fprintf(stderr, "referd-bench: cannot listen on %s\n", listen->host);
		receiver_free(r);
		return NULL;
	}
	return r;
}

void receiver_free(struct receiver *r)
{
	if (r == NULL)
		return;
	while (!LIST_EMPTY(&r->peers))
		peer_free(LIST_FIRST(&r->peers));
	if (r->listener != NULL)
		evconnlistener_free(r->listener);
	free(r);
}
