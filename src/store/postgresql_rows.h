/*
 * Conversion between the stored bytes of records (store/record.h) and PostgreSQL's binary format:
 * keys and values become parameters of the statements of postgresql_schema.h, and a result row
 * becomes the same key and value again, byte for byte. This header needs no libpq.
 *
 * A field goes to its column. What the column cannot hold goes to the column `extra` under the tag
 * of the field: a text that is not valid UTF-8 or has a NUL, a time beyond the year 294276, a
 * boolean above 1, pairs that are not well-formed, and fields that this version does not know. So
 * every value round-trips, and a later version with more columns reads `extra` too.
 *
 * Use: struct pg_params p; pg_params_begin(&p, table, PG_UPDATE); for each record
 * pg_params_add(&p, key, value); pg_params_finish(&p, &version, slot); then
 * PQsendQueryPrepared(conn, table->names[PG_UPDATE], p.n, p.values, p.lengths, p.formats, 1).
 */
#ifndef STORE_POSTGRESQL_ROWS_H
#define STORE_POSTGRESQL_ROWS_H

#include "store/engine_ops.h"
#include "store/postgresql_schema.h"

enum { PG_PARAMS_MAX = PG_COLUMNS_MAX + 4 };

/* Who wrote a row: the generation of the node (unique for each start of each node), and the number
 * of its batch. */
struct pg_version {
	uint64_t generation, batch;
};

/* The parameters of one execution. All zero is valid; the memory is kept from one use to the
 * next. `values`, `lengths` and `formats` (each 1: binary) are as libpq takes them. */
struct pg_params {
	const struct pg_table *table;
	enum pg_statement statement;
	size_t rows; /* added so far */
	int n;       /* parameters; set by pg_params_finish and pg_params_scan */
	const char *values[PG_PARAMS_MAX];
	int lengths[PG_PARAMS_MAX];
	int formats[PG_PARAMS_MAX];
	struct buf arrays[PG_PARAMS_MAX]; /* the bytes of each parameter */
	struct buf scratch, extra, wrapped;
};

/** Begins the parameters of PG_GET*, PG_DELETE (keys only), PG_INSERT, PG_UPDATE or PG_ADD. */
void pg_params_begin(struct pg_params *p, const struct pg_table *table, enum pg_statement s);
/** Adds a key. ERR_NOT_FOUND: no row can have this key (a number above 2^63 - 1, or a text that is
 * not valid UTF-8 in a key of texts, or a wrong length); the key is left out. */
enum err pg_params_add_key(struct pg_params *p, struct text key) WARN_UNUSED;
/** Adds a record. The statement must be PG_INSERT, PG_UPDATE or PG_ADD. ERR_INVALID: no row can
 * have this key; ERR_CORRUPT: the value is damaged; ERR_FORMAT: a newer version wrote it. After an
 * error the record is left out. */
enum err pg_params_add(struct pg_params *p, struct text key, struct text value) WARN_UNUSED;
/** Adds a row without values, for PG_INSERT. ERR_NOT_FOUND as above. */
enum err pg_params_add_nothing(struct pg_params *p, struct text key) WARN_UNUSED;
/** Completes the parameters. `version` and `slot` count for PG_INSERT, PG_UPDATE and PG_ADD; slot
 * only for counters. ERR_NO_MEMORY. */
enum err pg_params_finish(struct pg_params *p, const struct pg_version *version,
			  uint64_t slot) WARN_UNUSED;
/** Chooses the statement of a scan (p->statement) and sets its parameters: the bounds, and the
 * limit of records. A counter's limit counts records too, so all slots of its last record are in
 * the result. The statement may return rows around the range, which pg_scan_place recognises.
 * ERR_NO_MEMORY. */
enum err pg_params_scan(struct pg_params *p, const struct pg_table *table,
			const struct engine_scan *scan, uint64_t limit) WARN_UNUSED;
/* Where a row of a scan's result is. */
enum pg_place {
	PG_BEFORE, /* skip it: it precedes the range */
	PG_INSIDE,
	PG_BEYOND, /* the scan ends */
};
enum pg_place pg_scan_place(const struct engine_scan *scan, struct text key);
void pg_params_free(struct pg_params *p);

/* A cell of a result row. */
struct pg_cell {
	const char *p;
	int n; /* PQgetlength; -1: NULL */
};

/* A row in the store's form. All zero is valid; the memory is kept from one use to the next. */
struct pg_row {
	struct buf key, value;
	struct pg_version version;
	uint64_t slot; /* counters only */
	struct buf scratch;
};

/** The columns that each read returns: n_columns of the table, row_generation, row_batch, and slot
 * for a counter. */
size_t pg_row_width(const struct pg_table *table);
/** Converts a result row (pg_row_width cells). Rows of one counter record are adjacent, in the
 * order of their slots; the caller sums them with counter_merge. ERR_CORRUPT: the row was not
 * written by referd. ERR_NO_MEMORY. */
enum err pg_row_take(const struct pg_table *table, const struct pg_cell *cells,
		     struct pg_row *row) WARN_UNUSED;
/** The same for a row of a lock variant, which has the key columns, row_generation, row_batch, and
 * slot for a counter; the value is left empty. */
enum err pg_lock_take(const struct pg_table *table, const struct pg_cell *cells,
		      struct pg_row *row) WARN_UNUSED;
void pg_row_free(struct pg_row *row);

#endif
