/*
 * What the two halves of the parser share: parser.c reads the head, parser_body.c decides how the
 * body is framed and reads it. Nobody else includes this.
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

/* How many of the n bytes at p, from the first on, are of the class. */
size_t http_span_class(const char *p, size_t n, unsigned char class);

enum parser_line {
	LINE_MORE,     /* not complete yet; p->at is where the search goes on */
	LINE_READY,    /* from p->line_start to *end, where its CRLF stands */
	LINE_BARE_LF,  /* ended by a LF alone */
	LINE_TOO_LONG, /* no LF before buf[limit] */
};

/** Looks for the end of the line at p->line_start. The answer depends on the bytes only, never on
 * how they were fed: that is why lines are judged whole. */
enum parser_line http_parser_line(struct http_parser *p, const char *buf, size_t len, size_t limit,
				  size_t *end);
/** Goes on behind the line that ended at `end`. */
void http_parser_next_line(struct http_parser *p, size_t end);
/** Sets the error and answers HTTP_PARSE_ERROR. */
enum http_parse http_parser_fail(struct http_parser *p, int status, const char *reason);
/** Takes a field line apart; NULL, or what is wrong with it (a 400). */
const char *http_parser_field(const char *buf, size_t at, size_t end, struct http_span *name,
			      struct http_span *value);

/** The head is complete: judges its framing fields and sets up the body's state. */
enum http_parse http_parser_begin_body(struct http_parser *p);
/** Reads the body, in the body's states. */
enum http_parse http_parser_body(struct http_parser *p, char *buf, size_t len);

#endif
