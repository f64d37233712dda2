/*
 * What the files of the generated tables share.
 */
#ifndef STORE_POSTGRESQL_PARTS_H
#define STORE_POSTGRESQL_PARTS_H

#include "store/postgresql_rows.h"

/** Generates the statements of a table whose columns are set. False if memory runs out. */
bool pg_sql_make(struct pg_table *t);
/** The name of a type for a column, such as "bigint", and the name and the OID of the elements of
 * an array parameter for the column. */
const char *pg_type_name(enum pg_type type);
const char *pg_element_name(enum pg_type type);
uint32_t pg_element_oid(enum pg_type type);

/* ---- cells; a `number` or `bytes` is a field as record_parts.h gives it ---- */

/** Appends the number as a cell of an array parameter (4 bytes of length, then the bytes). False if
 * the column cannot hold it; nothing is appended then. */
bool pg_put_number(struct buf *array, const struct pg_column *c, uint64_t number);
/** The same for bytes. scratch is overwritten. */
bool pg_put_bytes(struct buf *array, const struct pg_column *c, struct text bytes,
		  struct buf *scratch);
/** Appends the cell of a field that is zero or empty. */
void pg_put_nothing(struct buf *array, const struct pg_column *c);
void pg_put_cell(struct buf *array, struct text bytes);
/** The largest number up to *number that a key column can hold, as the bytes of a parameter; false
 * if it is not *number itself. */
bool pg_fit_number(const struct pg_column *c, uint64_t number, struct buf *out);
/** Is the text valid in a column of this type? */
bool pg_text_fits(enum pg_type type, struct text t);

/** Reads a cell of a column of numbers. ERR_CORRUPT, ERR_FORMAT: a word of a later version. */
enum err pg_take_number(const struct pg_column *c, struct pg_cell cell, uint64_t *number);
/** Reads a cell of a column of texts; *bytes borrows from the cell or from scratch. */
enum err pg_take_bytes(const struct pg_column *c, struct pg_cell cell, struct buf *scratch,
		       struct text *bytes);

/** Makes parameters of the first n arrays. They point into the arrays, which must not grow any
 * more. ERR_NO_MEMORY if an array has failed. */
enum err pg_params_set(struct pg_params *p, size_t n) WARN_UNUSED;

#endif
