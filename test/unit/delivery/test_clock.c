/*
 * Owns the proof that intervals are monotonic: whether the wall clock is set back or ahead, every
 * request is sent, and on time. Never waits. Run by make test.
 */
#include "delivery_world.h"
#include "health_now.h"

/* Moves only the wall clock. */
static void set_wall_clock(struct delivery_world *w, int64_t by_ms)
{
	w->clock.now_unix_ms += (uint64_t)by_ms;
	w->core.now_ms = w->clock.now_unix_ms;
	settle(w);
}

static const int64_t YEAR_MS = 365 * (int64_t)DAY;

/* Sets the clock after the first failure. The second attempt still comes five seconds after the
 * first, and a new event is sent at once. */
static void check_retry(struct delivery_world *w, int64_t jump_ms)
{
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 1);
	live(w, SECOND);
	set_wall_clock(w, jump_ms);
	join(w, 2);
	live(w, 100);
	assert_int_equal(w->client.n, 2);
	assert_int_equal(user_of(call_at(w, 1)), 2);
	live(w, 10 * SECOND);
	assert_int_equal(w->client.n, 4);
	assert_in_range(call_at(w, 2)->at_ms - call_at(w, 0)->at_ms, 4 * SECOND, 6 * SECOND);
	assert_in_range(call_at(w, 3)->at_ms - call_at(w, 1)->at_ms, 4 * SECOND, 6 * SECOND);
}

static void a_clock_set_back_does_not_delay_a_retry(void **state)
{
	check_retry(*state, -(int64_t)HOUR);
}

static void a_clock_set_ahead_causes_no_early_retry(void **state)
{
	check_retry(*state, HOUR);
}

static void a_clock_set_ahead_and_back_does_not_delay_a_retry(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	set_wall_clock(w, DAY);
	join(w, 1);
	live(w, SECOND);
	set_wall_clock(w, -(int64_t)DAY);
	live(w, 6 * SECOND);
	assert_int_equal(w->client.n, 2);
	live(w, 6 * MINUTE);
	assert_int_equal(w->client.n, 3);
}

/* A burst while the clock is ahead: due rows beyond the window are found by reading. */
static void many_joins_while_the_clock_is_ahead_are_sent(void **state)
{
	struct delivery_world *w = *state;
	make_hook(w, hook_for(w, "https://crm.example/in"));
	set_wall_clock(w, 6 * (int64_t)DAY);
	emit(w, 1, 2000, 0);
	live(w, SECOND);
	assert_int_equal(w->client.n, 2000);
	set_wall_clock(w, -7 * (int64_t)DAY);
	emit(w, 3000, 2000, 0);
	live(w, SECOND);
	assert_int_equal(w->client.n, 4000);
}

static void penalty_and_rate_ignore_the_wall_clock(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.rate = 10;
	make_hook(w, hook);
	emit(w, 1, 100, 0);
	live(w, MINUTE);
	uint64_t probes = w->client.n;
	set_wall_clock(w, -(int64_t)HOUR);
	live(w, 5 * MINUTE);
	assert_true(w->client.n > probes); /* at least one probe every five minutes */
	answer.status = 200;
	set_wall_clock(w, -(int64_t)HOUR);
	live(w, 10 * MINUTE);
	assert_int_equal(stats_now(w, 1).delivered, 100);
}

/* The clock is six days ahead for three seconds while an endpoint fails. */
static void three_seconds_with_a_wrong_clock_disable_nothing(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 10, 0);
	live(w, MINUTE);
	set_wall_clock(w, 6 * (int64_t)DAY);
	emit(w, 20, 10, 0);
	live(w, 3 * SECOND);
	set_wall_clock(w, -6 * (int64_t)DAY);
	live(w, HOUR);
	assert_int_equal(hook_now(w, id).disabled_ms, 0);
	assert_true(health_now(w, id).failures > 10);
}

/* Five days disable the webhook although the clock shows only one hour. */
static void five_days_of_failures_are_steady_time(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	for (int day = 0; day < 5; day++) {
		join(w, (uint64_t)day + 1);
		live(w, DAY);
		assert_int_equal(hook_now(w, id).disabled_ms, 0);
		set_wall_clock(w, -(int64_t)DAY);
	}
	join(w, 10);
	live(w, DAY);
	assert_true(hook_now(w, id).disabled_ms != 0);
}

static uint64_t stored_due_ms(struct delivery_world *w)
{
	struct due due[2];
	const struct due from = {0};
	assert_int_equal(world_list(&w->core, &KIND_DUE, &from, 0, due, 2), 1);
	return due[0].due_ms;
}

/* A process whose clock was a year ahead wrote the rows, later than any schedule allows. */
static void a_year_of_wrong_clock_delays_nothing_after_a_restart(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 1);
	live(w, SECOND);
	w->clock.now_unix_ms -= (uint64_t)YEAR_MS;
	restart(w, MINUTE);
	settle(w);
	assert_int_equal(stored_due_ms(w), w->clock.now_unix_ms + 2 * (uint64_t)DAY);
	assert_int_equal(delivery_now(w, 1).due_ms, stored_due_ms(w));
	live(w, 2 * (uint64_t)DAY + MINUTE);
	assert_int_equal(w->client.n, 2);
}

/* There are more rows than one slice holds, and all of them are moved. */
static void many_late_rows_are_moved_in_slices(void **state)
{
	struct delivery_world *w = *state;
	static const char hour[] = "\0\0\0\0\0\0\016\020";
	struct fake_answer answer = {.status = 500, .after_ms = 10}; /* after the last request */
	struct webhook hook = hook_for(w, "https://crm.example/in");
	answer_with(w, &answer);
	hook.schedule = text_from(hour, 8);
	hook.concurrency = 256;
	make_hook(w, hook);
	emit(w, 1, 250, 0);
	live(w, 100);
	assert_int_equal(w->client.n, 250);
	w->clock.now_unix_ms -= (uint64_t)YEAR_MS;
	restart(w, MINUTE);
	live(w, 100);
	assert_int_equal(world_count(&w->core, &KIND_DUE), 250);
	answer.status = 200;
	live(w, DAY + HOUR + MINUTE);
	assert_int_equal(stats_now(w, 1).delivered, 250);
}

/* A row whose delivery does not exist. */
static enum err put_stale_row(struct command *command, struct tx *tx)
{
	const struct due stale = {.webhook_id = 1, .due_ms = UINT64_MAX / 2, .delivery_id = 7};
	(void)command;
	tx_put(tx, &KIND_DUE, &stale);
	return ERR_OK;
}

static void a_late_row_without_a_delivery_is_removed(void **state)
{
	struct delivery_world *w = *state;
	struct command put = {.decide = put_stale_row};
	make_hook(w, hook_for(w, "https://crm.example/in"));
	assert_int_equal(world_run(&w->core, &put), ERR_OK);
	restart(w, MINUTE);
	live(w, SECOND);
	assert_int_equal(world_count(&w->core, &KIND_DUE), 0);
}

static int open_with_retention(void **state)
{
	return open_world(state, world_on_memory, 30 * (uint64_t)DAY);
}

/* A clock that is ahead for an hour deletes nothing. After a day it is believed. */
static void retention_ignores_a_recent_jump(void **state)
{
	struct delivery_world *w = *state;
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 10, 0);
	live(w, HOUR);
	set_wall_clock(w, 60 * (int64_t)DAY);
	live(w, 3 * HOUR);
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 10);
	live(w, DAY);
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 0);
}

static void a_replay_keeps_its_pace(void **state)
{
	struct delivery_world *w = *state;
	emit(w, 1, 1000, 0);
	uint64_t hook = make_hook(w, hook_for(w, "https://later.example/in"));
	struct replay_start start = {
	    .command = {.decide = replay_start_decide},
	    .replay = {.webhook_id = hook,
		       .statuses = REPLAY_MISSING,
		       .created_ms = w->core.now_ms},
	};
	assert_int_equal(world_run(&w->core, &start.command), ERR_OK);
	live(w, 100);
	set_wall_clock(w, -(int64_t)HOUR);
	live(w, SECOND);
	assert_int_equal(calls_to(w, "later.example"), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(a_clock_set_back_does_not_delay_a_retry),
	    ON_MEMORY(a_clock_set_ahead_causes_no_early_retry),
	    ON_MEMORY(a_clock_set_ahead_and_back_does_not_delay_a_retry),
	    ON_PENDING(a_clock_set_ahead_and_back_does_not_delay_a_retry),
	    ON_MEMORY(many_joins_while_the_clock_is_ahead_are_sent),
	    ON_MEMORY(penalty_and_rate_ignore_the_wall_clock),
	    ON_MEMORY(three_seconds_with_a_wrong_clock_disable_nothing),
	    ON_MEMORY(five_days_of_failures_are_steady_time),
	    ON_LMDB(a_year_of_wrong_clock_delays_nothing_after_a_restart),
	    ON_LMDB(many_late_rows_are_moved_in_slices),
	    ON_LMDB(a_late_row_without_a_delivery_is_removed),
	    {"retention_ignores_a_recent_jump", retention_ignores_a_recent_jump,
	     open_with_retention, close_world, NULL},
	    ON_MEMORY(a_replay_keeps_its_pace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
