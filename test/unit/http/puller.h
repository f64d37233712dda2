/*
 * A handler that pulls a streamed body. Requests whose path begins with /later are streamed, the
 * others are not.
 */
#ifndef TEST_PULLER_H
#define TEST_PULLER_H

#include "http/server_parts.h"
#include "server_world.h"

#define POST      "POST /later HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED   POST "Transfer-Encoding: chunked\r\n\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

/* The state of a pulling handler. */
struct puller {
	struct http_request *req;
	struct buf got;
	enum http_body state;
	int calls;
	bool asking;    /* inside http_body_next */
	bool goes_on;   /* asks again after each piece */
	size_t largest; /* the most request bytes that the exchange ever held */
	char reason[64];
};

static inline void on_piece(void *arg, struct text piece, enum http_body state);

static inline void ask(struct puller *p)
{
	p->asking = true;
	http_body_next(p->req, on_piece, p);
	p->asking = false;
}

static inline void on_piece(void *arg, struct text piece, enum http_body state)
{
	struct puller *p = arg;
	const struct exchange *x = (const struct exchange *)p->req;

	assert_false(p->asking);
	p->calls++;
	p->state = state;
	p->largest = x->in_cap > p->largest ? x->in_cap : p->largest;
	if (state == HTTP_BODY_PIECE) {
		assert_in_range(piece.n, 1, x->in_cap);
		buf_text(&p->got, piece);
		if (p->goes_on)
			ask(p);
	} else {
		(void)snprintf(p->reason, sizeof(p->reason), "%.*s", TEXT_ARGS(piece));
	}
}

static inline bool is_streamed(void *arg, const struct http_request *req)
{
	(void)arg;
	return text_starts(req->path, TEXT("/later"));
}

static const struct http_handlers streaming = {.request = world_handle, .streams = is_streamed};

/* Waits for the request and pulls its whole body. */
static inline struct puller pull_all(struct world *w)
{
	struct puller p = {.goes_on = true};

	await(w, w->n_later == 1);
	p.req = w->later[0];
	assert_int_equal(p.req->body.n, 0);
	ask(&p);
	await(w, p.state != HTTP_BODY_PIECE);
	w->n_later = 0;
	return p;
}

static inline void puller_reply(struct puller *p, int status)
{
	http_reply(p->req, &(struct http_reply){.status = status});
	buf_free(&p->got);
}

#endif
