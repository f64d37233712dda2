/* Owns the opening of a database: migration, the checks of the server, and the registration of this
 * node. Blocks; never runs beside a loop. Called by engine_postgresql_open.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/engine_postgresql_parts.h"

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the text of a refusal, of one thread */
static _Thread_local char refusal[400];

/* The version of the rows of the nodes. It is part of the first migration. */
static const char NODE_TABLES[] =
    "CREATE TABLE IF NOT EXISTS referd_cluster (id bigint PRIMARY KEY DEFAULT 1 "
    "CHECK (id = 1), generations bigint NOT NULL, epoch bigint NOT NULL);\n"
    "INSERT INTO referd_cluster (generations, epoch) VALUES (0, 1) ON CONFLICT DO NOTHING;\n"
    "CREATE TABLE IF NOT EXISTS referd_node (id bigint PRIMARY KEY, name text NOT NULL UNIQUE, "
    "generation bigint NOT NULL, fence bigint NOT NULL, epoch bigint NOT NULL, "
    "last_batch bigint NOT NULL, address text NOT NULL DEFAULT '', "
    "seen_at timestamptz NOT NULL) WITH (fillfactor = 10);\n";

/* Each start of a node gets a generation of its own, so that no two versions of a row are equal.
 * The cluster's row is locked until the end of the transaction, so the epoch is the newest. */
static const char REGISTER[] =
    "WITH c AS (UPDATE referd_cluster SET generations = generations + 1 "
    "RETURNING generations, epoch) "
    "INSERT INTO referd_node (id, name, generation, fence, epoch, last_batch, seen_at) "
    "SELECT (SELECT coalesce(max(id), 0) + 1 FROM referd_node), $1, c.generations, 1, c.epoch, 0, "
    "clock_timestamp() FROM c "
    "ON CONFLICT (name) DO UPDATE SET generation = excluded.generation, "
    "fence = referd_node.fence + 1, epoch = excluded.epoch, last_batch = 0, "
    "seen_at = excluded.seen_at "
    "RETURNING id, generation, fence, epoch";

static enum err refuse(enum err err, const char **why, const char *what, const char *detail)
{
	/* libpq ends its messages with a newline, and may have several lines. */
	size_t n = strcspn(detail, "\n");
	(void)snprintf(refusal, sizeof refusal, "%s%.*s", what, (int)n, detail);
	*why = refusal;
	return err;
}

static enum err refuse_result(PGconn *conn, const char **why)
{
	return refuse(ERR_IO, why, "the database answered: ", PQerrorMessage(conn));
}

/* Runs statements without results. */
static enum err run(PGconn *conn, const char *sql, const char **why)
{
	PGresult *result = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(result);
	PQclear(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? ERR_OK
								       : refuse_result(conn, why);
}

static enum err ask(PGconn *conn, const char *sql, const char *value, PGresult **result,
		    const char **why)
{
	*result = PQexecParams(conn, sql, value != NULL, NULL, &value, NULL, NULL, 0);
	if (PQresultStatus(*result) == PGRES_TUPLES_OK)
		return ERR_OK;
	PQclear(*result);
	*result = NULL;
	return refuse_result(conn, why);
}

static uint64_t number(const PGresult *result, int column)
{
	uint64_t value = 0;
	return pg_number(result, column, &value) ? value : 0;
}

/* ---- the server ---- */

static enum err check_server(PGconn *conn, const char **why)
{
	PGresult *result;
	enum err err = ask(conn,
			   "SELECT current_setting('fsync'), current_setting('full_page_writes'), "
			   "current_setting('synchronous_standby_names')",
			   NULL, &result, why);
	if (err != ERR_OK)
		return err;
	bool syncs = strcmp(PQgetvalue(result, 0, 0), "on") == 0 &&
		     strcmp(PQgetvalue(result, 0, 1), "on") == 0;
	if (!syncs)
		err = refuse(ERR_REFUSED, why, "the server may lose committed data: set fsync and ",
			     "full_page_writes to on");
	else if (PQgetvalue(result, 0, 2)[0] == '\0')
		log_warn("store.no_synchronous_standby",
			 LOG_STR("consequence", "a failover may lose the newest commits"));
	PQclear(result);
	return err;
}

/* ---- migration ---- */

static enum err note_columns(PGconn *conn, struct pg_migration *m, const char **why)
{
	PGresult *result;
	enum err err = ask(conn, PG_MIGRATE_COLUMNS, NULL, &result, why);
	if (err != ERR_OK)
		return err;
	for (int i = 0; i < PQntuples(result); i++)
		pg_migration_found(m, text_of(PQgetvalue(result, i, 0)),
				   text_of(PQgetvalue(result, i, 1)));
	PQclear(result);
	return ERR_OK;
}

static enum err read_version(PGconn *conn, uint64_t *version, const char **why)
{
	PGresult *result;
	enum err err = ask(conn, PG_MIGRATE_VERSION, NULL, &result, why);
	if (err != ERR_OK)
		return err;
	*version = PQntuples(result) == 0 ? 0 : number(result, 0);
	if (PQntuples(result) > 0 && number(result, 1) > PG_SCHEMA_VERSION)
		err = refuse(ERR_FORMAT, why,
			     "use a newer referd: its tables have the newer version ",
			     PQgetvalue(result, 0, 0));
	PQclear(result);
	return err;
}

static enum err migrate(PGconn *conn, const struct pg_tables *tables, const char **why)
{
	uint64_t version = 0;
	struct buf sql = {0};
	struct pg_migration m = {.tables = tables};
	enum err err = run(conn, PG_MIGRATE_BEGIN, why);
	if (err == ERR_OK)
		err = read_version(conn, &version, why);
	if (err == ERR_OK)
		err = note_columns(conn, &m, why);
	if (err == ERR_OK) {
		pg_migration_sql(&m, version, &sql);
		buf_add(&sql, NODE_TABLES, sizeof NODE_TABLES);
		err = sql.failed ? ERR_NO_MEMORY : run(conn, sql.p, why);
	}
	buf_free(&sql);
	return err;
}

/* ---- the node ---- */

static enum err register_node(struct engine_pg *e, PGconn *conn, const char **why)
{
	PGresult *result;
	enum err err = ask(conn, REGISTER, e->node_name, &result, why);
	if (err != ERR_OK)
		return err;
	struct pg_node *node = &e->node;
	node->id = number(result, 0);
	node->generation = number(result, 1);
	node->fence = number(result, 2);
	node->epoch = node->told = number(result, 3);
	PQclear(result);
	return ERR_OK;
}

enum err pg_open_database(struct engine_pg *e, const char **why)
{
	const char *const keys[] = {"connect_timeout", "dbname", "client_encoding",
				    "target_session_attrs", NULL};
	const char *const values[] = {"10", e->address, "UTF8", "read-write", NULL};
	PGconn *conn = PQconnectdbParams(keys, values, 1);
	enum err err = ERR_OK;
	*why = "out of memory";
	if (PQstatus(conn) != CONNECTION_OK)
		err = refuse(ERR_IO, why, "no connection: ", PQerrorMessage(conn));
	if (err == ERR_OK && e->first == NULL)
		err = check_server(conn, why);
	if (err == ERR_OK)
		err = run(conn,
			  "SET synchronous_commit = on; SET client_min_messages = warning;"
			  " BEGIN",
			  why);
	if (err == ERR_OK && e->node_name != NULL && e->first == NULL)
		err = migrate(conn, e->tables, why);
	if (err == ERR_OK && e->node_name != NULL)
		err = register_node(e, conn, why);
	if (err == ERR_OK)
		err = run(conn, "COMMIT", why);
	PQfinish(conn);
	return err;
}
