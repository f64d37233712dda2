/*
 * Owns the record table of leases. Never changes a tag or a number (store/record.h has the recipe).
 * Called by all of core, through the kind.
 */
#include "core/lease_records.h"

#include "record_table.h"

static const struct field lease_keys[] = {KEY(U64, lease, what), KEY(U64, lease, number)};
static const struct field lease_values[] = {
    VALUE(1, ID, lease, owner),
    VALUE(2, U64, lease, fence),
    VALUE(3, TIME, lease, expires_ms),
};
const struct record_kind KIND_LEASE = KIND_OF_CLASS(RECORD_NODES, 47, lease, "leases");
