/* Owns the pool of exchanges and the size of their buffers. Never touches a socket, and never frees
 * an exchange whose request has no reply yet, except at the server's end. Called by connection.c,
 * intake.c and stream.c, by reply.c for orphans, and at the server's end. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/server_parts.h"

enum {
	POOL_MAX = 256,     /* exchanges kept in the pool: about 2 MiB */
	OUT_KEPT = 1 << 14, /* larger reply buffers are freed */
	LINES = 64,         /* CRLFs and chunk sizes, which max_head does not count */
};

static void exchange_free(struct exchange *x)
{
	arena_free(&x->request.arena);
	buf_free(&x->out);
	free(x->in);
	free(x);
}

static struct exchange *exchange_new(struct http_server *server)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->server = server;
	x->in = malloc(IN_SIZE);
	x->in_cap = IN_SIZE;
	if (x->in != NULL)
		return x;
	free(x);
	return NULL;
}

static void expect_request(struct exchange *x)
{
	const struct http_server *server = x->server;

	http_parser_init(&x->parser, server->limits.max_head, server->limits.max_body);
	x->parser.stops_at_head = server->handlers.streams != NULL;
}

struct exchange *exchange_take(struct http_server *server)
{
	struct exchange *x = LIST_FIRST(&server->pool);

	if (x != NULL) {
		LIST_REMOVE(x, link);
		server->pooled--;
	} else {
		x = exchange_new(server);
		if (x == NULL)
			return NULL;
	}
	expect_request(x);
	memory_count(x);
	return x;
}

static void forget_request(struct exchange *x)
{
	arena_reset(&x->request.arena);
	x->replied = x->closing = x->refused = false;
	x->judged = x->endless = false;
	x->framing = FRAMING_WHOLE;
	x->body_failed = HTTP_BODY_PIECE;
	x->skipped = x->window_bytes = 0;
	x->window_ns = 0;
}

static void empty_out(struct exchange *x)
{
	x->out_at = 0;
	x->tail = (struct text){0};
	if (x->out.cap > OUT_KEPT)
		buf_free(&x->out);
	else
		buf_reset(&x->out);
}

void exchange_sent(struct exchange *x)
{
	empty_out(x);
	memory_count(x);
}

void exchange_give(struct exchange *x)
{
	struct http_server *server = x->server;

	assert(x->conn == NULL && !x->call_queued);
	memory_uncount(x);
	if (server->pooled >= POOL_MAX || x->in_cap > IN_SIZE) {
		exchange_free(x);
		return;
	}
	forget_request(x);
	x->in_len = 0;
	empty_out(x);
	LIST_INSERT_HEAD(&server->pool, x, link);
	server->pooled++;
}

/* The head, the decoded body, and one incomplete chunk-size line or trailer. No more bytes ever
 * wait for the parser. */
static size_t in_limit(const struct http_limits *limits)
{
	return 2 * limits->max_head + limits->max_body + LINES;
}

static bool resize_in(struct exchange *x, size_t want)
{
	char *in = realloc(x->in, want);

	if (in == NULL)
		return false;
	x->in = in;
	x->in_cap = want;
	memory_count(x);
	return true;
}

size_t exchange_wants(struct exchange *x)
{
	const struct http_parser *p = &x->parser;
	const size_t limit = in_limit(&x->server->limits);
	size_t want = 2 * x->in_cap;

	x->in_len = http_parser_compact(&x->parser, x->in, x->in_len);
	if (x->in_len < x->in_cap / 2)
		return 0;
	if (p->head_done && !p->chunked)
		want = p->body_start + (size_t)p->content_length;
	if (want > limit)
		want = limit;
	return want <= x->in_cap ? 0 : want - x->in_cap;
}

enum grow exchange_grow(struct exchange *x)
{
	const size_t more = exchange_wants(x);

	if (more == 0)
		return x->in_len < x->in_cap ? GROW_DONE : GROW_FAILED;
	if (!memory_has_room(x->server, more))
		return GROW_STARVED;
	return resize_in(x, x->in_cap + more) ? GROW_DONE : GROW_FAILED;
}

enum grow exchange_grow_for_stream(struct exchange *x)
{
	const size_t want = x->parser.body_start + STREAM_MARK + x->server->limits.max_head + LINES;

	if (want <= x->in_cap)
		return GROW_DONE;
	if (!memory_make_room(x->server, want - x->in_cap, x->conn))
		return GROW_STARVED;
	return resize_in(x, want) ? GROW_DONE : GROW_FAILED;
}

void exchange_next(struct exchange *x)
{
	assert(x->parser.consumed <= x->in_len);
	const size_t left = x->in_len - x->parser.consumed;

	if (left > 0)
		memmove(x->in, x->in + x->parser.consumed, left);
	x->in_len = left;
	forget_request(x);
	memory_count(x);
	expect_request(x);
}

void exchange_free_all(struct http_server *server)
{
	struct exchange *x;

	while ((x = LIST_FIRST(&server->pool)) != NULL) {
		LIST_REMOVE(x, link);
		exchange_free(x);
	}
	while ((x = LIST_FIRST(&server->orphans)) != NULL) {
		LIST_REMOVE(x, link);
		exchange_free(x);
	}
}
