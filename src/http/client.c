/* Owns the client's TLS context and resolver, and the callbacks of ended calls. Never speaks HTTP,
 * and never frees a call or connection before the end of the turn. Called by the composition root,
 * which opens and closes the client, and by client_call.c and client_pool.c. */
#include "http/client.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "http/client_parts.h"

static void on_ended(evutil_socket_t fd, short what, void *arg);
static void free_dead(void *arg);

uint64_t client_now_ns(const struct http_client *client)
{
	const struct clock *clock = loop_clock(client->loop);
	return clock->mono_ns(clock);
}

/* ---- opening and closing ---- */

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
	enum err err = resolver_open(c->loop, &servers, config->dns_cache_ms,
				     &c->counters.dns_queries, &c->resolver, why);
	if (err != ERR_OK)
		return err;
	*why = "no memory for the HTTP client";
	c->ended_event = event_new(base, -1, 0, on_ended, c);
	c->idle_event = event_new(base, -1, 0, client_on_idle, c);
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
		return ERR_INVALID; /* a pipe would block the loop until a process wrote to it */
	SSL_CTX *fresh = client_tls_new(ca_file, why);
	if (fresh == NULL)
		return ERR_INVALID;
	SSL_CTX_free(c->tls); /* sessions that use it keep a reference */
	c->tls = fresh;
	return ERR_OK;
}

void http_client_refuse_own(struct http_client *client, const struct sockaddr *listening)
{
	own_addresses_add(&client->own, listening);
}

bool http_client_refuse_peers(struct http_client *client, const struct sockaddr_storage *addresses,
			      size_t n)
{
	struct sockaddr_storage *copy = n == 0 ? NULL : malloc(n * sizeof *copy);
	if (n > 0 && copy == NULL)
		return false;
	if (n > 0)
		memcpy(copy, addresses, n * sizeof *copy);
	free(client->peers);
	client->peers = copy;
	client->n_peers = n;
	return true;
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
	free(client->peers);
	free(client);
}

const struct http_client_counters *http_client_counters(const struct http_client *client)
{
	return &client->counters;
}

/* ---- ended calls ---- */

void client_call_ended(struct http_client *client, struct http_call *call)
{
	TAILQ_INSERT_TAIL(&client->ended, call, in_list);
	event_active(client->ended_event, EV_TIMEOUT, 1);
}

/* Calls the callbacks of the ended calls. A callback may start and cancel calls and close pools. */
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

/* The loop's hook: no callback of this turn is on the stack any more. */
static void free_dead(void *arg)
{
	struct http_client *c = arg;
	struct http_call *call;
	struct outgoing *conn;
	while ((call = TAILQ_FIRST(&c->dead_calls)) != NULL) {
		TAILQ_REMOVE(&c->dead_calls, call, in_list);
		http_call_free(call);
	}
	while ((conn = TAILQ_FIRST(&c->dead)) != NULL) {
		TAILQ_REMOVE(&c->dead, conn, in_list);
		outgoing_free(conn);
	}
}
