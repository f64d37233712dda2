/* Owns the tests of percentiles: a histogram gives them within the bounds of its bucket.
 * Never reads the text of metrics.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/metrics.h"

enum { MS = 1000000 };

static void an_empty_histogram_has_no_percentile(void **state)
{
	(void)state;
	const struct histogram h = {0};
	assert_int_equal(histogram_percentile(&h, 50), 0);
}

static void a_percentile_lies_in_the_bucket_of_its_value(void **state)
{
	(void)state;
	struct histogram h = {0};
	for (int i = 0; i < 98; i++)
		histogram_add(&h, 2 * MS); /* the bucket from 1 to 2.5 ms */
	histogram_add(&h, 40 * MS);        /* from 25 to 50 ms */
	histogram_add(&h, 40 * MS);
	assert_in_range(histogram_percentile(&h, 50), 1 * MS, 2.5 * MS);
	assert_in_range(histogram_percentile(&h, 98), 1 * MS, 2.5 * MS);
	assert_in_range(histogram_percentile(&h, 99), 25 * MS, 50 * MS);
	assert_in_range(histogram_percentile(&h, 100), 25 * MS, 50 * MS);
}

static void one_duration_is_every_percentile(void **state)
{
	(void)state;
	struct histogram h = {0};
	histogram_add(&h, 70000); /* below 100 us */
	assert_in_range(histogram_percentile(&h, 1), 1, 100000);
	assert_int_equal(histogram_percentile(&h, 1), histogram_percentile(&h, 100));
}

static void above_the_last_bound_the_bound_is_shown(void **state)
{
	(void)state;
	struct histogram h = {0};
	histogram_add(&h, UINT64_C(60000) * MS);
	assert_int_equal(histogram_percentile(&h, 50), UINT64_C(5000) * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_histogram_has_no_percentile),
	    cmocka_unit_test(a_percentile_lies_in_the_bucket_of_its_value),
	    cmocka_unit_test(one_duration_is_every_percentile),
	    cmocka_unit_test(above_the_last_bound_the_bound_is_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
