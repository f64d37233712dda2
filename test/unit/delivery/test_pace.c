/*
 * Owns the proof of the pace of calls, and that webhooks do not hinder each other: concurrency,
 * rate, penalty, isolation, bounded windows, batched results. Never waits. Run by make test.
 */
#include <event2/event.h>

#include "delivery_world.h"

enum { BACKLOG = 100000, DUE_ROWS = 1000000 };

static void at_most_32_calls_run_at_a_time(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer slow = {.status = 200, .after_ms = 100};
	answer_with(w, &slow);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 320, 0);
	settle(w);
	assert_int_equal(w->client.under_way, 32);
	live(w, 10 * SECOND);
	assert_int_equal(w->client.n, 320);
	assert_int_equal(w->client.most_under_way, 32);
	/* Ten rounds of 100 ms: the connections were busy all the time. */
	assert_int_equal(call_at(w, 319)->at_ms - call_at(w, 0)->at_ms, 900);
}

static void a_webhook_has_its_own_concurrency(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer slow = {.status = 200, .after_ms = 100};
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.concurrency = 3;
	answer_with(w, &slow);
	make_hook(w, hook);
	emit(w, 1, 30, 0);
	live(w, 10 * SECOND);
	assert_int_equal(w->client.n, 30);
	assert_int_equal(w->client.most_under_way, 3);
}

/* The number of calls in [from, from + ms). */
static uint64_t calls_between(const struct delivery_world *w, uint64_t from_ms, uint64_t ms)
{
	uint64_t n = 0;
	for (size_t i = 0; i < w->client.n; i++)
		n += call_at(w, i)->at_ms >= from_ms && call_at(w, i)->at_ms < from_ms + ms;
	return n;
}

static void assert_rate(const struct delivery_world *w, uint64_t rate, uint64_t at_once)
{
	assert_in_range(calls_between(w, START_MS, MINUTE), 60 * rate - 1, 60 * rate + at_once);
	for (uint64_t second = 0; second < 60; second++)
		assert_in_range(calls_between(w, START_MS + second * SECOND, SECOND), rate - 1,
				rate + at_once);
}

static void the_rate_is_exact_over_a_minute(void **state)
{
	struct delivery_world *w = *state;
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.rate = 7;
	make_hook(w, hook);
	emit(w, 1, 1000, 0);
	live(w, 2 * MINUTE);
	assert_rate(w, 7, 1);
}

static void zapier_has_a_default_rate_of_30_a_second(void **state)
{
	struct delivery_world *w = *state;
	make_hook(w, hook_for(w, "https://hooks.zapier.com/hooks/catch/1/2/"));
	emit(w, 1, 3000, 0);
	live(w, 2 * MINUTE);
	assert_rate(w, 30, 3);
	assert_int_equal(w->client.n, 3000);
}

static void other_hosts_have_no_default_rate(void **state)
{
	struct delivery_world *w = *state;
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 3000, 0);
	settle(w);
	assert_int_equal(w->client.n, 3000);
	assert_int_equal(w->clock.now_unix_ms, START_MS);
}

/* The receiver is down for ten minutes: one probe at a time, at growing intervals. Then it is up:
 * 1, 2, 4, 8, 16, 32 calls. */
static void a_penalty_sends_probes_and_ends_gradually(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 503, .after_ms = 10};
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.concurrency = 5;
	answer_with(w, &answer);
	uint64_t id = make_hook(w, hook);
	emit(w, 1, 500, 0);
	live(w, 10 * MINUTE);
	size_t n = w->client.n;
	assert_in_range(n, 5 + 5, 5 + 9);
	for (size_t i = 6; i < n; i++) {
		uint64_t gap = call_at(w, i)->at_ms - call_at(w, i - 1)->at_ms;
		assert_int_equal(call_at(w, i)->beside, 1);
		assert_in_range(gap, 8 * SECOND, 6 * MINUTE + SECOND);
		if (i > 6) /* twice as long, each +-20 % */
			assert_true(gap > call_at(w, i - 1)->at_ms - call_at(w, i - 2)->at_ms);
	}
	answer = (struct fake_answer){.status = 200, .after_ms = 10};
	change_hook(w, (struct webhook){.id = id, .concurrency = 32}, HOOK_SET(concurrency));
	live(w, 10 * MINUTE);
	uint32_t most = 0;
	for (size_t i = n; i < w->client.n; i++) {
		if (call_at(w, i)->beside > most)
			assert_true(call_at(w, i)->beside <= 2 * (i - n) + 1);
		most = call_at(w, i)->beside > most ? call_at(w, i)->beside : most;
	}
	assert_int_equal(most, 32);
	/* Round trips are 10 ms: 1 probe, then 2, 4, 8, 16. */
	static const uint64_t rounds[] = {1, 2, 4, 8, 16};
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(calls_between(w, call_at(w, n)->at_ms + i * 10, 10), rounds[i]);
	assert_int_equal(stats_now(w, id).delivered, 500);
}

/* Waiting for the end of a penalty is not an attempt: deliveries that did not get their turn have
 * none. */
static void waiting_for_the_end_of_a_penalty_costs_no_attempt(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 503};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 1000, 0);
	live(w, HOUR);
	uint64_t attempts = 0;
	for (uint64_t id = 1; id <= 1000; id++) {
		struct delivery d = delivery_now(w, id);
		assert_int_equal(d.status, DELIVERY_PENDING);
		attempts += d.attempts;
	}
	assert_int_equal(attempts, w->client.n);
	assert_true(attempts < 70);
}

struct put_due {
	struct command command;
	uint64_t webhook_id, first, n;
};

static enum err put_due_decide(struct command *command, struct tx *tx)
{
	struct put_due *put = (struct put_due *)command;
	for (uint64_t i = 0; i < put->n; i++) {
		const struct due due = {put->webhook_id, START_MS, put->first + i};
		tx_put(tx, &KIND_DUE, &due);
	}
	return ERR_OK;
}

/* Makes 500 deliveries, and after them due rows that are never reached. This is fast. */
static void make_backlog(struct delivery_world *w, uint64_t webhook_id, uint64_t rows)
{
	enum { REAL = 500, AT_ONCE = 10000, FAR = 1000000000 };
	emit(w, 1, REAL, 0);
	for (uint64_t done = REAL; done < rows; done += AT_ONCE) {
		struct put_due put = {{.decide = put_due_decide}, webhook_id, FAR + done, AT_ONCE};
		assert_int_equal(world_run(&w->core, &put.command), ERR_OK);
		turn(w);
		assert_true(lanes_find(&w->scheduler->lanes, webhook_id)->n <= 2 * LANE_WINDOW);
	}
}

static struct fake_answer dead_is_silent(void *arg, const struct fake_record *call)
{
	const char *dead = arg;
	return (struct fake_answer){.status = 200,
				    .after_ms = strcmp(call->host, dead) == 0 ? FAKE_NEVER : 0};
}

/* The number of turns between a join's commit and its call, with or without a dead webhook beside
 * it. */
static uint64_t turns_to_first_attempt(struct delivery_world *w)
{
	uint64_t before = calls_to(w, "good.example"), began = w->turns;
	join(w, 7);
	while (calls_to(w, "good.example") == before) {
		turn(w);
		assert_true(w->turns < began + 100);
	}
	return w->turns - began;
}

static void a_dead_webhook_does_not_delay_others_by_a_turn(void **state)
{
	struct delivery_world *w = *state;
	static char dead[] = "dead.example";
	w->client.script = dead_is_silent;
	w->client.script_arg = dead;
	uint64_t hook = make_hook(w, hook_for(w, "https://dead.example/in"));
	make_hook(w, hook_for(w, "https://good.example/in"));
	set_disabled(w, hook, true);
	settle(w);
	uint64_t alone = turns_to_first_attempt(w);
	set_disabled(w, 2, true);
	set_disabled(w, hook, false);
	make_backlog(w, hook, BACKLOG);
	set_disabled(w, 2, false);
	live(w, HOUR);
	assert_int_equal(w->client.under_way, 32);
	uint64_t beside = turns_to_first_attempt(w);
	assert_in_range(beside, 1, alone + 1);
}

/* Also while the backlog is being read and fails at once, again and again. */
static void a_failing_webhook_does_not_delay_others_by_a_turn(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer refused = {.failure = HTTP_FAIL_CONNECT};
	answer_with(w, &refused);
	uint64_t hook = make_hook(w, hook_for(w, "https://dead.example/in"));
	make_backlog(w, hook, BACKLOG);
	make_hook(w, hook_for(w, "https://good.example/in"));
	assert_in_range(turns_to_first_attempt(w), 1, 3);
}

static void a_million_due_rows_are_a_bounded_window(void **state)
{
	struct delivery_world *w = *state;
	static char dead[] = "dead.example";
	w->client.script = dead_is_silent;
	w->client.script_arg = dead;
	uint64_t hook = make_hook(w, hook_for(w, "https://dead.example/in"));
	make_backlog(w, hook, DUE_ROWS);
	live(w, HOUR);
	const struct lane *l = lanes_find(&w->scheduler->lanes, hook);
	assert_in_range(l->n, 1, 2 * LANE_WINDOW);
	assert_false(l->caught_up);
	assert_int_equal(l->in_flight, 32);
	assert_int_equal(w->scheduler->under_way, 32);
	assert_true(sizeof *l < 64 * 1024);
}

static void results_are_recorded_many_at_once(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer slow = {.status = 200, .after_ms = 5};
	struct webhook hook = hook_for(w, "https://crm.example/in");
	answer_with(w, &slow);
	hook.concurrency = 200;
	make_hook(w, hook);
	emit(w, 1, 10000, 0);
	uint64_t before = store_counters(w->core.store).commits;
	live(w, 10 * SECOND);
	assert_int_equal(stats_now(w, 1).delivered, 10000);
	uint64_t commits = store_counters(w->core.store).commits - before;
	assert_in_range(commits, 10,
			60); /* about 250 turns of 5 ms, 20 ms or 256 results a commit */
}

/* A timer counts from libevent's cached time, so it may fire early by the loop's clock. */
static void results_are_recorded_even_if_the_timer_fires_early(void **state)
{
	struct delivery_world *w = *state;
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 1, 0);
	settle(w);
	assert_int_equal(w->scheduler->results.n, 1);
	do
		loop_turn(w->loop);
	while (evtimer_pending(w->scheduler->results.timer, NULL) != 0);
	settle(w);
	assert_int_equal(stats_now(w, 1).delivered, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(at_most_32_calls_run_at_a_time),
	    ON_PENDING(at_most_32_calls_run_at_a_time),
	    ON_MEMORY(a_webhook_has_its_own_concurrency),
	    ON_MEMORY(the_rate_is_exact_over_a_minute),
	    ON_MEMORY(zapier_has_a_default_rate_of_30_a_second),
	    ON_MEMORY(other_hosts_have_no_default_rate),
	    ON_MEMORY(a_penalty_sends_probes_and_ends_gradually),
	    ON_MEMORY(waiting_for_the_end_of_a_penalty_costs_no_attempt),
	    ON_MEMORY(a_dead_webhook_does_not_delay_others_by_a_turn),
	    ON_MEMORY(a_failing_webhook_does_not_delay_others_by_a_turn),
	    ON_MEMORY(a_million_due_rows_are_a_bounded_window),
	    ON_MEMORY(results_are_recorded_many_at_once),
	    ON_MEMORY(results_are_recorded_even_if_the_timer_fires_early),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
