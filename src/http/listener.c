/* Owns the listening socket: its address, accepting, the limits, the reserve descriptor. Never
 * reads from a connection, and never chooses a connection to close (eviction.c). Called by server.c
 * (open, close), by libevent, and by connection.c when a connection closes. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "http/server_parts.h"

enum {
	ACCEPT_TURN = 64, /* connections accepted in one turn */
	SHED_TURN = 16,   /* ... and closed at once, at the descriptor limit */
	PAUSE_MS = 100,   /* until the next try to accept: ten tries a second cost nothing */
	BACKLOG = 4096,
};

static const uint64_t complain_every_ns = 1000000000;

/* ---- address ---- */

static bool parse_port(struct text t, in_port_t *port)
{
	uint64_t value;

	if (t.n == 0 || t.n > 5 || !text_to_u64(t, &value) || value > UINT16_MAX)
		return false;
	*port = htons((uint16_t)value);
	return true;
}

/* "1.2.3.4:80", "[::1]:80", ":80" (every address of both families). */
static bool parse_listen(const char *listen, union peer *out)
{
	const char *colon = strrchr(listen, ':');
	char host[INET6_ADDRSTRLEN + 2];
	in_port_t port;

	if (colon == NULL || (size_t)(colon - listen) >= sizeof(host) ||
	    !parse_port(text_of(colon + 1), &port))
		return false;
	const size_t n = (size_t)(colon - listen);
	memcpy(host, listen, n);
	host[n] = '\0';
	memset(out, 0, sizeof(*out));
	if (n > 0 && host[0] != '[') {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = port;
		return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1;
	}
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = port;
	if (n == 0)
		return true;
	if (host[n - 1] != ']')
		return false;
	host[n - 1] = '\0';
	return inet_pton(AF_INET6, host + 1, &out->v6.sin6_addr) == 1;
}

static void write_address(struct listener *l)
{
	union peer name = {0};
	socklen_t length = sizeof(name);
	char host[INET6_ADDRSTRLEN] = "";
	const bool known = getsockname(l->fd, &name.any, &length) == 0;

	if (known && name.any.sa_family == AF_INET)
		(void)snprintf(l->address, sizeof(l->address), "%s:%u",
			       inet_ntop(AF_INET, &name.v4.sin_addr, host, sizeof(host)),
			       (unsigned)ntohs(name.v4.sin_port));
	else if (known)
		(void)snprintf(l->address, sizeof(l->address), "[%s]:%u",
			       inet_ntop(AF_INET6, &name.v6.sin6_addr, host, sizeof(host)),
			       (unsigned)ntohs(name.v6.sin6_port));
}

/* Accepted sockets inherit TCP_NODELAY: one call for all instead of one call for each. */
static int bind_socket(const union peer *at, bool both_families)
{
	static const int on = 1;
	const int only_v6 = both_families ? 0 : 1;
	const bool v6 = at->any.sa_family == AF_INET6;
	const int fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    (!v6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof(only_v6)) == 0) &&
	    bind(fd, &at->any, v6 ? sizeof(at->v6) : sizeof(at->v4)) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	const int saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

static int open_socket(const char *listen, union peer *at)
{
	const bool any = listen[0] == ':';
	const int fd = bind_socket(at, any);

	if (fd >= 0 || !any || (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
		return fd;
	/* The machine has no IPv6. */
	const in_port_t port = at->v6.sin6_port;
	memset(at, 0, sizeof(*at));
	at->v4.sin_family = AF_INET;
	at->v4.sin_port = port;
	return bind_socket(at, false);
}

/* ---- accepting ---- */

static void set_accepting(struct listener *l, bool accepting)
{
	if (l->accepting == accepting || l->listening == NULL)
		return;
	l->accepting = accepting;
	if (accepting) {
		(void)event_add(l->listening, NULL);
	} else {
		(void)event_del(l->listening);
		l->server->counters.accept_paused++;
	}
}

static void open_reserve(struct listener *l)
{
	if (l->reserve_fd < 0)
		l->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd, (void)what;
	open_reserve(l);
	set_accepting(l, true);
}

static void complain(struct listener *l, int error)
{
	const uint64_t now_ns = loop_mono_ns(l->server->loop);

	if (l->complained_ns != 0 && now_ns - l->complained_ns < complain_every_ns)
		return;
	l->complained_ns = now_ns;
	log_error("http.accept_failed", LOG_STR("reason", strerror(error)),
		  LOG_U64("open", l->server->counters.open));
}

/* No descriptor is left, and no connection can be closed to free one. The reserve descriptor
 * accepts clients and closes them, so that they do not wait in the backlog. */
static void shed(struct listener *l)
{
	for (int i = 0; i < SHED_TURN && l->reserve_fd >= 0; i++) {
		(void)close(l->reserve_fd);
		const int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			(void)close(fd);
		l->reserve_fd = -1;
		open_reserve(l);
		if (fd < 0)
			break;
	}
}

/* No connection can be closed. Without a pause the loop would spin, because the socket stays
 * readable. The pause ends early when a connection closes. */
static void pause_accepting(struct listener *l)
{
	set_accepting(l, false);
	(void)event_add(l->resume, &(struct timeval){.tv_usec = PAUSE_MS * 1000});
}

void listener_left(struct listener *l)
{
	if (!l->server->draining && l->server->counters.open < l->server->limits.connections)
		set_accepting(l, true);
}

enum accepted {
	ACCEPTED, /* or the client has left already */
	NOBODY_WAITS,
	NO_ROOM,       /* at the connection limit */
	NO_DESCRIPTOR, /* or no memory for one */
};

static enum accepted accept_one(struct listener *l)
{
	union peer peer;
	socklen_t length = sizeof(peer);

	if (l->server->counters.open >= l->server->limits.connections)
		return NO_ROOM;
	const int fd = accept4(l->fd, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		if (connection_open(l, fd, &peer) != ERR_OK)
			(void)close(fd);
		return ACCEPTED;
	}
	if (errno == EAGAIN)
		return NOBODY_WAITS;
	if (errno == ECONNABORTED || errno == EINTR)
		return ACCEPTED;
	complain(l, errno);
	return NO_DESCRIPTOR;
}

/* A connection is evicted only for a new connection that certainly exists: the first of a turn,
 * because the socket was readable. */
static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd, (void)what;
	for (int i = 0; i < ACCEPT_TURN; i++) {
		const enum accepted result = accept_one(l);
		if (result == ACCEPTED)
			continue;
		if (result == NOBODY_WAITS || i > 0)
			return;
		if (evict_one(l->server))
			continue;
		if (result == NO_DESCRIPTOR)
			shed(l);
		pause_accepting(l);
		return;
	}
}

/* ---- open and close ---- */

enum err listener_open(struct listener *l, struct http_server *server, const char *listen,
		       const struct http_tls *tls)
{
	struct event_base *events = loop_events(server->loop);
	union peer at;

	*l = (struct listener){.server = server,
			       .transport = tls != NULL ? &transport_tls : &transport_plain,
			       .tls = tls,
			       .fd = -1,
			       .reserve_fd = -1};
	if (!parse_listen(listen, &at))
		return ERR_INVALID;
	l->fd = open_socket(listen, &at);
	if (l->fd < 0)
		return errno == EADDRINUSE ? ERR_BUSY : ERR_IO;
	write_address(l);
	open_reserve(l);
	l->resume = evtimer_new(events, on_resume, l);
	l->listening = event_new(events, l->fd, EV_READ | EV_PERSIST, on_accept, l);
	if (l->resume != NULL && l->listening != NULL) {
		set_accepting(l, true);
		return ERR_OK;
	}
	listener_close(l);
	return ERR_NO_MEMORY;
}

void listener_rewatch(struct listener *l)
{
	if (!l->accepting)
		return;
	(void)event_del(l->listening);
	(void)event_add(l->listening, NULL);
}

void listener_close(struct listener *l)
{
	if (l->listening != NULL)
		event_free(l->listening);
	if (l->resume != NULL)
		event_free(l->resume);
	l->listening = l->resume = NULL;
	l->accepting = false;
	if (l->fd >= 0)
		(void)close(l->fd);
	if (l->reserve_fd >= 0)
		(void)close(l->reserve_fd);
	l->fd = l->reserve_fd = -1;
}
