/*
 * Owns the record table of operators. Never changes a tag (store/record.h has the recipe). Called
 * by all of core, through the kind.
 */
#include "core/operator_records.h"

#include "core/names.h"
#include "record_table.h"

static const struct field operator_record_keys[] = {KEY(BYTES, operator_record, key)};
static const struct field operator_record_values[] = {
    VALUE(1, ID, operator_record, id),
    VALUE(2, TEXT, operator_record, name),
    WORD(3, ROLE_NAMES, operator_record, role),
    VALUE(4, TIME, operator_record, created_ms),
    VALUE(5, U64, operator_record, n_log2),
    VALUE(6, U64, operator_record, r),
    VALUE(7, U64, operator_record, p),
    VALUE(8, BYTES, operator_record, salt),
    VALUE(9, BYTES, operator_record, password_key),
    VALUE(10, TIME, operator_record, password_ms),
    VALUE(11, U64, operator_record, password_version),
};
const struct record_kind KIND_OPERATOR = {
    KIND_MEMBERS(42, "operator", operator_record, "operators"),
    .class = RECORD_CONFIG,
};
