/* Owns the server's one memory budget. When it is spent, waiting replies are sent first, then the
 * slowest connections are closed; a request that still finds no room gets a 503. Never allocates or
 * frees a buffer itself. Called where a buffer changes its size, and before a handler gets a
 * request. */
#include <assert.h>

#include "http/server_parts.h"

enum { EVICTED_AT_ONCE = 8 }; /* so that making room does not stall the loop */

void memory_count(struct exchange *x)
{
	const size_t held = sizeof(*x) + x->in_cap + x->out.cap + x->request.arena.allocated;

	x->server->counters.memory += held - x->held;
	x->held = held;
}

void memory_uncount(struct exchange *x)
{
	assert(x->server->counters.memory >= x->held);
	x->server->counters.memory -= x->held;
	x->held = 0;
}

bool memory_has_room(const struct http_server *server, size_t n)
{
	return server->counters.memory + n <= server->limits.max_memory;
}

/* Sends the replies that wait for the end of the turn. The reply of `self` is not complete yet. */
static void send_replies(struct http_server *server, const struct connection *self)
{
	struct connection *c, *next;

	for (c = TAILQ_FIRST(&server->flush); c != NULL; c = next) {
		next = TAILQ_NEXT(c, flushing);
		if (c != self)
			connection_flush(c);
	}
}

bool memory_make_room(struct http_server *server, size_t n, const struct connection *self)
{
	if (memory_has_room(server, n) || server->making_room)
		return memory_has_room(server, n);
	server->making_room = true; /* sending may call this function again */
	send_replies(server, self);
	for (int i = 0; i < EVICTED_AT_ONCE && !memory_has_room(server, n); i++)
		if (!evict_slowest(server, self))
			break;
	server->making_room = false;
	return memory_has_room(server, n);
}

void memory_feed_starved(struct http_server *server)
{
	struct connection *c;

	while ((c = TAILQ_FIRST(&server->phases[PHASE_STARVED])) != NULL &&
	       exchange_grow(c->x) == GROW_DONE)
		connection_read_on(c);
}
