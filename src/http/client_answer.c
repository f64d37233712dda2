/* Owns the response on a connection: evhttp's callbacks of a request, and the count of the raw
 * input, which limits the memory that a receiver can make us hold. Never decides a result (it
 * reports facts to the call), and never cancels or frees inside evhttp. Called by evhttp and by the
 * bufferevent, from outgoing_send to the end of the response. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <string.h>

#include "http/client_parts.h"

static int on_head(struct evhttp_request *request, void *arg);
static void on_body(struct evhttp_request *request, void *arg);
static void on_error(enum evhttp_request_error error, void *arg);
static void on_done(struct evhttp_request *request, void *arg);

void answer_begin(struct outgoing *conn, struct evhttp_request *request)
{
	request->cb = on_done;
	request->cb_arg = conn;
	evhttp_request_set_header_cb(request, on_head);
	evhttp_request_set_chunked_cb(request, on_body);
	evhttp_request_set_error_cb(request, on_error);
	evhttp_connection_set_max_headers_size(conn->evcon, HEAD_LINES_KEPT * (HEAD_LINE_KEPT + 2));
	conn->head = (struct head){0};
	conn->body_raw = 0;
	conn->reusable = false;
	conn->error = NULL;
}

/* ---- raw input ---- */

static void drop_input(struct evbuffer *input)
{
	evbuffer_drain(input, evbuffer_get_length(input));
}

/* Ends the call, and drops the bytes that are not parsed before evhttp sees them. */
static void cut(struct outgoing *conn, struct evbuffer *input, const char *detail)
{
	http_call_broken(conn->call, false, detail);
	drop_input(input);
}

/* Takes the bytes after `from` out of the input, and puts back the lines that head_take
 * passes on. */
static bool take_head(struct outgoing *conn, struct evbuffer *input, size_t from)
{
	struct evbuffer *raw = evbuffer_new();
	struct buf passed = {0};
	size_t n = evbuffer_get_length(input), head = 0;
	bool ok = raw != NULL && evbuffer_remove_buffer(input, raw, n) == (int)n &&
		  evbuffer_remove_buffer(raw, input, from) == (int)from;
	const char *bytes = ok ? (const char *)evbuffer_pullup(raw, -1) : NULL;
	if (bytes != NULL)
		head = head_take(&conn->head, bytes, n - from, &passed);
	ok = bytes != NULL && !passed.failed &&
	     (passed.n == 0 || evbuffer_add(input, passed.p, passed.n) == 0) &&
	     evbuffer_drain(raw, head) == 0 && evbuffer_add_buffer(input, raw) == 0;
	buf_free(&passed);
	if (raw != NULL)
		evbuffer_free(raw);
	return ok;
}

/* The status line is here, so the receiver has answered; the rest of the head changes nothing. */
static void cut_head(struct outgoing *conn, struct evbuffer *input)
{
	int status = conn->head.status;
	if (status >= 200 && status <= 599)
		http_call_status(conn->call, status, NULL);
	cut(conn, input,
	    "the response headers are over 24 KiB: the rest of the response was cut off");
}

static void watch_head(struct outgoing *conn, struct evbuffer *input, size_t from)
{
	if (conn->head.bytes == 0)
		http_call_first_byte(conn->call);
	conn->taking_head = true;
	bool ok = take_head(conn, input, from);
	conn->taking_head = false;
	if (!ok)
		cut(conn, input, "out of memory");
	else if (head_is_too_long(&conn->head))
		cut_head(conn, input);
}

static void watch_body(struct outgoing *conn, struct evbuffer *input, size_t n_added)
{
	conn->body_raw += n_added;
	if (evbuffer_get_length(input) <= HELD_MAX && conn->body_raw <= BODY_RAW_MAX)
		return;
	answer_salvage(conn);
	cut(conn, input, "the response body is over 4 KiB");
}

void answer_watch_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg)
{
	struct outgoing *conn = arg;
	if (info->n_added == 0 || conn->state == CONN_IDLE || conn->taking_head)
		return;
	if (conn->call == NULL)
		drop_input(input);
	else if (conn->call->state == CALL_READING)
		watch_body(conn, input, info->n_added);
	else if (!conn->head.ended)
		watch_head(conn, input, info->orig_size);
}

/* on_body gets a chunk only when it is whole, and other bytes only at the end of a read. The input
 * begins with bytes of the body, because evhttp has already read the size of the chunk. */
void answer_salvage(struct outgoing *conn)
{
	const struct evhttp_request *request = conn->request;
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	char start[ANSWER_MAX];
	if (request == NULL || (request->chunked && request->ntoread <= 0))
		return;
	ev_ssize_t n = evbuffer_copyout(input, start, sizeof(start));
	if (request->ntoread >= 0 && n > request->ntoread)
		n = (ev_ssize_t)request->ntoread;
	if (n > 0)
		(void)http_call_add_body(conn->call, start, (size_t)n);
}

/* ---- evhttp's callbacks ---- */

/* evhttp reads the next head after a 100, but treats 102 to 199 as final. With the status changed
 * to 100 it skips them too. evhttp reads on only after a write callback, so we trigger one: a TLS
 * bufferevent with nothing to write never makes it. The callback of a socket would come in the next
 * turn; if the connection ends after the final response, evhttp would see that end first and lose
 * the response. */
static int skip_interim(struct outgoing *conn, struct evhttp_request *request)
{
	request->response_code = 100;
	evhttp_clear_headers(request->input_headers);
	bufferevent_trigger(conn->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
	return 0;
}

static bool says_close(const char *connection)
{
	struct text token, rest = text_of(connection);
	bool more = connection != NULL;
	while (more) {
		more = text_cut(rest, ',', &token, &rest);
		if (text_ieq(text_trim(token), TEXT("close")))
			return true;
	}
	return false;
}

/* A connection can be reused only if the headers of the response say where it ends. */
static bool keeps_alive(const struct evhttp_request *request)
{
	const struct evkeyvalq *headers = request->input_headers;
	const char *coding = evhttp_find_header(headers, "Transfer-Encoding");
	const char *length = evhttp_find_header(headers, "Content-Length");
	bool bodyless = request->response_code == 204 || request->response_code == 304;
	if (request->minor < 1 || says_close(evhttp_find_header(headers, "Connection")))
		return false;
	if (coding != NULL)
		return length == NULL && text_ieq(text_of(coding), TEXT("chunked"));
	return length != NULL || bodyless;
}

static int on_head(struct evhttp_request *request, void *arg)
{
	struct outgoing *conn = arg;
	int status = request->response_code;
	if (conn->call == NULL)
		return -1;
	if (status >= 100 && status < 200 && status != 101)
		return skip_interim(conn, request);
	/* The version is in plain chars, which are unsigned on some machines. */
	if (status < 200 || status > 599 || request->major != 1 ||
	    (unsigned char)request->minor > 1) {
		http_call_broken(conn->call, false,
				 "the response status line is not valid HTTP/1.1");
		return -1;
	}
	conn->reusable = keeps_alive(request);
	http_call_status(conn->call, status,
			 evhttp_find_header(request->input_headers, "Retry-After"));
	/* evhttp adds trailers to the headers that it holds, under the same limit. */
	evhttp_connection_set_max_headers_size(conn->evcon,
					       (ev_ssize_t)request->headers_size + TRAILER_MAX);
	return 0;
}

/* evhttp drains the buffer when this returns. */
static void on_body(struct evhttp_request *request, void *arg)
{
	struct outgoing *conn = arg;
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	struct evbuffer_iovec piece;
	bool fits = true;
	while (conn->call != NULL && fits && evbuffer_peek(body, -1, NULL, &piece, 1) > 0) {
		fits = http_call_add_body(conn->call, piece.iov_base, piece.iov_len);
		evbuffer_drain(body, piece.iov_len);
	}
	if (conn->call != NULL && !fits)
		http_call_broken(conn->call, false, "the response body is over 4 KiB");
}

static void on_error(enum evhttp_request_error error, void *arg)
{
	static const char *const texts[] = {
	    [EVREQ_HTTP_TIMEOUT] = "the response took too long",
	    [EVREQ_HTTP_EOF] = "the connection was closed before the end of the response",
	    [EVREQ_HTTP_INVALID_HEADER] = "the response is not HTTP",
	    [EVREQ_HTTP_BUFFER_ERROR] = "the connection failed",
	    [EVREQ_HTTP_REQUEST_CANCEL] = "cancelled",
	    [EVREQ_HTTP_DATA_TOO_LONG] = "the response body is malformed",
	};
	struct outgoing *conn = arg;
	conn->error = texts[error];
}

/* The only end of a request. NULL or code 0 means that it failed; on_error got the reason. */
static void on_done(struct evhttp_request *request, void *arg)
{
	struct outgoing *conn = arg;
	struct http_call *call = conn->call;
	conn->request = NULL;
	if (call == NULL)
		return;
	if (conn->state == CONN_CONNECTING)
		http_call_connect_failed(call, HTTP_FAIL_CONNECT, "the connection cannot be made");
	else if (request == NULL || call->state != CALL_READING)
		http_call_broken(call, conn->head.bytes == 0,
				 conn->error != NULL ? conn->error : "the connection failed");
	else {
		/* Bytes after the response belong to no request. */
		if (evbuffer_get_length(bufferevent_get_input(conn->bev)) > 0)
			conn->reusable = false;
		http_call_complete(call);
	}
}
