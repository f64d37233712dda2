/* Owns the choice of the connection that is closed when there is no room for another one. Never
 * closes a connection whose request is in its handler, or whose reply leaves in this turn. Called
 * by the listener, at the limit of connections or of descriptors, and by memory.c. */
#include <sys/socket.h>

#include "http/server_parts.h"

enum {
	PEEKED = 8, /* idle connections that are checked for unread bytes */
	/* Connections of each phase that are compared, the oldest first. Comparing more would cost
	 * more than accepting, and the youngest have had no time to show their pace. */
	COMPARED = 128,
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

/* In bytes per second, since the phase began or since the socket was last full: bytes in the buffer
 * of the kernel say nothing about the client. The phase of a stream begins again with each piece,
 * so its window counts as well. */
static uint64_t rate_of(const struct connection *c, uint64_t now_ns)
{
	const uint64_t elapsed_ms = (now_ns - c->since_ns + c->x->window_ns) / 1000000;

	return (c->moved + c->x->window_bytes + CREDIT) * 1000 / (elapsed_ms + 1);
}

/* Looks at the phases in which the client must send or read. */
static struct connection *slowest(struct http_server *server, const struct connection *spared)
{
	static const enum phase phases[] = {PHASE_HEAD, PHASE_BODY,  PHASE_PULL,
					    PHASE_PUSH, PHASE_WRITE, PHASE_SKIP};
	const uint64_t now_ns = loop_mono_ns(server->loop);
	struct connection *found = NULL, *c;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		int n = 0;
		TAILQ_FOREACH(c, &server->phases[phases[i]], link)
		{
			const bool eligible = c != spared && !c->flush_queued;
			const uint64_t rate = eligible ? rate_of(c, now_ns) : UINT64_MAX;
			if (rate < least) {
				found = c;
				least = rate;
			}
			if (++n == COMPARED)
				break;
		}
	}
	return found;
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
