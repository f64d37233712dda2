/*
 * Owns the record table of the health of webhooks. Never changes a tag or a number (store/record.h
 * has the recipe). Called by all of core, through the kind.
 */
#include "core/health_records.h"

#include "core/names.h"
#include "record_table.h"

static const struct field webhook_health_keys[] = {KEY(U64, webhook_health, webhook_id)};
static const struct field webhook_health_values[] = {
    VALUE(1, TIME, webhook_health, failing_since_ms),
    VALUE(2, U64, webhook_health, failures),
    VALUE(3, U64, webhook_health, failing_ms),
    VALUE(4, TIME, webhook_health, last_attempt_ms),
    VALUE(5, TIME, webhook_health, last_success_ms),
    VALUE(6, ID, webhook_health, last_status),
    WORD(7, FAILURE_NAMES, webhook_health, last_failure),
    VALUE(8, TEXT, webhook_health, last_detail),
    VALUE(9, U64, webhook_health, times_enabled),
};
const struct record_kind KIND_WEBHOOK_HEALTH =
    KIND_OF_CLASS(RECORD_SERIAL, 48, webhook_health, "webhook_health");
