/*
 * Owns the statements that create tables, add columns and make views. Never removes a table or a
 * column. Called by the PostgreSQL engine when it opens.
 */
#include <inttypes.h>
#include <string.h>

#include "store/postgresql_parts.h"

const char PG_MIGRATE_BEGIN[] =
    "CREATE TABLE IF NOT EXISTS schema (version bigint NOT NULL, min_reader bigint NOT NULL);\n"
    "LOCK TABLE schema IN EXCLUSIVE MODE";
const char PG_MIGRATE_VERSION[] = "SELECT version, min_reader FROM schema";
const char PG_MIGRATE_COLUMNS[] = "SELECT table_name::text, column_name::text"
				  " FROM information_schema.columns"
				  " WHERE table_schema = current_schema()";

/* The view of a counter has the name of the kind's table without "_slots". */
static const char *view_name(const struct pg_table *t)
{
	return t->kind->table != NULL ? t->kind->table : t->kind->name;
}

void pg_migration_found(struct pg_migration *m, struct text table, struct text column)
{
	for (size_t id = 0; id < RECORD_KINDS; id++) {
		const struct pg_table *t = m->tables->by_kind[id];
		if (t == NULL)
			continue;
		bool is_table = text_eq(table, text_of(t->name));
		bool is_view = t->counter && text_eq(table, text_of(view_name(t)));
		for (size_t i = 0; i < t->n_columns && (is_table || is_view); i++)
			if (text_eq(column, text_of(t->columns[i].name)))
				(is_table ? m->columns : m->view)[id] |= (uint64_t)1 << i;
	}
}

/* Zero is NULL unless people expect to calculate with it. A default lets an older program insert
 * rows that lack the column. */
static void put_column(struct buf *sql, const struct pg_table *t, const struct pg_column *c,
		       bool is_key)
{
	buf_printf(sql, "\"%s\" %s", c->name, pg_type_name(c->type));
	if (is_key)
		buf_str(sql, c->type == PG_TEXT ? " COLLATE \"C\" NOT NULL" : " NOT NULL");
	else if (c->type == PG_BOOLEAN)
		buf_str(sql, " NOT NULL DEFAULT false");
	else if (c->type == PG_BIGINT && (c->field->meaning == MEANS_PLAIN || t->counter))
		buf_str(sql, " NOT NULL DEFAULT 0");
}

/* Rows that are rewritten often leave room in their page, so that an update touches no index. Rows
 * that are deleted soon are vacuumed often, because a scan walks over the dead ones. */
static const char *storage(const struct pg_table *t)
{
	static const char rewritten[] =
	    " WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)";
	static const char queue[] = " WITH (autovacuum_vacuum_scale_factor = 0,"
				    " autovacuum_vacuum_threshold = 5000,"
				    " autovacuum_vacuum_cost_delay = 0)";
	switch (t->kind->class) {
	case RECORD_COUNTER:
	case RECORD_SERIAL:
	case RECORD_NODES:
		return rewritten;
	case RECORD_QUEUE:
		return queue;
	case RECORD_ROW:
		return t->n_columns > t->n_keys + 1 ? " WITH (fillfactor = 85)" : "";
	case RECORD_CONFIG:
	case RECORD_INDEX:
		break;
	}
	return "";
}

static void put_keys(struct buf *sql, const struct pg_table *t)
{
	for (size_t i = 0; i < t->n_keys; i++)
		buf_printf(sql, "%s\"%s\"", i > 0 ? ", " : "", t->columns[i].name);
}

static void create(struct buf *sql, const struct pg_table *t)
{
	buf_printf(sql, "CREATE TABLE \"%s\" (", t->name);
	for (size_t i = 0; i < t->n_columns; i++) {
		put_column(sql, t, &t->columns[i], i < t->n_keys);
		buf_str(sql, ", ");
	}
	if (t->counter)
		buf_str(sql, "slot bigint NOT NULL, ");
	buf_str(sql, "row_generation bigint NOT NULL, row_batch bigint NOT NULL, PRIMARY KEY (");
	put_keys(sql, t);
	buf_printf(sql, "%s))%s;\n", t->counter ? ", slot" : "", storage(t));
}

/* A sum below zero is shown as zero, as the API does: the other half of a change comes later. */
static void create_view(struct buf *sql, const struct pg_table *t)
{
	buf_printf(sql, "DROP VIEW IF EXISTS \"%s\";\nCREATE VIEW \"%s\" AS SELECT ", view_name(t),
		   view_name(t));
	put_keys(sql, t);
	for (size_t i = t->n_keys; i + 1 < t->n_columns; i++) {
		const char *name = t->columns[i].name;
		if (t->columns[i].type == PG_BIGINT)
			buf_printf(sql, ", greatest(sum(\"%s\"), 0)::bigint AS \"%s\"", name, name);
		else
			buf_printf(sql, ", max(\"%s\") AS \"%s\"", name, name);
	}
	buf_printf(sql, " FROM \"%s\" GROUP BY ", t->name);
	put_keys(sql, t);
	buf_str(sql, ";\n");
}

static void migrate_table(const struct pg_migration *m, const struct pg_table *t, struct buf *sql)
{
	uint64_t has = m->columns[t->kind_id];
	uint64_t shown = ((uint64_t)1 << (t->n_columns - 1)) - 1; /* `extra` is not in a view */
	if (has == 0)
		create(sql, t);
	for (size_t i = 0; i < t->n_columns && has != 0; i++) {
		if ((has >> i & 1) != 0)
			continue;
		buf_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN ", t->name);
		put_column(sql, t, &t->columns[i], false);
		buf_str(sql, ";\n");
	}
	if (t->counter && (shown & ~m->view[t->kind_id]) != 0)
		create_view(sql, t);
}

void pg_migration_sql(const struct pg_migration *m, uint64_t version, struct buf *sql)
{
	for (size_t id = 0; id < RECORD_KINDS; id++)
		if (m->tables->by_kind[id] != NULL)
			migrate_table(m, m->tables->by_kind[id], sql);
	if (version == 0)
		buf_printf(sql, "INSERT INTO schema VALUES (%d, %d);\n", PG_SCHEMA_VERSION,
			   PG_SCHEMA_MIN_READER);
	else if (version < PG_SCHEMA_VERSION)
		buf_printf(sql, "UPDATE schema SET version = %d, min_reader = %d;\n",
			   PG_SCHEMA_VERSION, PG_SCHEMA_MIN_READER);
}
