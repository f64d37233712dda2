/*
 * Reading of the cells of an import.
 */
#ifndef API_IMPORT_CELLS_H
#define API_IMPORT_CELLS_H

#include "core/import.h"

/* A line that is being read into a row. */
struct import_line {
	struct import_row *row;
	const struct campaign *campaign;
	struct arena *arena;
	bool has_qualified_at;
	bool failed; /* out of memory */
};

/** Copies the text into the line's arena; sets line->failed if memory is exhausted. */
struct text import_cell_keep(struct import_line *line, struct text t);

/** Reads a cell, which is trimmed and not empty, into line->row. Returns NULL, or a sentence
 * fragment that completes "column ...". */
typedef const char *import_cell_fn(struct import_line *line, struct text cell);

import_cell_fn import_cell_first_name, import_cell_email, import_cell_code, import_cell_referrer,
    import_cell_source, import_cell_signed_up_at, import_cell_unsubscribed_at,
    import_cell_qualified_at, import_cell_qualified, import_cell_ip;

#endif
