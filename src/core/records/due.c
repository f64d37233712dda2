/*
 * Owns the reading of the first due row of a webhook. Never changes a row. Called by the rooms of
 * core that tell how late a webhook is.
 */
#include "due.h"

#include "core/records.h"

enum err due_first(struct tx *tx, uint64_t webhook_id, uint64_t *due_ms)
{
	struct due from = {.webhook_id = webhook_id}, first = {0};
	struct tx_scan scan = {.from = &from, .prefix = 1, .max = 1, .records = &first};
	enum err err = tx_scan(tx, &KIND_DUE, &scan);
	*due_ms = err == ERR_OK && scan.n > 0 ? first.due_ms : 0;
	return err;
}

enum err due_late(struct tx *tx, uint64_t webhook_id, uint64_t now_ms, uint64_t *late_ms)
{
	uint64_t due_ms;
	enum err err = due_first(tx, webhook_id, &due_ms);
	*late_ms = due_ms != 0 && due_ms < now_ms ? now_ms - due_ms : 0;
	return err;
}
