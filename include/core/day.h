/*
 * Counters by day, and the users with the most referrals. A command updates them together with the
 * change that it makes.
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

enum { LEADERS_KEPT = 50, LEADERS_SHOWN = 10 };
/** Updates the campaign's list of leaders: the user now has so many referrals. */
enum err leaders_note(struct tx *tx, uint64_t campaign_id, uint64_t user_id,
		      uint64_t referrals) WARN_UNUSED;
size_t leaders_length(const struct leaders *leaders);
void leaders_at(const struct leaders *leaders, size_t i, uint64_t *user_id, uint64_t *referrals);

#endif
