/* Owns the tests of how the cells of an import line become a row. Never stores a row:
 * core/test_import does.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/import_columns.h"
#include "base/clock.h"

/* Reads the only line after a header. The row's texts are in the arena. */
static struct import_row read_line_of(const struct campaign *campaign, uint64_t now_ms,
				      struct text file, struct arena *arena)
{
	static struct import_columns columns;
	struct import_row row = {.join = {.now_ms = now_ms}};
	struct csv_reader csv = {0};
	struct problems problems = {0};
	struct text rest = file;
	bool failed;
	assert_int_equal(csv_read(&csv, &rest), CSV_RECORD);
	import_columns_read(&csv, campaign, &columns, &problems);
	assert_int_equal(problems.n, 0);
	enum csv_result result = csv_read(&csv, &rest);
	assert_int_equal(result == CSV_MORE ? csv_end(&csv) : result, CSV_RECORD);
	import_row_read(&columns, &csv, campaign, arena, &row, &failed);
	assert_false(failed);
	csv_free(&csv);
	return row;
}

static struct import_row read_line(struct text file, struct arena *arena)
{
	const struct campaign campaign = {.id = 1};
	struct import_row row = read_line_of(&campaign, 0, file, arena);
	assert_int_equal(row.join.problems.n, 0);
	return row;
}

/* The export writes a ' before a cell that a spreadsheet would take for a formula. Only that ' is
 * removed. */
static void the_formula_guard_is_removed(void **state)
{
	static const struct {
		const char *cell, *name;
	} cases[] = {
	    {"'=Eve", "=Eve"},     {"'+Eve", "+Eve"},     {"'-Eve", "-Eve"},
	    {"'@Eve", "@Eve"},     {"\"'\tEve\"", "Eve"}, /* blanks at the ends never count */
	    {"\"'\rEve\"", "Eve"}, {"''=Eve", "'=Eve"},   {"'Eve", "'Eve"},
	    {"''Eve", "''Eve"},    {"=Eve", "=Eve"},      {"'", "'"},
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

/* A name is the same after an export and an import. */
static void an_exported_name_is_imported_unchanged(void **state)
{
	static const char *const names[] = {"=1+1",  "+49", "-Eve", "@eve",
					    "'=Eve", "''-", "'Eve", "Eve, \"E\""};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct arena arena = {0};
		struct buf file = {0};
		buf_str(&file, "first_name,email\r\n");
		csv_write_cell(&file, text_of(names[i]), 0);
		csv_write_cell(&file, TEXT("eve@example.com"), ',');
		csv_write_end(&file);
		const struct import_row row = read_line(buf_view(&file), &arena);
		assert_true(text_eq(row.join.first_name, text_of(names[i])));
		assert_true(text_eq(row.join.email, TEXT("eve@example.com")));
		arena_free(&arena);
		buf_free(&file);
	}
}

static void dates_are_read_in_the_time_zone(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *now, *cell, *moment; /* moment is NULL if refused */
	} cases[] = {
	    {"", "2026-11-27T10:30:00Z", "2021-03-12", "2021-03-12T00:00:00.000Z"},
	    {"Europe/Berlin", "2026-11-27T10:30:00Z", "2021-03-12", "2021-03-11T23:00:00.000Z"},
	    {"Europe/Berlin", "2026-11-27T10:30:00Z", "2021-03-12 10:45:00",
	     "2021-03-12T09:45:00.000Z"},
	    {"", "2026-11-27T10:30:00Z", "2021-03-12T10:45:00", "2021-03-12T10:45:00.000Z"},
	    {"Asia/Tokyo", "2026-11-27T10:30:00Z", "2021-03-12T10:45:00+01:00",
	     "2021-03-12T09:45:00.000Z"},
	    /* In Kiribati the 28th has begun, the 29th has not. */
	    {"", "2026-11-27T10:30:00Z", "2026-11-28", "2026-11-27T10:30:00.000Z"},
	    {"", "2026-11-27T10:30:00Z", "2026-11-28 00:30:00", "2026-11-27T10:30:00.000Z"},
	    {"Pacific/Niue", "2026-11-27T10:30:00Z", "2026-11-28", "2026-11-27T10:30:00.000Z"},
	    {"", "2026-11-27T10:30:00Z", "2026-11-28 00:30:01", NULL},
	    {"", "2026-11-27T09:59:59Z", "2026-11-28", NULL},
	    {"", "2026-11-27T10:30:00Z", "2026-11-29", NULL},
	    {"", "2026-11-27T10:30:00Z", "2026-11-27T10:30:01Z", NULL},
	    {"", "2026-11-27T10:30:00Z", "12.03.2021", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct campaign campaign = {.id = 1, .timezone = text_of(cases[i].zone)};
		struct arena arena = {0};
		struct buf file = {0};
		uint64_t now_ms = 0;
		char shown[CLOCK_TIME_SIZE];
		assert_int_equal(clock_parse_time(cases[i].now, strlen(cases[i].now), &now_ms), 0);
		buf_printf(&file, "email,first_name,signed_up_at\r\neve@example.com,Eve,%s\r\n",
			   cases[i].cell);
		const struct import_row row =
		    read_line_of(&campaign, now_ms, buf_view(&file), &arena);
		assert_true((row.join.problems.n == 0) == (cases[i].moment != NULL));
		clock_format_time(row.join.joined_ms, shown);
		if (cases[i].moment != NULL)
			assert_string_equal(shown, cases[i].moment);
		arena_free(&arena);
		buf_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_formula_guard_is_removed),
	    cmocka_unit_test(an_exported_name_is_imported_unchanged),
	    cmocka_unit_test(dates_are_read_in_the_time_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
