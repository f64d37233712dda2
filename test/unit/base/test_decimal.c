/*
 * Owns the tests of decimal numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"

static void test_read(void **state)
{
	static const struct {
		const char *text;
		unsigned places;
		uint64_t value;
	} good[] = {
	    {"49.90", 2, 4990}, {"49.9", 2, 4990},  {"49", 2, 4900},     {"0", 4, 0},
	    {"0.0001", 4, 1},   {"007", 0, 7},      {"12.3400", 4, 123400},
	    {"999999999999999.9999", 4, 9999999999999999999u},
	};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		uint64_t value = 0;
		assert_true(decimal_read(text_of(good[i].text), good[i].places, &value));
		assert_true(value == good[i].value);
	}
}

static void test_refuse(void **state)
{
	static const char *const bad[] = {"",     ".5",  "5.",  "-1", "+1",    "1e3",  "1,5",
					  "1.234", " 1", "1 ", "1.2.3", "0x10", "1000000000000000"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint64_t value = 7;
		assert_false(decimal_read(text_of(bad[i]), 2, &value));
		assert_int_equal(value, 7);
	}
	uint64_t value;
	assert_false(decimal_read(TEXT("1.5"), 0, &value));
}

static void test_write(void **state)
{
	static const struct {
		uint64_t value;
		unsigned places;
		const char *text;
	} cases[] = {{4990, 2, "49.90"}, {5, 2, "0.05"}, {0, 3, "0.000"}, {1234, 0, "1234"}, {70, 1, "7.0"}};
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
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_refuse),
	    cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
