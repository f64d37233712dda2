/*
 * A real server on port 0 in the test's own loop, and real client sockets. Nothing sleeps: await()
 * turns the loop until a condition holds or sixty seconds are over.
 */
#ifndef TEST_SERVER_WORLD_H
#define TEST_SERVER_WORLD_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "http/server.h"

enum { MAX_LATER = 64, BIG = 8 << 20 };

struct world {
	struct loop *loop;
	struct http_server *server;
	struct sockaddr_in at;
	struct http_request *later[MAX_LATER]; /* of paths that begin with /later, in order */
	int n_later;
	char *big;
	struct text seen_host, seen_header; /* of the last request */
	char seen[64];
};

/* A client: its socket and everything that it received. */
struct client {
	int fd;
	struct buf got;
	bool eof, reset;
};

static inline void reply_text(struct http_request *req, struct text body)
{
	http_reply(req, &(struct http_reply){
			    .status = 200, .content_type = TEXT("text/plain"), .body = body});
}

static inline void world_handle(void *arg, struct http_request *req)
{
	struct world *w = arg;

	if (text_starts(req->path, TEXT("/later"))) {
		assert_in_range(w->n_later, 0, MAX_LATER - 1);
		w->later[w->n_later++] = req;
	} else if (text_eq(req->path, TEXT("/echo"))) {
		reply_text(req, req->body);
	} else if (text_eq(req->path, TEXT("/host"))) {
		reply_text(req, req->host);
	} else if (text_eq(req->path, TEXT("/big"))) {
		reply_text(req, text_from(w->big, BIG));
	} else if (text_eq(req->path, TEXT("/none"))) {
		http_reply(req, &(struct http_reply){.status = 204});
	} else if (text_eq(req->path, TEXT("/close"))) {
		http_reply(req, &(struct http_reply){.status = 200, .close = true});
	} else {
		reply_text(req, TEXT("hello"));
	}
}

static const struct http_handlers world_handlers = {.request = world_handle};

static inline void world_open_at(struct world *w, const struct http_limits *limits,
				 const struct http_handlers *handlers, const struct clock *clock)
{
	*w = (struct world){.at = {.sin_family = AF_INET}};
	w->big = calloc(1, BIG);
	w->loop = loop_new(clock);
	assert_non_null(w->big);
	assert_non_null(w->loop);
	assert_int_equal(http_server_open(w->loop, "127.0.0.1:0", limits, handlers, w, &w->server),
			 ERR_OK);
	const char *colon = strrchr(http_server_address(w->server, 0), ':');
	w->at.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	w->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static inline void world_open_with(struct world *w, const struct http_limits *limits,
				   const struct http_handlers *handlers)
{
	world_open_at(w, limits, handlers, &clock_system);
}

static inline void world_open(struct world *w, const struct http_limits *limits)
{
	world_open_with(w, limits, &world_handlers);
}

static inline void world_close(struct world *w)
{
	http_server_close(w->server);
	loop_free(w->loop);
	free(w->big);
}

static inline const struct http_counters *counters(const struct world *w)
{
	return http_server_counters(w->server);
}

static inline void turn(struct world *w)
{
	loop_again(w->loop);
	loop_turn(w->loop);
}

/* Turns the loop until `condition` holds. */
#define await(w, condition)                                                                        \
	do {                                                                                       \
		const uint64_t until_ns = clock_system.mono_ns(&clock_system) + 60000000000;       \
		while (!(condition)) {                                                             \
			if (clock_system.mono_ns(&clock_system) > until_ns)                        \
				fail_msg("not within 60 s: %s", #condition);                       \
			turn(w);                                                                   \
			(void)poll(NULL, 0, (condition) ? 0 : 1);                                  \
		}                                                                                  \
	} while (0)

static inline struct client client_open(const struct world *w)
{
	struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};

	assert_true(c.fd >= 0);
	/* The backlog takes the connection before the server accepts it. */
	assert_int_equal(connect(c.fd, (const struct sockaddr *)&w->at, sizeof(w->at)), 0);
	return c;
}

static inline void client_close(struct client *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	buf_free(&c->got);
}

static inline void client_send(struct client *c, struct text t)
{
	while (t.n > 0) {
		const ssize_t n = send(c->fd, t.p, t.n, MSG_NOSIGNAL);
		assert_true(n > 0);
		t = text_from(t.p + n, t.n - (size_t)n);
	}
}

/** Reads the available bytes; true at the end of the stream or after a reset. */
static inline bool client_ended(struct client *c)
{
	static char chunk[1 << 16];
	ssize_t n;

	while (!c->eof && (n = recv(c->fd, chunk, sizeof(chunk), MSG_DONTWAIT)) != -1) {
		c->eof = n == 0;
		buf_add(&c->got, chunk, (size_t)n);
	}
	if (!c->eof && errno != EAGAIN)
		c->eof = c->reset = true;
	return c->eof;
}

/** How often `what` occurs in the received bytes. */
static inline int client_has(struct client *c, const char *what)
{
	int n = 0;

	(void)client_ended(c);
	buf_char(&c->got, '\0');
	c->got.n--;
	for (const char *p = c->got.p; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

#endif
