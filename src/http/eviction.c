/* Owns the choice of the connection that is closed when there is no room for another one. Never
 * closes a connection whose request is in its handler, or whose reply leaves in this turn. Called
 * by the listener, at the limit of connections or of descriptors, and by memory.c. */
#include <poll.h>
#include <sys/socket.h>

#include "http/server_parts.h"

enum {
	PEEKED = 8, /* connections whose sockets are checked before one of them is closed */
	/* Connections of each phase that are compared, the oldest first. Comparing more would cost
	 * more than accepting, and the youngest have had no time to show their pace. */
	COMPARED = 128,
	PACE = 4096,   /* bytes that a client should move in a second */
	CREDIT = 1024, /* bytes added to each, so that a new connection is not the slowest */
};

static bool has_unread(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* After a long turn the next request of an idle connection may already be in its socket. */
static struct connection *longest_idle(struct http_server *server)
{
	struct connection_list *idle = &server->phases[PHASE_IDLE];
	struct connection *c = TAILQ_FIRST(idle);

	for (int i = 0; c != NULL && i < PEEKED && has_unread(c); i++)
		c = TAILQ_NEXT(c, link);
	return c != NULL ? c : TAILQ_FIRST(idle);
}

/* In ms: the time since the last byte, and the time by which the client is behind PACE. The bytes
 * of the average second would say less: a client that sends 60 KB at once and then stops looks fast
 * for a minute, and a client that has just begun, and waits for its round trip, looks slow. The
 * second term is for clients that drip. Bytes in the buffer of the kernel say nothing about the
 * client, so it begins with no bytes when the socket becomes full. The phase of a stream begins
 * again with each piece, so its window counts as well. */
static uint64_t lateness_of(const struct connection *c, uint64_t now_ns)
{
	const uint64_t silent_ms = (now_ns - c->moved_ns) / 1000000;
	const uint64_t elapsed_ms = (now_ns - c->since_ns + c->x->window_ns) / 1000000;
	const uint64_t earned_ms = (c->moved + c->x->window_bytes + CREDIT) * 1000 / PACE;

	return silent_ms + (elapsed_ms > earned_ms ? elapsed_ms - earned_ms : 0);
}

/* True if the client waits for this server: a long turn leaves bytes unread and replies unsent. */
static bool client_is_ready(const struct connection *c)
{
	struct pollfd socket = {.fd = c->fd, .events = POLLOUT};

	if (c->watched != EV_WRITE)
		return has_unread(c);
	return poll(&socket, 1, 0) == 1 && socket.revents == POLLOUT;
}

struct choice {
	uint64_t now_ns;
	struct connection *late, *ready; /* ready: in case that no client is late */
	uint64_t late_ms, ready_ms;
	int peeks;
};

static void compare(struct choice *choice, struct connection *c)
{
	const uint64_t ms = lateness_of(c, choice->now_ns);

	if (choice->late != NULL && ms <= choice->late_ms)
		return;
	if (choice->peeks == 0 || !client_is_ready(c)) {
		choice->late = c;
		choice->late_ms = ms;
		return;
	}
	choice->peeks--;
	if (choice->ready == NULL || ms > choice->ready_ms) {
		choice->ready = c;
		choice->ready_ms = ms;
	}
}

/* Looks at the phases in which the client must send or read. */
static struct connection *slowest(struct http_server *server, const struct connection *spared)
{
	static const enum phase phases[] = {PHASE_HEAD, PHASE_BODY,  PHASE_PULL,
					    PHASE_PUSH, PHASE_WRITE, PHASE_SKIP};
	struct choice choice = {.now_ns = loop_mono_ns(server->loop), .peeks = PEEKED};
	struct connection *c;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		int n = 0;
		TAILQ_FOREACH(c, &server->phases[phases[i]], link)
		{
			if (c != spared && !c->flush_queued)
				compare(&choice, c);
			if (++n == COMPARED)
				break;
		}
	}
	return choice.late != NULL ? choice.late : choice.ready;
}

static bool evict(struct http_server *server, struct connection *c)
{
	if (c == NULL)
		return false;
	server->counters.evicted++;
	connection_close(c);
	return true;
}

bool evict_slowest(struct http_server *server, const struct connection *spared)
{
	return evict(server, slowest(server, spared));
}

bool evict_one(struct http_server *server)
{
	struct connection *c = longest_idle(server);

	if (c == NULL) /* a lingering client has its reply already */
		c = TAILQ_FIRST(&server->phases[PHASE_LINGER]);
	if (c == NULL)
		c = slowest(server, NULL);
	return evict(server, c);
}
