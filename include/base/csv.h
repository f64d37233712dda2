/* CSV as RFC 4180 has it, and as spreadsheets write it: records of cells, read as the bytes come
 * and written so that no spreadsheet takes a cell for a formula.
 *
 * Read: the first line that is not empty decides between the separators comma, semicolon and TAB by
 * their number outside of quotes, or says it (sep=;). Lines end with CRLF, LF or CR; a quoted cell
 * may hold separators, quotes ("") and line breaks; a quote inside a cell that does not begin with
 * one is taken as it stands. Lines whose cells are all empty or blank are skipped. Text is UTF-8
 * with or without a byte order mark, or UTF-16 with one; a record that is not valid UTF-8 is read
 * as Windows-1252.
 *
 * Written: a cell that begins with = + - @ (full width too), TAB or CR gets a ' in front, and so
 * does a cell that begins with ' before those; csv_unguard takes it off again.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/bytes.h"

enum {
	CSV_RECORD_MAX = 64 << 10, /* bytes of one record's cells, as they are sent */
	CSV_CELLS_MAX = 256,       /* cells of one record */
	CSV_MARK_MAX = 3,
};

enum csv_result {
	CSV_MORE,   /* all bytes were taken: give the next ones */
	CSV_RECORD, /* a record is complete: look at its cells, then go on */
	CSV_WRONG, /* a record cannot be read (problem says why): it is skipped to its line's end */
};

enum csv_encoding { CSV_UTF8, CSV_UTF16_LE, CSV_UTF16_BE };

/* A zeroed one is at the beginning of the input; csv_free ends it. */
struct csv_reader {
	struct buf cells; /* the record's cells, one after another, in UTF-8 */
	size_t ends[CSV_CELLS_MAX];
	size_t n_cells;
	uint64_t line;       /* where the record begins, from 1 */
	const char *problem; /* of CSV_WRONG: completes "this line ..." */
	bool windows_1252;   /* the record was not valid UTF-8 */
	enum csv_encoding encoding;
	char separator; /* 0: no line was complete yet */
	/* Its own. */
	uint64_t next_line;
	unsigned char state;
	bool after_cr;
	struct buf converted;
	/* The first line waits here until it is complete and the separator is known. */
	struct buf first;
	size_t first_read;         /* so much of it went on */
	unsigned char first_place; /* of its last byte */
	/* The beginning of the input, while it may be a byte order mark. */
	char mark[CSV_MARK_MAX];
	unsigned char mark_n;
	bool begun;
	/* UTF-16: the first byte of a unit, the first half of a pair. */
	bool has_half;
	unsigned char half;
	uint32_t surrogate;
};

/** Takes bytes from the front of *rest, up to the end of one record. */
enum csv_result csv_read(struct csv_reader *r, struct text *rest) WARN_UNUSED;
/** The input has ended: its last record, which no line break follows; CSV_MORE: there is none. To
 * be called until it says so. */
enum csv_result csv_end(struct csv_reader *r) WARN_UNUSED;
/** A cell of the record; empty where it has not that many. Borrowed until the next read. */
struct text csv_cell(const struct csv_reader *r, size_t i);
void csv_free(struct csv_reader *r);

/** Appends one cell, and the separator before it; 0 for the record's first cell. Guarded, and
 * quoted if it holds any separator. */
void csv_write_cell(struct buf *out, struct text cell, char separator);
void csv_write_end(struct buf *out);
/** The cell without the guard that csv_write_cell gave it. */
struct text csv_unguard(struct text cell);

#endif
