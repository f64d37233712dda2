/*
 * The time of the oldest delivery that waits for a webhook.
 */
#ifndef CORE_DUE_H
#define CORE_DUE_H

#include "store/tx.h"

/** Sets *due_ms to the time at which the first of the webhook's waiting deliveries is due, or to 0
 * if no delivery waits. Due rows are sorted by time, so this reads one row. Errors of tx_scan. */
enum err due_first(struct tx *tx, uint64_t webhook_id, uint64_t *due_ms) WARN_UNUSED;
/** Sets *late_ms to the time since the first delivery was due, or to 0 if nothing is due at now_ms.
 * Errors of tx_scan. */
enum err due_late(struct tx *tx, uint64_t webhook_id, uint64_t now_ms,
		  uint64_t *late_ms) WARN_UNUSED;

#endif
