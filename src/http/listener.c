/* Owns the listening socket: the address, accepting, the connection limit, the reserve descriptor.
 * Never reads from a connection; it may close one to make room for another.
 * Called by server.c (open, close), by libevent, and by connection.c when somebody left. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "http/connection.h"

enum {
	ACCEPT_TURN = 64, /* connections taken in one turn */
	SHED_TURN = 16,   /* ... and turned away, at the descriptor limit */
	PAUSE_MS = 100, /* before accepting is tried again then: ten tries a second cost nothing */
	BACKLOG = 4096,
	PEEKED = 8, /* idle connections looked at for one that is truly idle */
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

static void write_address(struct http_server *server)
{
	union peer name = {0};
	socklen_t length = sizeof(name);
	char host[INET6_ADDRSTRLEN] = "";
	const bool known = getsockname(server->listen_fd, &name.any, &length) == 0;

	if (known && name.any.sa_family == AF_INET)
		(void)snprintf(server->address, sizeof(server->address), "%s:%u",
			       inet_ntop(AF_INET, &name.v4.sin_addr, host, sizeof(host)),
			       (unsigned)ntohs(name.v4.sin_port));
	else if (known)
		(void)snprintf(server->address, sizeof(server->address), "[%s]:%u",
			       inet_ntop(AF_INET6, &name.v6.sin6_addr, host, sizeof(host)),
			       (unsigned)ntohs(name.v6.sin6_port));
}

/* TCP_NODELAY is inherited by what is accepted: one call for all instead of one for each. */
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
	/* A machine without IPv6. */
	const in_port_t port = at->v6.sin6_port;
	memset(at, 0, sizeof(*at));
	at->v4.sin_family = AF_INET;
	at->v4.sin_port = port;
	return bind_socket(at, false);
}

/* ---- accepting ---- */

static void set_accepting(struct http_server *server, bool accepting)
{
	if (server->accepting == accepting || server->listening == NULL)
		return;
	server->accepting = accepting;
	if (accepting) {
		(void)event_add(server->listening, NULL);
	} else {
		(void)event_del(server->listening);
		server->counters.accept_paused++;
	}
}

static void open_reserve(struct http_server *server)
{
	if (server->reserve_fd < 0)
		server->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;

	(void)fd, (void)what;
	open_reserve(server);
	if (server->counters.open < server->limits.connections)
		set_accepting(server, true);
}

static void complain(struct http_server *server, int error)
{
	const uint64_t now_ns = loop_mono_ns(server->loop);

	if (server->complained_ns != 0 && now_ns - server->complained_ns < complain_every_ns)
		return;
	server->complained_ns = now_ns;
	log_error("http.accept_failed", LOG_STR("reason", strerror(error)),
		  LOG_U64("open", server->counters.open));
}

/* No descriptor is left. With the reserve's, clients are told so by a close instead of waiting in
 * the backlog; then we rest, or the loop would spin on a socket that stays readable. */
static void shed(struct http_server *server, int error)
{
	complain(server, error);
	for (int i = 0; i < SHED_TURN && server->reserve_fd >= 0; i++) {
		(void)close(server->reserve_fd);
		const int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			(void)close(fd);
		server->reserve_fd = -1;
		open_reserve(server);
		if (fd < 0)
			break;
	}
	set_accepting(server, false);
	(void)event_add(server->resume, &(struct timeval){.tv_usec = PAUSE_MS * 1000});
}

/* ---- the connection limit ---- */

static bool has_unread(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* The longest idle; after a long turn its next request may already be waiting, so look first. */
static struct connection *longest_idle(struct http_server *server)
{
	struct connection_list *idle = &server->phases[PHASE_IDLE];
	struct connection *c = TAILQ_FIRST(idle);

	for (int i = 0; c != NULL && i < PEEKED && has_unread(c); i++)
		c = TAILQ_NEXT(c, link);
	return c != NULL ? c : TAILQ_FIRST(idle);
}

/* The oldest incomplete request. One that lingers was answered and goes before it. */
static struct connection *slowest_sender(struct http_server *server)
{
	struct connection *lingers = TAILQ_FIRST(&server->phases[PHASE_LINGER]);
	struct connection *head = TAILQ_FIRST(&server->phases[PHASE_HEAD]);
	struct connection *body = TAILQ_FIRST(&server->phases[PHASE_BODY]);

	if (lingers != NULL)
		return lingers;
	if (head == NULL || body == NULL)
		return head != NULL ? head : body;
	return head->since_ns <= body->since_ns ? head : body;
}

static bool make_room(struct http_server *server)
{
	struct connection *c;

	if (server->counters.open < server->limits.connections)
		return true;
	c = longest_idle(server);
	if (c == NULL)
		c = slowest_sender(server);
	if (c == NULL)
		return false;
	server->counters.evicted++;
	connection_close(c);
	return true;
}

void listener_left(struct http_server *server)
{
	if (!server->draining && server->counters.open < server->limits.connections &&
	    !evtimer_pending(server->resume, NULL))
		set_accepting(server, true);
}

static bool accept_one(struct http_server *server)
{
	union peer peer;
	socklen_t length = sizeof(peer);
	const int fd = accept4(server->listen_fd, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		if (connection_open(server, fd, &peer) != ERR_OK)
			(void)close(fd);
		return true;
	}
	if (errno == ECONNABORTED || errno == EINTR)
		return true;
	if (errno != EAGAIN)
		shed(server, errno);
	return false;
}

/* Somebody is evicted only for a newcomer who is certainly there: the first of a turn, as the
 * socket was readable. */
static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;

	(void)fd, (void)what;
	for (int i = 0; i < ACCEPT_TURN; i++) {
		if (server->counters.open >= server->limits.connections && i > 0)
			return;
		if (!make_room(server)) {
			set_accepting(server, false);
			return;
		}
		if (!accept_one(server))
			return;
	}
}

/* ---- open and close ---- */

enum err listener_open(struct http_server *server, const char *listen)
{
	union peer at;

	if (!parse_listen(listen, &at))
		return ERR_INVALID;
	server->listen_fd = open_socket(listen, &at);
	if (server->listen_fd < 0)
		return errno == EADDRINUSE ? ERR_BUSY : ERR_IO;
	write_address(server);
	open_reserve(server);
	server->resume = evtimer_new(loop_events(server->loop), on_resume, server);
	server->listening = event_new(loop_events(server->loop), server->listen_fd,
				      EV_READ | EV_PERSIST, on_accept, server);
	if (server->resume != NULL && server->listening != NULL) {
		set_accepting(server, true);
		return ERR_OK;
	}
	listener_close(server);
	return ERR_NO_MEMORY;
}

void listener_close(struct http_server *server)
{
	if (server->listening != NULL)
		event_free(server->listening);
	if (server->resume != NULL)
		event_free(server->resume);
	server->listening = server->resume = NULL;
	server->accepting = false;
	if (server->listen_fd >= 0)
		(void)close(server->listen_fd);
	if (server->reserve_fd >= 0)
		(void)close(server->reserve_fd);
	server->listen_fd = server->reserve_fd = -1;
}
