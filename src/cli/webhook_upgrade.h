/*
 * The upgrade, at the start, of webhooks that version 0.1 stored.
 */
#ifndef CLI_WEBHOOK_UPGRADE_H
#define CLI_WEBHOOK_UPGRADE_H

#include <stdint.h>

#include "store/store.h"

/** Seals the header values that are stored in plain text, 64 webhooks in each commit. An
 * interrupted upgrade continues at the next start. Without old records, it only reads. The store
 * must be idle; this function runs store_wait until the upgrade is done. Returns the errors of
 * reads and commits. */
enum err webhook_upgrade_all(struct store *store, const uint8_t secret_key[32]) WARN_UNUSED;

#endif
