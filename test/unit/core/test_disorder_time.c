/* Owns the tests of ids that are not in the order of time: replays, lists of a period, retention,
 * the audit list, and the number of stored responses. Never tests conflicts between nodes. Run by
 * make test. */
#include <endian.h>

#include "core/audit_list.h"
#include "core/delivery_list.h"
#include "core/disorder.h"
#include "core/replay.h"
#include "disorder_world.h"

enum { ROWS = 200, STEP_MS = 1000, SEARCHES = 60 };

/* ---- rows out of the order of time ---- */

/* Events, deliveries and audit lines with the ids 1 to ROWS. A row is at most ID_DISORDER_MS
 * younger than a row with a higher id. */
struct rows {
	struct command command;
	uint64_t at_ms[ROWS + 1];
};

static enum err rows_decide(struct command *command, struct tx *tx)
{
	const struct rows *rows = (const struct rows *)command;
	for (uint64_t id = 1; id <= ROWS; id++) {
		const uint64_t at_ms = rows->at_ms[id];
		const struct event event = {.id = id, .at_ms = at_ms, .type = EVENT_USER_JOIN};
		const struct delivery delivery = {.id = id,
						  .created_ms = at_ms,
						  .finished_ms = at_ms,
						  .status = DELIVERY_DELIVERED,
						  .webhook_id = 77,
						  .event_id = 1000 + id};
		const struct audit line = {.id = id, .at_ms = at_ms, .action = AUDIT_RULE_CREATE};
		tx_put(tx, &KIND_EVENT, &event);
		tx_put(tx, &KIND_DELIVERY, &delivery);
		tx_put(tx, &KIND_AUDIT, &line);
	}
	return ERR_OK;
}

static void put_rows(struct world *w, struct seeded *random, struct rows *rows)
{
	*rows = (struct rows){.command = {.decide = rows_decide}};
	for (uint64_t id = 1; id <= ROWS; id++)
		rows->at_ms[id] =
		    WORLD_NOW + id * STEP_MS + seeded_below(random, ID_DISORDER_MS + STEP_MS);
	assert_int_equal(world_run(w, &rows->command), ERR_OK);
}

static uint64_t count(const struct rows *rows, uint64_t since_ms, uint64_t until_ms)
{
	uint64_t n = 0;
	for (size_t id = 1; id <= ROWS; id++)
		n += rows->at_ms[id] >= since_ms && rows->at_ms[id] < until_ms;
	return n;
}

static void a_replay_plan_misses_no_event(void **state)
{
	struct world *w = *state;
	struct seeded random = seeded_start("replay plan", 2);
	struct rows rows;
	put_rows(w, &random, &rows);
	uint64_t hook = world_webhook(w, world_hook());
	for (int i = 0; i < SEARCHES; i++) {
		uint64_t since_ms = WORLD_NOW + seeded_below(&random, ROWS * STEP_MS);
		struct replay_plan plan = {.command = {.decide = replay_plan_decide},
					   .replay = {.webhook_id = hook,
						      .statuses = REPLAY_MISSING,
						      .since_ms = since_ms}};
		while (!plan.ended && !plan.more)
			assert_int_equal(world_ask(w, &plan.command, NULL, NULL), ERR_OK);
		assert_int_equal(plan.queued, count(&rows, since_ms, UINT64_MAX));
	}
}

static void lists_of_a_period_miss_no_row(void **state)
{
	struct world *w = *state;
	struct seeded random = seeded_start("periods", 3);
	struct rows rows;
	struct delivery deliveries[ROWS];
	struct audit_row lines[ROWS];
	put_rows(w, &random, &rows);
	for (int i = 0; i < SEARCHES; i++) {
		uint64_t since_ms = WORLD_NOW + seeded_below(&random, ROWS * STEP_MS);
		uint64_t until_ms = since_ms + 1 + seeded_below(&random, 20 * STEP_MS);
		uint64_t expected = count(&rows, since_ms, until_ms);
		struct delivery_list list = {.command = {.decide = delivery_list_decide},
					     .filter = {.since_ms = since_ms, .until_ms = until_ms},
					     .codes = w->codes,
					     .page = {.max = ID_PAGE_MAX, .reverse = i % 2 == 0},
					     .deliveries = deliveries};
		struct audit_list audit = {.command = {.decide = audit_list_decide},
					   .filter = {.since_ms = since_ms, .until_ms = until_ms},
					   .page = list.page,
					   .rows = lines};
		assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
		assert_int_equal(list.page.n, expected);
		assert_int_equal(world_ask(w, &audit.command, NULL, NULL), ERR_OK);
		assert_int_equal(audit.page.n, expected);
	}
}

/* The first row is younger than the rows behind it. */
static void retention_goes_on_behind_a_younger_row(void **state)
{
	struct world *w = *state;
	const uint64_t kept_ms = 1000000, now_ms = WORLD_NOW + kept_ms + 20000;
	struct rows rows = {.command = {.decide = rows_decide}};
	for (size_t id = 1; id <= ROWS; id++)
		rows.at_ms[id] = id == 1 ? now_ms - kept_ms + 1000 : WORLD_NOW;
	assert_int_equal(world_run(w, &rows.command), ERR_OK);
	struct retention_slice slice = {.slice = {.command = {.decide = retention_find_decide},
						  .retention_ms = kept_ms,
						  .believed_ms = now_ms}};
	assert_int_equal(world_ask(w, &slice.slice.command, NULL, NULL), ERR_OK);
	assert_true(slice.n_deliveries == RETENTION_SLICE && slice.deliveries[0] == 2);
	struct audit_expire expire = {.slice = {.command = {.decide = audit_find_expired_decide},
						.audit_retention_ms = kept_ms,
						.believed_ms = now_ms}};
	assert_int_equal(world_ask(w, &expire.slice.command, NULL, NULL), ERR_OK);
	assert_true(expire.slice.n > 0 && expire.ids[0] == 2);
}

/* ---- stored responses ---- */

/* 1024 responses whose numbers have gaps, and the newest. */
struct responses {
	struct command command;
	uint64_t spread, newest;
};

static enum err responses_decide(struct command *command, struct tx *tx)
{
	const struct responses *r = (const struct responses *)command;
	for (uint64_t i = 1; i <= IDEMPOTENCY_HURRY + 1; i++) {
		const uint64_t hash = htobe64(i);
		const struct idempotency_age age = {.at_ms = WORLD_NOW,
						    .hash = text_from(&hash, sizeof hash),
						    .number = i <= IDEMPOTENCY_HURRY ? i * r->spread
										     : r->newest};
		tx_put(tx, &KIND_IDEMPOTENCY_AGE, &age);
	}
	return ERR_OK;
}

static size_t excess(struct world *w, uint64_t spread, uint64_t newest)
{
	static struct idempotency_expire job;
	struct responses responses = {{.decide = responses_decide}, spread, newest};
	assert_int_equal(world_run(w, &responses.command), ERR_OK);
	job.slice = (struct slice){.command = {.decide = idempotency_find_expired_decide},
				   .believed_ms = WORLD_NOW};
	assert_int_equal(world_ask(w, &job.slice.command, NULL, NULL), ERR_OK);
	return job.slice.n;
}

static void numbers_of_responses_with_gaps_are_not_a_count(void **state)
{
	struct world *w = *state;
	assert_int_equal(excess(w, 1, IDEMPOTENCY_MAX), 0);
	assert_true(excess(w, 1, 2 * IDEMPOTENCY_MAX) > 0);
	assert_int_equal(excess(w, 3, 2 * IDEMPOTENCY_MAX), 0);
	/* Wider gaps count as gaps of this width, so that the number of responses stays bounded. */
	assert_true(excess(w, 100, 4 * IDEMPOTENCY_MAX) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(disorder, a_replay_plan_misses_no_event),
	    WORLD_ON(disorder, lists_of_a_period_miss_no_row),
	    WORLD_ON(disorder, retention_goes_on_behind_a_younger_row),
	    WORLD_ON(disorder, numbers_of_responses_with_gaps_are_not_a_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
