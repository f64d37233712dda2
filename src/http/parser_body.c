/* Owns the framing of a request's body: length, chunks, extensions, trailers (RFC 9112 sections 6
 * and 7). Never lets a body be framed in two ways, and moves only decoded chunks. Called by
 * parser.c after the head, and by exchange.c and stream.c to free room. */
#include <assert.h>
#include <string.h>

#include "http/parser_parts.h"

/* Sixteen digits are more than any body may have and cannot overflow 64 bits. */
enum { CHUNK_DIGITS = 16 };

static const char extensions_too_large[] = "the chunk extensions are too large";
static const char trailers_too_large[] = "the trailers are too large";

enum http_parse http_parser_begin_body(struct http_parser *p)
{
	if (!p->has_host && !p->http_1_0)
		return http_parser_fail(p, 400, "the Host header is missing");
	if (p->has_coding && p->has_length)
		return http_parser_fail(
		    p, 400, "Content-Length and Transfer-Encoding must not both be present");
	if (p->has_coding && p->http_1_0)
		return http_parser_fail(p, 400, "Transfer-Encoding is not allowed in HTTP/1.0");
	if (p->has_coding && !p->chunked)
		return http_parser_fail(p, 501, "the only supported transfer coding is chunked");
	p->keep_alive = p->keep_alive && !p->asked_close;
	p->head_done = true;
	p->state = p->chunked ? PARSER_CHUNK_SIZE : PARSER_LENGTH_BODY;
	return p->stops_at_head && (p->chunked || p->content_length > 0) ? HTTP_PARSE_HEAD
									 : HTTP_PARSE_MORE;
}

static enum http_parse done(struct http_parser *p)
{
	p->state = PARSER_DONE;
	p->consumed = p->at;
	return HTTP_PARSE_DONE;
}

static enum http_parse read_length_body(struct http_parser *p, size_t len)
{
	const size_t end = p->body_start + (size_t)p->content_length;

	p->body_end = p->at = p->line_start = len < end ? len : end;
	return len < end ? HTTP_PARSE_MORE : done(p);
}

static size_t skip_blanks(const char *buf, size_t at, size_t end)
{
	while (at < end && (buf[at] == ' ' || buf[at] == '\t'))
		at++;
	return at;
}

/* Skips a quoted-string from its opening quote. Returns the position after it, or 0. */
static size_t skip_quoted(const char *buf, size_t at, size_t end)
{
	for (at++; at < end; at++) {
		if (buf[at] == '"')
			return at + 1;
		if (buf[at] == '\\' && ++at == end)
			return 0;
		if ((http_byte_class[(unsigned char)buf[at]] & BYTE_VALUE) == 0)
			return 0;
	}
	return 0;
}

/* *( BWS ";" BWS name [ BWS "=" BWS value ] ), RFC 9112 section 7.1.1. */
static bool extensions_are_valid(const char *buf, size_t at, size_t end)
{
	while (at < end) {
		at = skip_blanks(buf, at, end);
		if (at == end || buf[at] != ';')
			return false;
		at = skip_blanks(buf, at + 1, end);
		size_t n = http_span_class(buf + at, end - at, BYTE_TOKEN);
		if (n == 0)
			return false;
		at += n;
		const size_t equals = skip_blanks(buf, at, end);
		if (equals == end || buf[equals] != '=')
			continue;
		at = skip_blanks(buf, equals + 1, end);
		if (at < end && buf[at] == '"') {
			at = skip_quoted(buf, at, end);
			if (at == 0)
				return false;
			continue;
		}
		n = http_span_class(buf + at, end - at, BYTE_TOKEN);
		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

static unsigned hex_value(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static enum http_parse read_chunk_size(struct http_parser *p, const char *buf, size_t end)
{
	const size_t start = p->line_start;
	const size_t n = http_span_class(buf + start, end - start, BYTE_HEX);

	if (n == 0 || n > CHUNK_DIGITS)
		return http_parser_fail(p, 400, "the size of a chunk must be a hexadecimal number");
	if (!extensions_are_valid(buf, start + n, end))
		return http_parser_fail(p, 400, "the extension of a chunk is malformed");
	p->chunk_left = 0;
	for (size_t i = start; i < start + n; i++)
		p->chunk_left = p->chunk_left << 4 | hex_value(buf[i]);
	if (p->chunk_left > p->max_body - (p->body_end - p->body_start))
		return http_parser_fail(p, 413, "the body is too large");
	p->trailer_bytes += end - start - n;
	if (p->trailer_bytes > p->max_head)
		return http_parser_fail(p, 400, extensions_too_large);
	p->state = p->chunk_left == 0 ? PARSER_TRAILERS : PARSER_CHUNK_DATA;
	return HTTP_PARSE_MORE;
}

static enum http_parse read_trailer(struct http_parser *p, const char *buf, size_t end)
{
	struct http_span name, value;
	const char *wrong;

	if (end == p->line_start) {
		http_parser_next_line(p, end);
		return done(p);
	}
	wrong = http_parser_field(buf, p->line_start, end, &name, &value);
	if (wrong != NULL)
		return http_parser_fail(p, 400, wrong);
	p->trailer_bytes += end + 2 - p->line_start;
	if (p->trailer_bytes > p->max_head)
		return http_parser_fail(p, 431, trailers_too_large);
	return HTTP_PARSE_MORE;
}

/* Reads a chunk-size line or a trailer. All their dropped bytes together are limited like the
 * head. */
static enum http_parse read_body_line(struct http_parser *p, const char *buf, size_t len)
{
	const bool trailer = p->state == PARSER_TRAILERS;
	const size_t limit = p->line_start + (p->max_head - p->trailer_bytes) + CHUNK_DIGITS + 2;
	enum http_parse result;
	size_t end = 0;

	switch (http_parser_line(p, buf, len, limit, &end)) {
	case LINE_MORE:
		return HTTP_PARSE_MORE;
	case LINE_BARE_LF:
		return http_parser_fail(p, 400, "a line ends with LF alone");
	case LINE_TOO_LONG:
		return trailer ? http_parser_fail(p, 431, trailers_too_large)
			       : http_parser_fail(p, 400, extensions_too_large);
	case LINE_READY:
		break;
	}
	result = trailer ? read_trailer(p, buf, end) : read_chunk_size(p, buf, end);
	if (result == HTTP_PARSE_MORE)
		http_parser_next_line(p, end);
	return result;
}

static void read_chunk_data(struct http_parser *p, char *buf, size_t len)
{
	const size_t there = len - p->at;
	const size_t n = p->chunk_left < there ? (size_t)p->chunk_left : there;

	if (n > 0 && p->body_end != p->at)
		memmove(buf + p->body_end, buf + p->at, n);
	p->body_end += n;
	p->chunk_left -= n;
	p->at += n;
	p->line_start = p->at;
	if (p->chunk_left == 0)
		p->state = PARSER_CHUNK_END;
}

/* Reads the CRLF after a chunk's data. Its first byte is checked as soon as it is here. */
static enum http_parse read_chunk_end(struct http_parser *p, const char *buf, size_t len)
{
	if (len > p->at && buf[p->at] != '\r')
		return http_parser_fail(p, 400, "a chunk is longer than its size");
	if (len - p->at < 2)
		return HTTP_PARSE_MORE;
	if (buf[p->at + 1] != '\n')
		return http_parser_fail(p, 400, "a chunk is longer than its size");
	http_parser_next_line(p, p->at);
	p->state = PARSER_CHUNK_SIZE;
	if (p->streams) /* the number of chunks has no limit, so each chunk has its own */
		p->trailer_bytes = 0;
	return HTTP_PARSE_MORE;
}

static enum http_parse read_chunks(struct http_parser *p, char *buf, size_t len)
{
	enum http_parse result = HTTP_PARSE_MORE;

	while (result == HTTP_PARSE_MORE) {
		const int state = p->state;
		const size_t at = p->line_start;
		if (state == PARSER_CHUNK_DATA)
			read_chunk_data(p, buf, len);
		else if (state == PARSER_CHUNK_END)
			result = read_chunk_end(p, buf, len);
		else
			result = read_body_line(p, buf, len);
		if (p->state == state && p->line_start == at)
			break;
	}
	return result;
}

enum http_parse http_parser_body(struct http_parser *p, char *buf, size_t len)
{
	if (p->state == PARSER_DONE)
		return HTTP_PARSE_DONE;
	if (p->content_length > p->max_body)
		return http_parser_fail(p, 413, "the body is too large");
	const enum http_parse result =
	    p->chunked ? read_chunks(p, buf, len) : read_length_body(p, len);
	if (result == HTTP_PARSE_MORE && p->expects_continue && !p->continued &&
	    len == p->body_start) {
		p->continued = true;
		return HTTP_PARSE_CONTINUE;
	}
	return result;
}

size_t http_parser_compact(struct http_parser *p, char *buf, size_t len)
{
	const size_t gap = p->chunked && p->head_done ? p->line_start - p->body_end : 0;

	if (gap == 0 || p->state >= PARSER_DONE)
		return len;
	assert(p->body_end <= p->line_start && p->line_start <= len);
	memmove(buf + p->body_end, buf + p->line_start, len - p->line_start);
	p->line_start -= gap;
	p->at -= gap;
	return len - gap;
}

void http_parser_stream(struct http_parser *p)
{
	p->streams = true;
	p->max_body = SIZE_MAX;
}

size_t http_parser_take(struct http_parser *p, char *buf, size_t len)
{
	const size_t moved = p->line_start - p->body_start;

	if (p->state >= PARSER_DONE) {
		p->body_start = p->body_end;
		return len;
	}
	if (moved == 0)
		return len;
	assert(p->body_start <= p->line_start && p->line_start <= len);
	if (!p->chunked)
		p->content_length -= moved;
	memmove(buf + p->body_start, buf + p->line_start, len - p->line_start);
	p->body_end = p->body_start;
	p->line_start -= moved;
	p->at -= moved;
	return len - moved;
}
