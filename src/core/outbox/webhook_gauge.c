/*
 * Owns the reading of the backlogs of webhooks. Never changes a record. Called by GET /metrics.
 */
#include "core/webhook_gauge.h"

#include "core/records/due.h"
#include "core/webhook.h"

static enum err read_gauge(struct tx *tx, uint64_t steady_ms, const struct webhook *webhook,
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
	return tx_both(err, due_late(tx, webhook->id, steady_ms, &gauge->overdue_ms));
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
	const size_t n = err == ERR_OK ? scan.n : 0;
	for (size_t i = 0; i < n; i++)
		err = tx_both(err, read_gauge(tx, cmd->steady_ms, &webhooks[i], &cmd->gauges[i]));
	cmd->n = err == ERR_OK ? n : 0;
	return err;
}
