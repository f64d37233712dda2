/*
 * Owns the record table of operators. Never changes a tag (store/record.h has the recipe). Called
 * by all of core, through the kind.
 */
#include "core/operator_records.h"

#include "record_table.h"

static const struct field operator_keys[] = {KEY(TEXT, operator, key)};
static const struct field operator_values[] = {
    VALUE(1, U64, operator, id),
    VALUE(2, TEXT, operator, name),
    VALUE(3, U64, operator, role),
    VALUE(4, U64, operator, created_ms),
    VALUE(5, U64, operator, n_log2),
    VALUE(6, U64, operator, r),
    VALUE(7, U64, operator, p),
    VALUE(8, TEXT, operator, salt),
    VALUE(9, TEXT, operator, password_key),
    VALUE(10, U64, operator, password_ms),
    VALUE(11, U64, operator, password_version),
};
const struct record_kind KIND_OPERATOR = KIND(42, operator);
