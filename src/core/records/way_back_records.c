/*
 * Owns the record table of the requests for a way back. Never changes a tag or a number
 * (store/record.h has the recipe). Called by all of core, through the kind.
 */
#include "core/way_back_records.h"

#include "record_table.h"

static const struct field way_back_keys[] = {KEY(U64, way_back, of), KEY(U64, way_back, number)};
static const struct field way_back_values[] = {VALUE(1, IDS, way_back, requests)};
const struct record_kind KIND_WAY_BACK = KIND_OF_CLASS(RECORD_SERIAL, 51, way_back, "ways_back");
