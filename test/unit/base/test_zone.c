/* Owns the tests of time zones, against the C library's own reading of the zone database, for every
 * zone.
 * Never waits.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/zone.h"
#include "base/zone_table.h"

static const struct zone *zone_of(const char *name)
{
	const struct zone *z = zone_find(text_of(name));
	assert_non_null(z);
	return z;
}

static uint64_t utc(const char *time)
{
	uint64_t ms = 0;
	assert_int_equal(clock_parse_time(time, strlen(time), &ms), 0);
	return ms;
}

static void assert_moment(uint64_t ms, const char *expected)
{
	char shown[CLOCK_TIME_SIZE];
	clock_format_time(ms, shown);
	assert_string_equal(shown, expected);
}

/* ---- against the C library ---- */

/* Whether the machine has the zone's file. If it lacks one, referd's table is newer than its
 * tzdata. */
static bool use_zone_of_libc(const char *name)
{
	char path[200];
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	if (access(path, R_OK) != 0)
		return false;
	setenv("TZ", name, 1);
	tzset();
	return true;
}

static void assert_day_is_the_librarys(const struct zone *z, int64_t at)
{
	char mine[CLOCK_DATE_SIZE], theirs[64];
	time_t t = (time_t)at;
	struct tm tm;
	localtime_r(&t, &tm);
	strftime(theirs, sizeof theirs, "%Y-%m-%d", &tm);
	zone_format_date(z, (uint64_t)at * 1000, mine);
	if (strcmp(mine, theirs) != 0)
		fail_msg("%s at %lld: %s, the library says %s", zone_name(z), (long long)at, mine,
			 theirs);
}

/* Every 13 days, at varying minutes around a local midnight, where a wrong offset shows. */
static void days_agree_with_the_c_library_in_every_zone(void **state)
{
	(void)state;
	size_t compared = 0;
	for (size_t i = 0; i < ZONES_N; i++) {
		if (!use_zone_of_libc(ZONES[i].name))
			continue;
		/* Liberia's offset had seconds until 1972. */
		int64_t from = strcmp(ZONES[i].name, "Africa/Monrovia") == 0 ? 3 * 365 : 2;
		for (int64_t day = from; day < 365 * 90; day += 13) {
			struct tm tm;
			time_t noon = (time_t)(day * 86400 + 43200);
			localtime_r(&noon, &tm);
			int64_t midnight = day * 86400 - tm.tm_gmtoff;
			assert_day_is_the_librarys(&ZONES[i], midnight - 1);
			assert_day_is_the_librarys(&ZONES[i], midnight + day % 7 * 600);
		}
		compared++;
	}
	if (compared == 0)
		skip(); /* no tzdata on this machine */
	assert_true(compared > 500);
}

static void local_times_agree_with_the_c_library_in_every_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ZONES_N; i++) {
		if (!use_zone_of_libc(ZONES[i].name) ||
		    strcmp(ZONES[i].name, "Africa/Monrovia") == 0)
			continue;
		/* Adding the offset to a UTC date-time gives the local one. */
		for (int64_t at = 86400 * 2; at < INT64_C(86400) * 365 * 90;
		     at += 86400 * 29 + 3600) {
			time_t t = (time_t)at;
			struct tm tm;
			localtime_r(&t, &tm);
			uint64_t local = (uint64_t)(at + tm.tm_gmtoff) * 1000;
			uint64_t back = zone_moment(&ZONES[i], local);
			time_t again = (time_t)(back / 1000);
			struct tm tm2;
			localtime_r(&again, &tm2);
			/* The local time is the same, and the moment is never later than the
			 * original. */
			if (back / 1000 > (uint64_t)at ||
			    (uint64_t)(again + tm2.tm_gmtoff) * 1000 != local)
				fail_msg("%s at %lld: the local time differs", ZONES[i].name,
					 (long long)at);
		}
	}
}

/* The first and the last millisecond belong to the day, the ones before and after do not. */
static void every_day_has_exact_edges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ZONES_N; i++) {
		const struct zone *z = &ZONES[i];
		for (uint64_t day = 2 + i % 17; day < 365 * 75; day += 17) {
			uint64_t first = zone_day_ms(z, day, ZONE_FIRST);
			uint64_t last = zone_day_ms(z, day, ZONE_LAST);
			if (zone_day(z, first) < day || zone_day(z, first - 1) >= day ||
			    zone_day(z, last) > day || zone_day(z, last + 1) <= day)
				fail_msg("%s, day %llu: a wrong first or last millisecond",
					 ZONES[i].name, (unsigned long long)day);
		}
	}
}

/* ---- the odd days, by hand ---- */

static void days_begin_and_end_by_their_clocks(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *date, *first, *last;
	} days[] = {
	    {"UTC", "2026-11-27", "2026-11-27T00:00:00.000Z", "2026-11-27T23:59:59.999Z"},
	    {"Europe/Berlin", "2026-11-27", "2026-11-26T23:00:00.000Z", "2026-11-27T22:59:59.999Z"},
	    {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"},
	    {"America/New_York", "2040-11-04", "2040-11-04T04:00:00.000Z",
	     "2040-11-05T04:59:59.999Z"},
	    {"Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00.000Z",
	     "2026-01-01T09:59:59.999Z"},
	    /* The clocks go forward at midnight: the day begins at 01:00. */
	    {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z",
	     "2018-11-05T01:59:59.999Z"},
	    {"America/Havana", "2026-03-08", "2026-03-08T05:00:00.000Z",
	     "2026-03-09T03:59:59.999Z"},
	    /* The clocks go back at 00:01: the day before has a second end. */
	    {"America/St_Johns", "2006-10-28", "2006-10-28T02:30:00.000Z",
	     "2006-10-29T03:29:59.999Z"},
	    {"America/St_Johns", "2006-10-29", "2006-10-29T02:30:00.000Z",
	     "2006-10-30T03:29:59.999Z"},
	    /* Samoa skipped this day. */
	    {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z", "2011-12-30T09:59:59.999Z"},
	    {"UTC", "9999-12-31", "9999-12-31T00:00:00.000Z", "9999-12-31T23:59:59.999Z"},
	    {"Pacific/Honolulu", "9999-12-31", "9999-12-31T10:00:00.000Z",
	     "9999-12-31T23:59:59.999Z"},
	    {"Asia/Tokyo", "1970-01-01", "1970-01-01T00:00:00.000Z", "1970-01-01T14:59:59.999Z"},
	};
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		const struct zone *z = zone_of(days[i].zone);
		uint64_t ms = 0;
		assert_int_equal(zone_parse_time(z, text_of(days[i].date), ZONE_FIRST, &ms), 0);
		assert_moment(ms, days[i].first);
		assert_int_equal(zone_parse_time(z, text_of(days[i].date), ZONE_LAST, &ms), 0);
		assert_moment(ms, days[i].last);
	}
}

static void a_time_with_an_offset_is_the_same_everywhere(void **state)
{
	(void)state;
	uint64_t ms = 7;
	const struct zone *z = zone_of("Asia/Tokyo");
	assert_int_equal(zone_parse_time(z, text_of("2026-11-27T10:00:00+01:00"), ZONE_LAST, &ms),
			 0);
	assert_moment(ms, "2026-11-27T09:00:00.000Z");
	assert_int_equal(zone_parse_time(z, text_of("2026-11-27T10:00:00"), ZONE_LAST, &ms), -1);
	assert_int_equal(zone_parse_time(z, (struct text){0}, ZONE_LAST, &ms), -1);
	assert_moment(ms, "2026-11-27T09:00:00.000Z");
}

static void local_times_become_moments(void **state)
{
	(void)state;
	static const struct {
		const char *zone, *local, *moment;
	} times[] = {
	    {"UTC", "2021-03-12 10:45:00", "2021-03-12T10:45:00.000Z"},
	    {"Europe/Berlin", "2021-03-12 10:45:00.5", "2021-03-12T09:45:00.500Z"},
	    {"Asia/Kolkata", "2021-03-12T10:45:00", "2021-03-12T05:15:00.000Z"},
	    /* A skipped local time. */
	    {"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00.000Z"},
	    {"America/New_York", "2050-03-13 02:30:00", "2050-03-13T07:30:00.000Z"},
	    /* A local time that occurs twice. */
	    {"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z"},
	    {"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25T02:00:00.000Z"},
	    {"Asia/Tokyo", "1970-01-01 01:00:00", "1970-01-01T00:00:00.000Z"},
	};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		uint64_t local = 0;
		struct text t = text_of(times[i].local);
		assert_int_equal(clock_parse_local(t.p, t.n, &local), 0);
		assert_moment(zone_moment(zone_of(times[i].zone), local), times[i].moment);
	}
	uint64_t local = 7;
	assert_int_equal(clock_parse_local("2021-03-12", 10, &local), -1);
	assert_int_equal(clock_parse_local("2021-03-12 10:45:", 17, &local), -1);
	assert_int_equal(clock_parse_local("2021-03-12 10:4", 15, &local), -1);
	assert_int_equal(clock_parse_local("2021-03-12 10:45:00Z", 20, &local), -1);
	assert_true(local == 7);
	assert_int_equal(clock_parse_local("2021-03-12 10:45", 16, &local), 0);
	assert_true(local % CLOCK_DAY_MS == (10 * 60 + 45) * 60 * 1000);
}

/* ---- names ---- */

static void zone_names_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ZONES_N; i++)
		assert_ptr_equal(zone_of(ZONES[i].name), &ZONES[i]);
	assert_string_equal(zone_name(zone_of("europe/BERLIN")), "Europe/Berlin");
	assert_string_equal(zone_name(zone_of("")), "UTC");
	static const char *const unknown[] = {"Berlin",         "CEST",    "+01:00",
					      "Europe/Berlin ", "Europe/", "GMT+1x"};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_null(zone_find(text_of(unknown[i])));
	assert_null(zone_find(text_from("UTC\0", 4)));
}

static void a_city_suggests_its_zone(void **state)
{
	(void)state;
	assert_string_equal(zone_name(zone_like(text_of("berlin"))), "Europe/Berlin");
	assert_string_equal(zone_name(zone_like(text_of("new york"))), "America/New_York");
	assert_string_equal(zone_name(zone_like(text_of("Germany/Berlin"))), "Europe/Berlin");
	assert_null(zone_like(text_of("Nowhere")));
	assert_null(zone_like(text_of("")));
	assert_null(zone_like(text_of("Europe/")));
}

static void days_before_1970_count_as_the_first_day(void **state)
{
	(void)state;
	assert_true(zone_day(zone_of("America/New_York"), 0) == 0);
	assert_true(zone_day(zone_of("UTC"), UINT64_MAX) ==
		    zone_day(zone_of("UTC"), CLOCK_LAST_MS));
	assert_true(zone_day(zone_of("Asia/Tokyo"), utc("2026-11-27T15:00:00Z")) ==
		    zone_day(zone_of("UTC"), utc("2026-11-28T00:00:00Z")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_agree_with_the_c_library_in_every_zone),
	    cmocka_unit_test(local_times_agree_with_the_c_library_in_every_zone),
	    cmocka_unit_test(every_day_has_exact_edges),
	    cmocka_unit_test(days_begin_and_end_by_their_clocks),
	    cmocka_unit_test(a_time_with_an_offset_is_the_same_everywhere),
	    cmocka_unit_test(local_times_become_moments),
	    cmocka_unit_test(zone_names_are_found),
	    cmocka_unit_test(a_city_suggests_its_zone),
	    cmocka_unit_test(days_before_1970_count_as_the_first_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
