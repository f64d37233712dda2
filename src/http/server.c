/* Owns the frame of the server: opening, the hook, the sweep of deadlines, draining, closing. Never
 * touches the bytes of a request. Called by the composition root (open, drain, close), by the loop
 * (hook, sweep), and by /metrics (counters). */
#include "http/server.h"

#include <assert.h>
#include <stdlib.h>

#include "http/server_parts.h"

const struct http_limits http_limits_default = {
    .max_head = 16 << 10,
    .max_body = 64 << 10,
    .head_ms = 10000,
    .body_ms = 30000,
    .idle_ms = 60000,
    .write_ms = 30000,
    .linger_ms = 2000,
    .linger_bytes = 256 << 10,
    .connections = 10000,
    .max_memory = 256 << 20,
};

enum {
	SWEEP_MS = 5,      /* between two sweeps at least */
	SWEEP_TURN = 256,  /* connections in one sweep, so that it does not stall the loop */
	STARVED_COST = 16, /* a starved connection counts as so many: making room compares others */
	STARVED_MS = 100,  /* the wait of a starved connection for memory of others */
	SMALL_REPLY = 1 << 14,
	LARGE_TURN = 1 << 20, /* bytes of larger replies in one turn: about a millisecond */
};

static const uint64_t rewatch_every_ns = 1000000000;

/* ---- deadlines ---- */

void server_arm_sweep(struct http_server *server, uint64_t at_ns)
{
	const uint64_t now_ns = loop_mono_ns(server->loop);
	const uint64_t wait_ns = at_ns > now_ns ? at_ns - now_ns : 0;
	const uint64_t wait_ms = wait_ns / 1000000 < SWEEP_MS ? SWEEP_MS : wait_ns / 1000000 + 1;

	if (server->sweep_at_ns != 0 && server->sweep_at_ns <= at_ns)
		return;
	server->sweep_at_ns = at_ns;
	(void)event_add(server->sweep,
			&(struct timeval){.tv_sec = (time_t)(wait_ms / 1000),
					  .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)});
}

static int sweep_phase(struct http_server *server, enum phase phase, int budget)
{
	const uint64_t now_ns = loop_mono_ns(server->loop);
	struct connection *c;

	while (budget > 0 && (c = TAILQ_FIRST(&server->phases[phase])) != NULL &&
	       c->since_ns + server->phase_ns[phase] <= now_ns) {
		connection_expire(c);
		if (c == TAILQ_FIRST(&server->phases[phase]))
			break; /* its bytes are parsed in this turn */
		budget -= phase == PHASE_STARVED ? STARVED_COST : 1;
	}
	return budget;
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;
	int budget = SWEEP_TURN;

	(void)fd, (void)what;
	server->sweep_at_ns = 0;
	for (enum phase phase = PHASE_IDLE; phase < PHASES; phase++) {
		if (server->phase_ns[phase] == 0)
			continue;
		budget = sweep_phase(server, phase, budget);
		const struct connection *next = TAILQ_FIRST(&server->phases[phase]);
		if (next != NULL)
			server_arm_sweep(server, next->since_ns + server->phase_ns[phase]);
	}
}

/* ---- the end of the turn ---- */

static void free_dead(struct http_server *server)
{
	struct connection *c;

	while ((c = TAILQ_FIRST(&server->phases[PHASE_DEAD])) != NULL) {
		TAILQ_REMOVE(&server->phases[PHASE_DEAD], c, link);
		free(c);
	}
}

/* libevent does not tell which socket the kernel refused to watch. This is rare, so all sockets are
 * watched again, at most once a second because the reason may last. */
static void rewatch(struct http_server *server)
{
	const uint64_t now_ns = loop_mono_ns(server->loop);
	struct connection *c, *next;

	if (server->rewatched_ns != 0 && now_ns - server->rewatched_ns < rewatch_every_ns) {
		server_arm_sweep(server, server->rewatched_ns + rewatch_every_ns);
		return;
	}
	server->failed_watches = loop_failed_watches(server->loop);
	server->rewatched_ns = now_ns;
	for (size_t i = 0; i < server->n_listeners; i++)
		listener_rewatch(&server->listeners[i]);
	for (enum phase phase = PHASE_IDLE; phase < PHASE_DEAD; phase++) {
		for (c = TAILQ_FIRST(&server->phases[phase]); c != NULL; c = next) {
			const short watched = c->watched;
			next = TAILQ_NEXT(c, link);
			connection_watch(c, 0);
			connection_watch(c, watched);
			if (c->unparsed &&
			    c->phase != PHASE_DEAD) /* event_del has dropped the activation */
				event_active(&c->event, EV_READ, 0);
		}
	}
	loop_again(server->loop);
}

/* Takes each connection off the list and sends. In a turn only LARGE_TURN bytes of large replies
 * leave, in their order, so that they do not delay the small replies of other clients. */
static void flush(struct http_server *server)
{
	size_t large = 0;
	struct connection *c;

	for (size_t n = server->n_flush; n > 0 && (c = TAILQ_FIRST(&server->flush)) != NULL; n--) {
		const size_t owed = c->x->out.n - c->x->out_at + c->x->tail.n;
		if (owed > SMALL_REPLY && large >= LARGE_TURN) {
			TAILQ_REMOVE(&server->flush, c, flushing);
			TAILQ_INSERT_TAIL(&server->flush, c, flushing);
			continue;
		}
		large += owed > SMALL_REPLY ? owed : 0;
		connection_flush(c);
	}
	if (server->n_flush > 0)
		loop_again(server->loop);
}

static void hook(void *arg)
{
	struct http_server *server = arg;

	flush(server);
	(void)memory_make_room(server, 0, NULL);
	memory_feed_starved(server);
	if (server->failed_watches != loop_failed_watches(server->loop))
		rewatch(server);
	free_dead(server);
	if (!TAILQ_EMPTY(&server->calls))
		event_active(server->calling, 0, 0);
	server->hook_ns = loop_mono_ns(server->loop);
}

void server_wake(struct http_server *server)
{
	if (server->hook_ns == loop_mono_ns(server->loop))
		loop_again(server->loop);
}

/* ---- open and close ---- */

static void set_limits(struct http_server *server, const struct http_limits *limits)
{
	static const uint64_t ns_per_ms = 1000000;

	server->limits = *limits;
	server->phase_ns[PHASE_IDLE] = limits->idle_ms * ns_per_ms;
	server->phase_ns[PHASE_HEAD] = limits->head_ms * ns_per_ms;
	server->phase_ns[PHASE_BODY] = limits->body_ms * ns_per_ms;
	server->phase_ns[PHASE_STARVED] = STARVED_MS * ns_per_ms;
	server->phase_ns[PHASE_PULL] = limits->body_ms * ns_per_ms;
	server->phase_ns[PHASE_PUSH] = limits->write_ms * ns_per_ms;
	server->phase_ns[PHASE_WRITE] = limits->write_ms * ns_per_ms;
	server->phase_ns[PHASE_SKIP] = limits->body_ms * ns_per_ms;
	server->phase_ns[PHASE_LINGER] = limits->linger_ms * ns_per_ms;
}

enum err http_server_open(struct loop *loop, const char *listen, const struct http_limits *limits,
			  const struct http_handlers *handlers, void *arg, struct http_server **out)
{
	struct http_server *server = calloc(1, sizeof(*server));
	enum err err = ERR_NO_MEMORY;

	if (server == NULL)
		return ERR_NO_MEMORY;
	server->loop = loop;
	server->handlers = *handlers;
	server->arg = arg;
	server->date_second = UINT64_MAX;
	for (int i = 0; i < PHASES; i++)
		TAILQ_INIT(&server->phases[i]);
	TAILQ_INIT(&server->flush);
	TAILQ_INIT(&server->calls);
	set_limits(server, limits);
	server->sweep = evtimer_new(loop_events(loop), on_sweep, server);
	server->calling = event_new(loop_events(loop), -1, 0, stream_on_calls, server);
	if (server->sweep == NULL || server->calling == NULL)
		goto fail;
	err = http_server_listen(server, listen, NULL);
	if (err != ERR_OK)
		goto fail;
	loop_add_hook(loop, hook, server);
	*out = server;
	return ERR_OK;
fail:
	if (server->sweep != NULL)
		event_free(server->sweep);
	if (server->calling != NULL)
		event_free(server->calling);
	free(server);
	return err;
}

enum err http_server_listen(struct http_server *server, const char *listen,
			    const struct http_tls *tls)
{
	if (server->n_listeners == HTTP_LISTENERS_MAX)
		return ERR_TOO_LARGE;
	struct listener *l = &server->listeners[server->n_listeners];
	const enum err err = listener_open(l, server, listen, tls);
	if (err == ERR_OK)
		server->n_listeners++;
	return err;
}

const char *http_server_address(const struct http_server *server, size_t i)
{
	return i < server->n_listeners ? server->listeners[i].address : NULL;
}

bool http_server_sockaddr(const struct http_server *server, size_t i, struct sockaddr_storage *out)
{
	socklen_t n = sizeof(*out);
	return i < server->n_listeners &&
	       getsockname(server->listeners[i].fd, (struct sockaddr *)out, &n) == 0;
}

void server_has_room(struct http_server *server)
{
	for (size_t i = 0; i < server->n_listeners; i++)
		listener_left(&server->listeners[i]);
}

static void close_listeners(struct http_server *server)
{
	for (size_t i = 0; i < server->n_listeners; i++)
		listener_close(&server->listeners[i]);
}

const struct http_counters *http_server_counters(const struct http_server *server)
{
	return &server->counters;
}

const struct http_limits *http_server_limits(const struct http_server *server)
{
	return &server->limits;
}

void http_server_drain(struct http_server *server)
{
	static const enum phase incomplete[] = {PHASE_HEAD, PHASE_BODY, PHASE_STARVED};
	struct connection *c;

	if (server->draining)
		return;
	server->draining = true;
	close_listeners(server);
	while ((c = TAILQ_FIRST(&server->phases[PHASE_IDLE])) != NULL)
		connection_close(c);
	for (size_t i = 0; i < sizeof(incomplete) / sizeof(incomplete[0]); i++)
		while ((c = TAILQ_FIRST(&server->phases[incomplete[i]])) != NULL)
			connection_refuse(c, 503, "the server is shutting down: try again");
	loop_again(server->loop); /* the replies leave in the next hook */
}

bool http_server_drained(const struct http_server *server)
{
	return server->draining && server->counters.open == 0 && server->counters.in_progress == 0;
}

/* A hook cannot be removed from the loop, so the loop must not turn any more. */
void http_server_close(struct http_server *server)
{
	struct connection *c;

	if (server == NULL)
		return;
	server->draining = true;
	close_listeners(server);
	for (enum phase phase = PHASE_IDLE; phase < PHASE_DEAD; phase++)
		while ((c = TAILQ_FIRST(&server->phases[phase])) != NULL)
			connection_close(c);
	free_dead(server);
	exchange_free_all(server);
	event_free(server->sweep);
	event_free(server->calling);
	free(server);
}

const struct text *http_request_header(const struct http_request *req, struct text name)
{
	for (size_t i = 0; i < req->n_headers; i++)
		if (req->headers[i].name.n == name.n && text_ieq(req->headers[i].name, name))
			return &req->headers[i].value;
	return NULL;
}
