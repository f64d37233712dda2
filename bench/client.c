/*
 * Owns the sockets of a load: connecting, sending, receiving, reconnecting with backoff.
 * Never interprets a request and never repeats one. Each request costs one send, one recv and no
 * epoll_ctl. Called by load.c.
 */
#include "client.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

enum slot_state { SLOT_WAITING, SLOT_CONNECTING, SLOT_READY, SLOT_SENT, SLOT_PAUSED };

enum { INPUT_FIRST = 4096, INPUT_MAX = 1 << 20, BACKOFF_FIRST_MS = 10, BACKOFF_MAX_MS = 500 };

struct slot {
	struct client *client;
	enum slot_state state;
	int fd;
	unsigned target; /* index of the address */
	unsigned backoff_ms, pause_ms;
	uint64_t sent_ns;
	const char *out; /* bytes that are not sent yet */
	size_t out_n;
	struct buf in;
	struct event *readable, *writable, *timer;
};

struct client {
	struct event_base *events;
	const struct targets *targets;
	struct client_events on;
	struct client_errors errors;
	uint64_t timeout_ns;
	struct event *watch; /* checks timeouts once a second */
	unsigned n;
	struct slot slots[];
};

uint64_t client_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static unsigned slot_index(const struct slot *s)
{
	return (unsigned)(s - s->client->slots);
}

static void slot_wait(struct slot *s, enum slot_state state, unsigned ms)
{
	struct timeval delay = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
	s->state = state;
	event_add(s->timer, &delay);
}

static void slot_close(struct slot *s)
{
	if (s->fd < 0)
		return;
	event_del(s->readable);
	event_del(s->writable);
	close(s->fd);
	s->fd = -1;
	s->out_n = 0;
	buf_reset(&s->in);
}

/* The connection has ended. The outcome of a request in flight is now unknown. */
static void slot_fail(struct slot *s, uint64_t *kind)
{
	bool in_flight = s->state == SLOT_SENT;
	if (in_flight || s->state == SLOT_CONNECTING)
		++*kind;
	if (s->state == SLOT_CONNECTING)
		s->target = (s->target + 1) % s->client->targets->n;
	slot_close(s);
	slot_wait(s, SLOT_WAITING, s->backoff_ms);
	s->backoff_ms = s->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : s->backoff_ms * 2;
	if (in_flight)
		s->client->on.done(s->client->on.arg, slot_index(s), &(struct response){0});
}

static void slot_become_ready(struct slot *s)
{
	s->state = SLOT_READY;
	s->client->on.ready(s->client->on.arg, slot_index(s));
}

static void slot_connect(struct slot *s)
{
	const struct target *t = &s->client->targets->at[s->target];
	int on = 1;
	s->state = SLOT_CONNECTING;
	s->fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		slot_fail(s, &s->client->errors.connect);
		return;
	}
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	struct event_base *events = s->client->events;
	event_assign(s->readable, events, s->fd, EV_READ | EV_PERSIST,
		     event_get_callback(s->readable), s);
	event_assign(s->writable, events, s->fd, EV_WRITE, event_get_callback(s->writable), s);
	if (connect(s->fd, (const struct sockaddr *)&t->address, t->address_size) != 0 &&
	    errno != EINPROGRESS) {
		slot_fail(s, &s->client->errors.connect);
		return;
	}
	event_add(s->writable, NULL);
}

static void slot_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct slot *s = arg;
	(void)fd, (void)what;
	if (s->state == SLOT_WAITING)
		slot_connect(s);
	else if (s->state == SLOT_PAUSED)
		slot_become_ready(s);
}

static void slot_on_connected(struct slot *s)
{
	int error = 0;
	socklen_t n = sizeof error;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0 || error != 0) {
		slot_fail(s, &s->client->errors.connect);
		return;
	}
	event_add(s->readable, NULL);
	slot_become_ready(s);
}

/* The read event reports a failure, so that the callback comes from the loop. */
static void slot_flush(struct slot *s)
{
	ssize_t n = send(s->fd, s->out, s->out_n, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN) {
		shutdown(s->fd, SHUT_RDWR);
		return;
	}
	if (n > 0) {
		s->out += n;
		s->out_n -= (size_t)n;
	}
	if (s->out_n > 0)
		event_add(s->writable, NULL);
}

static void slot_on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct slot *s = arg;
	(void)fd, (void)what;
	if (s->state == SLOT_CONNECTING)
		slot_on_connected(s);
	else if (s->out_n > 0)
		slot_flush(s);
}

bool client_is_ready(const struct client *c, unsigned slot)
{
	return c->slots[slot].state == SLOT_READY;
}

void client_send(struct client *c, unsigned slot, const char *p, size_t n)
{
	struct slot *s = &c->slots[slot];
	s->state = SLOT_SENT;
	s->sent_ns = client_now_ns();
	s->out = p;
	s->out_n = n;
	slot_flush(s);
}

static void slot_finish(struct slot *s, const struct response *r)
{
	bool closing = r->close || s->in.n > r->size;
	s->backoff_ms = BACKOFF_FIRST_MS;
	s->pause_ms = 0;
	s->state = SLOT_READY;
	s->client->on.done(s->client->on.arg, slot_index(s), r);
	buf_reset(&s->in);
	if (closing) {
		slot_close(s);
		slot_wait(s, SLOT_WAITING, s->pause_ms);
	} else if (s->pause_ms > 0) {
		slot_wait(s, SLOT_PAUSED, s->pause_ms);
	} else {
		slot_become_ready(s);
	}
}

static void slot_parse(struct slot *s)
{
	struct response r;
	switch (s->state == SLOT_SENT ? response_parse(buf_view(&s->in), &r) : RESPONSE_BAD) {
	case RESPONSE_PARTIAL:
		if (s->in.n >= INPUT_MAX)
			slot_fail(s, &s->client->errors.protocol);
		break;
	case RESPONSE_WHOLE:
		slot_finish(s, &r);
		break;
	case RESPONSE_BAD:
		slot_fail(s, &s->client->errors.protocol);
		break;
	}
}

static void slot_on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct slot *s = arg;
	(void)what;
	size_t room = s->in.n < INPUT_FIRST ? INPUT_FIRST - s->in.n : s->in.n;
	if (!buf_reserve(&s->in, room)) {
		slot_fail(s, &s->client->errors.protocol);
		return;
	}
	ssize_t n = recv(fd, s->in.p + s->in.n, room, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		slot_fail(s, &s->client->errors.reset);
		return;
	}
	s->in.n += (size_t)n;
	slot_parse(s);
}

static void client_on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	(void)fd, (void)what;
	uint64_t now = client_now_ns();
	for (unsigned i = 0; i < c->n; i++) {
		struct slot *s = &c->slots[i];
		if (s->state == SLOT_SENT && now - s->sent_ns > c->timeout_ns)
			slot_fail(s, &c->errors.timeout);
	}
}

void client_pause(struct client *c, unsigned slot, unsigned ms)
{
	c->slots[slot].pause_ms = ms;
}

const struct client_errors *client_get_errors(const struct client *c)
{
	return &c->errors;
}

static struct event *client_event(struct event_base *events, short what, event_callback_fn fn,
				  void *arg)
{
	struct event *e = event_new(events, -1, what, fn, arg);
	if (e == NULL)
		abort();
	return e;
}

static void slot_init(struct client *c, struct slot *s)
{
	s->client = c;
	s->fd = -1;
	s->target = slot_index(s) % c->targets->n;
	s->backoff_ms = BACKOFF_FIRST_MS;
	s->readable = client_event(c->events, EV_READ | EV_PERSIST, slot_on_readable, s);
	s->writable = client_event(c->events, EV_WRITE, slot_on_writable, s);
	s->timer = client_event(c->events, 0, slot_on_timer, s);
	slot_wait(s, SLOT_WAITING, 0);
}

struct client *client_new(struct event_base *events, const struct targets *targets, unsigned slots,
			  unsigned timeout_s, struct client_events on)
{
	struct client *c = memory_zeroed(1, sizeof *c + slots * sizeof(struct slot));
	c->events = events;
	c->targets = targets;
	c->on = on;
	c->n = slots;
	c->timeout_ns = timeout_s * UINT64_C(1000000000);
	c->watch = client_event(events, EV_PERSIST, client_on_watch, c);
	event_add(c->watch, &(struct timeval){.tv_sec = 1});
	for (unsigned i = 0; i < slots; i++)
		slot_init(c, &c->slots[i]);
	return c;
}

void client_free(struct client *c)
{
	if (c == NULL)
		return;
	event_free(c->watch);
	for (unsigned i = 0; i < c->n; i++) {
		struct slot *s = &c->slots[i];
		slot_close(s);
		event_free(s->readable);
		event_free(s->writable);
		event_free(s->timer);
		buf_free(&s->in);
	}
	free(c);
}
