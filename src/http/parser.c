/* Owns the reading of a request's head: request line, target, header fields. Never does I/O,
 * allocates or keeps a pointer into the buffer. Called by intake.c and stream.c with the bytes as
 * they arrive, and by the fuzzer. */
#include "http/parser.h"

#include <string.h>

#include "http/parser_parts.h"

/* The error of a head that exceeds max_head. */
static enum http_parse fail_too_long(struct http_parser *p)
{
	if (p->state == PARSER_REQUEST_LINE)
		return http_parser_fail(p, 414, "the request line is too long");
	return http_parser_fail(p, 431, "the header is too large");
}

void http_parser_init(struct http_parser *p, size_t max_head, size_t max_body)
{
	/* Everything except the array of headers, of which only n_headers entries are valid. */
	memset(p, 0, offsetof(struct http_parser, headers));
	memset(&p->n_headers, 0, sizeof(*p) - offsetof(struct http_parser, n_headers));
	p->max_head = max_head;
	p->max_body = max_body;
	p->method = HTTP_OTHER;
}

static bool span_ieq(const char *buf, struct http_span s, struct text t)
{
	return text_ieq(text_from(buf + s.at, s.n), t);
}

/* A host as in RFC 3986, with an optional port and without user info. */
static bool host_is_valid(const char *host, size_t n)
{
	size_t at;

	if (n > 0 && host[0] == '[') {
		at = 1;
		while (at < n && (host[at] == ':' || host[at] == '.' ||
				  (http_byte_class[(unsigned char)host[at]] & BYTE_HEX) != 0))
			at++;
		if (at < 3 || at == n || host[at] != ']')
			return false;
		at++;
	} else {
		at = http_span_class(host, n, BYTE_HOST);
		if (at == 0)
			return false;
	}
	if (at == n)
		return true;
	if (host[at++] != ':' || n - at > 5)
		return false;
	while (at < n && host[at] >= '0' && host[at] <= '9')
		at++;
	return at == n;
}

/* Like TEXT(), but a constant expression. */
#define WORD(lit)                                                                                  \
	{                                                                                          \
		.p = (lit), .n = sizeof(lit) - 1                                                   \
	}

static const struct {
	struct text name;
	enum http_method method;
} methods[] = {
    {WORD("GET"), HTTP_GET},     {WORD("POST"), HTTP_POST},     {WORD("HEAD"), HTTP_HEAD},
    {WORD("PUT"), HTTP_PUT},     {WORD("DELETE"), HTTP_DELETE}, {WORD("OPTIONS"), HTTP_OPTIONS},
    {WORD("PATCH"), HTTP_PATCH},
};

static enum http_method method_of(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (methods[i].name.n == n && memcmp(methods[i].name.p, name, n) == 0)
			return methods[i].method;
	return HTTP_OTHER;
}

/* Sets path and query from [at, end) of the target, which begins with "/" or is empty before
 * "?". */
static void split_path(struct http_parser *p, const char *buf, size_t at, size_t end)
{
	const char *mark = memchr(buf + at, '?', end - at);
	const size_t cut = mark == NULL ? end : (size_t)(mark - buf);

	p->path = (struct http_span){(uint32_t)at, (uint32_t)(cut - at)};
	if (mark != NULL)
		p->query = (struct http_span){(uint32_t)cut + 1, (uint32_t)(end - cut - 1)};
}

/* "http://host:port/path?query": the authority replaces the Host header (RFC 9112 section 3.2.2).
 * For an absent path the span names the second "/" of the "//" before the host. */
static bool read_absolute(struct http_parser *p, const char *buf, size_t at, size_t end)
{
	static const struct text schemes[] = {WORD("http://"), WORD("https://")};
	size_t host = 0;

	for (size_t i = 0; i < 2; i++)
		if (end - at >= schemes[i].n &&
		    text_ieq(text_from(buf + at, schemes[i].n), schemes[i]))
			host = at + schemes[i].n;
	if (host == 0)
		return false;
	size_t host_end = host;
	while (host_end < end && buf[host_end] != '/' && buf[host_end] != '?')
		host_end++;
	if (!host_is_valid(buf + host, host_end - host))
		return false;
	p->host = (struct http_span){(uint32_t)host, (uint32_t)(host_end - host)};
	split_path(p, buf, host_end, end);
	if (p->path.n == 0)
		p->path = (struct http_span){(uint32_t)host - 1, 1};
	return true;
}

static bool read_target(struct http_parser *p, const char *buf, size_t at, size_t end)
{
	if (end == at || http_span_class(buf + at, end - at, BYTE_TARGET) != end - at)
		return false;
	if (buf[at] == '/') {
		split_path(p, buf, at, end);
		return true;
	}
	if (buf[at] == '*' && end == at + 1 && p->method == HTTP_OPTIONS) {
		p->path = (struct http_span){(uint32_t)at, 1};
		return true;
	}
	return read_absolute(p, buf, at, end);
}

static enum http_parse read_request_line(struct http_parser *p, const char *buf, size_t end)
{
	const size_t start = p->line_start;
	const size_t n = http_span_class(buf + start, end - start, BYTE_TOKEN);
	const size_t target = start + n + 1;

	if (n == 0 || start + n == end || buf[start + n] != ' ')
		return http_parser_fail(p, 400, "the request line has no method");
	p->method_name = (struct http_span){(uint32_t)start, (uint32_t)n};
	p->method = method_of(buf + start, n);
	if (end - target < sizeof(" HTTP/1.1") - 1)
		return http_parser_fail(
		    p, 400, "the request line must be a method, a target and a version");
	const size_t version = end - (sizeof("HTTP/1.1") - 1);
	if (buf[version - 1] != ' ' || memcmp(buf + version, "HTTP/1.", 7) != 0 ||
	    (buf[end - 1] != '1' && buf[end - 1] != '0'))
		return http_parser_fail(p, 400, "the version is not HTTP/1.1 or HTTP/1.0");
	p->http_1_0 = buf[end - 1] == '0';
	p->keep_alive = !p->http_1_0;
	if (n == 7 && memcmp(buf + start, "CONNECT", 7) == 0)
		return http_parser_fail(p, 400, "this server is not a proxy: CONNECT is refused");
	if (!read_target(p, buf, target, version - 1))
		return http_parser_fail(p, 400, "the request target is malformed");
	p->state = PARSER_HEADERS;
	return HTTP_PARSE_MORE;
}

/* Reads the value of a field. Returns NULL, or the message of an error. */
typedef const char *field_fn(struct http_parser *p, struct text value, int *status);

static const char *field_host(struct http_parser *p, struct text value, int *status)
{
	(void)status;
	if (p->has_host)
		return "the Host header is repeated";
	p->has_host = true;
	return host_is_valid(value.p, value.n) ? NULL : "the Host header is not a valid host";
}

static const char *field_content_length(struct http_parser *p, struct text value, int *status)
{
	(void)status;
	if (p->has_length)
		return "the Content-Length header is repeated";
	p->has_length = true;
	if (value.n > 10 || !text_to_u64(value, &p->content_length))
		return "the Content-Length header must be 1 to 10 digits";
	return NULL;
}

/* Several lines are one list (RFC 9110 section 5.3), so a list of two lines is never just
 * "chunked". */
static const char *field_transfer_encoding(struct http_parser *p, struct text value, int *status)
{
	(void)status;
	p->chunked = !p->has_coding && text_ieq(value, TEXT("chunked"));
	p->has_coding = true;
	return NULL;
}

static const char *field_connection(struct http_parser *p, struct text value, int *status)
{
	struct text rest = value, item;

	(void)status;
	while (rest.n > 0) {
		(void)text_cut(rest, ',', &item, &rest);
		item = text_trim(item);
		if (text_ieq(item, TEXT("close")))
			p->asked_close = true;
		else if (text_ieq(item, TEXT("keep-alive")))
			p->keep_alive = true;
	}
	return NULL;
}

static const char *field_expect(struct http_parser *p, struct text value, int *status)
{
	if (p->http_1_0) /* RFC 9110 section 10.1.1: ignored */
		return NULL;
	p->expects_continue = true;
	if (text_ieq(value, TEXT("100-continue")))
		return NULL;
	*status = 417;
	return "the only supported expectation is 100-continue";
}

static const struct {
	struct text name;
	field_fn *read;
} fields[] = {
    {WORD("host"), field_host},
    {WORD("connection"), field_connection},
    {WORD("content-length"), field_content_length},
    {WORD("transfer-encoding"), field_transfer_encoding},
    {WORD("expect"), field_expect},
};

static enum http_parse read_field(struct http_parser *p, const char *buf, size_t end)
{
	struct http_span name, value;
	const char *wrong = http_parser_field(buf, p->line_start, end, &name, &value);
	int status = 400;

	if (wrong != NULL)
		return http_parser_fail(p, 400, wrong);
	if (p->n_headers == HTTP_MAX_HEADERS)
		return http_parser_fail(p, 431, "the header has too many fields");
	p->headers[p->n_headers].name = name;
	p->headers[p->n_headers++].value = value;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i].name.n != name.n || !span_ieq(buf, name, fields[i].name))
			continue;
		wrong = fields[i].read(p, text_from(buf + value.at, value.n), &status);
		if (wrong != NULL)
			return http_parser_fail(p, status, wrong);
		if (i == 0 && p->host.n == 0)
			p->host = value;
		break;
	}
	return HTTP_PARSE_MORE;
}

/* Reads one complete line of the head. An empty line before the request line is skipped, as RFC
 * 9112 section 2.2 asks. */
static enum http_parse read_head_line(struct http_parser *p, const char *buf, size_t end)
{
	if (p->state == PARSER_REQUEST_LINE)
		return end == p->line_start ? HTTP_PARSE_MORE : read_request_line(p, buf, end);
	if (end > p->line_start)
		return read_field(p, buf, end);
	return http_parser_begin_body(p);
}

static enum http_parse read_head(struct http_parser *p, const char *buf, size_t len)
{
	enum http_parse result = HTTP_PARSE_MORE;
	size_t end;

	while (result == HTTP_PARSE_MORE && p->state <= PARSER_HEADERS) {
		/* Another protocol, such as TLS, may never send a LF: the first byte is checked at
		 * once. */
		if (p->state == PARSER_REQUEST_LINE && len > p->line_start &&
		    buf[p->line_start] != '\r' && buf[p->line_start] != '\n' &&
		    http_span_class(buf + p->line_start, 1, BYTE_TOKEN) == 0)
			return http_parser_fail(p, 400, "the request line has no method");
		switch (http_parser_line(p, buf, len, p->max_head, &end)) {
		case LINE_MORE:
			return HTTP_PARSE_MORE;
		case LINE_BARE_LF:
			return http_parser_fail(p, 400, "a line ends with LF alone");
		case LINE_TOO_LONG:
			return fail_too_long(p);
		case LINE_READY:
			result = read_head_line(p, buf, end);
			http_parser_next_line(p, end);
			break;
		}
	}
	p->body_start = p->body_end = p->at;
	return result;
}

enum http_parse http_parser_feed(struct http_parser *p, char *buf, size_t len)
{
	if (p->state <= PARSER_HEADERS) {
		const enum http_parse result = read_head(p, buf, len);
		if (result != HTTP_PARSE_MORE || !p->head_done)
			return result;
	}
	if (p->state == PARSER_FAILED)
		return HTTP_PARSE_ERROR;
	return http_parser_body(p, buf, len);
}

void http_parser_request(const struct http_parser *p, const char *buf, struct http_request *req)
{
	req->method = p->method;
	req->method_name = text_from(buf + p->method_name.at, p->method_name.n);
	req->path = text_from(buf + p->path.at, p->path.n);
	req->query = text_from(buf + p->query.at, p->query.n);
	req->host = text_from(buf + p->host.at, p->host.n);
	req->n_headers = p->n_headers;
	for (size_t i = 0; i < p->n_headers; i++) {
		const struct http_span name = p->headers[i].name, value = p->headers[i].value;
		req->headers[i].name = text_from(buf + name.at, name.n);
		req->headers[i].value = text_from(buf + value.at, value.n);
	}
	req->body = text_from(buf + p->body_start, p->body_end - p->body_start);
}
