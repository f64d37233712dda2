/* What the cells of an import's line become. Never stores a row: that is core/test_import.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/import_columns.h"

/* The row of the only line behind a header, its texts in the arena. */
static struct import_row read_line(struct text file, struct arena *arena)
{
	static struct import_columns columns;
	const struct campaign campaign = {.id = 1};
	struct import_row row = {0};
	struct csv_reader csv = {0};
	struct text rest = file, name, field;
	bool failed;
	assert_int_equal(csv_read(&csv, &rest), CSV_RECORD);
	assert_null(import_columns_read(&csv, &campaign, &columns, &name));
	enum csv_result result = csv_read(&csv, &rest);
	assert_int_equal(result == CSV_MORE ? csv_end(&csv) : result, CSV_RECORD);
	assert_null(import_row_read(&columns, &csv, &campaign, arena, &row, &field, &failed));
	assert_false(failed);
	csv_free(&csv);
	return row;
}

/* Our export puts a ' before what a spreadsheet would take for a formula; other ones are somebody's. */
static void a_guard_is_taken_off(void **state)
{
	static const struct {
		const char *cell, *name;
	} cases[] = {
	    {"'=Eve", "=Eve"},
	    {"'+Eve", "+Eve"},
	    {"'-Eve", "-Eve"},
	    {"'@Eve", "@Eve"},
	    {"\"'\tEve\"", "Eve"}, /* what is blank at the ends never counts */
	    {"\"'\rEve\"", "Eve"},
	    {"''=Eve", "'=Eve"},
	    {"'Eve", "'Eve"},
	    {"''Eve", "''Eve"},
	    {"=Eve", "=Eve"},
	    {"'", "'"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena arena = {0};
		struct buf file = {0};
		buf_printf(&file, "email,first_name\r\neve@example.com,%s\r\n", cases[i].cell);
		const struct import_row row = read_line(buf_view(&file), &arena);
		assert_true(text_eq(row.join.first_name, text_of(cases[i].name)));
		arena_free(&arena);
		buf_free(&file);
	}
}

/* A name that is exported is the same name when it is imported. */
static void a_round_trip_keeps_names(void **state)
{
	static const char *const names[] = {"=1+1", "+49", "-Eve", "@eve", "'=Eve", "''-", "'Eve", "Eve, \"E\""};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct arena arena = {0};
		struct buf file = {0};
		buf_str(&file, "first_name,email\r\n");
		csv_write_cell(&file, text_of(names[i]), true);
		csv_write_cell(&file, TEXT("eve@example.com"), false);
		csv_write_end(&file);
		const struct import_row row = read_line(buf_view(&file), &arena);
		assert_true(text_eq(row.join.first_name, text_of(names[i])));
		assert_true(text_eq(row.join.email, TEXT("eve@example.com")));
		arena_free(&arena);
		buf_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_guard_is_taken_off),
	    cmocka_unit_test(a_round_trip_keeps_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
