/*
 * The table that the Makefile makes from zones.txt; zones.py explains the numbers.
 */
#ifndef BASE_ZONE_TABLE_H
#define BASE_ZONE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* When daylight saving time begins or ends: a minute after local midnight of a day of the week. */
struct zone_day_rule {
	uint8_t month, week, weekday; /* week 5: the last one; weekday 0: Sunday */
	int16_t minute;
};

struct zone {
	const char *name;
	int16_t at_1970, standard, summer; /* minutes east of Greenwich */
	struct zone_day_rule begins, ends; /* month 0: the standard offset stays */
	uint16_t first, n;                 /* of ZONE_TRANSITIONS */
};

/* From ZONE_MINUTES[i] on, in minutes since 1970, the offset is ZONE_OFFSETS[i]. */
extern const uint32_t ZONE_MINUTES[];
extern const int16_t ZONE_OFFSETS[];
/* Sorted by name without regard to case. */
extern const struct zone ZONES[];
extern const size_t ZONES_N, ZONES_UTC; /* the number of zones, the index of UTC */

#endif
