/* Owns the writing of cells, so that no spreadsheet takes a cell for a formula. Never knows what a
 * column means. Called by the import and export of users.
 */
#include "base/csv.h"

#include <string.h>

/* Formulas begin with these characters. The last four are full width: East Asian spreadsheets treat
 * them like the first four. */
static const struct text formulas[] = {
    {.p = "=", .n = 1},  {.p = "+", .n = 1},  {.p = "-", .n = 1},  {.p = "@", .n = 1},
    {.p = "\t", .n = 1}, {.p = "\r", .n = 1}, {.p = "＝", .n = 3}, {.p = "＋", .n = 3},
    {.p = "－", .n = 3}, {.p = "＠", .n = 3},
};

/* Would a spreadsheet take the cell for a formula, or csv_unguard take it for a guarded cell? */
static bool needs_guard(struct text cell)
{
	size_t i = 0;
	while (i < cell.n && cell.p[i] == '\'')
		i++;
	struct text rest = cell.n == 0 ? cell : text_from(cell.p + i, cell.n - i);
	for (size_t f = 0; f < sizeof formulas / sizeof *formulas; f++)
		if (text_starts(rest, formulas[f]))
			return true;
	return false;
}

struct text csv_unguard(struct text cell)
{
	struct text rest = cell.n == 0 ? cell : text_from(cell.p + 1, cell.n - 1);
	return cell.n > 0 && *cell.p == '\'' && needs_guard(rest) ? rest : cell;
}

/* Any separator counts: the program that opens the file may expect another separator. */
static bool needs_quotes(struct text cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (memchr(",;\t\"\r\n", cell.p[i], 6) != NULL)
			return true;
	return cell.n > 0 && (*cell.p == ' ' || cell.p[cell.n - 1] == ' ');
}

void csv_write_cell(struct buf *out, struct text cell, char separator)
{
	bool quotes = needs_quotes(cell);
	if (separator != 0)
		buf_char(out, separator);
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
