/* Owns the tests of reading and writing CSV in every dialect, cut at every place.
 * Never knows a column: cells are bytes here.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/seeded.h"
#include "base/csv.h"

/* Writes down a result: "1[a
 * b]" is a record that begins in line 1, "3!why" is a malformed one in line 3. */
static void note(struct buf *out, const struct csv_reader *r, enum csv_result result)
{
	buf_u64(out, r->line);
	if (result == CSV_WRONG) {
		buf_printf(out, "!%s", r->problem);
		return;
	}
	for (size_t i = 0; i < r->n_cells; i++) {
		buf_char(out, i == 0 ? '[' : '|');
		buf_text(out, csv_cell(r, i));
	}
	buf_char(out, ']');
}

static void feed(struct csv_reader *r, struct text piece, struct buf *out)
{
	enum csv_result result;
	while ((result = csv_read(r, &piece)) != CSV_MORE)
		note(out, r, result);
	assert_int_equal(piece.n, 0);
}

static void finish(struct csv_reader *r, struct buf *out)
{
	enum csv_result result;
	while ((result = csv_end(r)) != CSV_MORE)
		note(out, r, result);
	csv_free(r);
}

/* Reads the input in two pieces, cut at every place. */
static void assert_reads(struct text input, const char *expected)
{
	for (size_t cut = 0; cut <= input.n; cut++) {
		struct csv_reader r = {0};
		struct buf out = {0};
		feed(&r, text_from(input.p, cut), &out);
		feed(&r, text_from(input.p + cut, input.n - cut), &out);
		finish(&r, &out);
		if (!text_eq(buf_view(&out), text_of(expected)))
			fail_msg("cut at %zu: \"%.*s\", not \"%s\"", cut, TEXT_ARGS(buf_view(&out)),
				 expected);
		buf_free(&out);
	}
}

static void records_and_cells_are_read(void **state)
{
	(void)state;
	assert_reads(TEXT("a,b\r\nc,d\r\n"), "1[a|b]2[c|d]");
	assert_reads(TEXT("a,b\nc,d"), "1[a|b]2[c|d]");
	assert_reads(TEXT("a\rb\r"), "1[a]2[b]");
	assert_reads(TEXT("x,\n,,x\n"), "1[x|]2[||x]");
	assert_reads(TEXT("\"a,b\",\"c \"\"d\"\"\"\n"), "1[a,b|c \"d\"]");
	assert_reads(TEXT("\"two\r\nlines\",x\ny\n"), "1[two\r\nlines|x]3[y]");
	assert_reads(TEXT("\"a\rb\nc\",x\ny\n"), "1[a\rb\nc|x]4[y]");
	assert_reads(TEXT("5\" pipe,a\"b\"\n"), "1[5\" pipe|a\"b\"]");
	assert_reads(TEXT(" a , b \n"), "1[ a | b ]");
}

static void empty_lines_are_not_records(void **state)
{
	(void)state;
	assert_reads(TEXT(""), "");
	assert_reads(TEXT("\n\r\n\n"), "");
	assert_reads(TEXT("\n\na\n\nb"), "3[a]5[b]");
	assert_reads(TEXT("\"\"\n"), "");
	assert_reads(TEXT(",,\r\na,b\r\n ,\"\",\t\r\n,\r\nc\r\n;;"), "2[a|b]5[c]6[;;]");
	assert_reads(TEXT("a\n\xc2\xa0\n\xe2\x80\x8b\n"), "1[a]");
}

static void a_byte_order_mark_is_skipped(void **state)
{
	(void)state;
	assert_reads(TEXT("\xef\xbb\xbf"
			  "a\n"),
		     "1[a]");
	assert_reads(TEXT("\xef\xbb\xbf\"a\"\n"), "1[a]");
	/* Text that only begins like a byte order mark is not UTF-8. */
	assert_reads(TEXT("\xef\xbb"
			  "a\n"),
		     "1[\xc3\xaf\xc2\xbb"
		     "a]");
	assert_reads(TEXT("\xef\xbb"), "1[\xc3\xaf\xc2\xbb]");
	assert_reads(TEXT("\xef\n"), "1[\xc3\xaf]");
	assert_reads(TEXT("a\n\xef\xbb\xbf"
			  "b\n"),
		     "1[a]2[\xef\xbb\xbf"
		     "b]");
}

static void the_first_line_decides_the_separator(void **state)
{
	(void)state;
	assert_reads(TEXT("a;b,c;d\n1;2,3;4\n"), "1[a|b,c|d]2[1|2,3|4]");
	assert_reads(TEXT("a\tb\n1\t2;3,4\n"), "1[a|b]2[1|2;3,4]");
	assert_reads(TEXT("a,b;c\n1,2;3"), "1[a|b;c]2[1|2;3]"); /* a tie: commas win */
	assert_reads(TEXT("\"a,b,c\";d\n\"1;2\";3\n"), "1[a,b,c|d]2[1;2|3]");
	assert_reads(TEXT("\"a\n,,\";d\n1;2\n"), "1[a\n,,|d]3[1|2]");
	assert_reads(TEXT("\r\n\na;b\r\n1;2"), "3[a|b]4[1|2]");
	assert_reads(TEXT("a\n1;2\n"), "1[a]2[1;2]");
	assert_reads(TEXT("a;b"), "1[a|b]");
	assert_reads(TEXT("\xef\xbb\xbf"
			  "a;\"b\"\r\n1;2\r\n"),
		     "1[a|b]2[1|2]");
	/* A quote inside a cell may make the line end before the end that the search found. */
	assert_reads(TEXT("a\"b;c\nd;e\"\nf;g\n"), "1[a\"b|c]2[d|e\"]3[f|g]");
	assert_reads(TEXT("a\"b;c\nd;e\n"), "1[a\"b|c]2[d|e]");
	/* Excel's own separator line. */
	assert_reads(TEXT("sep=;\r\na;b,c\r\n"), "2[a|b,c]");
	assert_reads(TEXT("\xef\xbb\xbfSEP=\t\na\tb;c\n"), "2[a|b;c]");
	assert_reads(TEXT("sep=x\na;b\n"), "1[sep=x]2[a;b]");
	assert_reads(TEXT("sep=;"), "");
}

/* ASCII as UTF-16 with a byte order mark. */
static void widen(struct text ascii, bool little, struct buf *out)
{
	buf_str(out, little ? "\xff\xfe" : "\xfe\xff");
	for (size_t i = 0; i < ascii.n; i++) {
		if (!little)
			buf_char(out, '\0');
		buf_char(out, ascii.p[i]);
		if (little)
			buf_char(out, '\0');
	}
}

static void utf_16_is_read(void **state)
{
	(void)state;
	for (int little = 0; little < 2; little++) {
		struct buf b = {0};
		widen(TEXT("a\tb\r\n\"1\t2\"\t3\r\n"), little != 0, &b);
		assert_reads(buf_view(&b), "1[a|b]2[1\t2|3]");
		buf_free(&b);
	}
	/* A non-ASCII letter, an emoji, unpaired surrogates and half a code unit. */
	assert_reads(TEXT("\xff\xfe\xeb\x00;\x00=\xd8\x4e\xde\n\x00"),
		     "1[\xc3\xab|\xf0\x9f\x99\x8e]");
	assert_reads(TEXT("\xfe\xff\x00\xeb\x00;\xd8=\xde\x4e\x00\n"),
		     "1[\xc3\xab|\xf0\x9f\x99\x8e]");
	assert_reads(TEXT("\xff\xfe=\xd8"
			  "a\x00\x4e\xde"),
		     "1[\xef\xbf\xbd"
		     "a\xef\xbf\xbd]");
	assert_reads(TEXT("\xff\xfe=\xd8"), "1[\xef\xbf\xbd]");
	assert_reads(TEXT("\xff\xfe"
			  "a\x00"
			  "b"),
		     "1[a\xef\xbf\xbd]");
	assert_reads(TEXT("\xff\xfe"), "");
}

static void bytes_that_are_not_utf_8_are_windows_1252(void **state)
{
	struct csv_reader r = {0};
	struct text rest = TEXT("Zo\xc3\xab,x\nZo\xeb,\x80 5\nAnn,y\n");
	(void)state;
	assert_reads(rest, "1[Zo\xc3\xab|x]2[Zo\xc3\xab|\xe2\x82\xac 5]3[Ann|y]");
	for (size_t line = 1; line <= 3; line++) {
		assert_int_equal(csv_read(&r, &rest), CSV_RECORD);
		assert_int_equal(r.windows_1252, line == 2);
	}
	csv_free(&r);
}

static void malformed_lines_are_reported_and_skipped(void **state)
{
	(void)state;
	assert_reads(TEXT("a\n\"b\"c,d\ne\n"),
		     "1[a]2!has text after the closing quote of a cell3[e]");
	assert_reads(TEXT("a\n\"b"), "1[a]2!has a quoted cell without a closing quote");
}

static void fill(struct buf *b, char c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_char(b, c);
}

static void assert_once(struct buf *input, const char *expected_start)
{
	struct csv_reader r = {0};
	struct buf out = {0};
	feed(&r, buf_view(input), &out);
	finish(&r, &out);
	if (!text_starts(buf_view(&out), text_of(expected_start)))
		fail_msg("\"%.*s\"", out.n > 200 ? 200 : (int)out.n, out.p);
	buf_free(&out);
	buf_free(input);
}

static void an_oversized_record_is_skipped(void **state)
{
	struct buf b = {0};
	(void)state;
	fill(&b, 'x', CSV_RECORD_MAX + 1);
	buf_str(&b, "\na\n");
	assert_once(&b, "1!is longer than 64 KiB: is a quote missing?2[a]");
	fill(&b, 'x', CSV_RECORD_MAX);
	buf_str(&b, "\n");
	assert_once(&b, "1[xxx");
	/* An unclosed quote does not swallow the rest of the file. */
	buf_char(&b, '"');
	for (int i = 0; i < 20000; i++)
		buf_str(&b, "a,b\n");
	buf_str(&b, "\"end\"\n");
	assert_once(&b, "1!is longer than 64 KiB: is a quote missing?16386[a|b]16387[a|b]");
	fill(&b, ',', CSV_CELLS_MAX - 1);
	buf_str(&b, "x\n");
	assert_once(&b, "1[|||");
	fill(&b, ',', CSV_CELLS_MAX);
	buf_str(&b, "\na\n");
	assert_once(&b, "1!has more than 256 cells2[a]");
}

static void assert_written(struct text cell, const char *expected)
{
	struct buf out = {0};
	csv_write_cell(&out, cell, 0);
	if (!text_eq(buf_view(&out), text_of(expected)))
		fail_msg("\"%.*s\", not \"%s\"", TEXT_ARGS(buf_view(&out)), expected);
	buf_free(&out);
}

static void written_cells_are_never_formulas(void **state)
{
	(void)state;
	assert_written(TEXT("=1+1"), "'=1+1");
	assert_written(TEXT("+49 30"), "'+49 30");
	assert_written(TEXT("-1"), "'-1");
	assert_written(TEXT("@SUM(A1)"), "'@SUM(A1)");
	assert_written(TEXT("\t=1"), "\"'\t=1\"");
	assert_written(TEXT("\r=1"), "\"'\r=1\"");
	assert_written(TEXT("=\"a\",b"), "\"'=\"\"a\"\",b\"");
	assert_written(TEXT("'=1"), "''=1");
	assert_written(TEXT("'tis"), "'tis");
	assert_written(TEXT("a=1"), "a=1");
	assert_written(TEXT("\uff1d1"), "'\uff1d1");
	assert_written(TEXT("\uff0b1"), "'\uff0b1");
	assert_written(TEXT("\uff0d1"), "'\uff0d1");
	assert_written(TEXT("'\uff20x"), "''\uff20x");
	assert_written(TEXT("\uff0e"), "\uff0e");
	assert_written(TEXT("a;b"), "\"a;b\"");
	assert_written(TEXT("a\tb"), "\"a\tb\"");
	assert_written(TEXT("\xe2\x80\x93"), "\xe2\x80\x93");
	assert_written(TEXT(" a"), "\" a\"");
	assert_written(TEXT(""), "");
}

/* Cells of characters that are special in CSV, and of random bytes. */
static struct text random_cell(struct seeded *seed, char room[40])
{
	static const char special[] = "\"',=+-@\t\r\n a";
	size_t n = (size_t)seeded_below(seed, 8);
	for (size_t i = 0; i < n; i++)
		room[i] = seeded_below(seed, 6) == 0
			      ? (char)(seeded_next(seed) & 0x7F)
			      : special[seeded_below(seed, sizeof special - 1)];
	return text_from(room, n);
}

static void written_cells_are_read_back(void **state)
{
	enum { CELLS = 5 };
	struct seeded seed = seeded_start("csv", 5);
	(void)state;
	for (int round = 0; round < 20000; round++) {
		char rooms[CELLS][40];
		struct text cells[CELLS];
		struct csv_reader r = {0};
		struct buf out = {0};
		const char separator = ",;\t"[seeded_below(&seed, 3)];
		cells[0] = TEXT("x"); /* an empty line is not a record */
		for (size_t i = 1; i < CELLS; i++)
			cells[i] = random_cell(&seed, rooms[i]);
		buf_printf(&out, "a%cb\n", separator);
		for (size_t i = 0; i < CELLS; i++)
			csv_write_cell(&out, cells[i], i == 0 ? 0 : separator);
		csv_write_end(&out);
		struct text rest = buf_view(&out);
		assert_int_equal(csv_read(&r, &rest), CSV_RECORD);
		size_t cut = (size_t)seeded_below(&seed, rest.n + 1);
		struct text head = text_from(rest.p, cut);
		rest = text_from(rest.p + cut, rest.n - cut);
		enum csv_result result = csv_read(&r, &head);
		if (result == CSV_MORE)
			result = csv_read(&r, &rest);
		assert_int_equal(result, CSV_RECORD);
		assert_int_equal(r.n_cells, CELLS);
		for (size_t i = 0; i < CELLS; i++)
			assert_true(text_eq(csv_unguard(csv_cell(&r, i)), cells[i]));
		csv_free(&r);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_and_cells_are_read),
	    cmocka_unit_test(empty_lines_are_not_records),
	    cmocka_unit_test(a_byte_order_mark_is_skipped),
	    cmocka_unit_test(the_first_line_decides_the_separator),
	    cmocka_unit_test(utf_16_is_read),
	    cmocka_unit_test(bytes_that_are_not_utf_8_are_windows_1252),
	    cmocka_unit_test(malformed_lines_are_reported_and_skipped),
	    cmocka_unit_test(an_oversized_record_is_skipped),
	    cmocka_unit_test(written_cells_are_never_formulas),
	    cmocka_unit_test(written_cells_are_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
