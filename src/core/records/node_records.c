/*
 * Owns the record table of nodes. Never changes a tag or a number (store/record.h has the recipe).
 * Called by all of core, through the kind.
 */
#include "core/node_records.h"

#include "record_table.h"

static const struct field node_keys[] = {KEY(U64, node, id)};
static const struct field node_values[] = {
    VALUE(1, TEXT, node, name),
    VALUE(2, TEXT, node, version),
    VALUE(3, TEXT, node, addresses),
    VALUE(4, TIME, node, started_ms),
};
const struct record_kind KIND_NODE = KIND_OF_CLASS(RECORD_NODES, 50, node, "nodes");
