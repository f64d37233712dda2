/*
 * Owns the reading of the backlogs of webhooks. Never changes a record. Called by GET /metrics.
 */
#include "core/webhook_gauge.h"

#include "core/webhook.h"

/* Due rows are sorted by time. */
static enum err read_overdue(struct tx *tx, uint64_t steady_ms, struct webhook_gauge *gauge)
{
	struct due from = {.webhook_id = gauge->webhook_id}, first = {0};
	struct tx_scan scan = {.from = &from, .prefix = 1, .max = 1, .records = &first};
	enum err err = tx_scan(tx, &KIND_DUE, &scan);
	if (err == ERR_OK && scan.n > 0 && first.due_ms < steady_ms)
		gauge->overdue_ms = steady_ms - first.due_ms;
	return err;
}

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
	return err == ERR_OK ? read_overdue(tx, steady_ms, gauge) : err;
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
	bool waits = false;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		err = read_gauge(tx, cmd->steady_ms, &webhooks[i], &cmd->gauges[i]);
		if (err == ERR_PENDING) { /* one round fetches all of them */
			waits = true;
			err = ERR_OK;
		}
	}
	if (err == ERR_OK && waits)
		err = ERR_PENDING;
	cmd->n = err == ERR_OK ? scan.n : 0;
	return err;
}
