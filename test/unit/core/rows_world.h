/*
 * The fixture of the tests of generated tables: a database with all tables, the execution of
 * statements, and random records of any kind.
 */
#ifndef TEST_CORE_ROWS_WORLD_H
#define TEST_CORE_ROWS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libpq-fe.h>

#include "../../support/postgresql_cluster.h"
#include "../../support/seeded.h"
#include "core/record_kinds.h"
#include "store/counter.h"
#include "store/postgresql_rows.h"
#include "store/record_parts.h"

struct world {
	struct postgresql_cluster cluster;
	PGconn *conn;
	struct pg_tables *tables;
	struct seeded random;
	struct pg_params params;
	struct pg_row row;
};

/* ---- statements ---- */

static inline PGresult *expect(struct world *w, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(w->conn));
	return result;
}

static inline void sql(struct world *w, const char *text)
{
	PQclear(expect(w, PQexec(w->conn, text)));
}

/* The single cell of a query; the caller frees it. */
static inline char *ask(struct world *w, const char *text)
{
	PGresult *result = expect(w, PQexec(w->conn, text));
	char *cell = strdup(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return cell;
}

static inline void assert_sql(struct world *w, const char *text, const char *expected)
{
	char *cell = ask(w, text);
	if (strcmp(cell, expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", text, cell, expected);
	free(cell);
}

/* Runs the statement of w->params. */
static inline PGresult *run(struct world *w)
{
	struct pg_params *p = &w->params;
	return expect(w, PQexecParams(w->conn, p->table->sql[p->statement], p->n, NULL, p->values,
				      p->lengths, p->formats, 1));
}

static inline void migrate(struct world *w, const struct pg_tables *tables, struct buf *missing)
{
	struct pg_migration m = {.tables = tables};
	sql(w, PG_MIGRATE_BEGIN);
	PGresult *schema = expect(w, PQexec(w->conn, PG_MIGRATE_VERSION));
	const char *version = PQntuples(schema) > 0 ? PQgetvalue(schema, 0, 0) : "0";
	PGresult *columns = expect(w, PQexec(w->conn, PG_MIGRATE_COLUMNS));
	for (int i = 0; i < PQntuples(columns); i++)
		pg_migration_found(&m, text_of(PQgetvalue(columns, i, 0)),
				   text_of(PQgetvalue(columns, i, 1)));
	pg_migration_sql(&m, strtoull(version, NULL, 10), missing);
	if (missing->n > 0) {
		buf_char(missing, '\0');
		sql(w, missing->p);
	}
	PQclear(schema);
	PQclear(columns);
}

static inline void migrate_all(struct world *w, const struct pg_tables *tables)
{
	struct buf missing = {0};
	sql(w, "BEGIN");
	migrate(w, tables, &missing);
	sql(w, "COMMIT");
	buf_free(&missing);
}

static inline int open_world(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->random = seeded_start("generated tables", 12);
	*state = w;
	if (!postgresql_cluster_start(&w->cluster)) {
		printf("PostgreSQL is not installed: the tests are skipped\n");
		return 0;
	}
	w->conn = PQconnectdb(w->cluster.address);
	if (PQstatus(w->conn) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(w->conn));
	/* Notices about what does not exist yet */
	sql(w, "SET client_min_messages = warning");
	w->tables = pg_tables_new(RECORD_KINDS_ALL, RECORD_KINDS_COUNT, 0);
	assert_non_null(w->tables);
	migrate_all(w, w->tables);
	return 0;
}

static inline int close_world(void **state)
{
	struct world *w = *state;
	PQfinish(w->conn);
	postgresql_cluster_stop(&w->cluster);
	pg_tables_free(w->tables);
	pg_params_free(&w->params);
	pg_row_free(&w->row);
	free(w);
	return 0;
}

/* Each test begins with empty tables, or is skipped. */
static inline struct world *begin(void **state)
{
	struct world *w = *state;
	if (w->conn == NULL)
		skip();
	return w;
}

static inline void take_row(struct world *w, PGresult *result, int i)
{
	const struct pg_table *t = w->params.table;
	enum pg_statement s = w->params.statement;
	bool lock = s >= PG_GET_FOR_SHARE && s <= PG_GET_FOR_UPDATE_SKIP;
	struct pg_cell cells[PG_COLUMNS_MAX + 3];
	size_t width = lock ? t->n_keys + 2 + t->counter : pg_row_width(t);
	assert_int_equal(PQnfields(result), width);
	for (int c = 0; c < (int)width; c++)
		cells[c] =
		    (struct pg_cell){PQgetvalue(result, i, c),
				     PQgetisnull(result, i, c) ? -1 : PQgetlength(result, i, c)};
	assert_int_equal(lock ? pg_lock_take(t, cells, &w->row) : pg_row_take(t, cells, &w->row),
			 ERR_OK);
}

/* ---- writing ---- */

static const struct pg_version VERSION = {1, 1};

static inline void write_record(struct world *w, enum pg_statement s, const struct pg_table *t,
				const void *record, uint64_t slot)
{
	uint8_t key[RECORD_KEY_MAX], value[1024];
	struct text k = text_from(key, record_encode_key(t->kind, record, key));
	assert_true(record_value_bound(t->kind, record) <= sizeof value);
	struct text v = text_from(value, record_encode_value(t->kind, record, k, value));
	pg_params_begin(&w->params, t, s);
	assert_int_equal(s == PG_DELETE ? pg_params_add_key(&w->params, k)
					: pg_params_add(&w->params, k, v),
			 ERR_OK);
	assert_int_equal(pg_params_finish(&w->params, &VERSION, slot), ERR_OK);
	PQclear(run(w));
}

static inline void put(struct world *w, const struct record_kind *kind, const void *record)
{
	write_record(w, PG_INSERT, w->tables->by_kind[kind->id], record, 0);
}

static inline void put_bytes(struct world *w, const struct pg_table *t, struct text key,
			     struct text value)
{
	pg_params_begin(&w->params, t, PG_INSERT);
	assert_int_equal(pg_params_add(&w->params, key, value), ERR_OK);
	assert_int_equal(pg_params_finish(&w->params, &VERSION, 0), ERR_OK);
	PQclear(run(w));
}

/* ---- random records ---- */

struct record {
	struct buf key, value;
};

static inline uint64_t below(struct world *w, uint64_t n)
{
	return seeded_below(&w->random, n);
}

/* Small numbers often, so that keys have neighbours. */
static inline uint64_t random_number(struct world *w)
{
	static const uint64_t edges[] = {1,
					 INT64_MAX,
					 (uint64_t)INT64_MAX + 1,
					 UINT64_MAX,
					 946684800000,
					 9224318015999,
					 9224318016000,
					 UINT32_MAX};
	switch (below(w, 4)) {
	case 0:
		return edges[below(w, sizeof edges / sizeof *edges)];
	case 1:
		return below(w, 4);
	default:
		return seeded_next(&w->random) >> below(w, 64);
	}
}

static inline void random_bytes(struct world *w, struct buf *out)
{
	static const char *const words[] = {"ann", "Ann", "\xc3\xa9", "\xf0\x9f\x98\x80",
					    "\\",  "\"",  "{",        "\n",
					    " ",   "b'c", "\x7f",     "\x01"};
	size_t n = (size_t)below(w, 6);
	bool odd = below(w, 6) == 0; /* may not be valid UTF-8 */
	for (size_t i = 0; i < n; i++) {
		if (odd)
			buf_char(out, (char)below(w, 256));
		else
			buf_str(out, words[below(w, sizeof words / sizeof *words)]);
	}
}

static inline void random_text(struct world *w, const struct field *f, struct buf *out)
{
	struct buf a = {0}, b = {0};
	size_t n = (size_t)below(w, 4);
	bool any = below(w, 8) == 0 || f->meaning == MEANS_BYTES;
	if (!any && f->type == FIELD_PAIRS) {
		for (size_t i = 0; i < n; i++) {
			buf_reset(&a);
			buf_reset(&b);
			random_bytes(w, &a);
			random_bytes(w, &b);
			pairs_add(out, buf_view(&a), buf_view(&b));
		}
	} else if (!any && (f->meaning == MEANS_IDS || f->meaning == MEANS_IP)) {
		for (size_t i = 0; i < n * 8; i++)
			buf_char(out, (char)below(w, 256));
		out->n = f->meaning == MEANS_IP && n == 3 ? 4 : out->n;
	} else {
		random_bytes(w, out);
	}
	buf_free(&a);
	buf_free(&b);
}

/* The key of a row, which its columns can hold, or a bound, which may be any bytes. */
static inline void random_key(struct world *w, const struct record_kind *kind, bool valid,
			      struct buf *key)
{
	buf_reset(key);
	for (size_t i = 0; i < kind->n_keys; i++) {
		const struct field *f = &kind->keys[i];
		if (f->type != FIELD_U64) {
			do
				random_bytes(w, key);
			while (valid && key->n == 0);
			continue;
		}
		uint64_t number = random_number(w);
		if (valid && f->meaning != MEANS_HASH)
			number = f->meaning == MEANS_DAY    ? number % 1000000
				 : f->meaning == MEANS_TIME ? number % 9224318016000
							    : number & INT64_MAX;
		for (int shift = 56; shift >= 0; shift -= 8)
			buf_char(key, (char)(number >> shift));
	}
}

static inline void random_value(struct world *w, const struct record_kind *kind, struct text key,
				struct buf *value)
{
	struct buf bytes = {0};
	uint64_t tag = 0;
	buf_reset(value);
	record_begin(value);
	for (size_t i = 0; i < kind->n_values; i++) {
		const struct field *f = &kind->values[i];
		tag = f->tag;
		if (below(w, 3) == 0)
			continue;
		buf_reset(&bytes);
		if (f->type != FIELD_U64) {
			random_text(w, f, &bytes);
			if (bytes.n > 0)
				record_add_bytes(value, tag, buf_view(&bytes));
		} else {
			uint64_t number = random_number(w);
			if (number > 0)
				record_add_number(value, tag, number);
		}
	}
	/* Fields of a later version. */
	if (below(w, 4) == 0) {
		record_add_number(value, tag + 1, seeded_next(&w->random));
		record_add_bytes(value, tag + 1 + below(w, 100) + 1, TEXT("later\xff"));
	}
	record_seal(value, key);
	buf_free(&bytes);
}

#endif
