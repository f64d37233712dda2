/*
 * Owns the reading of the backlogs of webhooks. Never changes a record. Called by GET /metrics.
 */
#include "core/webhook_gauge.h"

#include "core/webhook.h"

static enum err read_gauge(struct tx *tx, const struct webhook *webhook,
			   struct webhook_gauge *gauge)
{
	struct webhook_stats stats;
	enum err err = webhook_read_stats(tx, webhook->id, &stats);
	*gauge = (struct webhook_gauge){
	    .webhook_id = webhook->id,
	    .pending = stats.pending,
	    .exhausted = stats.exhausted,
	    .disabled = webhook->disabled_ms != 0,
	};
	return err;
}

enum err webhook_gauges_decide(struct command *command, struct tx *tx)
{
	struct webhook_gauges *cmd = (struct webhook_gauges *)command;
	const struct webhook from = {.id = cmd->after};
	struct tx_scan scan = {.from = &from, .after = true, .max = WEBHOOK_GAUGES};
	scan.records = arena_alloc(tx_arena(tx), WEBHOOK_GAUGES * sizeof from);
	if (scan.records == NULL)
		return ERR_NO_MEMORY;
	const struct webhook *webhooks = scan.records;
	enum err err = tx_scan(tx, &KIND_WEBHOOK, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		err = read_gauge(tx, &webhooks[i], &cmd->gauges[i]);
	cmd->n = err == ERR_OK ? scan.n : 0;
	return err;
}
