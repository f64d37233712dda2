/*
 * Time zones of the IANA database, from a table in the program (src/base/zones.txt), so nothing is
 * read from disk. Exact from 1970 on. Pure.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/bytes.h"
#include "base/clock.h"

struct zone;

/** The zone with this IANA name, in any case; UTC for the empty name; NULL for an unknown name. The
 * zone is static. */
const struct zone *zone_find(struct text name);
/** Its name as IANA spells it. */
const char *zone_name(const struct zone *zone);
/** A suggestion for an unknown name: the zone of the city with this name ("berlin", "New York"), or
 * NULL. */
const struct zone *zone_like(struct text name);

/** The local day of a moment, in days since 1970-01-01 (0 for earlier days). */
uint64_t zone_day(const struct zone *zone, uint64_t unix_ms);
/** The same as text: "2026-11-23". */
void zone_format_date(const struct zone *zone, uint64_t unix_ms, char out[CLOCK_DATE_SIZE]);

enum zone_edge { ZONE_FIRST, ZONE_LAST };
/** The first or last millisecond of a local day. If midnight does not exist, the day begins when
 * the clocks have been put forward. A day that the zone skipped (Samoa, 2011-12-30) begins with the
 * next day and ends before it. The result is from 0 to CLOCK_LAST_MS. */
uint64_t zone_day_ms(const struct zone *zone, uint64_t day, enum zone_edge edge);
/** The moment at which the clocks of the zone show local_ms (clock_parse_local). If clocks that are
 * put back show it twice, it is the first of the two. If clocks that are put forward skip it, it is
 * as long after the start of the gap as local_ms says: 02:30 becomes 03:30. */
uint64_t zone_moment(const struct zone *zone, uint64_t local_ms);

/** Reads an RFC 3339 date-time, or a date, which means this edge of its local day. Returns 0, or -1
 * with *unix_ms untouched. */
int zone_parse_time(const struct zone *zone, struct text t, enum zone_edge edge, uint64_t *unix_ms);

#endif
