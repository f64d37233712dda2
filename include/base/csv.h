/*
 * CSV as RFC 4180 has it, and as spreadsheets write it: records of cells, read as the bytes come and
 * written so that no spreadsheet takes a cell for a formula.
 *
 * Read: a byte order mark in front is skipped; lines end with CRLF, LF or CR; a quoted cell may hold
 * commas, quotes ("") and line breaks; a quote inside a cell that does not begin with one is taken as it
 * stands. Lines with nothing in them are skipped.
 *
 * Written: a cell that begins with = + - @ TAB or CR gets a ' in front, and so does one that begins with
 * ' before those; csv_unguard takes it off again.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/bytes.h"

enum {
	CSV_RECORD_MAX = 64 << 10, /* bytes of one record's cells */
	CSV_CELLS_MAX = 256,       /* cells of one record */
};

enum csv_result {
	CSV_MORE,   /* all bytes were taken: give the next ones */
	CSV_RECORD, /* a record is complete: look at its cells, then go on */
	CSV_WRONG,  /* a record cannot be read (problem says why): it is skipped to its line's end */
};

/* A zeroed one is at the beginning of the input; csv_free ends it. */
struct csv_reader {
	struct buf cells; /* the record's cells, one after another */
	size_t ends[CSV_CELLS_MAX];
	size_t n_cells;
	uint64_t line;       /* where the record begins, from 1 */
	const char *problem; /* of CSV_WRONG: completes "this line ..." */
	/* Its own. */
	uint64_t next_line;
	unsigned char state, mark;
	bool after_cr;
};

/** Takes bytes from the front of *rest, up to the end of one record. */
enum csv_result csv_read(struct csv_reader *r, struct text *rest) WARN_UNUSED;
/** The input has ended: its last record, which no line break follows; CSV_MORE: there is none. To be called
 *  until it says so. */
enum csv_result csv_end(struct csv_reader *r) WARN_UNUSED;
/** A cell of the record; empty where it has not that many. Borrowed until the next read. */
struct text csv_cell(const struct csv_reader *r, size_t i);
void csv_free(struct csv_reader *r);

/** Appends one cell, and a comma before it unless it is the record's first; guarded and quoted as needed. */
void csv_write_cell(struct buf *out, struct text cell, bool first);
void csv_write_end(struct buf *out);
/** The cell without the guard that csv_write_cell gave it. */
struct text csv_unguard(struct text cell);

#endif
