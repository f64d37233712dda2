/*
 * Owns the record table of ranks. Never changes a tag or a number (store/record.h has the recipe).
 * Called by all of core, through the kind.
 */
#include "core/rank_records.h"

#include "record_table.h"

static const struct field rank_keys[] = {
    KEY(U64, rank, campaign_id),
    KEY(U64, rank, referrals),
};
static const struct field rank_values[] = {
    VALUE(1, IDS, rank, user_ids),
};
const struct record_kind KIND_RANK = KIND_OF_CLASS(RECORD_INDEX, 49, rank, "ranks");
