/*
 * Feeds the parser in tests: every input whole, byte by byte, and at every split in two, each time
 * in buffers of exactly its size, so that the sanitizer sees a read beyond them. The result is
 * written as one text, so that two ways of feeding can be compared.
 */
#ifndef TEST_PARSER_FEED_H
#define TEST_PARSER_FEED_H

#include <stdlib.h>
#include <string.h>

#include "http/parser.h"

enum { FEED_MAX_HEAD = 512, FEED_MAX_BODY = 64 };

struct feeding {
	struct http_parser parser;
	enum http_parse result;
	char *buf;
	size_t len;
	bool compacting;  /* removes the gap between feeds, as the server does when room is short */
	bool streaming;   /* the body is read piece by piece */
	size_t removed;   /* bytes removed so far */
	struct buf taken; /* the streamed body */
	bool continued;
};

static inline void feed_begin(struct feeding *f)
{
	*f = (struct feeding){.result = HTTP_PARSE_MORE};
	http_parser_init(&f->parser, FEED_MAX_HEAD, FEED_MAX_BODY);
}

static inline bool feed_is_over(const struct feeding *f)
{
	return f->result == HTTP_PARSE_DONE || f->result == HTTP_PARSE_ERROR;
}

/* Lets the parser look at the available bytes once. */
static inline void feed_parser(struct feeding *f)
{
	struct http_parser *p = &f->parser;

	f->result = http_parser_feed(p, f->buf, f->len);
	if (f->result == HTTP_PARSE_HEAD) {
		http_parser_stream(p);
		f->result = http_parser_feed(p, f->buf, f->len);
	}
	if (f->result == HTTP_PARSE_CONTINUE)
		f->continued = true;
	if (f->streaming && p->head_done) {
		buf_add(&f->taken, f->buf + p->body_start, p->body_end - p->body_start);
		const size_t left = http_parser_take(p, f->buf, f->len);
		f->removed += f->len - left;
		f->len = left;
	}
}

static inline void feed_more(struct feeding *f, const char *p, size_t n)
{
	if (feed_is_over(f))
		return;
	char *moved = malloc(f->len + n + (f->len + n == 0));
	if (moved == NULL)
		abort();
	if (f->len > 0)
		memcpy(moved, f->buf, f->len);
	if (n > 0)
		memcpy(moved + f->len, p, n);
	free(f->buf);
	f->buf = moved;
	f->len += n;
	feed_parser(f);
	if (f->compacting && !feed_is_over(f)) {
		const size_t left = http_parser_compact(&f->parser, f->buf, f->len);
		f->removed += f->len - left;
		f->len = left;
	}
}

/** Writes everything about the outcome into `out`, or "more" if the input is incomplete. */
static inline void feed_describe(const struct feeding *f, struct buf *out)
{
	static struct http_request req;

	buf_reset(out);
	if (f->result == HTTP_PARSE_ERROR)
		buf_printf(out, "%d %s", f->parser.status, f->parser.reason);
	else if (f->result != HTTP_PARSE_DONE)
		buf_str(out, f->parser.head_done ? "more of the body" : "more of the head");
	if (f->result == HTTP_PARSE_DONE) {
		http_parser_request(&f->parser, f->buf, &req);
		buf_printf(out, "%zu %d %d [%.*s] [%.*s] [%.*s] [%.*s]",
			   f->parser.consumed + f->removed, (int)req.method, f->parser.keep_alive,
			   TEXT_ARGS(req.method_name), TEXT_ARGS(req.path), TEXT_ARGS(req.query),
			   TEXT_ARGS(req.host));
		for (size_t i = 0; i < req.n_headers; i++)
			buf_printf(out, " [%.*s]=[%.*s]", TEXT_ARGS(req.headers[i].name),
				   TEXT_ARGS(req.headers[i].value));
		buf_str(out, " body=");
		buf_text(out, f->streaming ? buf_view(&f->taken) : req.body);
	}
	buf_char(out, '\0');
}

static inline void feed_end(struct feeding *f)
{
	free(f->buf);
	f->buf = NULL;
	buf_free(&f->taken);
}

/** Like feed_split and feed_bytes (for `split` == n), with the body streamed. */
static inline void feed_stream(const char *p, size_t n, size_t split, struct buf *out)
{
	struct feeding f;

	feed_begin(&f);
	f.streaming = f.parser.stops_at_head = true;
	for (size_t i = 0; split == n && i < n; i++)
		feed_more(&f, p + i, 1);
	if (split < n) {
		feed_more(&f, p, split);
		feed_more(&f, p + split, n - split);
	}
	feed_describe(&f, out);
	feed_end(&f);
}

/** Feeds the input in two pieces, cut at `split`; 0 feeds it whole. */
static inline void feed_split(const char *p, size_t n, size_t split, struct buf *out)
{
	struct feeding f;

	feed_begin(&f);
	if (split > 0)
		feed_more(&f, p, split);
	feed_more(&f, p + split, n - split);
	feed_describe(&f, out);
	feed_end(&f);
}

static inline void feed_bytes(const char *p, size_t n, bool compacting, struct buf *out)
{
	struct feeding f;

	feed_begin(&f);
	f.compacting = compacting;
	for (size_t i = 0; i < n; i++)
		feed_more(&f, p + i, 1);
	feed_describe(&f, out);
	feed_end(&f);
}

#endif
