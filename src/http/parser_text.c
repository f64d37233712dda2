/* Owns the smallest parts of the grammar: byte classes, lines and field lines of a request. Never
 * interprets a field. Called by parser.c and parser_body.c. */
#include <string.h>

#include "http/parser_parts.h"

/* clang-format off */
const unsigned char http_byte_class[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  4,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	 4, 15,  6,  5, 15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15,  6,
	31, 31, 31, 31, 31, 31, 31, 31, 31, 31,  6, 14,  6, 14,  6,  6,
	 6, 31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  6,  6,  6,  7, 15,
	 7, 31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  6,  7,  6, 15,  0,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
	 4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,  4,
};
/* clang-format on */

size_t http_span_class(const char *p, size_t n, unsigned char class)
{
	size_t i = 0;

	while (i < n && (http_byte_class[(unsigned char)p[i]] & class) != 0)
		i++;
	return i;
}

enum parser_line http_parser_line(struct http_parser *p, const char *buf, size_t len, size_t limit,
				  size_t *end)
{
	const size_t stop = len < limit ? len : limit;
	const char *lf = stop > p->at ? memchr(buf + p->at, '\n', stop - p->at) : NULL;

	if (lf == NULL) {
		if (len >= limit)
			return LINE_TOO_LONG;
		p->at = len;
		return LINE_MORE;
	}
	const size_t at = (size_t)(lf - buf);
	if (at == p->line_start || buf[at - 1] != '\r')
		return LINE_BARE_LF;
	*end = at - 1;
	return LINE_READY;
}

void http_parser_next_line(struct http_parser *p, size_t end)
{
	p->line_start = end + 2;
	p->at = p->line_start;
}

enum http_parse http_parser_fail(struct http_parser *p, int status, const char *reason)
{
	p->state = PARSER_FAILED;
	p->status = status;
	p->reason = reason;
	return HTTP_PARSE_ERROR;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

const char *http_parser_field(const char *buf, size_t at, size_t end, struct http_span *name,
			      struct http_span *value)
{
	if (is_blank(buf[at]))
		return "a line of the header begins with white space (obsolete folding)";
	const size_t n = http_span_class(buf + at, end - at, BYTE_TOKEN);
	if (n == 0)
		return "a header field has no name";
	if (at + n == end || buf[at + n] != ':')
		return "the name of a header field must be a token with a colon after it";
	*name = (struct http_span){(uint32_t)at, (uint32_t)n};
	size_t from = at + n + 1;
	while (from < end && is_blank(buf[from]))
		from++;
	while (end > from && is_blank(buf[end - 1]))
		end--;
	if (http_span_class(buf + from, end - from, BYTE_VALUE) != end - from)
		return "the value of a header field contains a control byte";
	*value = (struct http_span){(uint32_t)from, (uint32_t)(end - from)};
	return NULL;
}
