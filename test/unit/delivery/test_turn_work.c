/*
 * Owns the tests of the work that all lanes begin in a turn of the loop: the work is limited, no
 * lane waits for a timer or behind a busy lane, and each delivery is sent. Never waits for time.
 * Run by make test.
 */
#include <event2/event.h>

#include "delivery_world.h"

/* ROWS of a lane do not divide TURN_WORK, so turns end in the middle of a lane. */
enum { LANES = 500, ROWS = 7, GUARD_S = 60 };

static uint64_t hook_of_lane(struct delivery_world *w, size_t lane, uint64_t concurrency)
{
	char url[64];
	snprintf(url, sizeof url, "https://lane%zu.example/in", lane);
	struct webhook hook = hook_for(w, url);
	hook.concurrency = concurrency;
	return make_hook(w, hook);
}

static void on_guard(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

/* Turns as the server makes them: a turn that has nothing to do blocks until the guard ends it. An
 * engine whose answer is pending would wake the loop. */
static uint64_t run_until_calls(struct delivery_world *w, size_t n)
{
	const struct timeval wait = {.tv_sec = GUARD_S};
	bool guarded = false;
	uint64_t began = w->turns;
	struct event *guard = evtimer_new(loop_events(w->loop), on_guard, &guarded);
	assert_int_equal(evtimer_add(guard, &wait), 0);
	loop_again(w->loop);
	while (w->client.n < n) {
		const size_t before = w->client.n;
		if (!store_idle(w->core.store))
			loop_again(w->loop);
		loop_turn(w->loop);
		assert_in_range(w->client.n - before, 0, TURN_WORK);
		assert_false(guarded);
	}
	event_free(guard);
	return w->turns - began;
}

/* No call is answered, so only the limit of a turn can make a lane wait. */
static void many_lanes_share_the_work_of_a_turn(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer silent = {.after_ms = FAKE_NEVER};
	answer_with(w, &silent);
	for (size_t lane = 0; lane < LANES; lane++)
		hook_of_lane(w, lane, 0);
	settle(w);
	emit(w, 1, ROWS, 0);
	const uint64_t turns = run_until_calls(w, (size_t)LANES * ROWS);
	settle(w);
	assert_int_equal(w->client.n, LANES * ROWS);
	/* A lane needs its attempts and at most a few readings of its rows. An answer that is
	 * pending takes two turns. */
	assert_in_range(turns, LANES * ROWS / TURN_WORK, 2 * LANES * (ROWS + 4) / TURN_WORK + 4);
}

static void every_delivery_of_many_lanes_is_delivered_once(void **state)
{
	struct delivery_world *w = *state;
	for (size_t lane = 0; lane < LANES; lane++)
		hook_of_lane(w, lane, 0);
	emit(w, 1, 3, 0);
	live(w, SECOND);
	assert_int_equal(w->client.n, LANES * 3);
	for (uint64_t id = 1; id <= LANES; id++)
		assert_int_equal(stats_now(w, id).delivered, 3);
}

/* Two lanes could use the work of many turns. The other lanes wait for one round of all lanes. */
static void busy_lanes_do_not_delay_the_others(void **state)
{
	enum { BUSY = 2, OTHERS = 200, BACKLOG = 6000 };
	struct delivery_world *w = *state;
	for (size_t lane = 0; lane < BUSY; lane++)
		hook_of_lane(w, lane, 1000);
	for (uint64_t id = 1; id <= BUSY; id++)
		set_disabled(w, id, true);
	emit(w, 1, BACKLOG, 0);
	for (size_t lane = BUSY; lane < BUSY + OTHERS; lane++)
		hook_of_lane(w, lane, 0);
	settle(w);
	for (uint64_t id = 1; id <= BUSY; id++)
		set_disabled(w, id, false);
	for (size_t i = 0; i < 10; i++)
		turn(w); /* the busy lanes have read rows, and send in turn */
	assert_in_range(calls_to(w, "lane0.example"), 3 * TURN_WORK, BACKLOG - 1);
	assert_in_range(calls_to(w, "lane1.example"), 3 * TURN_WORK, BACKLOG - 1);
	join(w, BACKLOG + 1);
	const uint64_t began = w->turns;
	while (w->client.n - calls_to(w, "lane0.example") - calls_to(w, "lane1.example") < OTHERS) {
		turn(w);
		assert_in_range(w->turns - began, 1, OTHERS * 2 / TURN_WORK + BUSY + 4);
	}
	live(w, SECOND);
	assert_int_equal(w->client.n, BUSY * (BACKLOG + 1) + OTHERS);
}

/* A connection costs a TLS handshake. */
static void attempts_that_open_connections_count_more(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer silent = {.after_ms = FAKE_NEVER};
	answer_with(w, &silent);
	w->client.cold = true;
	for (size_t lane = 0; lane < LANES; lane++)
		hook_of_lane(w, lane, 0);
	settle(w);
	join(w, 1);
	const uint64_t turns = run_until_calls(w, LANES);
	assert_in_range(turns, LANES * TURN_CONNECTION / TURN_WORK, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(many_lanes_share_the_work_of_a_turn),
	    ON_PENDING(many_lanes_share_the_work_of_a_turn),
	    ON_MEMORY(every_delivery_of_many_lanes_is_delivered_once),
	    ON_MEMORY(busy_lanes_do_not_delay_the_others),
	    ON_MEMORY(attempts_that_open_connections_count_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
