/*
 * The clocks, as an argument: rooms that wait take a struct clock, so a test runs 75 hours of
 * retries in milliseconds. Monotonic nanoseconds are for order and durations; Unix milliseconds are
 * stored.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	uint64_t (*mono_ns)(const struct clock *);
	uint64_t (*unix_ms)(const struct clock *);
	/* Monotonic too; it also runs while the machine is suspended. */
	uint64_t (*boot_ns)(const struct clock *);
};

/** The system's clocks (CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME). */
extern const struct clock clock_system;

/* A clock that moves only when the test moves it. Pass &manual.clock and advance both fields. It is
 * never suspended: boot_ns reads now_mono_ns. */
struct clock_manual {
	struct clock clock;
	uint64_t now_mono_ns;
	uint64_t now_unix_ms;
};

/** Initialises *c to stand still at these times. */
void clock_manual_init(struct clock_manual *c, uint64_t mono_ns, uint64_t unix_ms);
/** Advances both clocks by ms milliseconds. */
void clock_manual_advance(struct clock_manual *c, uint64_t ms);

enum { CLOCK_DAY_MS = 86400000 };

/* The last millisecond that has a text: 9999-12-31T23:59:59.999Z. */
#define CLOCK_LAST_MS UINT64_C(253402300799999)

/* Sizes of the texts below, their NUL included. */
enum { CLOCK_DATE_SIZE = 11, CLOCK_TIME_SIZE = 25 };

/* A day of the proleptic Gregorian calendar, 1970 to 9999; month and day count from 1. */
struct clock_date {
	unsigned year, month, day;
};
/** The number of days from 1970-01-01 to this day. */
unsigned clock_day_of(unsigned year, unsigned month, unsigned day);
/** The inverse. */
struct clock_date clock_date_of(unsigned day);

/** "2026-11-23" for the days since 1970-01-01. Years past 9999 are shown as 9999-12-31. */
void clock_format_day(uint64_t day, char out[CLOCK_DATE_SIZE]);
/** "2026-11-23", UTC. Years past 9999 are shown as 9999-12-31. */
void clock_format_date(uint64_t unix_ms, char out[CLOCK_DATE_SIZE]);
/** "2026-11-23T10:00:00.123Z" (RFC 3339, UTC). */
void clock_format_time(uint64_t unix_ms, char out[CLOCK_TIME_SIZE]);
/** Reads an RFC 3339 date-time ("2026-11-23T10:00:00.123+01:00") or a date ("2026-11-23", its
 * UTC midnight) of the years 1970 to 9999. Returns 0, or -1 with *unix_ms untouched. */
int clock_parse_time(const char *p, size_t n, uint64_t *unix_ms);
/** Reads a date-time without an offset ("2026-11-23T10:00:00", "2026-11-23 10:00:00.123";
 * spreadsheets omit the seconds) as if it were UTC; zone_moment of base/zone.h converts it. Returns
 * 0, or -1 with *local_ms untouched. */
int clock_parse_local(const char *p, size_t n, uint64_t *local_ms);
/** Is it a date such as "2026-11-23", of the years 1 to 9999? (People are born before 1970.) */
bool clock_is_date(const char *p, size_t n);

#endif
