/*
 * Owns the rule that the load goes to loopback only, and the calls that prepare a run.
 * Never runs during a measurement, because its calls block.
 * Called by session.c, run.c, compare.c, floor.c and receiver_command.c.
 */
#include "target.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "response.h"

static bool target_is_loopback(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	const struct sockaddr_in6 *in6 = (const void *)address;
	return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

/* Splits "host:port", "[v6]:port" or "host" into host and port. */
static bool target_split(struct text t, char host[100], char port[6])
{
	struct text name = t, number = TEXT("80");
	const char *colon = t.n == 0 ? NULL : memrchr(t.p, ':', t.n);
	if (colon != NULL && t.p[t.n - 1] != ']') {
		name = text_from(t.p, (size_t)(colon - t.p));
		number = text_from(colon + 1, t.n - name.n - 1);
	}
	if (name.n > 1 && name.p[0] == '[' && name.p[name.n - 1] == ']')
		name = text_from(name.p + 1, name.n - 2);
	if (name.n == 0 || name.n >= 100 || number.n == 0 || number.n >= 6)
		return false;
	snprintf(host, 100, "%.*s", TEXT_ARGS(name));
	snprintf(port, 6, "%.*s", TEXT_ARGS(number));
	return true;
}

/* "localhost" is 127.0.0.1 here, so a loopback target needs no name server. */
static bool target_resolve(struct text t, bool names, struct target *out)
{
	char host[100], port[6];
	struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	if (!target_split(t, host, port))
		return false;
	if (strcmp(host, "localhost") == 0)
		strcpy(host, "127.0.0.1");
	if (!names)
		hints.ai_flags |= AI_NUMERICHOST;
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return false;
	memset(out, 0, sizeof *out);
	memcpy(&out->address, found->ai_addr, found->ai_addrlen);
	out->address_size = found->ai_addrlen;
	snprintf(out->host, sizeof out->host, "%.*s", TEXT_ARGS(t));
	freeaddrinfo(found);
	return true;
}

bool target_parse(const char *url, bool any_host, struct target *out)
{
	struct text t = text_of(url), rest;
	if (!text_starts(t, TEXT("http://"))) {
		fprintf(stderr, "referd-bench: %s: the target must be http://HOST:PORT\n", url);
		return false;
	}
	text_cut(text_from(t.p + 7, t.n - 7), '/', &t, &rest);
	if (rest.n > 0) {
		fprintf(stderr, "referd-bench: %s: remove the path after the port\n", url);
		return false;
	}
	if (!target_resolve(t, any_host, out) ||
	    (!any_host && !target_is_loopback(&out->address))) {
		fprintf(stderr,
			"referd-bench: %s is not a loopback address. To send load to another\n"
			"machine that you own, add --i-own-this-host\n",
			url);
		return false;
	}
	return true;
}

bool targets_parse(const char *const *urls, unsigned n, bool any_host, struct targets *out)
{
	for (out->n = 0; out->n < n; out->n++)
		if (!target_parse(urls[out->n], any_host, &out->at[out->n]))
			return false;
	return n > 0;
}

bool target_parse_listen(const char *text, struct target *out)
{
	if (target_resolve(text_of(text), false, out))
		return true;
	fprintf(stderr, "referd-bench: --listen %s: must be ADDRESS:PORT\n", text);
	return false;
}

bool target_name_socket(int fd, char *out, size_t size)
{
	struct sockaddr_storage address = {0};
	socklen_t n = sizeof address;
	char host[64], port[8];
	if (getsockname(fd, (struct sockaddr *)&address, &n) != 0)
		return false;
	if (getnameinfo((struct sockaddr *)&address, n, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return false;
	snprintf(out, size, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return true;
}

static int target_connect(const struct target *t)
{
	struct timeval limit = {.tv_sec = 30};
	int fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (const struct sockaddr *)&t->address, t->address_size) == 0)
		return fd;
	close(fd);
	return -1;
}

static void target_format_call(const struct target *t, const char *method, const char *path,
			       const char *token, const char *json, struct buf *out)
{
	buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, path,
		   t->host);
	if (token != NULL)
		buf_printf(out, "Authorization: Bearer %s\r\n", token);
	if (json != NULL)
		buf_printf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			   strlen(json));
	buf_printf(out, "\r\n%s", json == NULL ? "" : json);
}

/* Reads one complete response and moves its body to the front. */
static int target_read(int fd, struct buf *in)
{
	struct response r;
	buf_reset(in);
	for (;;) {
		if (!buf_reserve(in, 4096))
			return 0;
		ssize_t n = recv(fd, in->p + in->n, 4096, 0);
		if (n <= 0)
			return 0;
		in->n += (size_t)n;
		enum response_state state = response_parse(buf_view(in), &r);
		if (state == RESPONSE_BAD)
			return 0;
		if (state == RESPONSE_WHOLE)
			break;
	}
	if (r.body.n > 0)
		memmove(in->p, r.body.p, r.body.n);
	in->n = r.body.n;
	return r.status;
}

int target_call(const struct target *t, const char *method, const char *path, const char *token,
		const char *json, struct buf *body)
{
	struct buf out = {0};
	int status = 0;
	int fd = target_connect(t);
	if (fd < 0)
		return 0;
	target_format_call(t, method, path, token, json, &out);
	if (!out.failed && send(fd, out.p, out.n, MSG_NOSIGNAL) == (ssize_t)out.n)
		status = target_read(fd, body);
	buf_free(&out);
	close(fd);
	return status;
}
