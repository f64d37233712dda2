/* Owns the client: TLS context, resolver, pools, idle connections, the callbacks that are owed.
 * Never speaks HTTP itself; frees nothing before the end of the turn.
 * Called by delivery, and by main for opening and closing. */
#include "http/client.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "http/client_parts.h"

static void on_ended(evutil_socket_t fd, short what, void *arg);
static void on_idle(evutil_socket_t fd, short what, void *arg);
static void free_dead(void *arg);

uint64_t client_now_ns(const struct http_client *client)
{
	const struct clock *clock = loop_clock(client->loop);
	return clock->mono_ns(clock);
}

/* ---- client ---- */

static enum err set_up(struct http_client *c, const struct http_client_config *config,
		       const char **why)
{
	struct event_base *base = loop_events(c->loop);
	if ((c->tls = client_tls_new(config->ca_file, why)) == NULL)
		return ERR_INVALID;
	const struct name_servers_config servers = {
	    .list = config->nameservers,
	    .resolv_conf = config->resolv_conf,
	    .hosts = config->hosts,
	};
	enum err err =
	    resolver_open(c->loop, &servers, &c->counters.dns_queries, &c->resolver, why);
	if (err != ERR_OK)
		return err;
	*why = "no memory for the HTTP client";
	c->ended_event = event_new(base, -1, 0, on_ended, c);
	c->idle_event = event_new(base, -1, 0, on_idle, c);
	return c->ended_event != NULL && c->idle_event != NULL ? ERR_OK : ERR_NO_MEMORY;
}

enum err http_client_open(struct loop *loop, const struct http_client_config *config,
			  struct http_client **out, const char **why)
{
	struct http_client *c = calloc(1, sizeof(*c));
	*why = "no memory for the HTTP client";
	if (c == NULL)
		return ERR_NO_MEMORY;
	c->loop = loop;
	c->idle_ms = config->idle_ms;
	if (config->allowed != NULL)
		c->allowed = *config->allowed;
	TAILQ_INIT(&c->ended);
	TAILQ_INIT(&c->dead_calls);
	TAILQ_INIT(&c->idle);
	TAILQ_INIT(&c->dead);
	enum err err = set_up(c, config, why);
	if (err != ERR_OK) {
		http_client_close(c);
		return err;
	}
	loop_add_hook(loop, free_dead, c);
	*out = c;
	return ERR_OK;
}

enum err http_client_reload(struct http_client *c, const char *ca_file, const char **why)
{
	struct stat st;
	*why = "the CA file is not a regular file";
	if (ca_file != NULL && stat(ca_file, &st) == 0 && !S_ISREG(st.st_mode))
		return ERR_INVALID; /* a pipe would hold the loop until somebody wrote to it */
	SSL_CTX *fresh = client_tls_new(ca_file, why);
	if (fresh == NULL)
		return ERR_INVALID;
	SSL_CTX_free(c->tls); /* the sessions that use it hold it */
	c->tls = fresh;
	return ERR_OK;
}

void http_client_refuse_own(struct http_client *client, const struct sockaddr *listening)
{
	own_addresses_add(&client->own, listening);
}

void http_client_close(struct http_client *client)
{
	if (client == NULL)
		return;
	free_dead(client);
	if (client->ended_event != NULL)
		event_free(client->ended_event);
	if (client->idle_event != NULL)
		event_free(client->idle_event);
	resolver_close(client->resolver);
	SSL_CTX_free(client->tls);
	free(client);
}

const struct http_client_counters *http_client_counters(const struct http_client *client)
{
	return &client->counters;
}

/* ---- pools ---- */

struct http_pool *http_pool_open(struct http_client *client, uint32_t idle_max)
{
	struct http_pool *pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return NULL;
	pool->client = client;
	pool->idle_max = idle_max;
	TAILQ_INIT(&pool->idle);
	TAILQ_INIT(&pool->calls);
	return pool;
}

void http_pool_close(struct http_pool *pool)
{
	struct http_call *call;
	struct outgoing *conn;
	if (pool == NULL)
		return;
	while ((call = TAILQ_FIRST(&pool->calls)) != NULL)
		http_call_cancel(call);
	while ((conn = TAILQ_FIRST(&pool->idle)) != NULL)
		outgoing_retire(conn);
	free(pool);
}

struct http_call *http_pool_call(struct http_pool *pool, const struct http_call_spec *spec,
				 http_call_fn *done, void *arg)
{
	struct http_call *call = call_new(pool, spec, done, arg);
	if (call == NULL)
		return NULL;
	pool->client->counters.calls++;
	TAILQ_INSERT_TAIL(&pool->calls, call, in_pool);
	call_start(call);
	return call;
}

/* ---- what ended ---- */

void client_call_ended(struct http_client *client, struct http_call *call)
{
	TAILQ_INSERT_TAIL(&client->ended, call, in_list);
	event_active(client->ended_event, EV_TIMEOUT, 1);
}

/* Calls back for what ended so far; a callback may start, cancel and close what it likes. */
static void on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	struct http_call *call;
	(void)fd;
	(void)what;
	while ((call = TAILQ_FIRST(&c->ended)) != NULL) {
		TAILQ_REMOVE(&c->ended, call, in_list);
		TAILQ_REMOVE(&call->pool->calls, call, in_pool);
		client_call_dead(c, call);
		call->done(call->arg, &call->result);
	}
}

void client_call_dead(struct http_client *client, struct http_call *call)
{
	TAILQ_INSERT_TAIL(&client->dead_calls, call, in_list);
}

/* The loop's hook: nothing of this turn is on the stack any more. */
static void free_dead(void *arg)
{
	struct http_client *c = arg;
	struct http_call *call;
	struct outgoing *conn;
	while ((call = TAILQ_FIRST(&c->dead_calls)) != NULL) {
		TAILQ_REMOVE(&c->dead_calls, call, in_list);
		call_free(call);
	}
	while ((conn = TAILQ_FIRST(&c->dead)) != NULL) {
		TAILQ_REMOVE(&c->dead, conn, in_list);
		outgoing_free(conn);
	}
}

/* ---- idle connections ---- */

static void arm_idle(struct http_client *c, uint64_t ns)
{
	struct timeval tv = {
	    .tv_sec = (time_t)(ns / 1000000000),
	    .tv_usec = (suseconds_t)(ns % 1000000000 / 1000),
	};
	/* Without memory the next connection that becomes idle tries again. */
	(void)event_add(c->idle_event, &tv);
}

static void on_idle(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	struct outgoing *conn;
	uint64_t now = client_now_ns(c), limit = (uint64_t)c->idle_ms * 1000000;
	(void)fd;
	(void)what;
	while ((conn = TAILQ_FIRST(&c->idle)) != NULL) {
		uint64_t idle = now - conn->idle_since_ns;
		if (idle < limit) {
			arm_idle(c, limit - idle + 1000000);
			return;
		}
		outgoing_retire(conn);
	}
}

uint32_t http_pool_established(const struct http_pool *pool)
{
	return pool->n_established;
}

void outgoing_release(struct outgoing *conn)
{
	struct http_client *c = conn->client;
	struct http_pool *pool = conn->pool;
	conn->call = NULL;
	if (!conn->reusable || pool->n_idle >= pool->idle_max) {
		outgoing_retire(conn);
		return;
	}
	conn->state = CONN_IDLE;
	conn->idle_since_ns = client_now_ns(c);
	TAILQ_INSERT_HEAD(&pool->idle, conn, in_pool);
	TAILQ_INSERT_TAIL(&c->idle, conn, in_list);
	pool->n_idle++;
	if (!event_pending(c->idle_event, EV_TIMEOUT, NULL))
		arm_idle(c, (uint64_t)c->idle_ms * 1000000);
}

static void unlist_idle(struct outgoing *conn)
{
	TAILQ_REMOVE(&conn->pool->idle, conn, in_pool);
	TAILQ_REMOVE(&conn->client->idle, conn, in_list);
	conn->pool->n_idle--;
}

static bool same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->port == b->port && strcmp(a->host, b->host) == 0;
}

struct outgoing *outgoing_take(struct http_pool *pool, const struct url *url)
{
	struct outgoing *conn;
	while ((conn = TAILQ_FIRST(&pool->idle)) != NULL) {
		assert(conn->pool == pool);
		unlist_idle(conn);
		conn->state = CONN_BUSY;
		if (same_origin(&conn->origin, url)) {
			conn->reused = true;
			pool->client->counters.reuses++;
			return conn;
		}
		outgoing_retire(conn);
	}
	return NULL;
}

void outgoing_retire(struct outgoing *conn)
{
	struct http_client *c = conn->client;
	if (conn->state == CONN_DEAD)
		return;
	if (conn->state == CONN_IDLE)
		unlist_idle(conn);
	if (conn->state != CONN_CONNECTING)
		conn->pool->n_established--;
	conn->state = CONN_DEAD;
	conn->call = NULL;
	conn->pool = NULL;
	c->counters.connections--;
	TAILQ_INSERT_TAIL(&c->dead, conn, in_list);
	/* Retired outside the dispatch, it must not wait for the next event to be closed. */
	event_active(c->ended_event, EV_TIMEOUT, 1);
}
