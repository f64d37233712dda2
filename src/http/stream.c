/* Owns bodies and replies in pieces: the handler's questions, the time of their answers, the pace.
 * Never touches a socket, and calls a handler only in a dispatch after its question. Called by
 * handlers (http_body_next, http_reply_begin and so on), and by intake.c and connection.c as bytes
 * move. */
#include <assert.h>
#include <string.h>

#include "http/server_parts.h"

/* A client must move at least so many bytes in the time limit of one piece. With the default of 30
 * s that is 550 bytes a second, about the rate that Apache's mod_reqtimeout requires. */
enum { WINDOW_BYTES = 16 << 10 };

static const char client_left[] = "the client left before the end of the body";

/* The request is the exchange's first member. */
static struct exchange *exchange_of(struct http_request *req)
{
	return (struct exchange *)req;
}

/* ---- calls ---- */

static void run_later(struct exchange *x)
{
	struct http_server *server = x->server;

	if (x->call_queued)
		return;
	x->call_queued = true;
	TAILQ_INSERT_TAIL(&server->calls, x, calling);
	server->n_calls++;
	server_wake(server);
}

static void dequeue(struct exchange *x)
{
	TAILQ_REMOVE(&x->server->calls, x, calling);
	x->server->n_calls--;
	x->call_queued = false;
}

void stream_cancel(struct exchange *x)
{
	if (x->call_queued)
		dequeue(x);
	x->on_body = NULL;
	x->on_more = NULL;
}

void stream_orphaned(struct exchange *x)
{
	if (x->on_body != NULL || x->on_more != NULL)
		run_later(x);
}

static void answer_body(struct exchange *x, http_body_fn *fn)
{
	const struct http_parser *p = &x->parser;
	const struct text piece = text_from(x->in + p->body_start, p->body_end - p->body_start);

	if (x->conn == NULL)
		fn(x->on_arg, text_of(client_left), HTTP_BODY_LEFT);
	else if (piece.n > 0)
		fn(x->on_arg, piece, HTTP_BODY_PIECE);
	else if (x->body_failed != HTTP_BODY_PIECE)
		fn(x->on_arg, text_of(x->body_reason), x->body_failed);
	else
		fn(x->on_arg, (struct text){0}, HTTP_BODY_END);
}

static void answer(struct exchange *x)
{
	http_body_fn *on_body = x->on_body;
	http_more_fn *on_more = x->on_more;

	x->on_body = NULL;
	x->on_more = NULL;
	if (on_body != NULL)
		answer_body(x, on_body);
	else if (on_more != NULL)
		on_more(x->on_arg, x->conn == NULL);
}

/* Questions of these calls wait for the next turn, so that other clients do not wait for a whole
 * stream. */
void stream_on_calls(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;
	struct exchange *x;

	(void)fd, (void)what;
	for (size_t n = server->n_calls; n > 0 && (x = TAILQ_FIRST(&server->calls)) != NULL; n--) {
		dequeue(x);
		answer(x);
	}
}

/* ---- a body in pieces ---- */

static void pulled(struct connection *c)
{
	if (c->phase == PHASE_PULL)
		connection_enter(c, PHASE_HANDLER);
	run_later(c->x);
}

void stream_fail(struct connection *c, enum http_body state, const char *reason)
{
	c->x->body_failed = state;
	c->x->body_reason = reason;
	pulled(c);
}

/* The client has moved n bytes since the phase began. Each piece begins a new wait, so a client
 * that moves one byte now and then would never be late. Therefore its pace is also measured over a
 * longer window, in which only the time that the server waits for the client counts. */
static bool drips(struct connection *c, size_t n)
{
	struct exchange *x = c->x;

	x->window_bytes += n;
	x->window_ns += loop_mono_ns(c->server->loop) - c->since_ns;
	if (x->window_bytes < WINDOW_BYTES)
		return x->window_ns > c->server->phase_ns[c->phase];
	x->window_bytes = 0;
	x->window_ns = 0;
	return false;
}

/* The buffer has room: the handler gets every piece at once, and an incomplete line is bounded. */
static void wait_for_bytes(struct connection *c)
{
	if (c->phase != PHASE_PULL)
		connection_enter(c, PHASE_PULL);
	if (c->x->out_at == c->x->out.n)
		connection_watch(c, EV_READ);
}

/* The handler gets the bytes before a framing error too, so that its input depends on the bytes
 * only and not on how they arrived. */
void stream_pull(struct connection *c)
{
	struct exchange *x = c->x;
	const enum http_parse result = http_parser_feed(&x->parser, x->in, x->in_len);

	if (result == HTTP_PARSE_CONTINUE) {
		connection_send_continue(c);
		server_wake(c->server);
	}
	const size_t piece = x->parser.body_end - x->parser.body_start;
	if (piece > 0 && result != HTTP_PARSE_DONE && c->phase == PHASE_PULL && drips(c, piece)) {
		c->server->counters.timeouts++;
		stream_fail(c, HTTP_BODY_SLOW, "the body came too slowly");
	} else if (piece > 0 || result == HTTP_PARSE_DONE) {
		pulled(c);
	} else if (result == HTTP_PARSE_ERROR) {
		c->server->counters.refused_by_parser++;
		stream_fail(c, HTTP_BODY_BROKEN, x->parser.reason);
	} else if (c->eof) {
		c->server->counters.client_left++;
		stream_fail(c, HTTP_BODY_LEFT, client_left);
	} else {
		wait_for_bytes(c);
	}
}

void http_body_next(struct http_request *req, http_body_fn *fn, void *arg)
{
	struct exchange *x = exchange_of(req);

	assert(req->streamed || req->body.n == 0);
	assert(x->on_body == NULL && x->framing == FRAMING_WHOLE);
	x->on_body = fn;
	x->on_arg = arg;
	x->in_len = http_parser_take(&x->parser, x->in, x->in_len);
	if (x->conn == NULL || x->body_failed != HTTP_BODY_PIECE)
		run_later(x);
	else
		stream_pull(x->conn);
}

/* ---- the rest of a body after the reply ---- */

/* A client that still waits for its 100 may send the body or not, so the server cannot tell the
 * next bytes from a new request. Beyond linger_bytes a new connection is cheaper for both sides. */
bool stream_may_skip(const struct exchange *x)
{
	const struct http_parser *p = &x->parser;
	const bool undecided = p->expects_continue && !p->continued && x->in_len == p->body_start;

	if (p->consumed > 0)
		return true;
	return x->conn != NULL && !undecided && x->body_failed == HTTP_BODY_PIECE &&
	       (p->chunked || p->content_length <= x->server->limits.linger_bytes);
}

bool stream_skip(struct connection *c)
{
	struct exchange *x = c->x;
	const size_t before = x->in_len;
	const enum http_parse result = http_parser_feed(&x->parser, x->in, x->in_len);

	if (result == HTTP_PARSE_DONE)
		return true;
	x->in_len = http_parser_take(&x->parser, x->in, x->in_len);
	x->skipped += before - x->in_len;
	if (result == HTTP_PARSE_ERROR || x->skipped > c->server->limits.linger_bytes) {
		connection_linger(c);
		return false;
	}
	if (c->eof) { /* no more bytes will come */
		connection_close(c);
		return false;
	}
	if (c->phase != PHASE_SKIP)
		connection_enter(c, PHASE_SKIP);
	connection_watch(c, EV_READ);
	return false;
}

/* ---- a reply in pieces ---- */

static size_t waiting(const struct exchange *x)
{
	return x->out.n - x->out_at;
}

static void push(struct connection *c)
{
	if (c->phase != PHASE_PUSH)
		connection_enter(c, PHASE_PUSH);
	connection_queue_flush(c);
	server_wake(c->server);
	memory_count(c->x);
	(void)memory_make_room(c->server, 0, c);
}

void http_reply_begin(struct http_request *req, const struct http_reply *reply)
{
	struct exchange *x = exchange_of(req);
	struct http_reply head = *reply;

	assert(x->framing == FRAMING_WHOLE);
	stream_cancel(x);
	x->framing = x->parser.http_1_0 ? FRAMING_CLOSE : FRAMING_CHUNKS;
	if (x->conn != NULL) {
		reply_decide_close(x, reply->close || x->parser.http_1_0);
		head.close = x->closing;
		reply_write_head(x->server, &x->out, &head, x->framing, x->parser.http_1_0);
		push(x->conn);
	}
	if (req->method == HTTP_HEAD || !reply_may_have_body(reply->status))
		x->framing = FRAMING_NONE;
}

void http_reply_piece(struct http_request *req, struct text piece)
{
	struct exchange *x = exchange_of(req);

	assert(x->framing != FRAMING_WHOLE);
	if (x->conn == NULL || x->framing == FRAMING_NONE || piece.n == 0)
		return; /* an empty chunk would be the end */
	if (x->framing == FRAMING_CHUNKS)
		buf_printf(&x->out, "%zx\r\n", piece.n);
	buf_text(&x->out, piece);
	if (x->framing == FRAMING_CHUNKS)
		buf_add(&x->out, "\r\n", 2);
	push(x->conn);
}

void http_reply_more(struct http_request *req, http_more_fn *fn, void *arg)
{
	struct exchange *x = exchange_of(req);

	assert(x->on_more == NULL && x->framing != FRAMING_WHOLE);
	x->on_more = fn;
	x->on_arg = arg;
	if (x->conn == NULL || waiting(x) < STREAM_MARK)
		run_later(x);
}

/* The deadline begins again, and sent bytes are removed from the front of the buffer. */
bool stream_sent(struct connection *c, size_t n)
{
	struct exchange *x = c->x;
	const size_t left = waiting(x);

	if (drips(c, n)) {
		c->server->counters.timeouts++;
		connection_close(c);
		return false;
	}
	connection_enter(c, c->phase);
	if (x->out_at >= STREAM_MARK) {
		memmove(x->out.p, x->out.p + x->out_at, left);
		x->out.n = left;
		x->out_at = 0;
	}
	if (x->on_more != NULL && left < STREAM_MARK)
		run_later(x);
	return true;
}

void http_reply_endless(struct http_request *req)
{
	exchange_of(req)->endless = true;
}

bool http_reply_gone(const struct http_request *req)
{
	return ((const struct exchange *)req)->conn == NULL;
}

static void end(struct exchange *x, bool complete)
{
	assert(x->framing != FRAMING_WHOLE);
	if (!reply_ends(x))
		return;
	if (!complete)
		x->closing = true;
	else if (x->framing == FRAMING_CHUNKS)
		buf_str(&x->out, "0\r\n\r\n");
	connection_replied(x->conn);
	server_wake(x->server);
}

void http_reply_end(struct http_request *req)
{
	end(exchange_of(req), true);
}

void http_reply_abort(struct http_request *req)
{
	end(exchange_of(req), false);
}
