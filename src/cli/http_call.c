/* Owns one blocking HTTP/1.1 exchange with the server at --listen. Never judges the response.
 * Called by the commands that call the running server.
 */
#include "http_call.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ROOM = 16384, TIMEOUT_S = 30, CONNECT_S = 5 };

/* Bytes from the socket that are not used yet. */
struct input {
	struct http_call *call;
	int fd;
	size_t at, end;
	char room[ROOM];
};

struct head {
	bool has_length, chunked, no_body;
	uint64_t length;
};

static bool fail(struct http_call *call, const char *what, const char *detail)
{
	snprintf(call->why, sizeof call->why, "http://%s%s %s%s%s", call->listen, call->target,
		 what, detail == NULL ? "" : ": ", detail == NULL ? "" : detail);
	return false;
}

/* ---- connecting ---- */

/* The address at which this machine reaches a server that listens on `listen`. */
static bool split_address(const char *listen, char host[256], char port[16])
{
	const char *colon = strrchr(listen, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - listen);
	if (colon == NULL || n >= 256 || strlen(colon + 1) >= 16)
		return false;
	memcpy(host, listen, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	if (n > 1 && host[0] == '[') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
	if (host[0] == '\0' || strcmp(host, "0.0.0.0") == 0)
		memcpy(host, "127.0.0.1", sizeof "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		memcpy(host, "::1", sizeof "::1");
	return true;
}

static void set_timeout(int fd, unsigned seconds)
{
	const struct timeval t = {.tv_sec = (time_t)seconds};
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
}

static int connect_to(struct http_call *call)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found;
	char host[256], port[16];
	if (!split_address(call->listen, host, port)) {
		snprintf(call->why, sizeof call->why,
			 "--listen %s must be ADDRESS:PORT, for example 127.0.0.1:8080",
			 call->listen);
		return -1;
	}
	int problem = getaddrinfo(host, port, &hints, &found);
	if (problem != 0) {
		fail(call, "cannot be reached", gai_strerror(problem));
		return -1;
	}
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		set_timeout(fd, CONNECT_S);
		if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	if (fd < 0)
		fail(call, "cannot be reached: check --listen, and that referd is running",
		     strerror(errno));
	freeaddrinfo(found);
	return fd;
}

/* ---- sending ---- */

static bool send_all(int fd, struct text t)
{
	while (t.n > 0) {
		ssize_t sent = send(fd, t.p, t.n, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		t = text_from(t.p + sent, t.n - (size_t)sent);
	}
	return true;
}

static void write_header(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s: %s\r\n", name, value);
}

static bool send_head(const struct http_call *call, int fd)
{
	struct buf head = {0};
	bool has_body = call->body_size > 0 || call->body.n > 0;
	uint64_t size = call->body_size > 0 ? call->body_size : call->body.n;
	buf_printf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", call->method,
		   call->target, call->listen[0] == ':' ? "localhost" : call->listen);
	if (call->token != NULL)
		buf_printf(&head, "Authorization: Bearer %s\r\n", call->token);
	write_header(&head, "Content-Type", call->content_type);
	if (has_body || strcmp(call->method, "GET") != 0)
		buf_printf(&head, "Content-Length: %llu\r\n", (unsigned long long)size);
	buf_str(&head, "\r\n");
	bool ok = !head.failed && send_all(fd, buf_view(&head));
	buf_free(&head);
	return ok;
}

/* False if the file is shorter than the Content-Length that was sent. */
static bool send_file(struct http_call *call, int fd)
{
	char room[ROOM];
	uint64_t left = call->body_size;
	while (left > 0) {
		size_t want = left < sizeof room ? (size_t)left : sizeof room;
		ssize_t got = read(call->body_fd, room, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fail(call, "did not get the whole file",
				    got < 0 ? strerror(errno)
					    : "the file became shorter during the transfer");
		if (!send_all(fd, text_from(room, (size_t)got)))
			break; /* the response will say why */
		left -= (uint64_t)got;
	}
	return true;
}

static bool send_request(struct http_call *call, int fd)
{
	if (!send_head(call, fd))
		return fail(call, "did not accept the request", strerror(errno));
	if (call->body_size > 0)
		return send_file(call, fd);
	(void)!send_all(fd, call->body);
	return true;
}

/* ---- reading ---- */

/* Appends bytes from the socket to the buffer. Returns 0 at the end, or a negative number after a
 * failure. */
static ssize_t fill(struct input *in)
{
	if (in->at > 0) {
		memmove(in->room, in->room + in->at, in->end - in->at);
		in->end -= in->at;
		in->at = 0;
	}
	ssize_t got;
	do
		got = recv(in->fd, in->room + in->end, sizeof in->room - in->end, 0);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		in->end += (size_t)got;
	return got;
}

static bool cut_short(struct input *in, ssize_t got)
{
	bool silent = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	return fail(in->call,
		    in->call->status == 0 ? "did not answer" : "did not finish its response",
		    silent    ? "it sent nothing for too long"
		    : got < 0 ? strerror(errno)
			      : "the connection was closed");
}

/* Reads a line, without its end. It is valid until the next read. */
static bool read_line(struct input *in, struct text *line)
{
	for (;;) {
		char *start = in->room + in->at;
		char *end = memchr(start, '\n', in->end - in->at);
		if (end != NULL) {
			*line = text_trim(text_from(start, (size_t)(end - start)));
			in->at += (size_t)(end - start) + 1;
			return true;
		}
		if (in->end - in->at == sizeof in->room)
			return fail(in->call, "does not speak HTTP", "a line is too long");
		ssize_t got = fill(in);
		if (got <= 0)
			return cut_short(in, got);
	}
}

/* Passes n bytes to on_body, or with to_end all bytes up to the end of the connection. */
static bool pass_on(struct input *in, uint64_t n, bool to_end)
{
	struct http_call *call = in->call;
	while (to_end || n > 0) {
		ssize_t got = 1;
		if (in->at == in->end)
			got = fill(in);
		if (got == 0 && to_end)
			return true;
		if (got <= 0)
			return cut_short(in, got);
		size_t have = in->end - in->at;
		if (!to_end && have > n)
			have = (size_t)n;
		if (call->on_body != NULL &&
		    !call->on_body(call->arg, call->status, text_from(in->room + in->at, have)))
			return fail(call, "sent a response that could not be written to its end",
				    NULL);
		in->at += have;
		n -= to_end ? 0 : have;
	}
	return true;
}

static bool read_chunks(struct input *in)
{
	struct text line;
	for (;;) {
		uint64_t size = 0;
		size_t digits = 0;
		if (!read_line(in, &line))
			return false;
		for (; digits < line.n && digits < 15; digits++) {
			const char *hex = "0123456789abcdef";
			const char *found = strchr(hex, line.p[digits] | 0x20);
			if (line.p[digits] == '\0' || found == NULL)
				break;
			size = size * 16 + (uint64_t)(found - hex);
		}
		if (digits == 0)
			return fail(in->call, "does not speak HTTP", "a chunk has no size");
		if (size == 0)
			return true;
		if (!pass_on(in, size, false) || !read_line(in, &line))
			return false;
	}
}

static bool read_status(struct input *in)
{
	struct text line = {0};
	uint64_t status;
	if (!read_line(in, &line))
		return false;
	if (line.n < 12 || !text_starts(line, TEXT("HTTP/1.")) ||
	    !text_to_u64(text_from(line.p + 9, 3), &status))
		return fail(in->call, "does not speak HTTP", NULL);
	in->call->status = (int)status;
	return true;
}

static bool read_head(struct input *in, struct head *head)
{
	struct text line = {0}, name, value;
	*head = (struct head){0};
	if (!read_status(in))
		return false;
	for (;;) {
		if (!read_line(in, &line))
			return false;
		if (line.n == 0)
			break;
		text_cut(line, ':', &name, &value);
		value = text_trim(value);
		if (text_ieq(name, TEXT("Content-Length")))
			head->has_length = text_to_u64(value, &head->length);
		else if (text_ieq(name, TEXT("Transfer-Encoding")))
			head->chunked = text_ieq(value, TEXT("chunked"));
	}
	int status = in->call->status;
	head->no_body = status == 204 || status == 304 || strcmp(in->call->method, "HEAD") == 0;
	return true;
}

static bool read_answer(struct http_call *call, int fd)
{
	struct input in = {.call = call, .fd = fd};
	struct head head;
	do
		if (!read_head(&in, &head))
			return false;
	while (call->status < 200);
	if (head.no_body)
		return true;
	if (head.chunked)
		return read_chunks(&in);
	return pass_on(&in, head.length, !head.has_length);
}

bool http_call_run(struct http_call *call)
{
	call->status = 0;
	call->why[0] = '\0';
	int fd = connect_to(call);
	if (fd < 0)
		return false;
	set_timeout(fd, call->timeout_s == 0 ? TIMEOUT_S : call->timeout_s);
	bool ok = send_request(call, fd) && read_answer(call, fd);
	close(fd);
	return ok;
}
