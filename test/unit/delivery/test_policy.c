/* Owns the tests of what follows from an attempt: success, schedule, jitter, Retry-After, the end.
 * Never waits: time and randomness are arguments.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/names.h"
#include "delivery/policy.h"

/* Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110. */
static const uint64_t NOW_MS = 784111777000;
static const uint64_t DAY_MS = 86400000;

static const struct policy_rules *default_rules(void)
{
	static struct policy_rules rules;
	rules = (struct policy_rules){.schedule = policy_default_schedule};
	return &rules;
}

static struct policy_decision decide_of(enum http_failure failure, int status, uint64_t attempts,
					uint64_t refusals)
{
	const struct policy_attempt attempt = {
	    .failure = failure, .status = status, .attempts = attempts, .refusals = refusals};
	return policy_decide(default_rules(), &attempt, NOW_MS, 0);
}

static struct policy_decision decide(uint64_t attempts, struct text retry_after, uint32_t random)
{
	const struct policy_attempt attempt = {
	    .status = 503, .attempts = attempts, .retry_after = retry_after};
	return policy_decide(default_rules(), &attempt, NOW_MS, random);
}

static const int REFUSALS[] = {400, 405, 406, 409, 411, 413, 414, 415, 422};

static bool is_refusal(int status)
{
	for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++)
		if (REFUSALS[i] == status)
			return true;
	return false;
}

static void every_status_has_its_outcome(void **state)
{
	(void)state;
	for (int status = 200; status < 600; status++) {
		enum policy_outcome wanted = status < 300         ? OUTCOME_SUCCESS
					     : is_refusal(status) ? OUTCOME_REFUSAL
								  : OUTCOME_FAILURE;
		enum delivery_verdict verdict = status < 300    ? VERDICT_DELIVERED
						: status == 410 ? VERDICT_GONE
								: VERDICT_RETRY;
		struct policy_decision d = decide_of(HTTP_FAIL_NONE, status, 1, 0);
		assert_int_equal(d.outcome, wanted);
		assert_int_equal(d.verdict, verdict);
	}
	assert_int_equal(decide_of(HTTP_FAIL_PROTOCOL, 200, 1, 0).outcome, OUTCOME_FAILURE);
	assert_int_equal(decide_of(HTTP_FAIL_TIMEOUT, 409, 1, 0).outcome, OUTCOME_FAILURE);
}

static void a_webhook_may_list_further_successes(void **state)
{
	const struct policy_rules rules = {
	    .schedule = policy_default_schedule, .success = {302, 409, 410, 503}, .n_success = 4};
	(void)state;
	for (int status = 200; status < 600; status++) {
		bool listed = status == 302 || status == 409 || status == 410 || status == 503;
		const struct policy_attempt attempt = {.status = status, .attempts = 1};
		assert_int_equal(policy_decide(&rules, &attempt, NOW_MS, 0).verdict ==
				     VERDICT_DELIVERED,
				 status < 300 || listed);
	}
}

/* 5 s, 5 min, 30 min, whatever Retry-After says; then the delivery is exhausted. */
static void refusals_have_their_own_schedule(void **state)
{
	static const uint64_t seconds[] = {5, 300, 1800};
	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		const struct policy_attempt attempt = {
		    .status = 409, .attempts = i + 1, .refusals = i, .retry_after = TEXT("7200")};
		struct policy_decision d = policy_decide(default_rules(), &attempt, NOW_MS, 0);
		assert_int_equal(d.verdict, VERDICT_RETRY);
		assert_int_equal(d.wait_ms, seconds[i] * 800);
	}
	assert_int_equal(decide_of(HTTP_FAIL_NONE, 422, 4, 3).verdict, VERDICT_EXHAUSTED);
}

/* Each schedule counts its own attempts. */
static void refusals_and_failures_are_counted_separately(void **state)
{
	(void)state;
	assert_int_equal(decide_of(HTTP_FAIL_NONE, 409, 9, 0).wait_ms, 4000);
	assert_int_equal(decide_of(HTTP_FAIL_NONE, 500, 4, 3).wait_ms, 4000);
	assert_int_equal(decide_of(HTTP_FAIL_DNS, 0, 12, 3).wait_ms, DAY_MS * 4 / 5);
	assert_int_equal(decide_of(HTTP_FAIL_DNS, 0, 13, 3).verdict, VERDICT_EXHAUSTED);
	assert_int_equal(decide_of(HTTP_FAIL_NONE, 400, 13, 3).verdict, VERDICT_EXHAUSTED);
}

static void a_shorter_schedule_also_limits_refusals(void **state)
{
	const struct policy_rules quick = {.schedule = {.seconds = {10, 20}, .n = 2}};
	const struct policy_rules slow = {.schedule = {.seconds = {7200}, .n = 1}};
	struct policy_attempt attempt = {.status = 409, .attempts = 2, .refusals = 1};
	(void)state;
	assert_int_equal(policy_decide(&quick, &attempt, NOW_MS, 0).wait_ms, 16000);
	assert_int_equal(policy_decide(&slow, &attempt, NOW_MS, 0).wait_ms, 240000);
	attempt.attempts = 3;
	attempt.refusals = 2;
	assert_int_equal(policy_decide(&quick, &attempt, NOW_MS, 0).verdict, VERDICT_EXHAUSTED);
	assert_int_equal(policy_decide(&slow, &attempt, NOW_MS, 0).wait_ms, 1440000);
}

/* 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, each within a fifth. */
static void the_default_schedule(void **state)
{
	static const uint64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
	(void)state;
	assert_int_equal(policy_default_schedule.n, 9);
	for (uint64_t i = 0; i < 9; i++) {
		uint64_t ms = seconds[i] * 1000, last = 0;
		assert_int_equal(decide(i + 1, TEXT(""), 0).wait_ms, ms * 4 / 5);
		assert_int_equal(decide(i + 1, TEXT(""), UINT32_MAX).wait_ms, ms * 6 / 5);
		for (uint64_t r = 0; r <= UINT32_MAX; r += UINT32_MAX / 100) {
			struct policy_decision d = decide(i + 1, TEXT(""), (uint32_t)r);
			assert_int_equal(d.verdict, VERDICT_RETRY);
			assert_true(d.wait_ms > last); /* spread, not clumped */
			last = d.wait_ms;
		}
	}
	assert_int_equal(decide(10, TEXT(""), 0).verdict, VERDICT_EXHAUSTED);
	assert_int_equal(decide(1000, TEXT("5"), 0).verdict, VERDICT_EXHAUSTED);
}

static void a_webhook_has_its_own_schedule(void **state)
{
	const struct policy_rules own = {.schedule = {.seconds = {10, 20}, .n = 2}};
	struct policy_attempt attempt = {.failure = HTTP_FAIL_DNS};
	(void)state;
	while (++attempt.attempts <= 2)
		assert_int_equal(policy_decide(&own, &attempt, NOW_MS, 0).wait_ms,
				 attempt.attempts * 8000);
	assert_int_equal(policy_decide(&own, &attempt, NOW_MS, 0).verdict, VERDICT_EXHAUSTED);
}

static void permanent_failures_are_final(void **state)
{
	static const enum http_failure retried[] = {HTTP_FAIL_DNS, HTTP_FAIL_CONNECT, HTTP_FAIL_TLS,
						    HTTP_FAIL_TIMEOUT, HTTP_FAIL_PROTOCOL};
	(void)state;
	assert_int_equal(decide_of(HTTP_FAIL_POLICY, 0, 1, 0).verdict, VERDICT_EXHAUSTED);
	for (size_t i = 0; i < sizeof retried / sizeof *retried; i++)
		assert_int_equal(decide_of(retried[i], 0, 1, 0).verdict, VERDICT_RETRY);
}

/* A 410 concerns the webhook: the delivery is kept, even after its last attempt. */
static void a_410_keeps_the_delivery(void **state)
{
	(void)state;
	for (uint64_t attempts = 1; attempts < 20; attempts++) {
		struct policy_decision d = decide_of(HTTP_FAIL_NONE, 410, attempts, 0);
		assert_int_equal(d.verdict, VERDICT_GONE);
		assert_true(d.wait_ms > 0);
	}
}

static void retry_after_delays_the_next_attempt(void **state)
{
	static const struct {
		struct text header;
		uint64_t wait_ms; /* 0 means the schedule's wait */
	} cases[] = {
	    {{"", 0}, 0},
	    {{"0", 1}, 0},
	    {{"3", 1}, 0}, /* Retry-After can only delay */
	    {{"60", 2}, 60000},
	    {{" 60\t", 4}, 60000},
	    {{"86400", 5}, 86400000},
	    {{"86401", 5}, 86400000},
	    {{"999999999", 9}, 86400000},
	    {{"18446744073709551615", 20}, 86400000},
	    {{"99999999999999999999999999", 26}, 86400000}, /* more than 64 bits, but a number */
	    {{"-60", 3}, 0},
	    {{"+60", 3}, 0},
	    {{"60.5", 4}, 0},
	    {{"60s", 3}, 0},
	    {{"soon", 4}, 0},
	    {{"Sun, 06 Nov 1994 08:50:37 GMT", 29}, 60000},
	    {{"Sun, 06 Nov 1994 08:49:37 GMT", 29}, 0},
	    {{"Sun, 06 Nov 1993 08:49:37 GMT", 29}, 0},
	    {{"Mon, 07 Nov 1994 08:49:37 GMT", 29}, 86400000},
	    {{"Fri, 31 Dec 9999 23:59:59 GMT", 29}, 86400000},
	    {{"Sun, 06 Nov 1994 08:50:37", 25}, 0},
	    {{"Sun, 06 Nov 1994 08:50:37 GMT and so on", 39}, 0},
	    {{"Sun, 06 Nov 1994 08:50:37 GMT                                   x", 65}, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t wait = cases[i].wait_ms == 0 ? 4000 : cases[i].wait_ms;
		struct policy_decision d = decide(1, cases[i].header, 0);
		assert_int_equal(d.verdict, VERDICT_RETRY);
		if (d.wait_ms != wait)
			fail_msg("\"%.*s\": %llu", TEXT_ARGS(cases[i].header),
				 (unsigned long long)d.wait_ms);
	}
	/* With its jitter the schedule's own wait may exceed a day. */
	assert_int_equal(decide(9, TEXT("99999"), UINT32_MAX).wait_ms, DAY_MS * 6 / 5);
}

/* core may not include the client, so it has a table of its own for engines with columns. */
static void core_and_the_client_name_failures_alike(void **state)
{
	(void)state;
	for (unsigned f = HTTP_FAIL_NONE + 1; f < HTTP_FAILURES; f++)
		assert_string_equal(name_of(FAILURE_NAMES, f),
				    http_failure_name((enum http_failure)f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_status_has_its_outcome),
	    cmocka_unit_test(a_webhook_may_list_further_successes),
	    cmocka_unit_test(refusals_have_their_own_schedule),
	    cmocka_unit_test(refusals_and_failures_are_counted_separately),
	    cmocka_unit_test(a_shorter_schedule_also_limits_refusals),
	    cmocka_unit_test(the_default_schedule),
	    cmocka_unit_test(a_webhook_has_its_own_schedule),
	    cmocka_unit_test(permanent_failures_are_final),
	    cmocka_unit_test(core_and_the_client_name_failures_alike),
	    cmocka_unit_test(a_410_keeps_the_delivery),
	    cmocka_unit_test(retry_after_delays_the_next_attempt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
