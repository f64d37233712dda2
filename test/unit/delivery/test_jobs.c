/*
 * Owns the proof of replays and retention as jobs: what they select, their pace, and that they
 * continue after a restart. Never waits. Run by make test.
 */
#include "delivery_world.h"

enum { DELIVERED_BIT = 1 << DELIVERY_DELIVERED, EXHAUSTED_BIT = 1 << DELIVERY_EXHAUSTED };
#define RETENTION_MS (30 * (uint64_t)DAY)

static uint64_t start_replay(struct delivery_world *w, uint64_t hook, uint64_t since_ms,
			     uint64_t until_ms, uint64_t statuses)
{
	struct replay_start start = {
	    .command = {.decide = replay_start_decide},
	    .replay = {.webhook_id = hook,
		       .since_ms = since_ms,
		       .until_ms = until_ms,
		       .statuses = statuses,
		       .created_ms = w->core.now_ms},
	};
	assert_int_equal(world_run(&w->core, &start.command), ERR_OK);
	return start.replay.id;
}

static struct replay replay_now(struct delivery_world *w, uint64_t id)
{
	struct replay replay = {.id = id};
	assert_int_equal(world_get(&w->core, &KIND_REPLAY, &replay), ERR_OK);
	return replay;
}

/* Emits a join of each user, one each minute. */
static void join_by_minute(struct delivery_world *w, uint64_t first, uint64_t n)
{
	for (uint64_t user = first; user < first + n; user++) {
		join(w, user);
		live(w, MINUTE);
	}
}

static struct fake_answer user_3_fails(void *arg, const struct fake_record *call)
{
	(void)arg;
	return (struct fake_answer){.failure = HTTP_FAIL_NONE,
				    .status = user_of(call) == 3 ? 500 : 200};
}

/* Emits five joins, of which the third is exhausted. */
static uint64_t five_joins(struct delivery_world *w)
{
	static const char one_second[] = "\0\0\0\0\0\0\0\001";
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.schedule = text_from(one_second, 8);
	w->client.script = user_3_fails;
	uint64_t id = make_hook(w, hook);
	join_by_minute(w, 1, 5);
	assert_int_equal(w->client.n, 6);
	w->client.script = NULL;
	return id;
}

static void exhausted_deliveries_are_replayed(void **state)
{
	struct delivery_world *w = *state;
	uint64_t hook = five_joins(w);
	uint64_t id = start_replay(w, hook, START_MS, 0, EXHAUSTED_BIT);
	live(w, MINUTE);
	struct replay r = replay_now(w, id);
	/* The sixth event is the operator event of the exhaustion. */
	assert_true(r.finished_ms != 0 && r.looked_at == 6 && r.queued == 1);
	assert_int_equal(w->client.n, 7);
	assert_int_equal(user_of(call_at(w, 6)), 3);
	/* The same message is sent again, and its attempts continue to count. */
	assert_text(*fake_header(call_at(w, 6), "webhook-id"),
		    *fake_header(call_at(w, 2), "webhook-id"));
	assert_text(*fake_header(call_at(w, 6), "referd-attempt"), TEXT("3"));
	assert_int_equal(delivery_now(w, 3).status, DELIVERY_DELIVERED);
}

static void delivered_events_of_a_period_are_replayed(void **state)
{
	struct delivery_world *w = *state;
	uint64_t hook = five_joins(w);
	/* The second to the fourth event: the end is exclusive. */
	uint64_t id =
	    start_replay(w, hook, START_MS + MINUTE, START_MS + 4 * MINUTE, DELIVERED_BIT);
	live(w, MINUTE);
	assert_int_equal(replay_now(w, id).queued, 2);
	assert_int_equal(w->client.n, 8);
	assert_int_equal(user_of(call_at(w, 6)) + user_of(call_at(w, 7)), 2 + 4);
	assert_text(call_at(w, 6)->body, call_at(w, 1)->body);
}

static void events_older_than_the_webhook_are_replayed(void **state)
{
	struct delivery_world *w = *state;
	five_joins(w);
	uint64_t later = make_hook(w, hook_for(w, "https://later.example/in"));
	join_by_minute(w, 6, 1);
	assert_int_equal(calls_to(w, "later.example"), 1);
	uint64_t id = start_replay(w, later, START_MS, 0, REPLAY_MISSING);
	live(w, MINUTE);
	assert_int_equal(replay_now(w, id).queued, 5); /* without the sixth, which it already got */
	assert_int_equal(calls_to(w, "later.example"), 6);
	assert_int_equal(calls_to(w, "crm.example"), 7);
	/* A second replay finds nothing missing. */
	id = start_replay(w, later, START_MS, 0, REPLAY_MISSING);
	live(w, MINUTE);
	assert_int_equal(replay_now(w, id).queued, 0);
	assert_int_equal(calls_to(w, "later.example"), 6);
}

enum { MANY = 5000 };

/* Emits many events, then creates a webhook that did not get them. */
static uint64_t late_webhook(struct delivery_world *w)
{
	emit(w, 1, MANY, 0);
	return make_hook(w, hook_for(w, "https://later.example/in"));
}

static void a_replay_continues_after_a_restart(void **state)
{
	struct delivery_world *w = *state;
	uint64_t hook = late_webhook(w);
	uint64_t id = start_replay(w, hook, START_MS, 0, REPLAY_MISSING);
	live(w, 500);
	struct replay half = replay_now(w, id);
	assert_true(half.finished_ms == 0 && half.queued > 0 && half.queued < MANY);
	restart(w, HOUR);
	live(w, MINUTE);
	struct replay r = replay_now(w, id);
	assert_true(r.finished_ms != 0 && r.looked_at == MANY && r.queued == MANY);
	assert_int_equal(stats_now(w, hook).delivered, MANY);
	restart(w, 0);
	live(w, MINUTE);
	assert_int_equal(replay_now(w, id).finished_ms,
			 r.finished_ms); /* a finished replay stays finished */
	assert_int_equal(stats_now(w, hook).delivered, MANY);
}

static void a_replay_keeps_its_pace(void **state)
{
	struct delivery_world *w = *state;
	uint64_t hook = late_webhook(w);
	uint64_t id = start_replay(w, hook, START_MS, 0, REPLAY_MISSING), before = 0;
	for (int i = 0; i < 20; i++) {
		live(w, 100);
		struct replay r = replay_now(w, id);
		assert_true(r.looked_at - before <= 6 * REPLAY_STEP);
		before = r.looked_at;
	}
	assert_int_equal(replay_now(w, id).queued, MANY);
	assert_true(replay_now(w, id).finished_ms - START_MS >= (MANY / REPLAY_STEP) * 20);
}

/* A receiver that accepts nothing gets only a few deliveries queued, and does not delay other
 * replays.
 */
static void a_replay_waits_for_its_own_webhook_only(void **state)
{
	struct delivery_world *w = *state;
	struct webhook dead = hook_for(w, "https://dead.example/in");
	emit(w, 1, MANY, 0);
	uint64_t dead_id = make_hook(w, dead),
		 good = make_hook(w, hook_for(w, "https://good.example/in"));
	set_disabled(w, dead_id, true);
	uint64_t first = start_replay(w, dead_id, START_MS, 0, REPLAY_MISSING);
	uint64_t second = start_replay(w, good, START_MS, 0, REPLAY_MISSING);
	live(w, 20 * MINUTE);
	assert_in_range(stats_now(w, dead_id).pending, 2000, 2000 + REPLAY_STEP);
	assert_int_equal(replay_now(w, first).finished_ms, 0);
	assert_true(replay_now(w, second).finished_ms != 0);
	assert_int_equal(stats_now(w, good).delivered, MANY);
	set_disabled(w, dead_id, false);
	live(w, 20 * MINUTE);
	assert_true(replay_now(w, first).finished_ms != 0);
	assert_int_equal(stats_now(w, dead_id).delivered, MANY);
}

static void a_replay_ends_when_its_webhook_is_deleted(void **state)
{
	struct delivery_world *w = *state;
	uint64_t hook = late_webhook(w);
	uint64_t id = start_replay(w, hook, START_MS, 0, REPLAY_MISSING);
	struct webhook_remove remove = {.command = {.decide = webhook_remove_decide}, .id = hook};
	assert_int_equal(world_run(&w->core, &remove.command), ERR_OK);
	live(w, MINUTE);
	assert_true(replay_now(w, id).finished_ms != 0);
	assert_int_equal(world_count(&w->core, &KIND_DUE), 0);
}

/* ---- retention ---- */

static int open_with_retention(void **state)
{
	return open_world(state, world_on_memory, RETENTION_MS);
}

static void finished_deliveries_are_deleted_after_30_days(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 200};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 100, 0);
	live(w, SECOND);
	uint64_t held_hook = make_hook(w, hook_for(w, "https://held.example/in"));
	set_disabled(w, held_hook, true);
	emit(w, 1000, 10, 0); /* delivered to one webhook, held for the other */
	live_until(w, START_MS + RETENTION_MS - 2 * HOUR);
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 120);
	assert_int_equal(world_count(&w->core, &KIND_ATTEMPT), 110);
	join(w, 5000); /* too recent */
	live_until(w, START_MS + RETENTION_MS + 2 * HOUR);
	/* Ten held deliveries remain, and the recent event's two. */
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 12);
	assert_int_equal(world_count(&w->core, &KIND_EVENT_DELIVERY), 12);
	assert_int_equal(world_count(&w->core, &KIND_ATTEMPT), 1);
	assert_int_equal(world_count(&w->core, &KIND_EVENT), 11);
	/* Each has a row by webhook, by user and by event type, and by status unless it is
	 * delivered. */
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY_BY), 3 * 12 + 11);
	set_disabled(w, held_hook, false);
	live(w, MINUTE);
	assert_int_equal(calls_to(w, "held.example"), 11);
	live(w, RETENTION_MS + 2 * HOUR);
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 0);
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY_BY), 0);
	assert_int_equal(world_count(&w->core, &KIND_ATTEMPT), 0);
	assert_int_equal(world_count(&w->core, &KIND_EVENT), 0);
}

static void events_without_a_webhook_are_deleted_too(void **state)
{
	struct delivery_world *w = *state;
	emit(w, 1, 200, 0);
	live_until(w, START_MS + RETENTION_MS - 2 * HOUR);
	assert_int_equal(world_count(&w->core, &KIND_EVENT), 200);
	live_until(w, START_MS + RETENTION_MS + 2 * HOUR);
	assert_int_equal(world_count(&w->core, &KIND_EVENT), 0);
}

/* The event is kept for another webhook, but this delivery is gone. The replay sends the same
 * event, so the receiver must recognise its id. */
static void a_replay_after_the_retention_has_the_same_message_id(void **state)
{
	struct delivery_world *w = *state;
	uint64_t hook = make_hook(w, hook_for(w, "https://crm.example/in"));
	set_disabled(w, make_hook(w, hook_for(w, "https://held.example/in")), true);
	emit(w, 1, 3, 0);
	live(w, RETENTION_MS + 2 * HOUR);
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 3);
	start_replay(w, hook, START_MS, 0, REPLAY_MISSING);
	live(w, MINUTE);
	assert_int_equal(w->client.n, 6);
	for (size_t i = 0; i < 3; i++)
		assert_text(*fake_header(call_at(w, i + 3), "webhook-id"),
			    *fake_header(call_at(w, i), "webhook-id"));
	assert_false(text_eq(*fake_header(call_at(w, 0), "webhook-id"),
			     *fake_header(call_at(w, 1), "webhook-id")));
}

/* Each commit of a retention slice is small, however many rows there are to delete. */
static void a_retention_slice_is_bounded(void **state)
{
	struct delivery_world *w = *state;
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 2000, 0);
	live(w, MINUTE);
	live_until(w, START_MS + RETENTION_MS - MINUTE);
	struct store_counters before = store_counters(w->core.store);
	advance_to(w, START_MS + RETENTION_MS + 2 * HOUR);
	while (world_count(&w->core, &KIND_DELIVERY) > 0) {
		struct store_counters last = store_counters(w->core.store);
		advance_to(w, w->clock.now_unix_ms + 20);
		settle(w);
		struct store_counters now = store_counters(w->core.store);
		/* A delivery, its attempt, three index rows and its event; a delivered one has no
		 * row by status. */
		assert_true(now.writes - last.writes <= 2 * RETENTION_SLICE * 7);
	}
	assert_true(store_counters(w->core.store).commits - before.commits >=
		    2000 / RETENTION_SLICE);
}

#define WITH_RETENTION(f)                                                                          \
	{                                                                                          \
#f, f, open_with_retention, close_world, NULL                                      \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(exhausted_deliveries_are_replayed),
	    ON_PENDING(exhausted_deliveries_are_replayed),
	    ON_MEMORY(delivered_events_of_a_period_are_replayed),
	    ON_MEMORY(events_older_than_the_webhook_are_replayed),
	    ON_PENDING(events_older_than_the_webhook_are_replayed),
	    ON_LMDB(a_replay_continues_after_a_restart),
	    ON_LMDB(a_replay_keeps_its_pace),
	    ON_LMDB(a_replay_waits_for_its_own_webhook_only),
	    ON_MEMORY(a_replay_ends_when_its_webhook_is_deleted),
	    WITH_RETENTION(finished_deliveries_are_deleted_after_30_days),
	    WITH_RETENTION(events_without_a_webhook_are_deleted_too),
	    WITH_RETENTION(a_replay_after_the_retention_has_the_same_message_id),
	    WITH_RETENTION(a_retention_slice_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
