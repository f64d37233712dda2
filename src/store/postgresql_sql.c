/*
 * Owns the text of the statements that read and write generated tables. Never talks to a database.
 * Called by postgresql_schema.c, once for each table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgresql_parts.h"

static const struct {
	const char *name, *element;
	uint32_t oid; /* of the element */
} TYPES[] = {
    [PG_BIGINT] = {"bigint", "bigint", 20},
    [PG_BOOLEAN] = {"boolean", "boolean", 16},
    [PG_DATE] = {"date", "date", 1082},
    [PG_TIMESTAMPTZ] = {"timestamptz", "timestamptz", 1184},
    [PG_TEXT] = {"text", "text", 25},
    [PG_BYTEA] = {"bytea", "bytea", 17},
    [PG_INET] = {"inet", "inet", 869},
    [PG_JSON] = {"json", "json", 114},
    /* unnest flattens an array of arrays, so the elements are texts such as "{1,2}" */
    [PG_BIGINTS] = {"bigint[]", "text", 25},
};

const char *pg_type_name(enum pg_type type)
{
	return TYPES[type].name;
}

const char *pg_element_name(enum pg_type type)
{
	return TYPES[type].element;
}

uint32_t pg_element_oid(enum pg_type type)
{
	return TYPES[type].oid;
}

/* ---- parts of statements ---- */

/* The columns from..to: t."a", t."b" */
static void put_columns(struct buf *sql, const struct pg_table *t, size_t from, size_t to,
			const char *alias)
{
	for (size_t i = from; i < to; i++)
		buf_printf(sql, "%s%s\"%s\"", i > from ? ", " : "", alias, t->columns[i].name);
}

/* The same, with casts from the elements of array parameters. */
static void put_given(struct buf *sql, const struct pg_table *t)
{
	for (size_t i = 0; i < t->n_columns; i++)
		buf_printf(sql, "%sv.\"%s\"%s", i > 0 ? ", " : "", t->columns[i].name,
			   t->columns[i].type == PG_BIGINTS ? "::bigint[]" : "");
}

/* (SELECT unnest($1::bigint[]) AS "a", unnest($2::text[]) AS "b") AS v
 *
 * In a list of columns, the arrays advance together, a value of each at a time. In FROM, PostgreSQL
 * would first write each array to a temporary store. */
static void put_unnest(struct buf *sql, const struct pg_table *t, size_t n)
{
	buf_str(sql, "(SELECT ");
	for (size_t i = 0; i < n; i++)
		buf_printf(sql, "%sunnest($%zu::%s[]) AS \"%s\"", i > 0 ? ", " : "", i + 1,
			   pg_element_name(t->columns[i].type), t->columns[i].name);
	buf_str(sql, ") AS v");
}

/* t."a" = v."a" AND t."b" = v."b" */
static void put_join(struct buf *sql, const struct pg_table *t, const char *other)
{
	for (size_t i = 0; i < t->n_keys; i++)
		buf_printf(sql, "%st.\"%s\" = %s.\"%s\"", i > 0 ? " AND " : "", t->columns[i].name,
			   other, t->columns[i].name);
}

static void put_results(struct buf *sql, const struct pg_table *t, size_t n)
{
	put_columns(sql, t, 0, n, "t.");
	buf_printf(sql, ", t.row_generation, t.row_batch%s", t->counter ? ", t.slot" : "");
}

static void put_order(struct buf *sql, const struct pg_table *t, const char *direction)
{
	buf_str(sql, " ORDER BY ");
	for (size_t i = 0; i < t->n_keys; i++)
		buf_printf(sql, "%st.\"%s\"%s", i > 0 ? ", " : "", t->columns[i].name, direction);
}

/* (t."a", t."b") >= ($1::bigint, $2::bigint): the first n key columns, with n > 0. */
static void put_bound(struct buf *sql, const struct pg_table *t, size_t n, const char *operator,
		      size_t first)
{
	buf_str(sql, "(");
	put_columns(sql, t, 0, n, "t.");
	buf_printf(sql, ") %s (", operator);
	for (size_t i = 0; i < n; i++)
		buf_printf(sql, "%s$%zu::%s", i > 0 ? ", " : "", first + i,
			   pg_type_name(t->columns[i].type));
	buf_str(sql, ")");
}

/* ---- statements ---- */

static void make_get(struct buf *sql, const struct pg_table *t, const char *lock)
{
	buf_str(sql, "SELECT ");
	put_results(sql, t, *lock != '\0' ? t->n_keys : t->n_columns);
	if (t->n_keys == 1) {
		buf_printf(sql, " FROM \"%s\" AS t WHERE t.\"%s\" = ANY ($1::%s[])", t->name,
			   t->columns[0].name, pg_element_name(t->columns[0].type));
	} else {
		buf_str(sql, " FROM ");
		put_unnest(sql, t, t->n_keys);
		buf_printf(sql, " JOIN \"%s\" AS t ON ", t->name);
		put_join(sql, t, "v");
	}
	put_order(sql, t, "");
	buf_printf(sql, "%s%s", t->counter ? ", t.slot" : "", lock);
}

/* A text at the end of a key has no largest value, so only the numbers bound it from above. */
static size_t count_numbers(const struct pg_table *t)
{
	const struct field *last = t->kind->keys + t->n_keys - 1;
	return last->type == FIELD_U64 ? t->n_keys : t->n_keys - 1;
}

static void put_range(struct buf *sql, const struct pg_table *t, enum pg_statement s)
{
	size_t numbers = count_numbers(t), n = t->n_keys;
	bool up = s == PG_SCAN_FROM || s == PG_SCAN_AFTER;
	size_t n_from = s == PG_SCAN_LAST ? numbers : n, n_end = up ? numbers : n;
	const char *from = s == PG_SCAN_FROM     ? ">="
			   : s == PG_SCAN_AFTER  ? ">"
			   : s == PG_SCAN_BEFORE ? "<"
						 : "<=";
	if (n_from > 0)
		put_bound(sql, t, n_from, from, 1);
	if (n_from > 0 && n_end > 0)
		buf_str(sql, " AND ");
	if (n_end > 0)
		put_bound(sql, t, n_end, up ? "<=" : ">=", n_from + 1);
	put_order(sql, t, up ? "" : " DESC");
	buf_printf(sql, " LIMIT $%zu::bigint", n_from + n_end + 1);
}

static void make_scan(struct buf *sql, const struct pg_table *t, enum pg_statement s)
{
	bool up = s == PG_SCAN_FROM || s == PG_SCAN_AFTER;
	buf_str(sql, "SELECT ");
	put_results(sql, t, t->n_columns);
	if (!t->counter) {
		buf_printf(sql, " FROM \"%s\" AS t WHERE ", t->name);
		put_range(sql, t, s);
		return;
	}
	buf_str(sql, " FROM (SELECT DISTINCT ");
	put_columns(sql, t, 0, t->n_keys, "t.");
	buf_printf(sql, " FROM \"%s\" AS t WHERE ", t->name);
	put_range(sql, t, s);
	buf_printf(sql, ") AS page JOIN \"%s\" AS t ON ", t->name);
	put_join(sql, t, "page");
	put_order(sql, t, up ? "" : " DESC");
	buf_str(sql, ", t.slot");
}

static void make_insert(struct buf *sql, const struct pg_table *t)
{
	buf_printf(sql, "INSERT INTO \"%s\" AS t (", t->name);
	put_columns(sql, t, 0, t->n_columns, "");
	buf_printf(sql, ", row_generation, row_batch%s) SELECT ", t->counter ? ", slot" : "");
	put_given(sql, t);
	buf_printf(sql, ", $%zu::bigint, $%zu::bigint", t->n_columns + 1, t->n_columns + 2);
	if (t->counter)
		buf_printf(sql, ", $%zu::bigint", t->n_columns + 3);
	buf_str(sql, " FROM ");
	put_unnest(sql, t, t->n_columns);
}

static void make_add(struct buf *sql, const struct pg_table *t)
{
	make_insert(sql, t);
	buf_str(sql, " ON CONFLICT (");
	put_columns(sql, t, 0, t->n_keys, "");
	buf_str(sql, ", slot) DO UPDATE SET ");
	for (size_t i = t->n_keys; i < t->n_columns; i++) {
		const char *name = t->columns[i].name;
		if (t->columns[i].type == PG_BIGINT)
			buf_printf(sql, "\"%s\" = t.\"%s\" + excluded.\"%s\", ", name, name, name);
	}
	buf_str(sql, "row_generation = excluded.row_generation, row_batch = excluded.row_batch");
}

/* A missing row makes the statement fail, so that the commit in the same pipeline fails too. */
static void make_update(struct buf *sql, const struct pg_table *t)
{
	buf_printf(sql, "WITH written AS (UPDATE \"%s\" AS t SET ", t->name);
	for (size_t i = t->n_keys; i < t->n_columns; i++)
		buf_printf(sql, "\"%s\" = v.\"%s\"%s, ", t->columns[i].name, t->columns[i].name,
			   t->columns[i].type == PG_BIGINTS ? "::bigint[]" : "");
	buf_printf(sql, "row_generation = $%zu::bigint, row_batch = $%zu::bigint FROM ",
		   t->n_columns + 1, t->n_columns + 2);
	put_unnest(sql, t, t->n_columns);
	buf_str(sql, " WHERE ");
	put_join(sql, t, "v");
	buf_printf(sql,
		   " RETURNING 1) SELECT 1 / (count(*) = cardinality($1::%s[]))::int FROM written",
		   pg_element_name(t->columns[0].type));
}

static void make_delete(struct buf *sql, const struct pg_table *t)
{
	buf_printf(sql, "DELETE FROM \"%s\" AS t", t->name);
	if (t->n_keys == 1) {
		buf_printf(sql, " WHERE t.\"%s\" = ANY ($1::%s[])", t->columns[0].name,
			   pg_element_name(t->columns[0].type));
		return;
	}
	buf_str(sql, " USING ");
	put_unnest(sql, t, t->n_keys);
	buf_str(sql, " WHERE ");
	put_join(sql, t, "v");
}

static void make(struct buf *sql, const struct pg_table *t, enum pg_statement s)
{
	switch (s) {
	case PG_GET:
		make_get(sql, t, "");
		break;
	case PG_GET_FOR_SHARE:
		make_get(sql, t, " FOR SHARE OF t");
		break;
	case PG_GET_FOR_UPDATE:
		make_get(sql, t, " FOR UPDATE OF t");
		break;
	case PG_GET_FOR_SHARE_NOWAIT:
		make_get(sql, t, " FOR SHARE OF t NOWAIT");
		break;
	case PG_GET_FOR_UPDATE_NOWAIT:
		make_get(sql, t, " FOR UPDATE OF t NOWAIT");
		break;
	case PG_GET_FOR_SHARE_SKIP:
		make_get(sql, t, " FOR SHARE OF t SKIP LOCKED");
		break;
	case PG_GET_FOR_UPDATE_SKIP:
		make_get(sql, t, " FOR UPDATE OF t SKIP LOCKED");
		break;
	case PG_SCAN_FROM:
	case PG_SCAN_AFTER:
	case PG_SCAN_DOWN:
	case PG_SCAN_BEFORE:
	case PG_SCAN_LAST:
		make_scan(sql, t, s);
		break;
	case PG_INSERT:
		make_insert(sql, t);
		break;
	case PG_UPDATE:
		if (!t->counter)
			make_update(sql, t);
		break;
	case PG_DELETE:
		make_delete(sql, t);
		break;
	case PG_ADD:
		if (t->counter)
			make_add(sql, t);
		break;
	case PG_STATEMENTS:
		break;
	}
}

bool pg_sql_make(struct pg_table *t)
{
	static const char *const words[] = {
	    [PG_GET] = "get",
	    [PG_GET_FOR_SHARE] = "share",
	    [PG_GET_FOR_UPDATE] = "lock",
	    [PG_GET_FOR_SHARE_NOWAIT] = "try_share",
	    [PG_GET_FOR_UPDATE_NOWAIT] = "try_lock",
	    [PG_GET_FOR_SHARE_SKIP] = "free_share",
	    [PG_GET_FOR_UPDATE_SKIP] = "free_lock",
	    [PG_SCAN_FROM] = "from",
	    [PG_SCAN_AFTER] = "after",
	    [PG_SCAN_DOWN] = "down",
	    [PG_SCAN_BEFORE] = "before",
	    [PG_SCAN_LAST] = "last",
	    [PG_INSERT] = "insert",
	    [PG_UPDATE] = "update",
	    [PG_DELETE] = "delete",
	    [PG_ADD] = "add",
	};
	for (enum pg_statement s = PG_GET; s < PG_STATEMENTS; s++) {
		struct buf sql = {0};
		make(&sql, t, s);
		if (sql.n == 0)
			continue;
		buf_char(&sql, '\0');
		if (sql.failed) {
			buf_free(&sql);
			return false;
		}
		t->sql[s] = sql.p;
		/* A long name of a table is cut, and the number of the kind keeps it unique. */
		(void)snprintf(t->names[s], PG_NAME_MAX, "k%u_%.40s_%s", t->kind_id, t->name,
			       words[s]);
	}
	return true;
}
