/* Owns the tests of the disable rule: it counts watched time with nothing but failures, whatever
 * the wall clock shows.
 * Never sends: the test supplies the verdicts. Runs on three stores.
 * Run by make test. */
#include "webhook_world.h"

static const uint64_t DAY_MS = 24ull * 3600 * 1000;

/* A webhook that gets Byron's join (delivery 1) and Mary's (2). */
static uint64_t make_hook(struct world *w)
{
	uint64_t jessica = world_user(w, world_launched(w), 0, "jessica@example.com");
	struct webhook hook = world_hook();
	hook.order = ORDER_NONE;
	hook.types = 1 << USER_INVITED;
	uint64_t id = world_webhook(w, hook);
	world_user(w, 0, jessica, "byron@example.com");
	world_user(w, 0, jessica, "mary@example.com");
	return id;
}

static uint64_t attempt(struct world *w, uint64_t hook, struct delivery_record_attempt a)
{
	struct webhook now = {.id = hook};
	a.command.decide = delivery_record_attempt_decide;
	a.claimed_due_ms = a.retry_ms = WORLD_NOW;
	a.now_ms = w->now_ms;
	assert_int_equal(world_run(w, &a.command), ERR_OK);
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &now), ERR_OK);
	return now.disabled_ms;
}

/* Delivery 1 fails again, `failing_ms` after the previous failure. Returns when the webhook was
 * disabled. */
static uint64_t fail_again(struct world *w, uint64_t hook, uint64_t failing_ms)
{
	return attempt(w, hook,
		       (struct delivery_record_attempt){
			   .attempt = {.delivery_id = 1, .status = 500},
			   .verdict = VERDICT_RETRY,
			   .failing_ms = failing_ms,
		       });
}

static void watched_failing_time_disables(void **state)
{
	struct world *w = *state;
	uint64_t hook = make_hook(w);
	assert_int_equal(fail_again(w, hook, 0), 0);
	w->now_ms += 10 * DAY_MS; /* the clock alone disables nothing */
	assert_int_equal(fail_again(w, hook, 5 * DAY_MS - 1), 0);
	w->now_ms -= 20 * DAY_MS;
	assert_int_equal(fail_again(w, hook, 1), w->now_ms);
}

static void a_success_restarts_the_count(void **state)
{
	struct world *w = *state;
	uint64_t hook = make_hook(w);
	assert_int_equal(fail_again(w, hook, 0), 0);
	assert_int_equal(fail_again(w, hook, 5 * DAY_MS - 1), 0);
	attempt(w, hook,
		(struct delivery_record_attempt){.attempt = {.delivery_id = 2, .status = 200},
						 .verdict = VERDICT_DELIVERED});
	assert_int_equal(fail_again(w, hook, DAY_MS),
			 0); /* the first failure of a new row counts no time */
	assert_int_equal(fail_again(w, hook, 5 * DAY_MS - 1), 0);
	assert_int_equal(fail_again(w, hook, 1), w->now_ms);
}

/* A refusal only shows that the endpoint responds. */
static void a_refusal_restarts_the_count(void **state)
{
	struct world *w = *state;
	uint64_t hook = make_hook(w);
	assert_int_equal(fail_again(w, hook, 0), 0);
	assert_int_equal(fail_again(w, hook, 5 * DAY_MS - 1), 0);
	assert_int_equal(attempt(w, hook,
				 (struct delivery_record_attempt){
				     .attempt = {.delivery_id = 2, .status = 409},
				     .verdict = VERDICT_RETRY,
				     .refused = true,
				     .failing_ms = 9 * DAY_MS,
				 }),
			 0);
	assert_int_equal(fail_again(w, hook, DAY_MS), 0);
	assert_int_equal(fail_again(w, hook, 5 * DAY_MS), w->now_ms);
}

/* 0.1 stored when the failures began. The time until its last attempt still counts. */
static void an_upgrade_continues_the_count(void **state)
{
	struct world *w = *state;
	w->now_ms = 100 * DAY_MS;
	uint64_t hook = make_hook(w);
	struct put_stats old = {
	    .command = {.decide = put_stats_decide},
	    .stats = {.webhook_id = hook,
		      .pending = 2,
		      .failures = 9,
		      .failing_since_ms = w->now_ms - 40 * DAY_MS,
		      .last_attempt_ms = w->now_ms - 36 * DAY_MS},
	};
	assert_int_equal(world_run(w, &old.command), ERR_OK);
	assert_int_equal(fail_again(w, hook, DAY_MS / 2), 0);
	assert_int_equal(fail_again(w, hook, DAY_MS / 2), w->now_ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(watched_failing_time_disables),
	    WORLD_ON_ALL(a_success_restarts_the_count),
	    WORLD_ON_ALL(a_refusal_restarts_the_count),
	    WORLD_ON_ALL(an_upgrade_continues_the_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
