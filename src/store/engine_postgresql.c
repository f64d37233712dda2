/* Owns the life of the PostgreSQL engine, and the moments at which it sends and wakes. Never knows
 * a statement. Called by the commands that open a database by its address, and by the store.
 */
#include <event2/event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/engine_postgresql_parts.h"

enum { POLL_MS = 50 };

const char *pg_decimal(uint64_t value, char *out)
{
	(void)snprintf(out, 24, "%llu", (unsigned long long)value);
	return out;
}

/* ---- sending and waking ---- */

void pg_wake(struct engine_pg *e)
{
	e->woken = true;
	e->owes_wake = false;
	if (e->wake != NULL)
		e->wake(e->wake_arg);
}

void pg_send_later(struct engine_pg *e)
{
	if (e->later != NULL)
		event_active(e->later, EV_TIMEOUT, 0);
}

void pg_wake_later(struct engine_pg *e)
{
	e->owes_wake = true;
	pg_send_later(e);
}

static void work(struct engine_pg *e)
{
	pg_reads_send(&e->reads);
	pg_reads_send(&e->queries);
	pg_node_send(e);
	if (e->owes_wake)
		pg_wake(e);
}

static void on_later(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	work(arg);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct engine_pg *e = arg;
	(void)fd;
	(void)what;
	/* The clock of the timer may be ahead of the link's clock. */
	const struct timeval pause = {.tv_usec = 20000};
	for (size_t i = 0; i < e->n_links; i++) {
		if (e->links[i].state == LINK_DOWN)
			pg_link_process(&e->links[i]);
		if (e->links[i].state == LINK_DOWN)
			(void)event_add(e->retry, &pause);
	}
}

static void poll_links(struct engine_pg *e)
{
	struct pollfd fds[PG_LINKS] = {0};
	for (size_t i = 0; i < e->n_links; i++)
		fds[i].fd = pg_link_poll(&e->links[i], &fds[i].events);
	(void)poll(fds, e->n_links, POLL_MS);
	for (size_t i = 0; i < e->n_links; i++) {
		pg_link_tend(&e->links[i]);
		if (fds[i].fd < 0 || fds[i].revents != 0)
			pg_link_process(&e->links[i]);
	}
}

static void engine_wait(struct engine *engine)
{
	struct engine_pg *e = pg_self(engine);
	e->woken = false;
	for (work(e); !e->woken; work(e))
		poll_links(e);
}

static void engine_set_wake(struct engine *engine, engine_wake_fn *wake, void *arg)
{
	pg_self(engine)->wake = wake;
	pg_self(engine)->wake_arg = arg;
}

static void engine_tend(struct engine *engine)
{
	struct engine_pg *e = pg_self(engine);
	for (size_t i = 0; i < e->n_links; i++)
		pg_link_tend(&e->links[i]);
	pg_reads_tend(&e->reads);
	pg_reads_tend(&e->queries);
	pg_commit_tend(e);
	pg_node_tend(e);
}

/* ---- the view of commands ---- */

static enum err commands_view(struct engine *engine)
{
	return pg_reads_view(&pg_self(engine)->reads);
}

static enum err commands_get(struct engine *engine, uint8_t kind, struct text key,
			     struct text *value)
{
	return pg_reads_get(&pg_self(engine)->reads, kind, key, value);
}

static enum err commands_scan(struct engine *engine, const struct engine_scan *scan,
			      engine_row_fn *take, void *arg)
{
	return pg_reads_scan(&pg_self(engine)->reads, scan, take, arg);
}

static struct engine *engine_reader(struct engine *engine)
{
	return &pg_self(engine)->queries.engine;
}

/* ---- opening and closing ---- */

static void on_writer_lost(struct pg_link *link)
{
	pg_commit_on_lost(link->engine);
	pg_node_on_lost(link->engine);
}

static void engine_close_pg(struct engine *engine)
{
	struct engine_pg *e = pg_self(engine);
	for (size_t i = 0; i < e->n_links; i++)
		pg_link_close(&e->links[i]);
	if (e->later != NULL)
		event_free(e->later);
	if (e->retry != NULL)
		event_free(e->retry);
	pg_reads_free(&e->reads);
	pg_reads_free(&e->queries);
	pg_commit_free(e);
	pg_params_free(&e->params);
	pg_row_free(&e->row);
	buf_free(&e->sum);
	if (e->first == NULL)
		pg_tables_free(e->tables);
	free(e->address);
	free(e->node_name);
	free(e);
}

static enum err open_second(struct engine *engine, struct engine **out);

static const struct engine_ops postgresql_ops = {
    .adds = true,
    .view = commands_view,
    .reader = engine_reader,
    .get = commands_get,
    .scan = commands_scan,
    .commit = pg_commit,
    .second = open_second,
    .locked = pg_commit_locked,
    .epoch = pg_node_epoch,
    .take_ids = pg_node_take_ids,
    .node = pg_node_number,
    .now_ms = pg_now_ms,
    .health = pg_health,
    .set_wake = engine_set_wake,
    .wait = engine_wait,
    .tend = engine_tend,
    .close = engine_close_pg,
};

static bool make_events(struct engine_pg *e)
{
	if (e->events == NULL)
		return true;
	e->later = event_new(e->events, -1, 0, on_later, e);
	e->retry = evtimer_new(e->events, on_retry, e);
	return e->later != NULL && e->retry != NULL;
}

/* The links and views of an engine that is all zero otherwise. An engine without a node commits
 * nothing, and all of its reads must see one snapshot. */
static void prepare(struct engine_pg *e, bool has_node)
{
	enum err end = has_node ? ERR_OK : ERR_IO;
	e->engine.ops = &postgresql_ops;
	e->node.replaced = !has_node;
	e->n_links = e->first == NULL ? PG_LINKS : PG_LINKS - 1;
	e->reader = (struct pg_link){
	    .engine = e, .reads = &e->reads, .name = "reader", .on_lost = pg_reads_on_lost};
	e->inquirer = (struct pg_link){
	    .engine = e, .reads = &e->queries, .name = "queries", .on_lost = pg_reads_on_lost};
	e->writer = (struct pg_link){
	    .engine = e, .reads = &e->reads, .name = "writer", .on_lost = on_writer_lost};
	e->reads = (struct pg_reads){.e = e, .link = &e->reader, .end = end};
	e->queries = (struct pg_reads){
	    .engine = {&pg_queries_ops}, .e = e, .link = &e->inquirer, .end = ERR_CONFLICT};
}

static enum err open_engine(const struct engine_postgresql_config *config,
			    const struct engine_pg *first, struct engine **out, const char **why)
{
	struct engine_pg *e = calloc(1, sizeof *e);
	*why = "out of memory";
	if (e == NULL)
		return ERR_NO_MEMORY;
	e->events = config->events;
	e->first = first;
	prepare(e, config->node_name != NULL);
	e->address = strdup(config->address);
	if (config->node_name != NULL)
		e->node_name = strdup(config->node_name);
	e->tables = first != NULL
			? first->tables
			: pg_tables_new(config->kinds, config->n_kinds, config->raw_kinds);
	enum err err = ERR_NO_MEMORY;
	bool named = config->node_name == NULL || e->node_name != NULL;
	if (e->address != NULL && named && e->tables != NULL && make_events(e))
		err = pg_open_database(e, why);
	if (err != ERR_OK) {
		engine_close_pg(&e->engine);
		return err;
	}
	for (size_t i = 0; i < e->n_links; i++) {
		pg_link_heard(&e->links[i]);
		pg_link_start(&e->links[i]);
	}
	*out = &e->engine;
	return ERR_OK;
}

enum err engine_postgresql_open(const struct engine_postgresql_config *config, struct engine **out,
				const char **why)
{
	return open_engine(config, NULL, out, why);
}

/* While an engine without a loop waits for one connection, no other connection makes progress. So
 * such an engine has no second engine, whose locks it may have to wait for. */
static enum err open_second(struct engine *engine, struct engine **out)
{
	const struct engine_pg *e = pg_self(engine);
	char name[300];
	const char *why;
	if (e->events == NULL || e->node_name == NULL || e->first != NULL)
		return ERR_NOT_FOUND;
	int n = snprintf(name, sizeof name, "%s (second)", e->node_name);
	if (n < 0 || (size_t)n >= sizeof name)
		return ERR_NOT_FOUND;
	const struct engine_postgresql_config config = {
	    .address = e->address, .node_name = name, .events = e->events};
	enum err err = open_engine(&config, e, out, &why);
	if (err != ERR_OK)
		log_error("store.second_connection_failed", LOG_STR("reason", why));
	return err;
}
