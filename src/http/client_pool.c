/* Owns the pools: the calls of each pool, and the idle connections that later calls reuse. Never
 * speaks HTTP (client_connection.c). Called by delivery and api through http/client.h, and by
 * client_call.c for each connection that it needs or no longer needs. */
#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

#include "http/client_parts.h"

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

uint32_t http_pool_established(const struct http_pool *pool)
{
	return pool->n_established;
}

struct http_call *http_pool_call(struct http_pool *pool, const struct http_call_spec *spec,
				 http_call_fn *done, void *arg)
{
	struct http_call *call = http_call_new(pool, spec, done, arg);
	if (call == NULL)
		return NULL;
	pool->client->counters.calls++;
	TAILQ_INSERT_TAIL(&pool->calls, call, in_pool);
	http_call_start(call);
	return call;
}

/* ---- idle connections ---- */

static void arm_idle(struct http_client *c, uint64_t ns)
{
	struct timeval tv = {
	    .tv_sec = (time_t)(ns / 1000000000),
	    .tv_usec = (suseconds_t)(ns % 1000000000 / 1000),
	};
	/* If there is no memory for the timer, the next connection that becomes idle tries again.
	 */
	(void)event_add(c->idle_event, &tv);
}

void client_on_idle(evutil_socket_t fd, short what, void *arg)
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
	assert(conn->state == CONN_IDLE && conn->pool->n_idle > 0);
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
	if (conn->state != CONN_CONNECTING) {
		assert(conn->pool->n_established > 0);
		conn->pool->n_established--;
	}
	conn->state = CONN_DEAD;
	conn->call = NULL;
	conn->pool = NULL;
	c->counters.connections--;
	TAILQ_INSERT_TAIL(&c->dead, conn, in_list);
	/* A connection that is retired outside the dispatch closes without waiting for an event. */
	event_active(c->ended_event, EV_TIMEOUT, 1);
}
