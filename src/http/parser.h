/*
 * The request parser: pure functions over the bytes, which may come in any pieces. It keeps
 * offsets, never pointers, so that the buffer may move between calls.
 */
#ifndef HTTP_PARSER_H
#define HTTP_PARSER_H

#include "base/bytes.h"
#include "http/server.h"

enum http_parse {
	/* Every byte was read; feed again with more bytes. */
	HTTP_PARSE_MORE,
	/* Only with stops_at_head, once: the head is complete and a body follows. Call
	 * http_parser_stream or not, then feed again. */
	HTTP_PARSE_HEAD,
	/* The head has `Expect: 100-continue`, and no byte of the body is here: send the interim
	 * reply (once), then continue as after HTTP_PARSE_MORE. */
	HTTP_PARSE_CONTINUE,
	/* A request is complete. It has `consumed` bytes; http_parser_request returns its texts. */
	HTTP_PARSE_DONE,
	/* Reply with `status` and `reason`, then close. */
	HTTP_PARSE_ERROR,
};

struct http_span {
	uint32_t at, n;
};

struct http_parser {
	/* Outputs. */
	int status;         /* after ERROR: 400 408 413 414 417 431 501 505 */
	const char *reason; /* after ERROR: a message for the client */
	size_t consumed;    /* after DONE: where the next request begins; 0 before */
	bool keep_alive;    /* once head_done: what version and Connection ask for */
	bool head_done;     /* the head is complete */
	/* Input: set it after http_parser_init. */
	bool stops_at_head;
	/* The other members are private to the parser. */
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
	size_t body_start, body_end; /* the decoded body: chunks are joined in place */
	size_t trailer_bytes;        /* bytes of trailers and chunk extensions, which are dropped */
};

/** Expects the first byte of a request. */
void http_parser_init(struct http_parser *p, size_t max_head, size_t max_body);

/** Reads buf[0 .. len): the request from its first byte, with the bytes of earlier calls, in which
 * the chunks of a body are already joined. All calls together take linear time. */
enum http_parse http_parser_feed(struct http_parser *p, char *buf, size_t len);

/** Closes the gap that decoded chunks left in buf[0 .. len) and returns the new length. Call it
 * between two feeds, so that a body in tiny chunks needs no room for its framing. */
size_t http_parser_compact(struct http_parser *p, char *buf, size_t len);

/** After HEAD: the body may have any size, and the caller takes it in pieces. The decoded bytes are
 * from body_start to body_end. */
void http_parser_stream(struct http_parser *p);
/** Between two feeds of a streamed body: drops the decoded bytes, moves the bytes after them in
 * buf[0 .. len) and returns the new length. The head does not move. */
size_t http_parser_take(struct http_parser *p, char *buf, size_t len);

/** After DONE: sets the request's headers, method, path, query, host and body to texts in buf.
 * After HEAD: the same without a body. */
void http_parser_request(const struct http_parser *p, const char *buf, struct http_request *req);

#endif
