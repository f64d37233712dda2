/*
 * The upgrade of webhooks that 0.1 stored, at the start.
 */
#ifndef CLI_WEBHOOK_UPGRADE_H
#define CLI_WEBHOOK_UPGRADE_H

#include <stdint.h>

#include "store/store.h"

/** Seals the header values that are stored in plain text, 64 webhooks a commit, so that an
 * interrupted upgrade goes on at the next start. Without old records it only reads. The
 * store must be idle; this function turns it until the upgrade is done. Errors of reads and
 * commits. */
enum err webhook_upgrade_all(struct store *store, const uint8_t secret_key[32]) WARN_UNUSED;

#endif
