/* Owns the life of a connection to PostgreSQL: its beginning, its events, its loss, and the next
 * attempt. Never knows what a statement is for. Called by the other files of the engine.
 */
#include <event2/event.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/engine_postgresql_parts.h"

static const uint64_t RETRY_NS = 100000000, CONNECT_NS = 10000000000;

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pg_link_process(arg);
}

static void unwatch(struct pg_link *link)
{
	if (link->readable != NULL)
		event_free(link->readable);
	if (link->writable != NULL)
		event_free(link->writable);
	link->readable = link->writable = NULL;
	link->wants_write = false;
}

/* The socket changes while libpq tries the hosts one after another. */
static void watch(struct pg_link *link)
{
	struct event_base *base = link->engine->events;
	int fd = PQsocket(link->conn);
	unwatch(link);
	if (base == NULL || fd < 0)
		return;
	link->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_event, link);
	link->writable = event_new(base, fd, EV_WRITE, on_event, link);
	if (link->readable == NULL || link->writable == NULL ||
	    event_add(link->readable, NULL) != 0)
		link->broken = true;
}

static void on_notice(void *arg, const PGresult *result)
{
	struct pg_link *link = arg;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (severity == NULL || strcmp(severity, "WARNING") != 0)
		return;
	link->warned = true;
	log_warn("store.warning", LOG_STR("connection", link->name),
		 LOG_STR("sqlstate", state == NULL ? "" : state),
		 LOG_STR("message", text == NULL ? "" : text));
}

static void drop_connection(struct pg_link *link)
{
	unwatch(link);
	PQfinish(link->conn);
	link->conn = NULL;
	link->state = LINK_DOWN;
	link->broken = link->failed = link->warned = link->answered = false;
	link->first = link->n_answers = 0;
	memset(link->known, 0, sizeof link->known);
	link->known_own = 0;
}

void pg_link_lose(struct pg_link *link, const char *why)
{
	log_warn("store.connection_lost", LOG_STR("connection", link->name),
		 LOG_STR("reason", why == NULL ? "" : why));
	pg_link_note_loss(link, why);
	drop_connection(link);
	link->retry_ns = clock_system.mono_ns(&clock_system) + RETRY_NS;
	if (link->engine->retry != NULL) {
		const struct timeval pause = {.tv_usec = (suseconds_t)(RETRY_NS / 1000)};
		(void)event_add(link->engine->retry, &pause);
	}
	link->on_lost(link);
}

void pg_link_close(struct pg_link *link)
{
	if (link->conn != NULL)
		drop_connection(link);
	free(link->answers);
}

void pg_link_start(struct pg_link *link)
{
	char name[80];
	(void)snprintf(name, sizeof name, "referd %.40s %s",
		       link->engine->node_name == NULL ? "" : link->engine->node_name, link->name);
	/* A later parameter replaces an earlier parameter, and libpq expands the address at its
	 * place in this list. */
	const char *const keys[] = {"tcp_user_timeout",
				    "connect_timeout",
				    "application_name",
				    "dbname",
				    "client_encoding",
				    "target_session_attrs",
				    NULL};
	const char *const values[] = {"10000", "5",          name, link->engine->address,
				      "UTF8",  "read-write", NULL};
	link->conn = PQconnectStartParams(keys, values, 1);
	if (link->conn == NULL || PQstatus(link->conn) == CONNECTION_BAD) {
		pg_link_lose(link, link->conn == NULL ? "" : PQerrorMessage(link->conn));
		return;
	}
	PQsetNoticeReceiver(link->conn, on_notice, link);
	link->retry_ns = clock_system.mono_ns(&clock_system) + CONNECT_NS;
	link->state = LINK_CONNECTING;
	watch(link);
	pg_link_watch_writes(link, true);
}

static void on_session(struct engine_pg *e, const struct pg_answer *answer,
		       const struct pg_result *result)
{
	(void)result;
	if (answer->link->failed)
		return;
	answer->link->state = LINK_READY;
	pg_reads_send(&e->reads);
	pg_reads_send(&e->queries);
	pg_commit_go_on(e);
	pg_node_send(e);
}

static void go_on_connecting(struct pg_link *link)
{
	PostgresPollingStatusType status = PQconnectPoll(link->conn);
	if (status == PGRES_POLLING_FAILED) {
		pg_link_lose(link, PQerrorMessage(link->conn));
		return;
	}
	watch(link);
	pg_link_watch_writes(link, status == PGRES_POLLING_WRITING);
	if (status != PGRES_POLLING_OK)
		return;
	link->state = LINK_STARTING;
	if (PQsetnonblocking(link->conn, 1) != 0 || PQenterPipelineMode(link->conn) != 1)
		link->broken = true;
	/* If this process is stopped, the server ends the writer's transaction, so that its rows do
	 * not stay locked for other nodes. The other connections have no such timeout, because a
	 * dump may wait for the reader of its output.
	 */
	const char *const values[] = {link == &link->engine->writer ? "10s" : "0"};
	pg_link_own(link, OWN_SESSION, values, 1, NULL, 0);
	pg_link_sync(link, on_session, 0);
}

void pg_link_process(struct pg_link *link)
{
	if (link->state == LINK_DOWN) {
		if (clock_system.mono_ns(&clock_system) >= link->retry_ns)
			pg_link_start(link);
	} else if (link->state == LINK_CONNECTING) {
		link->wants_write = false;
		go_on_connecting(link);
	} else {
		link->wants_write = false;
		pg_link_receive(link);
		if (link->conn != NULL)
			pg_link_flush(link);
	}
}

void pg_link_tend(struct pg_link *link)
{
	bool connects = link->state == LINK_CONNECTING || link->state == LINK_STARTING;
	if (connects && clock_system.mono_ns(&clock_system) >= link->retry_ns)
		pg_link_lose(link, "the server did not answer in time");
}

int pg_link_poll(const struct pg_link *link, short *events)
{
	*events = (short)(POLLIN | (link->wants_write ? POLLOUT : 0));
	return link->conn == NULL ? -1 : PQsocket(link->conn);
}
