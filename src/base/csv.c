/*
 * Owns the form of CSV: records out of bytes, bytes out of cells. Never what a column means. Called by the
 * import and export of users.
 */
#include "base/csv.h"

#include <string.h>

/* The parts of a record. */
enum state {
	AT_START, /* of a record: nothing of it was seen */
	IN_CELL,
	IN_QUOTES,
	AFTER_QUOTE, /* a quote in quotes: its end, or the first half of "" */
	SKIPPING,    /* a record that cannot be read, to the end of its line */
};

static const char MARK[] = "\xef\xbb\xbf";
enum { MARK_SIZE = sizeof MARK - 1 };

static void begin(struct csv_reader *r)
{
	buf_reset(&r->cells);
	r->n_cells = 0;
	r->problem = NULL;
	r->state = AT_START;
	r->line = r->next_line;
}

static enum csv_result fail(struct csv_reader *r, const char *problem)
{
	r->problem = problem;
	r->state = SKIPPING;
	return CSV_MORE;
}

static enum csv_result end_cell(struct csv_reader *r)
{
	if (r->n_cells == CSV_CELLS_MAX)
		return fail(r, "has more than 256 cells");
	r->ends[r->n_cells++] = r->cells.n;
	r->state = IN_CELL;
	return CSV_MORE;
}

/* A line without anything in it is no record; a quoted empty cell is one. */
static enum csv_result end_record(struct csv_reader *r)
{
	if (r->state == AT_START)
		return CSV_MORE;
	if (r->state != SKIPPING)
		end_cell(r);
	bool wrong = r->problem != NULL;
	r->state = AT_START;
	return wrong ? CSV_WRONG : CSV_RECORD;
}

static enum csv_result add(struct csv_reader *r, char c)
{
	if (r->cells.n == CSV_RECORD_MAX)
		return fail(r, "is longer than 64 KiB: is a quote missing?");
	buf_char(&r->cells, c);
	return r->cells.failed ? fail(r, "needs more memory than there is") : CSV_MORE;
}

/* Where the cell under construction began. */
static size_t cell_start(const struct csv_reader *r)
{
	return r->n_cells == 0 ? 0 : r->ends[r->n_cells - 1];
}

/* A byte outside of quotes that ends no line. */
static enum csv_result take_plain(struct csv_reader *r, char c)
{
	bool first = r->state == AT_START || (r->state == IN_CELL && r->cells.n == cell_start(r));
	if (r->state == SKIPPING)
		return CSV_MORE;
	if (c == ',')
		return end_cell(r);
	if (r->state == AFTER_QUOTE)
		return fail(r, "has something behind the closing quote of a cell");
	r->state = c == '"' && first ? IN_QUOTES : IN_CELL;
	return r->state == IN_QUOTES ? CSV_MORE : add(r, c);
}

static enum csv_result take_quoted(struct csv_reader *r, char c)
{
	if (c == '"') {
		r->state = AFTER_QUOTE;
		return CSV_MORE;
	}
	return add(r, c);
}

/* LF after CR belongs to it. */
static enum csv_result take(struct csv_reader *r, char c)
{
	bool second_half = c == '\n' && r->after_cr;
	r->after_cr = c == '\r';
	if ((c == '\n' && !second_half) || c == '\r')
		r->next_line++;
	if (r->state == IN_QUOTES)
		return take_quoted(r, c);
	if (r->state == AFTER_QUOTE && c == '"') {
		r->state = IN_QUOTES;
		return add(r, c);
	}
	if (second_half)
		return CSV_MORE;
	if (c == '\n' || c == '\r')
		return end_record(r);
	return take_plain(r, c);
}

/* The byte order mark, byte by byte; what only begins like one is a part of the first cell. */
static enum csv_result take_first(struct csv_reader *r, char c)
{
	if (c == MARK[r->mark]) {
		r->mark++;
		return CSV_MORE;
	}
	for (size_t i = 0, n = r->mark; i < n; i++)
		take(r, MARK[i]);
	r->mark = MARK_SIZE;
	return take(r, c);
}

enum csv_result csv_read(struct csv_reader *r, struct text *rest)
{
	enum csv_result result = CSV_MORE;
	if (r->next_line == 0)
		r->next_line = 1;
	while (rest->n > 0 && result == CSV_MORE) {
		if (r->state == AT_START)
			begin(r);
		char c = *rest->p;
		*rest = text_from(rest->p + 1, rest->n - 1);
		result = r->mark < MARK_SIZE ? take_first(r, c) : take(r, c);
	}
	return result;
}

enum csv_result csv_end(struct csv_reader *r)
{
	if (r->mark < MARK_SIZE) {
		for (size_t i = 0, n = r->mark; i < n; i++)
			take(r, MARK[i]);
		r->mark = MARK_SIZE;
	}
	if (r->state == IN_QUOTES)
		fail(r, "has a quoted cell that never ends");
	return end_record(r);
}

struct text csv_cell(const struct csv_reader *r, size_t i)
{
	if (i >= r->n_cells)
		return (struct text){0};
	size_t from = i == 0 ? 0 : r->ends[i - 1];
	if (r->ends[i] == from)
		return (struct text){0};
	return text_from(r->cells.p + from, r->ends[i] - from);
}

void csv_free(struct csv_reader *r)
{
	buf_free(&r->cells);
}

/* ---- writing ---- */

/* Would a spreadsheet take it for a formula, or csv_unguard for a guarded cell? */
static bool needs_guard(struct text cell)
{
	size_t i = 0;
	while (i < cell.n && cell.p[i] == '\'')
		i++;
	return i < cell.n && memchr("=+-@\t\r", cell.p[i], 6) != NULL;
}

struct text csv_unguard(struct text cell)
{
	struct text rest = cell.n == 0 ? cell : text_from(cell.p + 1, cell.n - 1);
	return cell.n > 0 && *cell.p == '\'' && needs_guard(rest) ? rest : cell;
}

static bool needs_quotes(struct text cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (memchr(",\"\r\n", cell.p[i], 4) != NULL)
			return true;
	return cell.n > 0 && (*cell.p == ' ' || cell.p[cell.n - 1] == ' ');
}

void csv_write_cell(struct buf *out, struct text cell, bool first)
{
	bool quotes = needs_quotes(cell);
	if (!first)
		buf_char(out, ',');
	if (quotes)
		buf_char(out, '"');
	if (needs_guard(cell))
		buf_char(out, '\'');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			buf_char(out, '"');
		buf_char(out, cell.p[i]);
	}
	if (quotes)
		buf_char(out, '"');
}

void csv_write_end(struct buf *out)
{
	buf_str(out, "\r\n");
}
