/* Owns the tests of the steady clock against the wall clock: jumps, corrections, and when a jump is
 * believed.
 * Never reads a clock.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/steady.h"

static const uint64_t UNIX_MS = 1795428000000, DAY_MS = 86400000;

/* Looks at the clocks `after_ms` after the beginning, while the wall clock is off by `off_ms`. */
static int64_t look(struct steady *s, uint64_t after_ms, int64_t off_ms)
{
	return steady_look(s, UNIX_MS + after_ms + (uint64_t)off_ms,
			   (7 + after_ms) * UINT64_C(1000000));
}

static struct steady begin(void)
{
	struct steady s;
	steady_begin(&s, UNIX_MS, 7 * 1000000);
	return s;
}

static void steady_time_follows_the_monotonic_clock(void **state)
{
	struct steady s = begin();
	(void)state;
	assert_int_equal(steady_ms(&s, 7 * 1000000), UNIX_MS);
	assert_int_equal(look(&s, 5000, -3600000), -3600000);
	assert_int_equal(steady_ms(&s, (7 + 5000) * UINT64_C(1000000)), UNIX_MS + 5000);
}

static void a_jump_is_reported_once_and_a_correction_never(void **state)
{
	struct steady s = begin();
	(void)state;
	assert_int_equal(look(&s, 1, 0), 0);
	assert_int_equal(look(&s, 2, 60000), 0);
	assert_int_equal(look(&s, 3, 120000), 0);
	assert_int_equal(look(&s, 4, 180001), 60001);
	assert_int_equal(look(&s, 5, 180001), 0);
	assert_int_equal(look(&s, 6, -180001), -360002);
	assert_int_equal(look(&s, 7, 0), 180001);
	assert_int_equal(look(&s, 365 * DAY_MS, 0), 0);
}

static void a_jump_ahead_is_believed_after_a_day(void **state)
{
	struct steady s = begin();
	(void)state;
	look(&s, 10, 30000);
	assert_int_equal(s.believed_ms, 30000);
	look(&s, 20, 6 * (int64_t)DAY_MS);
	look(&s, DAY_MS, 6 * (int64_t)DAY_MS + 1000);
	assert_int_equal(s.believed_ms, 30000);
	look(&s, DAY_MS + 20, 6 * (int64_t)DAY_MS + 1000);
	assert_int_equal(s.believed_ms, 6 * (int64_t)DAY_MS + 1000);
}

static void a_jump_back_is_believed_at_once_and_ends_the_doubt(void **state)
{
	struct steady s = begin();
	(void)state;
	look(&s, 10, (int64_t)DAY_MS);
	look(&s, 20, -(int64_t)DAY_MS);
	assert_int_equal(s.believed_ms, -(int64_t)DAY_MS);
	look(&s, DAY_MS, 0);
	assert_int_equal(s.believed_ms, -(int64_t)DAY_MS);
	look(&s, 2 * DAY_MS, 0);
	assert_int_equal(s.believed_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(steady_time_follows_the_monotonic_clock),
	    cmocka_unit_test(a_jump_is_reported_once_and_a_correction_never),
	    cmocka_unit_test(a_jump_ahead_is_believed_after_a_day),
	    cmocka_unit_test(a_jump_back_is_believed_at_once_and_ends_the_doubt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
