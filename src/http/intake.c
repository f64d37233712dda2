/* Owns the input: reading, the parser's results, the call of the handler, the deadlines. Never
 * writes to a socket, never knows a route, and calls the handler inside the dispatch only. Called
 * by libevent and by the server's sweep. */
#include <assert.h>
#include <string.h>

#include "http/server_parts.h"

enum {
	PIPELINE_TURN = 32,     /* requests of one connection in one turn, ... */
	PIPELINE_OUT = 1 << 16, /* ... or bytes of replies to them */
	LINGER_READ = 16 << 10,
};

/* ---- a request ---- */

/* Old clients send empty lines after a body: they do not begin a request. */
static bool only_empty_lines(const struct connection *c)
{
	const struct http_parser *p = &c->x->parser;

	return p->method_name.n == 0 && p->line_start == c->x->in_len && !c->flush_queued &&
	       c->x->out.n == 0;
}

/* The client ended its input inside a request. Replies to earlier requests are still sent. */
static void leave(struct connection *c)
{
	struct exchange *x = c->x;

	if (x->out_at == x->out.n) {
		connection_close(c);
		return;
	}
	x->closing = true;
	connection_replied(c);
}

static void wait_for_more(struct connection *c)
{
	const enum phase phase = c->x->parser.head_done ? PHASE_BODY : PHASE_HEAD;

	if (c->eof)
		leave(c);
	else if (only_empty_lines(c))
		connection_fall_idle(c);
	else if (c->phase != phase)
		connection_enter(c, phase);
}

void connection_read_on(struct connection *c)
{
	if (!connection_is_handed_over(c) && c->server->draining)
		connection_refuse(c, 503, "the server is shutting down: try again");
	else if (!connection_is_handed_over(c))
		wait_for_more(c);
	if (c->phase != PHASE_DEAD && c->phase != PHASE_WRITE)
		connection_watch(c, c->eof ? 0 : EV_READ);
}

static void refuse_for_memory(struct connection *c)
{
	connection_refuse(c, 503,
			  "the server's memory for requests is used up: try again in a second");
}

static void hand_over(struct connection *c, bool streamed)
{
	struct http_server *server = c->server;
	struct http_request *req = &c->x->request;

	/* Replies leave in the order of the requests: one request at a time. */
	assert(!connection_is_handed_over(c));
	if (!memory_make_room(server, 0, c)) {
		refuse_for_memory(c);
		return;
	}
	http_parser_request(&c->x->parser, c->x->in, req);
	memset(&req->peer, 0, sizeof(req->peer));
	memcpy(&req->peer, &c->peer, sizeof(c->peer));
	req->streamed = streamed;
	req->received_ns = loop_mono_ns(server->loop);
	connection_enter(c, PHASE_HANDLER);
	server->counters.requests++;
	server->counters.in_progress++;
	server->handlers.request(server->arg, req);
	if (c->x != NULL) /* the handler may have allocated memory until its reply */
		memory_count(c->x);
}

/* The head is complete and a body follows. If the handler streams it, the handler gets the request
 * now (or the connection closes), and this returns true: nothing is left to parse here. From then
 * on x->in does not move. c->phase may still be the phase of the previous reply. */
static bool begin_stream(struct connection *c)
{
	struct http_server *server = c->server;
	struct exchange *x = c->x;

	http_parser_request(&x->parser, x->in, &x->request);
	if (!server->handlers.streams(server->arg, &x->request))
		return false;
	http_parser_stream(&x->parser);
	switch (exchange_grow_for_stream(x)) {
	case GROW_DONE:
		hand_over(c, true);
		break;
	case GROW_STARVED:
		refuse_for_memory(c);
		break;
	case GROW_FAILED:
		connection_close(c);
		break;
	}
	return true;
}

/* Asks the handler whether it will refuse the body, whatever bytes follow. */
static bool is_hopeless(struct connection *c)
{
	struct http_server *server = c->server;
	struct exchange *x = c->x;
	const struct http_parser *p = &x->parser;

	if (server->handlers.hopeless == NULL || x->judged || !p->head_done ||
	    p->body_end == p->body_start)
		return false;
	x->judged = true;
	http_parser_request(p, x->in, &x->request);
	return server->handlers.hopeless(server->arg, &x->request);
}

/* Returns true if the handler replied at once and the next pipelined request may be parsed in this
 * turn. */
static bool goes_on(const struct connection *c)
{
	const struct exchange *x = c->x;

	return x->replied && !x->closing && x->tail.n == 0 && x->in_len > x->parser.consumed &&
	       x->out.n < PIPELINE_OUT;
}

static void advance(struct connection *c)
{
	for (int budget = PIPELINE_TURN; budget > 0; budget--) {
		struct exchange *x = c->x;
		enum http_parse result = http_parser_feed(&x->parser, x->in, x->in_len);
		if (result == HTTP_PARSE_HEAD) {
			if (begin_stream(c))
				return;
			result = http_parser_feed(&x->parser, x->in, x->in_len);
		}
		if (result == HTTP_PARSE_ERROR) {
			c->server->counters.refused_by_parser++;
			connection_refuse(c, x->parser.status, x->parser.reason);
			return;
		}
		if (result != HTTP_PARSE_DONE && is_hopeless(c)) {
			hand_over(c, false);
			return;
		}
		if (result != HTTP_PARSE_DONE) {
			if (result == HTTP_PARSE_CONTINUE)
				connection_send_continue(c);
			wait_for_more(c);
			return;
		}
		hand_over(c, false);
		if (budget == 1 || !goes_on(c))
			return;
		exchange_next(x);
	}
}

/* ---- reading ---- */

/* Pipelined bytes wait in the buffer of the request in progress. The texts of the request point
 * into that buffer, so it may not move, and reading stops when it is full. */
static bool make_room(struct connection *c)
{
	struct exchange *x = c->x;

	if (x->in_len < x->in_cap)
		return true;
	if (c->phase >= PHASE_HANDLER) {
		connection_watch(c, 0);
		return false;
	}
	switch (exchange_grow(x)) {
	case GROW_DONE:
		return true;
	case GROW_STARVED:
		connection_enter(c, PHASE_STARVED);
		connection_watch(c, 0);
		return false;
	case GROW_FAILED:
		break;
	}
	connection_close(c);
	return false;
}

static bool take_exchange(struct connection *c)
{
	if (c->x != NULL)
		return true;
	/* If no room can be made, the request is refused when it is complete. */
	(void)memory_make_room(c->server, sizeof(struct exchange) + IN_SIZE, c);
	c->x = exchange_take(c->server);
	if (c->x == NULL)
		return false;
	c->x->conn = c;
	return true;
}

static void at_eof(struct connection *c)
{
	c->eof = true;
	if (c->phase < PHASE_HANDLER) {
		leave(c);
		return;
	}
	/* PHASE_SKIP: it has its reply, and the body will never be complete. */
	if (c->phase == PHASE_SKIP || c->x->endless) {
		connection_close(c);
		return;
	}
	connection_watch(c, 0); /* a half-closed client still gets its replies */
	if (c->phase == PHASE_PULL)
		stream_pull(c);
}

static bool linger(struct connection *c)
{
	char drain[LINGER_READ];
	const ssize_t n = c->transport->read(c, drain, sizeof(drain));

	if (n == -EAGAIN)
		return false;
	if (n > 0)
		c->lingered += (size_t)n;
	if (n <= 0 || c->lingered > c->server->limits.linger_bytes)
		connection_close(c);
	return n > 0;
}

/* Reads once. False if the socket has no more bytes now, or may not be read. */
static bool read_once(struct connection *c)
{
	struct exchange *x;
	ssize_t n;

	if (!take_exchange(c)) {
		connection_close(c);
		return false;
	}
	if (!make_room(c))
		return false;
	x = c->x;
	n = c->transport->read(c, x->in + x->in_len, x->in_cap - x->in_len);
	if (n > 0) {
		x->in_len += (size_t)n;
		connection_moved(c, (size_t)n);
		if (c->phase < PHASE_HANDLER)
			advance(c);
		else if (c->phase == PHASE_PULL)
			stream_pull(c);
		else if (c->phase == PHASE_SKIP && stream_skip(c))
			connection_next(c);
		return true;
	}
	if (n == 0)
		at_eof(c);
	else if (n != -EAGAIN)
		connection_close(c);
	else if (c->phase == PHASE_IDLE)
		connection_release(c);
	return false;
}

void connection_on_event(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;

	(void)fd;
	if ((what & EV_WRITE) != 0) {
		connection_flush(c);
	} else if (c->unparsed) {
		c->unparsed = false;
		if (c->phase == PHASE_HEAD)
			advance(c);
	} else if (c->phase == PHASE_LINGER) {
		(void)linger(c);
	} else {
		(void)read_once(c);
	}
	if (c->phase != PHASE_DEAD)
		connection_read_held(c);
}

/* ---- deadlines ---- */

static const char body_is_late[] = "the body did not arrive in time";

static void last_read(struct connection *c)
{
	const enum phase phase = c->phase;
	const uint64_t since_ns = c->since_ns;

	while (c->phase == phase && c->since_ns == since_ns && c->watched == EV_READ &&
	       read_once(c))
		continue;
	if (c->phase != phase || c->since_ns != since_ns)
		return;
	if (phase == PHASE_IDLE) {
		connection_close(c);
		return;
	}
	c->server->counters.timeouts++;
	if (phase == PHASE_HEAD)
		connection_refuse(c, 408, "the header did not arrive in time");
	else if (phase == PHASE_BODY)
		connection_refuse(c, 408, body_is_late);
	else
		stream_fail(c, HTTP_BODY_SLOW, body_is_late);
}

/* The connection has waited for memory of other connections. Now the slowest of them are closed, or
 * else this request is refused. */
static void end_starving(struct connection *c)
{
	(void)memory_make_room(c->server, exchange_wants(c->x), c);
	if (exchange_grow(c->x) == GROW_DONE)
		connection_read_on(c);
	else
		refuse_for_memory(c);
}

void connection_expire(struct connection *c)
{
	const enum phase phase = c->phase;
	const uint64_t since_ns = c->since_ns;

	if (phase == PHASE_STARVED) {
		end_starving(c);
		return;
	}
	if (phase < PHASE_HANDLER || phase == PHASE_PULL) {
		if (!c->unparsed)
			last_read(c);
		return;
	}
	if (phase != PHASE_LINGER) {
		connection_flush(c);
		if (c->phase != phase || c->since_ns != since_ns)
			return;
		c->server->counters.timeouts++;
	}
	connection_close(c);
}
