/* Owns the tests of the plan of a replay: it counts what the replay then queues, in slices, and
 * looks at a bounded number of events. Never runs in the background (upkeep does). Run by make
 * test. */
#include "core/replay.h"

#include "core/disorder.h"
#include "core_world.h"

static const uint64_t MISSING = REPLAY_MISSING, DELIVERED = 1 << DELIVERY_DELIVERED;

static enum err ask(struct world *w, struct replay_plan *plan)
{
	plan->command = (struct command){.decide = replay_plan_decide};
	return world_ask(w, &plan->command, NULL, NULL);
}

static struct replay_plan planned(struct world *w, struct replay replay)
{
	struct replay_plan plan = {.replay = replay};
	while (!plan.ended && !plan.more)
		assert_int_equal(ask(w, &plan), ERR_OK);
	return plan;
}

/* What the replay itself queues. */
static uint64_t replayed(struct world *w, struct replay replay)
{
	struct replay_start start = {.command = {.decide = replay_start_decide}, .replay = replay};
	assert_int_equal(world_run(w, &start.command), ERR_OK);
	struct replay_slice slice = {.replay_id = start.replay.id};
	while (slice.replay.finished_ms == 0) {
		slice.slice =
		    (struct slice){.command = {.decide = replay_find_decide}, .now_ms = w->now_ms};
		assert_int_equal(world_ask(w, &slice.slice.command, NULL, NULL), ERR_OK);
		slice.slice.command = (struct command){.decide = replay_step_decide};
		assert_int_equal(world_run(w, &slice.slice.command), ERR_OK);
	}
	return slice.replay.queued;
}

static void users_join(struct world *w, uint64_t campaign, int n)
{
	char email[64];
	static int used;
	for (int i = 0; i < n; i++) {
		snprintf(email, sizeof email, "user%d@example.com", used++);
		world_user(w, campaign, 0, email);
		w->now_ms += 1000;
	}
}

static void a_plan_counts_what_the_replay_queues(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), other = world_launched(w);
	uint64_t before_ms = w->now_ms;
	users_join(w, campaign, 3);
	users_join(w, other, 2);
	uint64_t middle_ms = w->now_ms;
	struct webhook ours = world_hook();
	ours.campaign_id = campaign;
	uint64_t hook = world_webhook(w, ours);
	users_join(w, campaign, 2); /* these have deliveries, which are pending */
	assert_int_equal(world_attempt(w, 1, world_delivery(w, 1).due_ms, VERDICT_DELIVERED, 0),
			 ERR_OK);
	const struct {
		struct replay replay;
		uint64_t queued;
	} cases[] = {
	    {{.statuses = DELIVERED}, 1},
	    {{.statuses = MISSING, .since_ms = middle_ms}, 0},
	    {{.statuses = MISSING, .until_ms = before_ms + 1000}, 1},
	    {{.statuses = MISSING, .since_ms = before_ms + 1000}, 2},
	    {{.statuses = MISSING | DELIVERED}, 4},
	};
	uint64_t deliveries = world_count(w, &KIND_DELIVERY);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct replay replay = cases[i].replay;
		replay.webhook_id = hook;
		struct replay_plan plan = planned(w, replay);
		assert_true(plan.ended && !plan.more);
		assert_int_equal(plan.queued, cases[i].queued);
		assert_int_equal(world_count(w, &KIND_DELIVERY), deliveries);
	}
	struct replay all = {.webhook_id = hook, .statuses = MISSING | DELIVERED};
	assert_int_equal(replayed(w, all), 4);
	assert_int_equal(planned(w, all).queued, 0);
}

static void a_plan_begins_at_the_first_event_of_the_period(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	users_join(w, campaign, 10);
	w->now_ms += ID_DISORDER_MS; /* the plan looks at events that are a little older */
	uint64_t since_ms = w->now_ms;
	users_join(w, campaign, 4);
	struct replay replay = {.webhook_id = world_webhook(w, world_hook()),
				.statuses = MISSING,
				.since_ms = since_ms};
	struct replay_plan plan = planned(w, replay);
	assert_true(plan.queued == 4 && plan.looked_at == 4);
	replay.since_ms = w->now_ms + ID_DISORDER_MS;
	plan = planned(w, replay);
	assert_true(plan.queued == 0 && plan.looked_at == 0 && plan.ended);
}

static void a_query_looks_at_a_bounded_number_of_events(void **state)
{
	struct world *w = *state;
	users_join(w, world_launched(w), REPLAY_STEP + 6);
	struct replay_plan plan = {
	    .replay = {.webhook_id = world_webhook(w, world_hook()), .statuses = MISSING}};
	assert_int_equal(ask(w, &plan), ERR_OK);
	assert_true(plan.looked_at == REPLAY_STEP && !plan.ended && !plan.more);
	users_join(w, world_launched(w), 1); /* later events are not part of the plan */
	assert_int_equal(ask(w, &plan), ERR_OK);
	assert_true(plan.looked_at == REPLAY_STEP + 6 && plan.ended);
	assert_int_equal(plan.queued, REPLAY_STEP + 6);
}

static void a_plan_gives_up_after_its_last_event(void **state)
{
	struct world *w = *state;
	users_join(w, world_launched(w), 2);
	struct replay_plan plan = {
	    .replay = {.webhook_id = world_webhook(w, world_hook()), .statuses = MISSING},
	    .next_event = 1,
	    .last_event = 2,
	    .looked_at = REPLAY_PLAN_MAX - 1};
	assert_int_equal(ask(w, &plan), ERR_OK);
	assert_true(plan.more && !plan.ended && plan.looked_at == REPLAY_PLAN_MAX);
	assert_int_equal(plan.queued, 1);
	/* At exactly the bound, but behind the newest event, the plan is complete. */
	plan = (struct replay_plan){.replay = plan.replay,
				    .next_event = 2,
				    .last_event = 2,
				    .looked_at = REPLAY_PLAN_MAX - 1};
	assert_int_equal(ask(w, &plan), ERR_OK);
	assert_true(plan.ended && !plan.more);
}

static void an_unknown_webhook_has_no_plan(void **state)
{
	struct world *w = *state;
	struct replay_plan plan = {.replay = {.webhook_id = 9, .statuses = MISSING}};
	assert_int_equal(ask(w, &plan), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_plan_counts_what_the_replay_queues),
	    WORLD_ON_ALL(a_plan_begins_at_the_first_event_of_the_period),
	    WORLD_ON_ALL(a_query_looks_at_a_bounded_number_of_events),
	    WORLD_ON_ALL(a_plan_gives_up_after_its_last_event),
	    WORLD_ON_ALL(an_unknown_webhook_has_no_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
