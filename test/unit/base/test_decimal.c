/*
 * Owns the tests of decimal numbers. Run by make test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"

static void decimals_are_read(void **state)
{
	static const struct {
		const char *text;
		unsigned places;
		uint64_t value;
	} good[] = {
	    {"49.90", 2, 4990},     {"49.9", 2, 4990},
	    {"49", 2, 4900},        {"0", 4, 0},
	    {"0.0001", 4, 1},       {"007", 0, 7},
	    {"12.3400", 4, 123400}, {"999999999999999.9999", 4, 9999999999999999999u},
	};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		uint64_t value = 0;
		assert_int_equal(decimal_read(text_of(good[i].text), good[i].places, &value),
				 ERR_OK);
		assert_true(value == good[i].value);
	}
}

static void malformed_decimals_are_refused(void **state)
{
	static const char *const bad[] = {"",      ".5", "5.", "-1",    "+1",   "1e3", "1,5",
					  "1.234", " 1", "1 ", "1.2.3", "0x10", "1.x"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint64_t value = 7;
		assert_int_equal(decimal_read(text_of(bad[i]), 2, &value), ERR_INVALID);
		assert_int_equal(value, 7);
	}
	uint64_t value;
	assert_int_equal(decimal_read(TEXT("1.5"), 0, &value), ERR_INVALID);
	assert_int_equal(decimal_read(TEXT("1000000000000000"), 2, &value), ERR_TOO_LARGE);
	assert_int_equal(decimal_read(TEXT("99999999999999999999999.5"), 2, &value), ERR_TOO_LARGE);
}

static void rounding_is_half_up(void **state)
{
	static const struct {
		const char *number;
		unsigned places;
		enum err err;
		uint64_t value;
	} cases[] = {
	    {"59.970000000000006", 2, ERR_OK, 5997},
	    {"59.970000000000006", 4, ERR_OK, 599700},
	    {"0.30000000000000004", 2, ERR_OK, 30},
	    {"1e2", 2, ERR_OK, 10000},
	    {"1E+2", 0, ERR_OK, 100},
	    {"1.5e1", 0, ERR_OK, 15},
	    {"12345e-3", 2, ERR_OK, 1235},
	    {"0.005", 2, ERR_OK, 1},
	    {"0.004999999999999999999999", 2, ERR_OK, 0},
	    {"0.995", 2, ERR_OK, 100},
	    {"9.5", 0, ERR_OK, 10},
	    {"0.05", 0, ERR_OK, 0},
	    {"5e-1", 0, ERR_OK, 1},
	    {"5e-2", 0, ERR_OK, 0},
	    {"0", 4, ERR_OK, 0},
	    {"-0", 4, ERR_OK, 0},
	    {"-0.0e9", 4, ERR_OK, 0},
	    {"0e99999999999999999999", 4, ERR_OK, 0},
	    {"1e-99999999999999999999", 4, ERR_OK, 0},
	    {"0.000000000000000000000000000001e30", 2, ERR_OK, 100},
	    {"999999999999999.9999", 4, ERR_OK, 9999999999999999999u},
	    {"1e15", 4, ERR_TOO_LARGE, 0},
	    {"1e400", 0, ERR_TOO_LARGE, 0},
	    {"1000000000000000", 0, ERR_TOO_LARGE, 0},
	    {"1e99999999999999999999", 0, ERR_TOO_LARGE, 0},
	    {"-1", 2, ERR_INVALID, 0},
	    {"-0.00000001", 2, ERR_INVALID, 0},
	    {"-1e400", 2, ERR_INVALID, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t value = 0;
		enum err err = decimal_round(text_of(cases[i].number), cases[i].places, &value);
		if (err != cases[i].err || value != cases[i].value)
			fail_msg("%s is rounded to: %s, %llu", cases[i].number, err_name(err),
				 (unsigned long long)value);
	}
}

static void whole_numbers_are_read(void **state)
{
	static const char *const whole[] = {"100", "1e2", "100.0", "1.00E+2", "10000e-2", "0.1e3"};
	static const char *const others[] = {"100.5", "1e-1", "-1", "100.0000000000000000001"};
	(void)state;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		uint64_t value = 0;
		assert_int_equal(decimal_integer(text_of(whole[i]), &value), ERR_OK);
		assert_int_equal(value, 100);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		uint64_t value = 7;
		assert_int_equal(decimal_integer(text_of(others[i]), &value), ERR_INVALID);
		assert_int_equal(value, 7);
	}
}

static void exponents_are_written_out(void **state)
{
	static const char *const cases[][2] = {
	    {"1e2", "100"},
	    {"1E+2", "100"},
	    {"-1.5e0", "-1.5"},
	    {"12.50e1", "125.0"},
	    {"1e-7", "0.0000001"},
	    {"0.1e1", "1"},
	    {"0e5", "0"},
	    {"000e1", "0"},
	    {"100e-2", "1.00"},
	    {"1e0", "1"},
	    {"1.25e-1", "0.125"},
	    {"1e37", "10000000000000000000000000000000000000"},
	    {"1e40", ""},
	    {"1e-40", ""},
	    {"1e999999999999999999999", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char room[DECIMAL_PLAIN_MAX];
		struct text plain = decimal_plain(text_of(cases[i][0]), room);
		if (!text_eq(plain, text_of(cases[i][1])))
			fail_msg("%s is written as \"%.*s\"", cases[i][0], TEXT_ARGS(plain));
	}
}

static void decimals_are_written(void **state)
{
	static const struct {
		uint64_t value;
		unsigned places;
		const char *text;
	} cases[] = {
	    {4990, 2, "49.90"}, {5, 2, "0.05"}, {0, 3, "0.000"}, {1234, 0, "1234"}, {70, 1, "7.0"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = {0};
		decimal_write(&out, cases[i].value, cases[i].places);
		assert_true(text_eq(buf_view(&out), text_of(cases[i].text)));
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decimals_are_read),
	    cmocka_unit_test(malformed_decimals_are_refused),
	    cmocka_unit_test(rounding_is_half_up),
	    cmocka_unit_test(whole_numbers_are_read),
	    cmocka_unit_test(exponents_are_written_out),
	    cmocka_unit_test(decimals_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
