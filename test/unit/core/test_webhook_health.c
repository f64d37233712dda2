/* Owns the tests of the record of a webhook's health, and of reading older records. Never sends.
 * Runs on all stores. Run by make test. */
#include "core/webhook_health.h"

#include "core/webhook_ops.h"
#include "webhook_world.h"

struct read_health {
	struct command command;
	const struct webhook *webhook;
	struct webhook_health health;
};

static enum err read_health_decide(struct command *command, struct tx *tx)
{
	struct read_health *cmd = (struct read_health *)command;
	return webhook_read_health(tx, cmd->webhook, &cmd->health);
}

static struct webhook_health health_of(struct world *w, uint64_t hook)
{
	struct webhook webhook = {.id = hook};
	struct read_health read = {.command = {.decide = read_health_decide}, .webhook = &webhook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &webhook), ERR_OK);
	assert_int_equal(world_run(w, &read.command), ERR_OK);
	return read.health;
}

static void failures_count_from_the_enabling(void **state)
{
	struct world *w = *state;
	uint64_t user, hook = disabled_hook(w, &user);
	struct webhook_enable enable = {
	    .command = {.decide = webhook_enable_decide}, .id = hook, .now_ms = WORLD_NOW + 9};
	assert_int_equal(health_of(w, hook).failures, 1);
	struct webhook_health stored = {.webhook_id = hook}, after = {.webhook_id = hook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK_HEALTH, &stored), ERR_OK);
	assert_int_equal(world_run_keep(w, &enable.command, &KIND_WEBHOOK, &enable.webhook),
			 ERR_OK);
	/* The operator's command leaves the record to the owner of the lane. */
	assert_int_equal(world_get(w, &KIND_WEBHOOK_HEALTH, &after), ERR_OK);
	assert_true(after.failures == stored.failures && after.failing_since_ms != 0);
	assert_true(health_of(w, hook).failures == 0 && health_of(w, hook).failing_since_ms == 0);
	assert_int_equal(health_of(w, hook).last_status, 500);
	w->now_ms += 60000;
	for (unsigned n = 1; n <= 2; n++) {
		uint64_t due_ms = world_delivery(w, 1).due_ms;
		assert_int_equal(world_attempt(w, 1, due_ms, VERDICT_RETRY, due_ms + 7000), ERR_OK);
		assert_int_equal(health_of(w, hook).failures, n);
		assert_int_equal(health_of(w, hook).failing_since_ms, w->now_ms);
	}
}

/* 0.2 stored the health beside the counters. */
static void older_health_is_read_until_the_next_attempt(void **state)
{
	struct world *w = *state;
	uint64_t hook = world_webhook(w, world_hook());
	world_user(w, world_launched(w), 0, "jessica@example.com");
	struct put_stats old = {
	    .command = {.decide = put_stats_decide},
	    .stats = {.webhook_id = hook,
		      .pending = 1,
		      .failing_since_ms = 7,
		      .failures = 3,
		      .failing_ms = 40,
		      .last_attempt_ms = 50,
		      .last_success_ms = 6,
		      .last_status = 503,
		      .last_failure = 2,
		      .last_detail = TEXT("no route")},
	};
	assert_int_equal(world_run(w, &old.command), ERR_OK);
	struct webhook_health h = health_of(w, hook);
	assert_true(h.failing_since_ms == 7 && h.failures == 3 && h.failing_ms == 40);
	assert_true(h.last_attempt_ms == 50 && h.last_success_ms == 6 && h.last_status == 503);
	assert_true(h.last_failure == 2 && text_eq(h.last_detail, TEXT("no route")));
	uint64_t due_ms = world_delivery(w, 1).due_ms;
	assert_int_equal(world_attempt(w, 1, due_ms, VERDICT_DELIVERED, 0), ERR_OK);
	h = health_of(w, hook);
	assert_true(h.failing_since_ms == 0 && h.failures == 0 && h.last_status == 503);
	assert_int_equal(h.last_success_ms, w->now_ms);
	struct webhook_stats stats = {.webhook_id = hook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK_STATS, &stats), ERR_OK);
	assert_true(stats.pending == 0 && stats.delivered == 1);
	assert_int_equal(stats.failures, 3); /* the old members stay as they are */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(failures_count_from_the_enabling),
	    WORLD_ON_ALL(older_health_is_read_until_the_next_attempt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
