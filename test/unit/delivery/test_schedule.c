/*
 * Owns the proof of the consequences of a failure: the schedule, Retry-After, refusals, the end.
 * Never waits: 75 hours pass in virtual time. Run by make test.
 */
#include "delivery_world.h"
#include "health_now.h"

static const uint64_t DEFAULT_WAITS[] = {5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR,
					 10 * HOUR,  14 * HOUR,  20 * HOUR,   24 * HOUR};
enum { DEFAULT_ATTEMPTS = 10 };

/* Attempt i follows the previous attempt after about waits[i]. */
static void assert_gaps(const struct delivery_world *w, const uint64_t *waits, size_t n)
{
	assert_int_equal(w->client.n, n + 1);
	for (size_t i = 0; i < n; i++) {
		uint64_t gap = call_at(w, i + 1)->at_ms - call_at(w, i)->at_ms;
		if (gap < waits[i] * 4 / 5 || gap > waits[i] * 6 / 5 + 1)
			fail_msg("the wait before attempt %zu is %llu ms", i + 2,
				 (unsigned long long)gap);
	}
}

static void ten_attempts_over_75_hours(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer failure = {.status = 503};
	answer_with(w, &failure);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 100 * HOUR);
	assert_gaps(w, DEFAULT_WAITS, DEFAULT_ATTEMPTS - 1);
	struct delivery d = delivery_now(w, 1);
	assert_int_equal(d.status, DELIVERY_EXHAUSTED);
	assert_int_equal(d.attempts, DEFAULT_ATTEMPTS);
	assert_int_equal(world_count(&w->core, &KIND_ATTEMPT), DEFAULT_ATTEMPTS);
	assert_int_equal(world_count(&w->core, &KIND_DUE), 0);
	uint64_t hours = (call_at(w, 9)->at_ms - START_MS) / HOUR;
	assert_in_range(hours, 60, 91); /* 75.6 h +-20 % */
}

/* The jitter differs each time. */
static void no_two_schedules_are_alike(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer failure = {.status = 503};
	answer_with(w, &failure);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 4, 0);
	live(w, 20);
	uint64_t first_ms = delivery_now(w, 1).due_ms;
	bool alike = true;
	for (uint64_t id = 2; id <= 4; id++)
		alike = alike && delivery_now(w, id).due_ms == first_ms;
	assert_false(alike);
}

static void a_webhook_has_its_own_schedule(void **state)
{
	static const uint64_t waits[] = {1 * SECOND, 60 * SECOND, 3600 * SECOND};
	static const char seconds[] = "\0\0\0\0\0\0\0\001"
				      "\0\0\0\0\0\0\0\074"
				      "\0\0\0\0\0\0\016\020";
	struct delivery_world *w = *state;
	struct fake_answer failure = {.failure = HTTP_FAIL_CONNECT};
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.schedule = text_from(seconds, 24);
	answer_with(w, &failure);
	make_hook(w, hook);
	join(w, 7);
	live(w, 3 * HOUR);
	assert_gaps(w, waits, 3);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_EXHAUSTED);
}

/* A Retry-After of 2 s: the schedule's 5 s are longer. One of two days: the limit is one day. */
static void retry_after_delays_by_at_most_a_day(void **state)
{
	static const struct {
		const char *header;
		uint64_t min_ms, max_ms;
	} cases[] = {
	    {"2", 4 * SECOND, 6 * SECOND + 1},
	    {"100", 100 * SECOND, 100 * SECOND},
	    {"172800", DAY, DAY},
	    {"Mon, 23 Nov 2026 10:10:00 GMT", 10 * MINUTE, 10 * MINUTE},
	};
	struct delivery_world *w = *state;
	static struct fake_answer failure = {.status = 429};
	answer_with(w, &failure);
	for (size_t i = 0; i < 4; i++) {
		char url[64];
		snprintf(url, sizeof url, "https://host%zu.example/", i);
		failure.retry_after = cases[i].header;
		uint64_t hook = make_hook(w, hook_for(w, url));
		join(w, 7);
		settle(w);
		struct delivery d = delivery_now(w, i + 1);
		assert_int_equal(d.webhook_id, hook);
		live(w, 20); /* the result is recorded */
		d = delivery_now(w, i + 1);
		uint64_t began = call_at(w, i)->at_ms;
		assert_in_range(d.due_ms - began, cases[i].min_ms, cases[i].max_ms);
		change_hook(w, (struct webhook){.id = hook, .events = 1u << EVENT_REWARD_DUE},
			    HOOK_SET(events));
	}
}

static void a_redirect_is_a_failure_and_not_followed(void **state)
{
	static const int statuses[] = {301, 302, 303, 307, 308};
	struct delivery_world *w = *state;
	struct fake_answer redirect = {0};
	answer_with(w, &redirect);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	for (size_t i = 0; i < 5; i++) {
		redirect.status = statuses[i];
		join(w, 7);
		live(w, 20);
		struct delivery d = delivery_now(w, i + 1);
		assert_int_equal(d.status, DELIVERY_PENDING);
		assert_int_equal(d.last_status, statuses[i]);
	}
	assert_int_equal(w->client.n, 5);
	assert_int_equal(health_now(w, 1).failures, 5);
}

static void a_policy_refusal_fails_once_and_is_final(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer refusal = {.failure = HTTP_FAIL_POLICY, .detail = "10.0.0.1 is private"};
	answer_with(w, &refusal);
	make_hook(w, hook_for(w, "https://intranet.example/in"));
	join(w, 7);
	live(w, 100 * HOUR);
	assert_int_equal(w->client.n, 1);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_EXHAUSTED);
	struct attempt a = {.delivery_id = 1, .number = 1};
	assert_int_equal(world_get(&w->core, &KIND_ATTEMPT, &a), ERR_OK);
	assert_int_equal(a.failure, HTTP_FAIL_POLICY);
	assert_text(a.detail, TEXT("10.0.0.1 is private"));
}

static struct fake_answer by_turns(void *arg, const struct fake_record *call)
{
	static const enum http_failure failures[] = {
	    HTTP_FAIL_DNS, HTTP_FAIL_TLS, HTTP_FAIL_CONNECT, HTTP_FAIL_TIMEOUT, HTTP_FAIL_PROTOCOL};
	struct delivery_world *w = arg;
	(void)call;
	if (w->client.n < 5)
		return (struct fake_answer){.failure = failures[w->client.n]};
	return (struct fake_answer){.status = 204};
}

static void dns_and_tls_failures_are_retried(void **state)
{
	struct delivery_world *w = *state;
	w->client.script = by_turns;
	w->client.script_arg = w;
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 100 * HOUR);
	assert_gaps(w, DEFAULT_WAITS, 5);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_DELIVERED);
	assert_int_equal(health_now(w, 1).failures, 0);
	for (uint64_t i = 1; i <= 6; i++) {
		struct attempt a = {.delivery_id = 1, .number = i};
		assert_int_equal(world_get(&w->core, &KIND_ATTEMPT, &a), ERR_OK);
		assert_int_equal(a.failure == HTTP_FAIL_NONE, i == 6);
	}
}

/* A clock that goes back by an hour delays deliveries by at most that hour, and loses none. */
static void nothing_is_lost_when_the_clock_goes_back(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 503};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 20);
	w->clock.now_unix_ms -= HOUR;
	w->core.now_ms = w->clock.now_unix_ms;
	answer.status = 200;
	live(w, 2 * HOUR);
	assert_int_equal(w->client.n, 2);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_DELIVERED);
}

/* In the turn in which a retry becomes due, a newer event is committed first: neither is lost. */
static void newer_events_do_not_starve_a_retry(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 503};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 20);
	advance_to(w, delivery_now(w, 1).due_ms + 1);
	answer.status = 200;
	join(w, 8);
	live(w, SECOND);
	assert_int_equal(w->client.n, 3);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_DELIVERED);
	assert_int_equal(delivery_now(w, 2).status, DELIVERY_DELIVERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(ten_attempts_over_75_hours),
	    ON_PENDING(ten_attempts_over_75_hours),
	    ON_MEMORY(no_two_schedules_are_alike),
	    ON_MEMORY(a_webhook_has_its_own_schedule),
	    ON_MEMORY(retry_after_delays_by_at_most_a_day),
	    ON_MEMORY(a_redirect_is_a_failure_and_not_followed),
	    ON_MEMORY(a_policy_refusal_fails_once_and_is_final),
	    ON_MEMORY(dns_and_tls_failures_are_retried),
	    ON_PENDING(dns_and_tls_failures_are_retried),
	    ON_MEMORY(nothing_is_lost_when_the_clock_goes_back),
	    ON_MEMORY(newer_events_do_not_starve_a_retry),
	    ON_PENDING(newer_events_do_not_starve_a_retry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
