/*
 * Owns the reading of the health of webhooks, also from the records of 0.1 and 0.2. Never writes it
 * (delivery_result.c does). Called by delivery_result.c, the API's explanations and the scheduler.
 */
#include "core/webhook_health.h"

static enum err read_older(struct tx *tx, struct webhook_health *health)
{
	struct webhook_stats stats = {.webhook_id = health->webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_STATS, &stats);
	*health = (struct webhook_health){
	    .webhook_id = stats.webhook_id,
	    .failing_since_ms = stats.failing_since_ms,
	    .failures = stats.failures,
	    .failing_ms = stats.failing_ms,
	    .last_attempt_ms = stats.last_attempt_ms,
	    .last_success_ms = stats.last_success_ms,
	    .last_status = stats.last_status,
	    .last_failure = stats.last_failure,
	    .last_detail = stats.last_detail,
	};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err webhook_read_stored_health(struct tx *tx, uint64_t webhook_id,
				    struct webhook_health *health)
{
	*health = (struct webhook_health){.webhook_id = webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_HEALTH, health);
	return err == ERR_NOT_FOUND ? read_older(tx, health) : err;
}

void webhook_health_since_enabled(struct webhook_health *health, const struct webhook *webhook)
{
	if (health->times_enabled != webhook->times_enabled)
		health->failing_since_ms = health->failures = health->failing_ms = 0;
}

enum err webhook_read_health(struct tx *tx, const struct webhook *webhook,
			     struct webhook_health *health)
{
	enum err err = webhook_read_stored_health(tx, webhook->id, health);
	webhook_health_since_enabled(health, webhook);
	return err;
}
