/* Owns the tests of clocks and RFC 3339, compared with the C library's calendar.
 * Never waits.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

static const uint64_t day_ms = 86400000;

static void every_day_agrees_with_the_c_library(void **state)
{
	(void)state;
	/* 1970-01-01 to 9999-12-31: 2,932,897 days; all of the first 200 years, then every 7th. */
	for (uint64_t day = 0; day < 2932897; day += day < 73049 ? 1 : 7) {
		char mine[CLOCK_DATE_SIZE], theirs[64];
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		uint64_t back = 0;
		gmtime_r(&t, &tm);
		strftime(theirs, sizeof(theirs), "%Y-%m-%d", &tm);
		clock_format_date(day * day_ms + day % day_ms, mine);
		assert_string_equal(mine, theirs);
		assert_int_equal(clock_parse_time(mine, 10, &back), 0);
		assert_true(back == day * day_ms);
	}
}

static void times_are_formatted(void **state)
{
	(void)state;
	char out[CLOCK_TIME_SIZE], date[CLOCK_DATE_SIZE];
	clock_format_time(0, out);
	assert_string_equal(out, "1970-01-01T00:00:00.000Z");
	clock_format_time(UINT64_C(1795341600123), out);
	assert_string_equal(out, "2026-11-22T10:00:00.123Z");
	clock_format_time(UINT64_C(253402300799999), out);
	assert_string_equal(out, "9999-12-31T23:59:59.999Z");
	clock_format_time(UINT64_MAX, out);
	assert_string_equal(out, "9999-12-31T23:59:59.999Z");
	clock_format_date(UINT64_MAX, date);
	assert_string_equal(date, "9999-12-31");
}

static void times_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t ms;
	} good[] = {
	    {"1970-01-01", 0},
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-11-22T10:00:00.123Z", UINT64_C(1795341600123)},
	    {"2026-11-22T11:00:00.123+01:00", UINT64_C(1795341600123)},
	    {"2026-11-22t04:30:00.123456789-05:30", UINT64_C(1795341600123)},
	    {"2026-11-22 10:00:00.1z", UINT64_C(1795341600100)},
	    {"2026-11-22T10:00:00-00:00", UINT64_C(1795341600000)},
	    {"2024-02-29", UINT64_C(1709164800000)},
	    {"1972-06-30T23:59:60Z", UINT64_C(78796800000)},
	    {"9999-12-31T23:59:59.999Z", UINT64_C(253402300799999)},
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t ms = 1;
		assert_int_equal(clock_parse_time(good[i].text, strlen(good[i].text), &ms), 0);
		assert_true(ms == good[i].ms);
	}
}

static void malformed_times_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  "2026",
					  "2026-11",
					  "2026-1-1",
					  "26-01-01",
					  "1969-12-31",
					  "10000-01-01",
					  "2026-00-01",
					  "2026-13-01",
					  "2026-11-00",
					  "2026-11-31",
					  "2023-02-29",
					  "2100-02-29",
					  "2026-11-22T",
					  "2026-11-22T10:00Z",
					  "2026-11-22T10:00:00",
					  "2026-11-22T24:00:00Z",
					  "2026-11-22T10:60:00Z",
					  "2026-11-22T10:00:61Z",
					  "2026-11-22T10:00:00.Z",
					  "2026-11-22T10:00:00+0100",
					  "2026-11-22T10:00:00+24:00",
					  "2026-11-22T10:00:00+01:60",
					  "2026-11-22T10:00:00ZZ",
					  "2026-11-22 ",
					  " 2026-11-22",
					  "2026/11/22",
					  "1970-01-01T00:00:00+00:01",
					  "9999-12-31T23:59:59-00:01",
					  "-026-11-22",
					  "2026-11-22T-1:00:00Z"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ms = 5;
		if (clock_parse_time(bad[i], strlen(bad[i]), &ms) != -1)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(ms, 5);
	}
	uint64_t ms = 5;
	assert_int_equal(clock_parse_time(NULL, 0, &ms), -1);
	assert_int_equal(clock_parse_time("2026-11-22\0", 11, &ms), -1);
}

static void the_manual_clock_stands_still(void **state)
{
	(void)state;
	struct clock_manual c;
	clock_manual_init(&c, 5, 7);
	assert_int_equal(c.clock.mono_ns(&c.clock), 5);
	assert_int_equal(c.clock.unix_ms(&c.clock), 7);
	clock_manual_advance(&c, 75ULL * 3600 * 1000);
	assert_true(c.clock.mono_ns(&c.clock) == 5 + UINT64_C(270000000000000));
	assert_true(c.clock.unix_ms(&c.clock) == 7 + 270000000);
}

static void the_system_clocks_advance(void **state)
{
	(void)state;
	uint64_t before = clock_system.mono_ns(&clock_system);
	while (clock_system.mono_ns(&clock_system) == before)
		continue;
	assert_true(clock_system.mono_ns(&clock_system) > before);
	uint64_t now = clock_system.unix_ms(&clock_system), s = (uint64_t)time(NULL);
	assert_true(now / 1000 >= s - 1 && now / 1000 <= s + 1);
}

static void dates_of_any_year_are_recognised(void **state)
{
	(void)state;
	static const char *const good[] = {"0001-01-01", "1904-02-29", "1969-12-31", "9999-12-31"};
	static const char *const bad[] = {
	    "0000-01-01",  "1900-02-29",           "1969-12-32", "1969-1-1",
	    "1969-12-31 ", "1969-12-31T00:00:00Z", "1969/12/31", ""};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(clock_is_date(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(clock_is_date(bad[i], strlen(bad[i])));
	assert_false(clock_is_date(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_day_agrees_with_the_c_library),
	    cmocka_unit_test(times_are_formatted),
	    cmocka_unit_test(times_are_read),
	    cmocka_unit_test(malformed_times_are_refused),
	    cmocka_unit_test(dates_of_any_year_are_recognised),
	    cmocka_unit_test(the_manual_clock_stands_still),
	    cmocka_unit_test(the_system_clocks_advance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
