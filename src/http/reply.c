/* Owns the bytes of a reply: status line, header fields and body, and the Date of the current
 * second. Never sends anything: it appends to the buffer of the exchange, and the hook sends.
 * Called by handlers (http_reply), by stream.c, and by connection.c for refusals. */
#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "http/server_parts.h"

static const struct {
	int status;
	const char *line;
} status_lines[] = {
    {200, "HTTP/1.1 200 OK\r\n"},
    {201, "HTTP/1.1 201 Created\r\n"},
    {202, "HTTP/1.1 202 Accepted\r\n"},
    {204, "HTTP/1.1 204 No Content\r\n"},
    {301, "HTTP/1.1 301 Moved Permanently\r\n"},
    {302, "HTTP/1.1 302 Found\r\n"},
    {303, "HTTP/1.1 303 See Other\r\n"},
    {304, "HTTP/1.1 304 Not Modified\r\n"},
    {307, "HTTP/1.1 307 Temporary Redirect\r\n"},
    {308, "HTTP/1.1 308 Permanent Redirect\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {406, "HTTP/1.1 406 Not Acceptable\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {409, "HTTP/1.1 409 Conflict\r\n"},
    {410, "HTTP/1.1 410 Gone\r\n"},
    {412, "HTTP/1.1 412 Precondition Failed\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {414, "HTTP/1.1 414 URI Too Long\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {417, "HTTP/1.1 417 Expectation Failed\r\n"},
    {422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
    {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
};

static void write_status(struct buf *out, int status)
{
	for (size_t i = 0; i < sizeof(status_lines) / sizeof(status_lines[0]); i++) {
		if (status_lines[i].status == status) {
			buf_str(out, status_lines[i].line);
			return;
		}
	}
	buf_printf(out, "HTTP/1.1 %d Status\r\n", status);
}

/* RFC 9110 section 5.6.7. Always in English, and formatted once a second. */
static void write_date(struct http_server *server, struct buf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const uint64_t second = loop_unix_ms(server->loop) / 1000;

	if (second != server->date_second) {
		const time_t time = (time_t)second;
		struct tm tm = {0};
		(void)gmtime_r(&time, &tm);
		(void)snprintf(server->date, sizeof(server->date),
			       "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
			       days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
			       (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min, tm.tm_sec);
		server->date_second = second;
	}
	buf_str(out, server->date);
}

static void write_field(struct buf *out, struct text name, struct text value)
{
	buf_text(out, name);
	buf_add(out, ": ", 2);
	buf_text(out, value);
	buf_add(out, "\r\n", 2);
}

/* RFC 9110 sections 15.3.5 and 15.4.5: 204 and 304 never have a body. */
bool reply_may_have_body(int status)
{
	return status != 204 && status != 304;
}

static void write_content(struct buf *out, const struct http_reply *reply, enum framing framing)
{
	if (reply->content_type.n > 0)
		write_field(out, TEXT("Content-Type"), reply->content_type);
	if (!reply_may_have_body(reply->status))
		return;
	if (framing == FRAMING_CHUNKS)
		buf_text(out, TEXT("Transfer-Encoding: chunked\r\n"));
	if (framing == FRAMING_WHOLE) {
		buf_text(out, TEXT("Content-Length: "));
		buf_u64(out, reply->body.n);
		buf_add(out, "\r\n", 2);
	}
	if (framing != FRAMING_WHOLE || reply->body.n > 0)
		buf_text(out, TEXT("X-Content-Type-Options: nosniff\r\n"));
}

void reply_write_head(struct http_server *server, struct buf *out, const struct http_reply *reply,
		      enum framing framing, bool http_1_0)
{
	const int class = reply->status / 100;

	if (class >= 0 && class < 6)
		server->counters.replies_by_class[class]++;
	write_status(out, reply->status);
	write_date(server, out);
	write_content(out, reply, framing);
	for (size_t i = 0; i < reply->n_headers; i++)
		write_field(out, reply->headers[i].name, reply->headers[i].value);
	if (reply->close)
		buf_text(out, TEXT("Connection: close\r\n\r\n"));
	else if (http_1_0)
		buf_text(out, TEXT("Connection: keep-alive\r\n\r\n"));
	else
		buf_text(out, TEXT("\r\n"));
}

void reply_write(struct http_server *server, struct buf *out, const struct http_reply *reply,
		 enum http_method method, bool http_1_0)
{
	reply_write_head(server, out, reply, FRAMING_WHOLE, http_1_0);
	if (method != HTTP_HEAD && reply_may_have_body(reply->status))
		buf_text(out, reply->body);
}

void reply_write_error(struct http_server *server, struct buf *out, int status, const char *reason,
		       enum http_method method)
{
	static const struct http_header retry = {
	    .name = {.p = "Retry-After", .n = sizeof("Retry-After") - 1},
	    .value = {.p = "1", .n = 1}};
	char body[256];
	const int n = snprintf(body, sizeof(body), "{\"code\":%d,\"message\":\"%s\",\"errors\":{}}",
			       status, reason);

	reply_write(server, out,
		    &(struct http_reply){.status = status,
					 .content_type = TEXT("application/json"),
					 .body = text_from(body, (size_t)n),
					 .headers = &retry,
					 .n_headers = status == 503 ? 1 : 0,
					 .close = true},
		    method, false);
}

void reply_decide_close(struct exchange *x, bool close)
{
	x->refused = !stream_may_skip(x);
	x->closing = close || x->refused || !x->parser.keep_alive || x->server->draining;
}

bool reply_ends(struct exchange *x)
{
	stream_cancel(x);
	assert(x->server->counters.in_progress > 0);
	x->server->counters.in_progress--;
	if (x->conn != NULL)
		return true;
	LIST_REMOVE(x, link);
	exchange_give(x);
	return false;
}

void http_reply(struct http_request *req, const struct http_reply *reply)
{
	/* The request is the exchange's first member. */
	struct exchange *x = (struct exchange *)req;
	struct http_server *server = x->server;
	struct http_reply full = *reply;

	assert(x->framing == FRAMING_WHOLE);
	if (!reply_ends(x))
		return;
	reply_decide_close(x, reply->close);
	full.close = x->closing;
	reply_write(server, &x->out, &full, reply->shared ? HTTP_HEAD : req->method,
		    x->parser.http_1_0);
	if (reply->shared && req->method != HTTP_HEAD && reply_may_have_body(reply->status))
		x->tail = reply->body;
	connection_replied(x->conn);
	server_wake(server);
}
