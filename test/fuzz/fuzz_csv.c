/* Owns the fuzzer of CSV: any bytes are read, with the same result however they are cut, and
 * written cells are read back.
 * Never reads files: libFuzzer reads the corpus.
 * Run by make fuzz. */
#include <stdlib.h>

#include "base/csv.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* Writes every record down, so that two readings can be compared. */
static void note(struct buf *out, const struct csv_reader *r, enum csv_result result)
{
	check(r->n_cells <= CSV_CELLS_MAX && r->cells.n <= 3 * CSV_RECORD_MAX);
	check((result == CSV_WRONG) == (r->problem != NULL));
	check(result == CSV_WRONG || utf8_valid(buf_view(&r->cells)));
	check(r->separator == ',' || r->separator == ';' || r->separator == '\t');
	buf_printf(out, "%llu %d %d %zu", (unsigned long long)r->line, (int)result, r->windows_1252,
		   r->n_cells);
	for (size_t i = 0; result == CSV_RECORD && i < r->n_cells; i++)
		csv_write_cell(out, csv_cell(r, i), ',');
	csv_write_end(out);
}

static void read_in_pieces(struct text input, size_t piece, struct buf *out)
{
	struct csv_reader r = {0};
	enum csv_result result;
	while (input.n > 0) {
		struct text head = text_from(input.p, input.n < piece ? input.n : piece);
		input = text_from(input.p + head.n, input.n - head.n);
		while ((result = csv_read(&r, &head)) != CSV_MORE)
			note(out, &r, result);
		check(head.n == 0);
	}
	while ((result = csv_end(&r)) != CSV_MORE)
		note(out, &r, result);
	csv_free(&r);
}

static void round_trip(struct text cell, char separator)
{
	struct csv_reader r = {0};
	struct buf out = {0};
	buf_printf(&out, "a%cb\r\n", separator);
	csv_write_cell(&out, TEXT("x"), 0);
	csv_write_cell(&out, cell, separator);
	csv_write_end(&out);
	struct text rest = buf_view(&out);
	check(csv_read(&r, &rest) == CSV_RECORD && r.separator == separator);
	check(csv_read(&r, &rest) == CSV_RECORD && rest.n <= 1 && r.n_cells == 2);
	check(text_eq(csv_unguard(csv_cell(&r, 1)), cell));
	csv_free(&r);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text all = text_from(data, size);
	struct buf whole = {0}, cut = {0};
	read_in_pieces(all, size + 1, &whole);
	read_in_pieces(all, size == 0 ? 1 : 1 + data[0] % 7, &cut);
	check(text_eq(buf_view(&whole), buf_view(&cut)));
	if (size < CSV_RECORD_MAX && utf8_valid(all))
		round_trip(all, ",;\t"[size % 3]);
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
