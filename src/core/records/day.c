/* Owns the counters by day. Never reads them. Called by the commands that
 * change what is counted.
 */
#include "core/day.h"

enum err day_add(struct tx *tx, const struct zone *zone, uint64_t at_ms, const struct day *counts)
{
	struct day day = *counts;
	day.date = zone_day(zone, at_ms);
	return tx_add(tx, &KIND_DAY, &day);
}
