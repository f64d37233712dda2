/* Owns the tests of turns, hooks and time on real libevent events.
 * Never sleeps: a turn waits for an event that comes.
 * Run by make test. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "base/loop.h"

struct record {
	struct loop *loop;
	struct clock_manual clock;
	char order[32];
	size_t n;
	int left;         /* further turns that the hooks ask for */
	uint64_t seen_ns; /* set by the callback */
};

static int setup(void **state)
{
	struct record *r = test_calloc(1, sizeof(*r));
	clock_manual_init(&r->clock, 1000, 50);
	r->loop = loop_new(&r->clock.clock);
	*state = r;
	return r->loop == NULL;
}

static int teardown(void **state)
{
	struct record *r = *state;
	loop_free(r->loop);
	test_free(r);
	return 0;
}

static void note(struct record *r, char what)
{
	r->order[r->n++] = what;
}

static void hook_a(void *arg)
{
	note(arg, 'a');
}

static void hook_b(void *arg)
{
	note(arg, 'b');
}

static void hook_stops(void *arg)
{
	struct record *r = arg;
	note(r, 's');
	if (r->left-- > 0)
		loop_again(r->loop);
	else
		loop_stop(r->loop);
}

static void hook_takes_time(void *arg)
{
	clock_manual_advance(&((struct record *)arg)->clock, 3);
}

/* After the wait the clock is later than at the beginning of the turn. */
static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct record *r = arg;
	(void)fd, (void)what;
	note(r, 'e');
	clock_manual_advance(&r->clock, 10);
	r->seen_ns = loop_mono_ns(r->loop);
	clock_manual_advance(&r->clock, 2);
}

static void hooks_run_in_order_after_the_dispatch(void **state)
{
	struct record *r = *state;
	struct event *event = event_new(loop_events(r->loop), -1, 0, on_event, r);
	loop_add_hook(r->loop, hook_a, r);
	loop_add_hook(r->loop, hook_b, r);
	event_active(event, EV_TIMEOUT, 0);
	loop_turn(r->loop);
	assert_string_equal(r->order, "eab");
	event_free(event);
}

static void time_is_read_once_a_turn_after_the_wait(void **state)
{
	struct record *r = *state;
	struct event *event = event_new(loop_events(r->loop), -1, 0, on_event, r);
	const uint64_t ms = 1000000;
	assert_ptr_equal(loop_clock(r->loop), &r->clock.clock);
	assert_int_equal(loop_mono_ns(r->loop), 1000);
	event_active(event, EV_TIMEOUT, 0);
	loop_turn(r->loop);
	assert_true(r->seen_ns == 1000 + 10 * ms);
	assert_true(loop_mono_ns(r->loop) == 1000 + 10 * ms);
	assert_int_equal(loop_unix_ms(r->loop), 62);
	clock_manual_advance(&r->clock, 5);
	assert_int_equal(loop_unix_ms(r->loop), 62);
	loop_turn(r->loop);
	assert_int_equal(loop_unix_ms(r->loop), 67);
	event_free(event);
}

static void run_ends_by_a_stop_or_without_events(void **state)
{
	struct record *r = *state;
	struct event *never = event_new(loop_events(r->loop), -1, 0, on_event, r);
	struct timeval day = {.tv_sec = 86400};
	loop_add_hook(r->loop, hook_stops, r);
	r->left = 3;
	event_add(never, &day);
	loop_again(r->loop);
	loop_run(r->loop); /* no turn may wait for the timer of a day */
	assert_string_equal(r->order, "sss"
				      "s");
	event_del(never);
	r->left = -1; /* the hook stops at once; a stopped loop may run again */
	loop_run(r->loop);
	assert_int_equal(r->n, 5);
	event_free(never);
}

static void run_without_events_returns(void **state)
{
	struct record *r = *state;
	loop_add_hook(r->loop, hook_a, r);
	loop_run(r->loop);
	assert_string_equal(r->order, "a");
}

static void a_turn_waits_for_its_event(void **state)
{
	struct record *r = *state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	struct event *event = event_new(loop_events(r->loop), ends[0], EV_READ, on_event, r);
	event_add(event, NULL);
	loop_again(r->loop);
	loop_turn(r->loop);
	assert_int_equal(r->n, 0); /* it did not wait, and no event was there */
	pid_t child = fork();
	if (child == 0)
		_exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
	loop_turn(r->loop);
	assert_string_equal(r->order, "e");
	waitpid(child, NULL, 0);
	event_free(event);
	close(ends[0]);
	close(ends[1]);
}

static void turns_are_measured(void **state)
{
	struct record *r = *state;
	const struct histogram *durations = loop_turn_durations(r->loop);
	struct event *event = event_new(loop_events(r->loop), -1, 0, on_event, r);
	loop_turn(r->loop);
	assert_true(durations->n == 1 && durations->sum_ns == 0);
	loop_add_hook(r->loop, hook_takes_time, r);
	event_active(event, EV_TIMEOUT, 0);
	loop_turn(r->loop); /* 2 ms in the callback after it read the time, 3 ms in the hook */
	assert_true(durations->n == 2 && durations->sum_ns == 5000000);
	event_free(event);
}

/* In a child, because a ninth hook ends the process. */
static void a_ninth_hook_aborts(void **state)
{
	struct record *r = *state;
	int status;
	pid_t child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		for (int i = 0; i < 8; i++)
			loop_add_hook(r->loop, hook_a, r);
		loop_add_hook(r->loop, hook_a, r);
		_exit(0);
	}
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	loop_free(NULL);
}

#define case_of(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    case_of(hooks_run_in_order_after_the_dispatch),
	    case_of(time_is_read_once_a_turn_after_the_wait),
	    case_of(run_ends_by_a_stop_or_without_events),
	    case_of(run_without_events_returns),
	    case_of(a_turn_waits_for_its_event),
	    case_of(turns_are_measured),
	    case_of(a_ninth_hook_aborts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
