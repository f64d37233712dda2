/* Owns the end of requests that wait for too long: a client gets 503, and the handler keeps the
 * request. Never knows the cause of the wait. Called by the composition root while the database is
 * away. */
#include "http/server_parts.h"

/* A 503 cannot follow bytes that are not sent yet, or a reply that is sent in pieces. */
static bool may_be_given_up(const struct exchange *x)
{
	return x->framing == FRAMING_WHOLE && !x->endless && x->on_body == NULL &&
	       x->on_more == NULL && x->out.n == 0;
}

/* The handler still has the request, whose reply will be dropped. A fresh exchange sends the 503,
 * and the connection closes after it. */
static void give_up(struct connection *c, const char *reason)
{
	const enum http_method method = c->x->request.method;
	struct exchange *x = exchange_take(c->server);

	connection_release(c);
	if (x == NULL) {
		connection_close(c);
		return;
	}
	c->x = x;
	x->conn = c;
	reply_write_error(c->server, &x->out, 503, reason, method);
	x->closing = x->refused = true;
	connection_replied(c);
}

size_t http_server_give_up(struct http_server *server, uint64_t older_ms, const char *reason)
{
	const uint64_t now_ns = loop_mono_ns(server->loop), older_ns = older_ms * 1000000;
	struct connection *next;
	size_t n = 0;

	for (struct connection *c = TAILQ_FIRST(&server->phases[PHASE_HANDLER]); c != NULL;
	     c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->since_ns + older_ns > now_ns)
			break; /* the later requests have waited less */
		if (!may_be_given_up(c->x))
			continue;
		give_up(c, reason);
		n++;
	}
	return n;
}
