/* Owns the life of a connection: its phases, the events it waits for, the sending of its replies,
 * its end. Never reads or parses, and never frees a connection inside the dispatch. Called by the
 * listener (open), by intake.c, reply.c and stream.c, and by the server's hook. */
#include "http/server_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

void connection_enter(struct connection *c, enum phase phase)
{
	struct http_server *server = c->server;

	assert(c->phase != PHASE_DEAD);
	TAILQ_REMOVE(&server->phases[c->phase], c, link);
	TAILQ_INSERT_TAIL(&server->phases[phase], c, link);
	c->phase = phase;
	c->since_ns = loop_mono_ns(server->loop);
	c->moved = 0;
	c->moved_ns = c->since_ns;
	if (server->phase_ns[phase] != 0)
		server_arm_sweep(server, c->since_ns + server->phase_ns[phase]);
}

void connection_moved(struct connection *c, size_t n)
{
	c->moved += n;
	c->moved_ns = loop_mono_ns(c->server->loop);
}

/* Each change costs an epoll_ctl, so the usual request changes nothing. */
void connection_watch(struct connection *c, short what)
{
	if (c->watched == what)
		return;
	(void)event_del(&c->event);
	c->watched = what;
	if (what == 0)
		return;
	(void)event_assign(&c->event, loop_events(c->server->loop), c->fd,
			   (short)(what | EV_PERSIST), connection_on_event, c);
	if (event_add(&c->event, NULL) != 0)
		connection_close(c);
	else
		connection_read_held(c);
}

void connection_read_held(struct connection *c)
{
	if (c->watched == EV_READ && c->transport->holds != NULL && c->transport->holds(c))
		event_active(&c->event, EV_READ, 0);
}

void connection_queue_flush(struct connection *c)
{
	if (c->flush_queued)
		return;
	c->flush_queued = true;
	c->server->n_flush++;
	TAILQ_INSERT_TAIL(&c->server->flush, c, flushing);
}

static void dequeue_flush(struct connection *c)
{
	if (!c->flush_queued)
		return;
	assert(c->server->n_flush > 0);
	c->flush_queued = false;
	c->server->n_flush--;
	TAILQ_REMOVE(&c->server->flush, c, flushing);
}

enum err connection_open(struct listener *listener, int fd, const union peer *peer)
{
	struct http_server *server = listener->server;
	struct connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return ERR_NO_MEMORY;
	c->server = server;
	c->transport = listener->transport;
	c->fd = fd;
	c->peer = *peer;
	if (c->transport->begin != NULL && c->transport->begin(c, listener->tls) != ERR_OK) {
		free(c);
		return ERR_NO_MEMORY;
	}
	(void)event_assign(&c->event, loop_events(server->loop), fd, EV_READ | EV_PERSIST,
			   connection_on_event, c);
	if (event_add(&c->event, NULL) != 0) {
		if (c->transport->end != NULL)
			c->transport->end(c);
		free(c);
		return ERR_IO;
	}
	c->watched = EV_READ;
	TAILQ_INSERT_TAIL(&server->phases[PHASE_IDLE], c, link);
	connection_enter(c, PHASE_IDLE);
	server->counters.accepted++;
	server->counters.open++;
	return ERR_OK;
}

void connection_release(struct connection *c)
{
	struct exchange *x = c->x;

	c->x = NULL;
	if (x == NULL)
		return;
	x->conn = NULL;
	if (!connection_is_handed_over(c)) {
		exchange_give(x);
		return;
	}
	LIST_INSERT_HEAD(&c->server->orphans, x, link);
	exchange_sent(x); /* no client is there to read it */
	stream_orphaned(x);
}

void connection_close(struct connection *c)
{
	struct http_server *server = c->server;

	if (c->phase == PHASE_DEAD)
		return;
	if (connection_is_handed_over(c))
		server->counters.client_left++;
	connection_release(c);
	(void)event_del(&c->event);
	if (c->transport->end != NULL)
		c->transport->end(c);
	(void)close(c->fd);
	c->fd = -1;
	dequeue_flush(c);
	connection_enter(c, PHASE_DEAD);
	assert(server->counters.open > 0);
	server->counters.open--;
	server_has_room(server);
}

void connection_fall_idle(struct connection *c)
{
	connection_release(c);
	connection_enter(c, PHASE_IDLE);
	connection_watch(c, EV_READ);
}

/* ---- replies ---- */

/* The handler may have a better body for this client than our JSON. */
static bool refuse_in_its_words(struct exchange *x, int status)
{
	struct http_server *server = x->server;
	struct http_reply reply = {.status = status};

	if (server->handlers.refused == NULL)
		return false;
	http_parser_request(&x->parser, x->in, &x->request);
	if (!server->handlers.refused(server->arg, &x->request, &reply))
		return false;
	reply.close = true;
	reply_write(server, &x->out, &reply, x->parser.method, false);
	return true;
}

void connection_refuse(struct connection *c, int status, const char *reason)
{
	struct exchange *x = c->x;

	if (!refuse_in_its_words(x, status))
		reply_write_error(c->server, &x->out, status, reason, x->parser.method);
	x->closing = x->refused = true;
	connection_replied(c);
}

void connection_send_continue(struct connection *c)
{
	buf_str(&c->x->out, "HTTP/1.1 100 Continue\r\n\r\n");
	connection_queue_flush(c);
}

void connection_replied(struct connection *c)
{
	c->x->replied = true;
	connection_enter(c, PHASE_WRITE);
	connection_queue_flush(c);
	memory_count(c->x);
	(void)memory_make_room(c->server, 0, c);
}

/* A client that announced its close has nothing more to send. With other clients, bytes may still
 * arrive when the socket closes; the reset that follows would destroy the reply. */
static void finish(struct connection *c)
{
	const struct exchange *x = c->x;
	const bool quiet = !x->refused && !x->parser.keep_alive && x->in_len == x->parser.consumed;

	if (quiet || c->eof) {
		connection_close(c);
		return;
	}
	connection_linger(c);
}

void connection_linger(struct connection *c)
{
	if (c->transport->finish != NULL)
		c->transport->finish(c);
	(void)shutdown(c->fd, SHUT_WR);
	connection_release(c);
	connection_enter(c, PHASE_LINGER);
	connection_watch(c, EV_READ);
}

/* Handlers run inside the dispatch only, so pipelined bytes wait for the next dispatch. */
static void begin_pipelined(struct connection *c)
{
	exchange_next(c->x);
	connection_enter(c, PHASE_HEAD);
	connection_watch(c, c->eof ? 0 : EV_READ);
	if (c->phase == PHASE_DEAD)
		return;
	c->unparsed = true;
	event_active(&c->event, EV_READ, 0);
}

void connection_next(struct connection *c)
{
	const struct exchange *x = c->x;

	if (c->server->draining)
		connection_linger(c);
	else if (x->in_len > x->parser.consumed)
		begin_pipelined(c);
	else if (c->eof)
		connection_close(c);
	else
		connection_fall_idle(c);
}

static void flushed(struct connection *c)
{
	const struct exchange *x = c->x;

	if (c->phase == PHASE_PUSH)
		connection_enter(c, PHASE_HANDLER);
	if (!x->replied) /* a piece, an interim reply, or replies to earlier pipelined requests */
		connection_read_on(c);
	else if (x->closing || c->server->draining)
		finish(c);
	else if (x->parser.consumed > 0 || stream_skip(c))
		connection_next(c);
}

/* The socket takes no more now, and nothing is read until it does. The handler has replied, so the
 * memory that it allocated (140 KB for 250 users of a list) is freed. */
static void wait_for_reader(struct connection *c)
{
	if (c->x->replied) {
		arena_free(&c->x->request.arena);
		memory_count(c->x);
	}
	if (c->phase < PHASE_HANDLER)
		connection_enter(c, PHASE_WRITE);
	if (c->watched != EV_WRITE)
		c->moved = 0; /* the kernel has these bytes, not the client */
	connection_watch(c, EV_WRITE);
}

/* One system call for both parts. */
static ssize_t send_some(struct connection *c)
{
	struct exchange *x = c->x;
	assert(x->out_at <= x->out.n);
	const size_t rest = x->out.n - x->out_at;
	const struct iovec parts[2] = {
	    {.iov_base = x->out.p + x->out_at, .iov_len = rest},
	    {.iov_base = (void *)(uintptr_t)x->tail.p, .iov_len = x->tail.n},
	};
	const ssize_t n = c->transport->write(c, parts, x->tail.n > 0 ? 2 : 1);
	if (n <= 0)
		return n;
	const size_t from_out = (size_t)n < rest ? (size_t)n : rest;
	x->out_at += from_out;
	x->tail = text_from(x->tail.p + ((size_t)n - from_out), x->tail.n - ((size_t)n - from_out));
	connection_moved(c, (size_t)n);
	return n;
}

static bool is_sent(const struct exchange *x)
{
	return x->out_at == x->out.n && x->tail.n == 0;
}

void connection_flush(struct connection *c)
{
	struct exchange *x = c->x;

	dequeue_flush(c);
	if (x->out.failed) {
		connection_close(c);
		return;
	}
	if (!is_sent(x)) {
		const ssize_t n = send_some(c);
		if (n < 0 && n != -EAGAIN) {
			if (!connection_is_handed_over(c))
				c->server->counters.client_left++;
			connection_close(c);
			return;
		}
		if (n > 0 && x->framing != FRAMING_WHOLE && !stream_sent(c, (size_t)n))
			return;
		if (!is_sent(x)) {
			wait_for_reader(c);
			return;
		}
	}
	exchange_sent(x);
	flushed(c);
}
