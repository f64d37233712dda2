/*
 * The request parser: a pure function over bytes, fed as they come. It holds offsets, never
 * pointers, so that the buffer may move between calls.
 */
#ifndef HTTP_PARSER_H
#define HTTP_PARSER_H

#include "base/bytes.h"
#include "http/server.h"

enum http_parse {
	HTTP_PARSE_MORE, /* every byte was looked at; feed again with more behind them */
	HTTP_PARSE_HEAD, /* only with stops_at_head, once: a head with a body behind it is complete;
			    http_parser_stream or not, then feed again */
	HTTP_PARSE_CONTINUE, /* head acceptable, `Expect: 100-continue` given and no body byte here
				yet: send the interim reply (once), then treat as HTTP_PARSE_MORE */
	HTTP_PARSE_DONE, /* one request is complete; http_parser_request tells, `consumed` bytes are
			    its */
	HTTP_PARSE_ERROR, /* answer `status` with `reason`, then close */
};

struct http_span {
	uint32_t at, n;
};

struct http_parser {
	/* Outputs. */
	int status;         /* after ERROR: 400 408 413 414 417 431 501 505 */
	const char *reason; /* after ERROR: a clear sentence */
	size_t consumed;    /* after DONE: where the next request begins; 0 until then */
	bool keep_alive;    /* after DONE or ERROR of a later stage: by version and Connection */
	bool head_done;     /* the head is complete, a body is awaited (for deadlines) */
	/* An input: set after http_parser_init. */
	bool stops_at_head;
	/* The rest is the parser's own. */
	int state;
	size_t at, line_start;
	size_t max_head, max_body;
	enum http_method method;
	bool http_1_0, chunked, expects_continue, continued, has_length, has_host;
	bool has_coding, asked_close, streams;
	struct http_span method_name, path, query, host;
	struct {
		struct http_span name, value;
	} headers[HTTP_MAX_HEADERS];
	size_t n_headers;
	uint64_t content_length, chunk_left;
	size_t body_start, body_end; /* decoded body: chunks are moved together in place */
	size_t trailer_bytes;        /* of chunk extensions too: what is read and dropped */
};

/** Ready for a request's first byte. */
void http_parser_init(struct http_parser *p, size_t max_head, size_t max_body);

/** Looks at buf[0 .. len): the request from its first byte, what earlier calls saw included (with a
 * chunked body already moved together where they left it). Linear over all calls. */
enum http_parse http_parser_feed(struct http_parser *p, char *buf, size_t len);

/** Takes the gap that decoded chunks left out of buf[0 .. len) and answers the new length. Between
 * two feeds, where room is wanted: a body in tiny chunks else needs room for its framing. */
size_t http_parser_compact(struct http_parser *p, char *buf, size_t len);

/** After HEAD: the body may have any size. Its owner takes it in pieces: what is decoded so far
 * stands from body_start to body_end. */
void http_parser_stream(struct http_parser *p);
/** Between two feeds of a streamed body: forgets what was decoded of it so far, moves what stands
 * behind there in buf[0 .. len) and answers the new length. The head stays where it is. */
size_t http_parser_take(struct http_parser *p, char *buf, size_t len);

/** After DONE (or HEAD: without a body): fills the request's texts from buf. Headers, method, path,
 * query, host, body. */
void http_parser_request(const struct http_parser *p, const char *buf, struct http_request *req);

#endif
