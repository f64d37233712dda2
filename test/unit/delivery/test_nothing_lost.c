/*
 * Owns the proof that no delivery is lost: whatever receivers, operators and joins do, in any
 * order, every webhook accepts every event in the end. Never waits. Run by make test.
 */
#include "../../support/seeded.h"
#include "delivery_world.h"

enum { HOOKS = 4, STEPS = 250 };

struct chaos {
	struct delivery_world *w;
	struct seeded random;
	bool calm;
	uint64_t accepted;
};

static struct fake_answer any_answer(void *arg, const struct fake_record *call)
{
	static const enum http_failure failures[] = {
	    HTTP_FAIL_DNS, HTTP_FAIL_CONNECT, HTTP_FAIL_TLS, HTTP_FAIL_TIMEOUT, HTTP_FAIL_PROTOCOL};
	struct chaos *c = arg;
	uint64_t dice = seeded_below(&c->random, 100), wait_ms = seeded_below(&c->random, 15000);
	(void)call;
	if (c->calm || dice < 60) {
		c->accepted++;
		return (struct fake_answer){.status = 200, .after_ms = c->calm ? 0 : wait_ms};
	}
	if (dice < 75)
		return (struct fake_answer){.status = 503, .after_ms = wait_ms};
	if (dice < 78)
		return (struct fake_answer){.status = 429, .retry_after = "3600"};
	if (dice < 80)
		return (struct fake_answer){.status = 410};
	return (struct fake_answer){.failure = failures[dice % 5], .after_ms = wait_ms};
}

static void resend_any(struct chaos *c, uint64_t deliveries)
{
	struct delivery_resend resend = {
	    .command = {.decide = delivery_resend_decide},
	    .delivery_id = 1 + seeded_below(&c->random, deliveries),
	    .now_ms = c->w->core.now_ms,
	};
	assert_int_equal(world_run(&c->w->core, &resend.command), ERR_OK);
}

static void replay_any(struct chaos *c)
{
	struct replay_start start = {
	    .command = {.decide = replay_start_decide},
	    .replay = {.webhook_id = 1 + seeded_below(&c->random, HOOKS),
		       .since_ms = START_MS + seeded_below(&c->random, DAY),
		       .statuses =
			   1u << DELIVERY_DELIVERED | 1u << DELIVERY_EXHAUSTED | REPLAY_MISSING,
		       .created_ms = c->w->core.now_ms},
	};
	assert_int_equal(world_run(&c->w->core, &start.command), ERR_OK);
}

static void one_step(struct chaos *c, uint64_t *events)
{
	struct delivery_world *w = c->w;
	uint64_t dice = seeded_below(&c->random, 100), n = 1 + seeded_below(&c->random, 20);
	uint64_t hook = 1 + seeded_below(&c->random, HOOKS);
	if (dice < 50) {
		emit(w, *events + 1, n, seeded_below(&c->random, 2) == 0 ? 0 : 7);
		*events += n;
	} else if (dice < 60) {
		set_disabled(w, hook, dice % 2 == 0);
	} else if (dice < 70 && *events > 0) {
		resend_any(c, *events * HOOKS);
	} else if (dice < 72) {
		replay_any(c);
	} else if (dice < 75) {
		w->clock.now_unix_ms += seeded_below(&c->random, 2 * HOUR); /* the clock is set */
		w->clock.now_unix_ms -= HOUR;
		w->core.now_ms = w->clock.now_unix_ms;
	} else {
		live(w, seeded_below(&c->random, 2 * HOUR));
	}
	for (uint64_t turns = seeded_below(&c->random, 4); turns > 0; turns--)
		turn(w);
}

static void assert_all_delivered(struct delivery_world *w, uint64_t events)
{
	assert_int_equal(world_count(&w->core, &KIND_DUE), 0);
	assert_int_equal(world_count(&w->core, &KIND_CHAIN), 0);
	for (uint64_t id = 1; id <= events * HOOKS; id++)
		assert_int_equal(delivery_now(w, id).status, DELIVERY_DELIVERED);
	for (uint64_t hook = 1; hook <= HOOKS; hook++) {
		assert_int_equal(stats_now(w, hook).pending, 0);
		assert_true(stats_now(w, hook).delivered >= events);
	}
}

static void calm_down(struct chaos *c)
{
	c->calm = true;
	for (uint64_t hook = 1; hook <= HOOKS; hook++)
		set_disabled(c->w, hook, false);
	live(c->w, 4 * (uint64_t)DAY);
	/* Deliveries that were exhausted meanwhile followed the rules, and can be sent again. */
	for (uint64_t hook = 1; hook <= HOOKS; hook++) {
		struct replay_start start = {
		    .command = {.decide = replay_start_decide},
		    .replay = {.webhook_id = hook, .statuses = 1u << DELIVERY_EXHAUSTED},
		};
		assert_int_equal(world_run(&c->w->core, &start.command), ERR_OK);
	}
	live(c->w, DAY);
}

static void every_event_is_delivered_in_the_end(void **state)
{
	struct delivery_world *w = *state;
	struct chaos c = {.w = w, .random = seeded_start("nothing_lost", 20261123)};
	uint64_t events = 0;
	w->client.script = any_answer;
	w->client.script_arg = &c;
	for (uint64_t hook = 0; hook < HOOKS; hook++) {
		struct webhook webhook = hook_for(w, "https://crm.example/in");
		webhook.order = hook % 3;
		webhook.rate = hook == 3 ? 5 : 0;
		webhook.concurrency = hook == 1 ? 2 : 0;
		make_hook(w, webhook);
	}
	for (int i = 0; i < STEPS; i++)
		one_step(&c, &events);
	assert_true(events > 500);
	calm_down(&c);
	assert_all_delivered(w, events);
	assert_int_equal(w->scheduler->under_way, 0);
	/* Everything can be counted: each call has an attempt, and each accepted call a
	 * delivery. */
	uint64_t delivered = 0;
	for (uint64_t hook = 1; hook <= HOOKS; hook++)
		delivered += stats_now(w, hook).delivered;
	assert_int_equal(delivered, c.accepted);
	assert_int_equal(w->scheduler->succeeded.n + w->scheduler->failed.n, w->client.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(every_event_is_delivered_in_the_end),
	    ON_PENDING(every_event_is_delivered_in_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
