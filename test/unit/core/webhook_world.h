/*
 * Webhooks of the tests in a state that takes some steps: disabled by the receiver, and with the
 * counters of an older version.
 */
#ifndef TEST_CORE_WEBHOOK_WORLD_H
#define TEST_CORE_WEBHOOK_WORLD_H

#include "core_world.h"

/* A webhook that has failed since WORLD_NOW and then got a 410, with one held delivery. */
static inline uint64_t disabled_hook(struct world *w, uint64_t *user_id)
{
	uint64_t hook = world_webhook(w, world_hook());
	*user_id = world_user(w, world_launched(w), 0, "jessica@example.com");
	assert_int_equal(
	    world_attempt(w, 1, world_delivery(w, 1).due_ms, VERDICT_GONE, WORLD_NOW + 5000),
	    ERR_OK);
	struct webhook webhook = {.id = hook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &webhook), ERR_OK);
	assert_true(webhook.disabled_ms != 0);
	return hook;
}

/* Stores the counters as an older version did, which kept the health beside them. */
struct put_stats {
	struct command command;
	struct webhook_stats stats;
};

static inline enum err put_stats_decide(struct command *command, struct tx *tx)
{
	tx_put(tx, &KIND_WEBHOOK_STATS, &((struct put_stats *)command)->stats);
	return ERR_OK;
}

#endif
