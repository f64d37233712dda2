/* CSV in every spelling, cut at every place, and back again.
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

/* What was read, written down: "1[a|b]" for a record that begins in line 1, "3!why" for a wrong one. */
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

/* In two pieces, cut at every place. */
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

static void records_and_cells(void **state)
{
	(void)state;
	assert_reads(TEXT("a,b\r\nc,d\r\n"), "1[a|b]2[c|d]");
	assert_reads(TEXT("a,b\nc,d"), "1[a|b]2[c|d]");
	assert_reads(TEXT("a\rb\r"), "1[a]2[b]");
	assert_reads(TEXT(",\n,,x\n"), "1[|]2[||x]");
	assert_reads(TEXT("\"a,b\",\"c \"\"d\"\"\"\n"), "1[a,b|c \"d\"]");
	assert_reads(TEXT("\"two\r\nlines\",x\ny\n"), "1[two\r\nlines|x]3[y]");
	assert_reads(TEXT("\"a\rb\nc\",x\ny\n"), "1[a\rb\nc|x]4[y]");
	assert_reads(TEXT("5\" pipe,a\"b\"\n"), "1[5\" pipe|a\"b\"]");
	assert_reads(TEXT(" a , b \n"), "1[ a | b ]");
}

static void nothing_is_no_record(void **state)
{
	(void)state;
	assert_reads(TEXT(""), "");
	assert_reads(TEXT("\n\r\n\n"), "");
	assert_reads(TEXT("\n\na\n\nb"), "3[a]5[b]");
	assert_reads(TEXT("\"\"\n"), "1[]");
}

static void a_mark_in_front_is_skipped(void **state)
{
	(void)state;
	assert_reads(TEXT("\xef\xbb\xbf" "a\n"), "1[a]");
	assert_reads(TEXT("\xef\xbb\xbf\"a\"\n"), "1[a]");
	assert_reads(TEXT("\xef\xbb" "a\n"), "1[\xef\xbb" "a]");
	assert_reads(TEXT("\xef\xbb"), "1[\xef\xbb]");
	assert_reads(TEXT("\xef\n"), "1[\xef]");
	assert_reads(TEXT("a\n\xef\xbb\xbf" "b\n"), "1[a]2[\xef\xbb\xbf" "b]");
}

static void wrong_lines_are_told_and_passed(void **state)
{
	(void)state;
	assert_reads(TEXT("a\n\"b\"c,d\ne\n"), "1[a]2!has something behind the closing quote of a cell3[e]");
	assert_reads(TEXT("a\n\"b"), "1[a]2!has a quoted cell that never ends");
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

static void limits(void **state)
{
	struct buf b = {0};
	(void)state;
	fill(&b, 'x', CSV_RECORD_MAX + 1);
	buf_str(&b, "\na\n");
	assert_once(&b, "1!is longer than 64 KiB: is a quote missing?2[a]");
	fill(&b, 'x', CSV_RECORD_MAX);
	buf_str(&b, "\n");
	assert_once(&b, "1[xxx");
	/* A quote that nobody closed does not take the file with it. */
	buf_char(&b, '"');
	for (int i = 0; i < 20000; i++)
		buf_str(&b, "a,b\n");
	buf_str(&b, "\"end\"\n");
	assert_once(&b, "1!is longer than 64 KiB: is a quote missing?16386[a|b]16387[a|b]");
	fill(&b, ',', CSV_CELLS_MAX - 1);
	buf_str(&b, "\n");
	assert_once(&b, "1[|||");
	fill(&b, ',', CSV_CELLS_MAX);
	buf_str(&b, "\na\n");
	assert_once(&b, "1!has more than 256 cells2[a]");
}

static void assert_written(struct text cell, const char *expected)
{
	struct buf out = {0};
	csv_write_cell(&out, cell, true);
	if (!text_eq(buf_view(&out), text_of(expected)))
		fail_msg("\"%.*s\", not \"%s\"", TEXT_ARGS(buf_view(&out)), expected);
	buf_free(&out);
}

static void no_cell_is_a_formula(void **state)
{
	(void)state;
	assert_written(TEXT("=1+1"), "'=1+1");
	assert_written(TEXT("+49 30"), "'+49 30");
	assert_written(TEXT("-1"), "'-1");
	assert_written(TEXT("@SUM(A1)"), "'@SUM(A1)");
	assert_written(TEXT("\t=1"), "'\t=1");
	assert_written(TEXT("\r=1"), "\"'\r=1\"");
	assert_written(TEXT("=\"a\",b"), "\"'=\"\"a\"\",b\"");
	assert_written(TEXT("'=1"), "''=1");
	assert_written(TEXT("'tis"), "'tis");
	assert_written(TEXT("a=1"), "a=1");
	assert_written(TEXT("\xe2\x80\x93"), "\xe2\x80\x93");
	assert_written(TEXT(" a"), "\" a\"");
	assert_written(TEXT(""), "");
}

/* Cells of what CSV is about, and of anything. */
static struct text random_cell(struct seeded *seed, char room[40])
{
	static const char special[] = "\"',=+-@\t\r\n a";
	size_t n = (size_t)seeded_below(seed, 8);
	for (size_t i = 0; i < n; i++)
		room[i] = seeded_below(seed, 6) == 0
			      ? (char)seeded_next(seed)
			      : special[seeded_below(seed, sizeof special - 1)];
	return text_from(room, n);
}

static void written_cells_come_back(void **state)
{
	enum { CELLS = 5 };
	struct seeded seed = seeded_start("csv", 5);
	(void)state;
	for (int round = 0; round < 20000; round++) {
		char rooms[CELLS][40];
		struct text cells[CELLS];
		struct csv_reader r = {0};
		struct buf out = {0};
		for (size_t i = 0; i < CELLS; i++)
			cells[i] = random_cell(&seed, rooms[i]);
		buf_str(&out, "header\n"); /* a mark is looked for before it only */
		for (size_t i = 0; i < CELLS; i++)
			csv_write_cell(&out, cells[i], i == 0);
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
	    cmocka_unit_test(records_and_cells),
	    cmocka_unit_test(nothing_is_no_record),
	    cmocka_unit_test(a_mark_in_front_is_skipped),
	    cmocka_unit_test(wrong_lines_are_told_and_passed),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(no_cell_is_a_formula),
	    cmocka_unit_test(written_cells_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
