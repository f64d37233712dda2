/*
 * Counters by day. A command adds to them together with the change that it makes.
 */
#ifndef CORE_DAY_H
#define CORE_DAY_H

#include "base/zone.h"
#include "core/records.h"
#include "store/tx.h"

/** Adds the counts to the campaign's counters of the day of at_ms in `zone`, the campaign's time
 * zone. counts->date is ignored. */
enum err day_add(struct tx *tx, const struct zone *zone, uint64_t at_ms,
		 const struct day *counts) WARN_UNUSED;

#endif
