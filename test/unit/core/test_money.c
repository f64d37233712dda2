/* Owns the tests of money: currencies and percentages, at the edges of what a number can hold.
 * Never checks a currency's name beyond the table.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/money.h"

static void currencies_have_their_decimal_places(void **state)
{
	(void)state;
	assert_int_equal(currency_places(TEXT("EUR")), 2);
	assert_int_equal(currency_places(TEXT("JPY")), 0);
	assert_int_equal(currency_places(TEXT("KWD")), 3);
	assert_int_equal(currency_places(TEXT("CLF")), 4);
	assert_true(currency_plausible(TEXT("EUR")));
	assert_false(currency_plausible(TEXT("eur")));
	assert_false(currency_plausible(TEXT("EU")));
	assert_false(currency_plausible(TEXT("EURO")));
	assert_false(currency_plausible(TEXT("")));
}

static void percentages_are_rounded_half_up(void **state)
{
	static const struct {
		uint64_t amount_e4, percent;
		const char *currency;
		uint64_t expected;
	} cases[] = {
	    {499000, 1000, "EUR", 499}, /* 10 % of 49.90 */
	    {499000, 1250, "EUR", 624}, /* 6.2375: up from 623.75 */
	    {100, 5000, "EUR", 1},      /* half a cent goes up */
	    {99, 5000, "EUR", 0},       /* just below half a cent */
	    {1, 1, "EUR", 0},
	    {0, 10000, "EUR", 0},
	    {10000, 10000, "JPY", 1}, /* 100 % of 1 yen */
	    {15000, 10000, "JPY", 2}, /* 1.5 yen */
	    {14999, 10000, "JPY", 1},
	    {12345, 10000, "KWD", 1235}, /* 1.2345 dinars: half a fils goes up */
	    {12345, 10000, "CLF", 12345},
	    /* The largest amount that can be sent: 15 digits and 4 decimals. */
	    {UINT64_C(9999999999999999999), 10000, "EUR", MONEY_MAX},
	    {UINT64_C(9999999999999999999), 1, "JPY", UINT64_C(100000000000)},
	    {UINT64_C(9999999999999999999), 1, "EUR", UINT64_C(10000000000000)},
	    {UINT64_MAX, 10000, "CLF", MONEY_MAX},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (money_percent(cases[i].amount_e4, cases[i].percent,
				  text_of(cases[i].currency)) != cases[i].expected)
			fail_msg("case %zu gives another amount", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(currencies_have_their_decimal_places),
	    cmocka_unit_test(percentages_are_rounded_half_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
