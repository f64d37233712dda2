/*
 * Owns the record tables of the audit list. Never changes a tag or a number (store/record.h has the
 * recipe). Called by all of core, through the kinds.
 */
#include "core/audit_records.h"

#include "record_table.h"

static const struct field audit_keys[] = {KEY(U64, audit, id)};
static const struct field audit_values[] = {
    VALUE(1, TIME, audit, at_ms),   VALUE(2, ID, audit, actor),    VALUE(3, U64, audit, action),
    VALUE(4, ID, audit, object_id), VALUE(5, U64, audit, changed),
};
const struct record_kind KIND_AUDIT = KIND(43, audit, "audit_log");

static const struct field audit_by_keys[] = {
    KEY(U64, audit_by, by),
    KEY(U64, audit_by, number),
    KEY(U64, audit_by, audit_id),
};
const struct record_kind KIND_AUDIT_BY = KIND_OF_KEYS(RECORD_INDEX, 46, audit_by, "audit_index");
