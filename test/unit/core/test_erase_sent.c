/* Owns the tests of erasing a person whose webhooks are being sent: attempts under way, replays,
 * resends, and the order of other people's deliveries. Runs on three stores. */
#include "erase_world.h"

static void a_running_attempt_is_recorded_without_its_response(void **state)
{
	struct world *w = *state;
	world_webhook(w, world_hook());
	uint64_t jessica = person(w, world_launched(w), 0, "Jessica", "jessica@example.com");
	assert_int_equal(erase(w, jessica), ERR_OK);
	finish(w);
	attempt(w, 1, VERDICT_DELIVERED, "hello Jessica");
	assert_int_equal(records_containing(w, "Jessica"), 0);
	struct delivery d = world_delivery(w, 1);
	assert_true(d.status == DELIVERY_CANCELLED && d.attempts == 1);
	world_assert_sound(w);
}

/* Neither before the slices reach it nor after. */
static void nothing_is_sent_again(void **state)
{
	struct world *w = *state;
	uint64_t hook = world_webhook(w, world_hook());
	uint64_t jessica = person(w, world_launched(w), 0, "Jessica", "jessica@example.com");
	attempt(w, 1, VERDICT_DELIVERED, "");
	assert_int_equal(erase(w, jessica), ERR_OK);
	for (int slices = 0; slices < 2; slices++) {
		struct replay_start start = {
		    .command = {.decide = replay_start_decide},
		    .replay = {.webhook_id = hook,
			       .since_ms = 1,
			       .statuses = REPLAY_MISSING | 1 << DELIVERY_DELIVERED}};
		assert_int_equal(world_run(w, &start.command), ERR_OK);
		struct replay_slice replay = {
		    .slice = {.command = {.decide = replay_find_decide}, .now_ms = w->now_ms},
		};
		assert_int_equal(world_ask(w, &replay.slice.command, NULL, NULL), ERR_OK);
		assert_int_equal(replay.replay_id, start.replay.id);
		replay.slice.command = (struct command){.decide = replay_step_decide};
		assert_int_equal(world_run(w, &replay.slice.command), ERR_OK);
		assert_true(replay.replay.finished_ms != 0 && replay.replay.queued == 0);
		finish(w);
	}
	struct delivery_resend resend = {
	    .command = {.decide = delivery_resend_decide}, .delivery_id = 1, .now_ms = w->now_ms};
	assert_int_equal(world_run(w, &resend.command), ERR_NOT_FOUND);
}

static void deliver(struct world *w, uint64_t id)
{
	w->now_ms++;
	attempt(w, id, VERDICT_DELIVERED, "");
	world_assert_sound(w);
}

static bool is_due(struct world *w, uint64_t id)
{
	struct delivery d = world_delivery(w, id);
	return d.status == DELIVERY_PENDING && !d.waiting;
}

/* In a strict order other people's deliveries come before and after: none overtakes another, and
 * none gets stuck. */
static void a_strict_order_continues_around_cancelled_deliveries(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.order = ORDER_STRICT;
	world_webhook(w, hook);
	uint64_t campaign = world_launched(w);
	uint64_t ada = person(w, campaign, 0, "Ada", "ada@example.com");        /* 1 */
	uint64_t jessica = person(w, 0, ada, "Jessica", "jessica@example.com"); /* 2 */
	person(w, 0, ada, "Byron", "byron@example.com");                        /* 3 */
	world_becomes(w, jessica, true);                                        /* 4 */
	assert_int_equal(erase(w, jessica), ERR_OK);
	finish(w);
	assert_true(is_due(w, 1) && !is_due(w, 3));
	person(w, 0, ada, "Dora", "dora@example.com"); /* 5, behind a cancelled one */
	world_assert_sound(w);
	struct retention_slice drop = {.slice = {.command = {.decide = retention_drop_decide}},
				       .before_ms = w->now_ms + 10,
				       .deliveries = {2, 4},
				       .n_deliveries = 2};
	assert_int_equal(world_run(w, &drop.slice.command), ERR_OK);
	world_assert_sound(w);
	deliver(w, 1);
	assert_true(is_due(w, 3) && !is_due(w, 5));
	deliver(w, 3);
	assert_true(is_due(w, 5));
	deliver(w, 5);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	drop.before_ms = w->now_ms + 10;
	assert_int_equal(world_run(w, &drop.slice.command), ERR_OK);
	assert_int_equal(world_count(w, &KIND_DELIVERY), 3);
	world_assert_sound(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_running_attempt_is_recorded_without_its_response),
	    WORLD_ON_ALL(nothing_is_sent_again),
	    WORLD_ON_ALL(a_strict_order_continues_around_cancelled_deliveries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
