/* CSV as in RFC 4180, and as spreadsheets write it. The reader takes bytes as they arrive. The
 * writer guards cells, so that no spreadsheet takes a cell for a formula.
 *
 * Reading: the first line that is not empty decides between the separators comma, semicolon and TAB
 * by their number outside quotes, or names the separator (sep=;). Lines end with CRLF, LF or CR. A
 * quoted cell may contain separators, quotes ("") and line breaks. A quote in a cell that does not
 * begin with a quote is an ordinary character. Lines whose cells are all empty or blank are
 * skipped. Text is UTF-8 with or without a byte order mark, or UTF-16 with a byte order mark. A
 * record that is not valid UTF-8 is read as Windows-1252.
 *
 * Writing: a cell that begins with = + - @ (full width too), TAB or CR gets a ' in front. So does a
 * cell that begins with ' and one of these. csv_unguard removes the ' again.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/bytes.h"

enum {
	CSV_RECORD_MAX = 64 << 10, /* bytes of the cells of one record, as sent */
	CSV_CELLS_MAX = 256,       /* cells of one record */
	CSV_MARK_MAX = 3,
};

enum csv_result {
	CSV_MORE,   /* all bytes are used: pass the next bytes */
	CSV_RECORD, /* a record is complete: read its cells, then continue */
	CSV_WRONG,  /* a record cannot be read (see problem): the rest of its line is skipped */
};

enum csv_encoding { CSV_UTF8, CSV_UTF16_LE, CSV_UTF16_BE };

/* All zero: at the beginning of the input. Free with csv_free. */
struct csv_reader {
	struct buf cells; /* the record's cells, one after another, in UTF-8 */
	size_t ends[CSV_CELLS_MAX];
	size_t n_cells;
	uint64_t line;       /* where the record begins, from 1 */
	const char *problem; /* of CSV_WRONG: completes "this line ..." */
	bool windows_1252;   /* the record was not valid UTF-8 */
	enum csv_encoding encoding;
	char separator; /* 0: no line is complete yet */
	/* Private. */
	uint64_t next_line;
	unsigned char state;
	bool after_cr;
	struct buf converted;
	/* The first line waits here until it is complete and the separator is known. */
	struct buf first;
	size_t first_read;         /* bytes of it that are used */
	unsigned char first_place; /* of its last byte */
	/* The first bytes of the input, while they may be a byte order mark. */
	char mark[CSV_MARK_MAX];
	unsigned char mark_n;
	bool begun;
	/* UTF-16: the first byte of a unit, the first half of a pair. */
	bool has_half;
	unsigned char half;
	uint32_t surrogate;
};

/** Takes bytes from the front of *rest, at most to the end of one record. */
enum csv_result csv_read(struct csv_reader *r, struct text *rest) WARN_UNUSED;
/** Ends the input and returns its last record, if no line break follows it. Call it until it
 * returns CSV_MORE. */
enum csv_result csv_end(struct csv_reader *r) WARN_UNUSED;
/** Cell i of the record, or an empty text if the record has fewer cells. Borrowed until the next
 * read. */
struct text csv_cell(const struct csv_reader *r, size_t i);
void csv_free(struct csv_reader *r);

/** Appends the separator (0: none, for the first cell of a record) and one cell. The cell is
 * guarded, and quoted if it contains any separator. */
void csv_write_cell(struct buf *out, struct text cell, char separator);
void csv_write_end(struct buf *out);
/** The cell without the guard of csv_write_cell. */
struct text csv_unguard(struct text cell);

#endif
