/*
 * Counters by day and the users with the most referrals, kept with their cause.
 */
#ifndef CORE_DAY_H
#define CORE_DAY_H

#include "base/zone.h"
#include "core/records.h"
#include "store/tx.h"

/** Adds one to the member of struct day at `offset`, on the day of at_ms in that zone, which is the
 * campaign's. */
enum err day_count(struct tx *tx, const struct zone *zone, uint64_t campaign_id, uint64_t at_ms,
		   size_t offset) WARN_UNUSED;

enum { LEADERS_KEPT = 50, LEADERS_SHOWN = 10 };
/** The user now has so many referrals: the campaign's list of leaders follows. */
enum err leaders_note(struct tx *tx, uint64_t campaign_id, uint64_t user_id,
		      uint64_t referrals) WARN_UNUSED;
size_t leaders_length(const struct leaders *leaders);
void leaders_at(const struct leaders *leaders, size_t i, uint64_t *user_id, uint64_t *referrals);

#endif
