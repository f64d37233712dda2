/*
 * The inside of the parser: parser.c reads the head, parser_body.c decides how the body is framed
 * and reads it, parser_text.c reads lines and fields. Private to these files.
 */
#ifndef HTTP_PARSER_PARTS_H
#define HTTP_PARSER_PARTS_H

#include "http/parser.h"

enum parser_state {
	PARSER_REQUEST_LINE,
	PARSER_HEADERS,
	PARSER_LENGTH_BODY,
	PARSER_CHUNK_SIZE,
	PARSER_CHUNK_DATA,
	PARSER_CHUNK_END,
	PARSER_TRAILERS,
	PARSER_DONE,
	PARSER_FAILED,
};

/* Classes of bytes, as bits of http_byte_class[]. */
enum {
	BYTE_TOKEN = 1,  /* tchar, RFC 9110 section 5.6.2 */
	BYTE_TARGET = 2, /* visible ASCII, but no "#" */
	BYTE_VALUE = 4,  /* HTAB, SP, VCHAR, obs-text: RFC 9110 section 5.5 */
	BYTE_HOST = 8,   /* unreserved, sub-delims and "%": RFC 3986 section 3.2.2 */
	BYTE_HEX = 16,
};
extern const unsigned char http_byte_class[256];

/* The number of bytes from p on that are of the class, at most n. */
size_t http_span_class(const char *p, size_t n, unsigned char class);

enum parser_line {
	LINE_MORE,     /* not complete yet; the search continues at p->at */
	LINE_READY,    /* from p->line_start to *end, where its CRLF begins */
	LINE_BARE_LF,  /* ends with LF alone */
	LINE_TOO_LONG, /* no LF before buf[limit] */
};

/** Looks for the end of the line at p->line_start. The result depends on the bytes only, never on
 * the pieces in which they came, because only whole lines are read. */
enum parser_line http_parser_line(struct http_parser *p, const char *buf, size_t len, size_t limit,
				  size_t *end);
/** Continues after the line that ended at `end`. */
void http_parser_next_line(struct http_parser *p, size_t end);
/** Sets the error and returns HTTP_PARSE_ERROR. */
enum http_parse http_parser_fail(struct http_parser *p, int status, const char *reason);
/** Splits a field line into name and value. Returns NULL, or the message of a 400. */
const char *http_parser_field(const char *buf, size_t at, size_t end, struct http_span *name,
			      struct http_span *value);

/** The head is complete: checks its framing fields and sets the state for the body. */
enum http_parse http_parser_begin_body(struct http_parser *p);
/** Reads the body. */
enum http_parse http_parser_body(struct http_parser *p, char *buf, size_t len);

#endif
