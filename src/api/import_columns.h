/*
 * The columns of an import: reading the header line, and reading a line's cells into a row.
 */
#ifndef API_IMPORT_COLUMNS_H
#define API_IMPORT_COLUMNS_H

#include "base/csv.h"
#include "core/import.h"

struct import_column; /* of the table in import_columns.c */

struct import_columns {
	const struct import_column *columns[CSV_CELLS_MAX]; /* NULL: a form field of the campaign */
	struct text fields[CSV_CELLS_MAX]; /* ids, borrowed from the campaign; empty: no name */
	size_t n;
};

/** Reads the header line. Adds a problem for each wrong column, with the column's name (borrowed
 * from the line, or static). */
void import_columns_read(const struct csv_reader *header, const struct campaign *campaign,
			 struct import_columns *out, struct problems *problems);

/** Reads the line into *row, whose join has campaign_id, codes and now_ms; texts are copied into
 * arena. Adds problems to row->join.problems, with the column's name (static, or borrowed from the
 * campaign), or without a name for a problem of the whole line. Sets *failed if memory is
 * exhausted. */
void import_row_read(const struct import_columns *columns, const struct csv_reader *line,
		     const struct campaign *campaign, struct arena *arena, struct import_row *row,
		     bool *failed);

#endif
