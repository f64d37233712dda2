/*
 * Owns the tests of the throttle: concurrency, rate, penalty, release. Never reads a clock: time
 * and randomness are arguments. Run by make test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "delivery/throttle.h"

enum { MIDDLE = UINT32_MAX / 2 }; /* no jitter, within a millisecond or two */
static const uint64_t NOW_MS = 1000000;

static struct throttle fresh(uint32_t concurrency, uint32_t rate)
{
	struct throttle t = {0};
	throttle_configure(&t, concurrency, rate, NOW_MS);
	return t;
}

static bool allows(struct throttle *t, uint32_t in_flight, uint64_t now_ms)
{
	uint64_t wait_ms;
	return throttle_allows(t, in_flight, now_ms, &wait_ms);
}

static void fail_times(struct throttle *t, int times, uint64_t now_ms)
{
	for (int i = 0; i < times; i++)
		throttle_result(t, false, now_ms, MIDDLE);
}

static void the_default_concurrency_is_32(void **state)
{
	(void)state;
	uint64_t wait_ms = 1;
	struct throttle t = fresh(0, 0);
	assert_true(allows(&t, 31, NOW_MS));
	assert_false(throttle_allows(&t, 32, NOW_MS, &wait_ms));
	assert_int_equal(wait_ms, 0); /* when a call has ended */
	t = fresh(3, 0);
	assert_true(allows(&t, 2, NOW_MS));
	assert_false(allows(&t, 3, NOW_MS));
}

/* Asks every millisecond and starts a call whenever it is allowed. */
static uint64_t started_in(struct throttle *t, uint64_t from_ms, uint64_t ms)
{
	uint64_t started = 0;
	for (uint64_t now_ms = from_ms; now_ms < from_ms + ms; now_ms++)
		while (allows(t, 0, now_ms)) {
			throttle_start(t);
			started++;
		}
	return started;
}

static void the_rate_applies_from_the_first_second(void **state)
{
	static const uint32_t rates[] = {1, 2, 7, 10, 30, 333, 1000, 10000};
	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct throttle t = fresh(0, rates[i]);
		/* A tenth of a second's calls may start at once. */
		uint64_t most = rates[i] + (rates[i] > 10 ? rates[i] / 10 : 1);
		uint64_t first = started_in(&t, NOW_MS, 1000);
		assert_in_range(first, rates[i], most);
		uint64_t minute = first + started_in(&t, NOW_MS + 1000, 59000);
		assert_in_range(minute, 60 * rates[i] - 1, 60 * rates[i] + most - rates[i]);
		/* Calls that an hour of silence left unused are not made up for. */
		assert_in_range(started_in(&t, NOW_MS + 3660000, 1000), rates[i], most);
	}
}

static void the_wait_ends_when_the_next_token_comes(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 2);
	uint64_t wait_ms;
	assert_true(throttle_allows(&t, 0, NOW_MS, &wait_ms));
	throttle_start(&t);
	assert_false(throttle_allows(&t, 0, NOW_MS, &wait_ms));
	assert_in_range(wait_ms, NOW_MS + 500, NOW_MS + 501);
	uint64_t then_ms = wait_ms;
	assert_false(throttle_allows(&t, 0, then_ms - 2, &wait_ms));
	assert_true(throttle_allows(&t, 0, then_ms, &wait_ms));
	assert_int_equal(wait_ms, 0);
}

static void a_new_rate_applies_at_once(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 1);
	throttle_start(&t);
	assert_false(allows(&t, 0, NOW_MS));
	throttle_configure(&t, 0, 100, NOW_MS);
	assert_true(allows(&t, 0, NOW_MS));
	throttle_configure(&t, 0, 0, NOW_MS);
	assert_int_equal(started_in(&t, NOW_MS, 0), 0);
	for (int i = 0; i < 100000; i++, throttle_start(&t))
		assert_true(allows(&t, 0, NOW_MS));
	/* Saving a webhook without a change of its rate gives no new tokens. */
	t = fresh(0, 1);
	throttle_start(&t);
	throttle_configure(&t, 0, 1, NOW_MS);
	assert_false(allows(&t, 0, NOW_MS));
}

static void five_failures_in_a_row_start_a_penalty(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 0);
	fail_times(&t, 4, NOW_MS);
	assert_false(throttle_penalised(&t));
	throttle_result(&t, true, NOW_MS, MIDDLE);
	fail_times(&t, 4, NOW_MS);
	assert_false(throttle_penalised(&t)); /* not in a row */
	assert_true(allows(&t, 31, NOW_MS));
	fail_times(&t, 1, NOW_MS);
	assert_true(throttle_penalised(&t));
	assert_false(allows(&t, 0, NOW_MS));
}

static void probes_come_one_at_a_time_at_growing_intervals(void **state)
{
	static const uint64_t waits[] = {5000, 10000, 20000, 40000, 80000, 160000, 300000, 300000};
	(void)state;
	struct throttle t = fresh(0, 0);
	uint64_t now_ms = NOW_MS, probe_ms;
	fail_times(&t, 5, now_ms);
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		assert_false(throttle_allows(&t, 0, now_ms, &probe_ms));
		assert_in_range(probe_ms, now_ms + waits[i] - 2, now_ms + waits[i] + 2);
		now_ms = probe_ms;
		assert_true(allows(&t, 0, now_ms));
		assert_false(allows(&t, 1, now_ms));
		fail_times(&t, 1, now_ms);
	}
}

static void the_probe_interval_varies_by_a_fifth(void **state)
{
	(void)state;
	for (int i = 0; i <= 1; i++) {
		struct throttle t = fresh(0, 0);
		uint64_t probe_ms;
		fail_times(&t, 4, NOW_MS);
		throttle_result(&t, false, NOW_MS, i == 0 ? 0 : UINT32_MAX);
		assert_false(throttle_allows(&t, 0, NOW_MS, &probe_ms));
		assert_int_equal(probe_ms, NOW_MS + (i == 0 ? 4000 : 6000));
	}
}

/* 32 calls that fail together are one short outage: the first probe comes after 5 s, not 5 min. */
static void simultaneous_failures_count_once(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 0);
	uint64_t probe_ms;
	fail_times(&t, 32, NOW_MS);
	assert_false(throttle_allows(&t, 0, NOW_MS, &probe_ms));
	assert_in_range(probe_ms, NOW_MS + 4998, NOW_MS + 5002);
}

static void the_release_doubles_with_each_round(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 0);
	uint64_t now_ms = NOW_MS + 10000;
	fail_times(&t, 5, NOW_MS);
	assert_true(allows(&t, 0, now_ms));
	throttle_result(&t, true, now_ms, MIDDLE);
	for (uint32_t may = 2; may < THROTTLE_CONCURRENCY; may *= 2) {
		assert_true(allows(&t, may - 1, now_ms));
		assert_false(allows(&t, may, now_ms));
		for (uint32_t i = 0; i < may; i++)
			throttle_result(&t, true, now_ms, MIDDLE);
	}
	assert_true(allows(&t, THROTTLE_CONCURRENCY - 1, now_ms));
	fail_times(&t, 1, now_ms); /* after the release a single failure starts no penalty */
	assert_true(allows(&t, THROTTLE_CONCURRENCY - 1, now_ms));
}

static void a_failure_during_the_release_restarts_it(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 0);
	uint64_t now_ms = NOW_MS + 10000;
	fail_times(&t, 5, NOW_MS);
	for (int i = 0; i < 8; i++)
		throttle_result(&t, true, now_ms, MIDDLE);
	assert_true(allows(&t, 8, now_ms));
	fail_times(&t, 1, now_ms);
	assert_false(throttle_penalised(&t));
	assert_true(allows(&t, 0, now_ms));
	assert_false(allows(&t, 1, now_ms));
}

static void a_restart_probes_at_once(void **state)
{
	(void)state;
	struct throttle t = fresh(0, 0);
	throttle_resume(&t, 400, NOW_MS);
	assert_true(throttle_penalised(&t));
	assert_true(allows(&t, 0, NOW_MS));
	assert_false(allows(&t, 1, NOW_MS));
	throttle_resume(&t, 0, NOW_MS);
	assert_true(allows(&t, 1, NOW_MS));
}

static void known_hosts_have_a_default_rate(void **state)
{
	(void)state;
	assert_int_equal(throttle_default_rate("hooks.zapier.com"), 30);
	assert_int_equal(throttle_default_rate("hooks.zapier.com.evil.example"), 0);
	assert_int_equal(throttle_default_rate("zapier.com"), 0);
	assert_int_equal(throttle_default_rate("crm.example"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_default_concurrency_is_32),
	    cmocka_unit_test(the_rate_applies_from_the_first_second),
	    cmocka_unit_test(the_wait_ends_when_the_next_token_comes),
	    cmocka_unit_test(a_new_rate_applies_at_once),
	    cmocka_unit_test(five_failures_in_a_row_start_a_penalty),
	    cmocka_unit_test(probes_come_one_at_a_time_at_growing_intervals),
	    cmocka_unit_test(the_probe_interval_varies_by_a_fifth),
	    cmocka_unit_test(simultaneous_failures_count_once),
	    cmocka_unit_test(the_release_doubles_with_each_round),
	    cmocka_unit_test(a_failure_during_the_release_restarts_it),
	    cmocka_unit_test(a_restart_probes_at_once),
	    cmocka_unit_test(known_hosts_have_a_default_rate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
