/*
 * The tables of the PostgreSQL engine: one table for each record kind, with a column for each
 * field. The tables and their statements are generated once, when the engine opens. This header
 * needs no libpq.
 *
 * The names follow from the record table: `users` is the table of KIND_USER, and its column
 * `joined_at` is the field joined_ms. The type of a column follows from the meaning of the field
 * (enum field_meaning): a time is a timestamptz, a number with a word is this word as a text, and
 * an id that is zero is NULL. An empty text is NULL too.
 *
 * Each table ends with these columns:
 *     extra           bytea: fields that have no column, or that their column cannot hold
 *     row_generation  bigint: the version of a row is (generation of the node, batch),
 *     row_batch       bigint: and no two versions are equal, ever
 *
 * A RECORD_COUNTER kind has one row for each node that has added to the record. The name of its
 * table ends with `_slots`, the column `slot` is the last of its primary key, and its numbers are
 * signed. A view under the plain name sums the rows for people.
 *
 * A u64 that is a key is a bigint, so it must be below 2^63. A u64 with MEANS_HASH uses all 64
 * bits; the column holds it minus 2^63, so that the order stays.
 */
#ifndef STORE_POSTGRESQL_SCHEMA_H
#define STORE_POSTGRESQL_SCHEMA_H

#include "store/record.h"

/* The version that this program writes to the table `schema`, and the oldest version that may use a
 * database which this program has migrated. A new table or column raises the first number. A new
 * word of an existing column raises both, because an older program cannot read it. */
enum { PG_SCHEMA_VERSION = 3, PG_SCHEMA_MIN_READER = 3 };
enum { PG_COLUMNS_MAX = 64, PG_NAME_MAX = 64 };

/* KEYS stands for one array parameter for each key column, in the order of the key; ROWS stands for
 * KEYS and one array for each further column, with `extra` as the last. All parameters and all
 * results are in the binary format. */
enum pg_statement {
	/* Read rows by their keys, in key order. Parameters: KEYS, each key once. Results: rows for
	 * pg_row_take. The lock variants lock in the same order, and give rows for pg_lock_take. */
	PG_GET,
	PG_GET_FOR_SHARE,
	PG_GET_FOR_UPDATE,
	PG_GET_FOR_SHARE_NOWAIT,
	PG_GET_FOR_UPDATE_NOWAIT,
	PG_GET_FOR_SHARE_SKIP, /* leaves out rows that another transaction has locked */
	PG_GET_FOR_UPDATE_SKIP,
	/* Read a range in key order, or in reverse key order. Parameters: pg_params_scan. */
	PG_SCAN_FROM,   /* from <= key <= end */
	PG_SCAN_AFTER,  /* from < key <= end */
	PG_SCAN_DOWN,   /* end <= key <= from, reverse */
	PG_SCAN_BEFORE, /* end <= key < from, reverse */
	PG_SCAN_LAST,   /* end <= key, from the last key with the numbers of `from`, reverse */
	/* Write. Parameters: ROWS, generation, batch, and for a counter the slot. An insert of a
	 * row that exists fails with SQLSTATE 23505, and an update of a missing row with 22012
	 * (division by zero). Counters have no PG_UPDATE: a plain write is PG_DELETE, then
	 * PG_INSERT. */
	PG_INSERT,
	PG_UPDATE,
	/* Parameters: KEYS. Deletes all slots of a counter. */
	PG_DELETE,
	/* Counters only: adds to the slot of this node. Parameters as for PG_INSERT. */
	PG_ADD,
	PG_STATEMENTS,
};

enum pg_type {
	PG_BIGINT,
	PG_BOOLEAN,
	PG_DATE,
	PG_TIMESTAMPTZ,
	PG_TEXT,
	PG_BYTEA,
	PG_INET,
	PG_JSON,
	PG_BIGINTS, /* bigint[] */
};

struct pg_column {
	char name[PG_NAME_MAX];
	enum pg_type type;
	const struct field *field; /* NULL for `extra` */
};

/* What the store keeps in a table. */
enum pg_content {
	PG_RECORDS,   /* records of `kind` */
	PG_SEQUENCES, /* the store's own key space 0: highest ids, and the mark of a load */
	PG_BYTES,     /* any keys and values, of a kind that the caller did not describe */
};

struct pg_table {
	uint8_t kind_id;
	enum pg_content content;
	const struct record_kind *kind; /* of the columns */
	bool counter;                   /* has slots */
	char name[PG_NAME_MAX];
	struct pg_column columns[PG_COLUMNS_MAX];
	size_t n_keys, n_columns;               /* keys, then value fields, then `extra` */
	char *sql[PG_STATEMENTS];               /* NULL: the table does not have this statement */
	char names[PG_STATEMENTS][PG_NAME_MAX]; /* of prepared statements, such as "users_get" */
};

/* By kind number; NULL for a kind that has no table, of which the database has no rows. */
struct pg_tables {
	struct pg_table *by_kind[RECORD_KINDS];
};

/** Makes the tables of the kinds, and `sequences` for key space 0. A kind in `raw` (bits 1 << id)
 * gets a table kind_ID of (key bytea, value bytea) unless `kinds` describes it. NULL if memory runs
 * out. */
struct pg_tables *pg_tables_new(const struct record_kind *const *kinds, size_t n, uint64_t raw);
/** NULL is fine. */
void pg_tables_free(struct pg_tables *tables);

/* ---- migration ----
 *
 * The caller runs all of this in one transaction:
 *   1. PG_MIGRATE_BEGIN creates `schema` if it is missing, and locks it, so that other nodes wait.
 *   2. PG_MIGRATE_VERSION gives one row (version, min_reader), or no row in an empty database. The
 *      caller refuses a database whose min_reader is above PG_SCHEMA_VERSION.
 *   3. PG_MIGRATE_COLUMNS gives rows (table or view, column) as texts; pg_migration_found notes
 *      each.
 *   4. pg_migration_sql gives the statements that add what is missing. It removes nothing, so
 *      columns of a later version stay.
 */
extern const char PG_MIGRATE_BEGIN[], PG_MIGRATE_VERSION[], PG_MIGRATE_COLUMNS[];

/* What the database has already. */
struct pg_migration {
	const struct pg_tables *tables;
	uint64_t columns[RECORD_KINDS]; /* bits of the table's columns */
	uint64_t view[RECORD_KINDS];    /* likewise, of the view of a counter */
};
void pg_migration_found(struct pg_migration *m, struct text table, struct text column);
/** Appends the missing statements to *sql, each with ";\n" at its end: nothing if the database is
 * complete. `version` is the version of the database, 0 if it is empty. */
void pg_migration_sql(const struct pg_migration *m, uint64_t version, struct buf *sql);

#endif
