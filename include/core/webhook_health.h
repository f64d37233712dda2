/*
 * Reading the health of a webhook.
 */
#ifndef CORE_WEBHOOK_HEALTH_H
#define CORE_WEBHOOK_HEALTH_H

#include "core/health_records.h"
#include "store/tx.h"

/** Reads the health as of the last attempt; zeros before the first. Where the webhook has no record
 * of its health yet, it reads the members that 0.2 stored beside the counters. ERR_PENDING and read
 * errors pass through. */
enum err webhook_read_stored_health(struct tx *tx, uint64_t webhook_id,
				    struct webhook_health *health) WARN_UNUSED;
/** The same, but failures from before the webhook was last enabled do not count. */
enum err webhook_read_health(struct tx *tx, const struct webhook *webhook,
			     struct webhook_health *health) WARN_UNUSED;
/** Drops these failures from *health. */
void webhook_health_since_enabled(struct webhook_health *health, const struct webhook *webhook);

#endif
