/* Owns the conversion between moments, local days and local times by a zone's table and rule.
 * Never reads a clock or a file; zones.txt is compiled in.
 * Called by the code that shows, counts or reads a date of a campaign. */
#include "base/zone.h"

#include <string.h>

#include "zone_table.h"

enum { MINUTE_MS = 60000, DAY_MINUTES = 1440, YEAR_DAYS = 366 };

/* ---- names ---- */

static int compare(struct text t, const char *name)
{
	size_t n = strlen(name);
	int order = strncasecmp(t.p, name, t.n < n ? t.n : n);
	return order != 0 ? order : (t.n > n) - (t.n < n);
}

const struct zone *zone_find(struct text name)
{
	size_t low = 0, high = ZONES_N;
	if (name.n == 0)
		return &ZONES[ZONES_UTC];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(name, ZONES[middle].name);
		if (order == 0)
			return &ZONES[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

/* "America/New_York" has the city "new york". */
static bool is_city(const char *name, struct text city)
{
	const char *slash = strrchr(name, '/');
	if (slash == NULL || strlen(slash + 1) != city.n)
		return false;
	for (size_t i = 0; i < city.n; i++)
		if (strncasecmp(&city.p[i], &slash[1 + i], 1) != 0 &&
		    !(city.p[i] == ' ' && slash[1 + i] == '_'))
			return false;
	return true;
}

const struct zone *zone_like(struct text name)
{
	const char *slash = name.n == 0 ? NULL : memrchr(name.p, '/', name.n);
	struct text city =
	    slash == NULL ? name : text_from(slash + 1, (size_t)(name.p + name.n - slash - 1));
	for (size_t i = 0; city.n > 0 && i < ZONES_N; i++)
		if (is_city(ZONES[i].name, city))
			return &ZONES[i];
	return NULL;
}

/* ---- stretches of time with one offset; all in minutes ---- */

struct stretch {
	int64_t from, to; /* without its end */
	int64_t offset;
};

/* The moment of the rule in a year; `offset` is the offset before it. */
static int64_t rule_moment(const struct zone_day_rule *rule, unsigned year, int64_t offset)
{
	unsigned first = clock_day_of(year, rule->month, 1);
	unsigned next = clock_day_of(year + rule->month / 12, rule->month % 12 + 1, 1);
	/* 1970-01-01 was a Thursday. */
	unsigned day = first + (7 + rule->weekday - (first + 4) % 7) % 7 + 7 * (rule->week - 1u);
	while (day >= next)
		day -= 7;
	return (int64_t)day * DAY_MINUTES + rule->minute - offset;
}

/* Cuts the stretch at `at`, keeps the side with the moment, and sets its offset: `offset` applies
 * from `at` on. */
static void cut(struct stretch *s, int64_t moment, int64_t at, int64_t offset)
{
	if (at > moment && at < s->to)
		s->to = at;
	if (at > moment || at < s->from)
		return;
	s->from = at;
	s->offset = offset;
}

/* After the last transition of the table. */
static struct stretch by_rule(const struct zone *z, int64_t moment, struct stretch s)
{
	unsigned year = clock_date_of((unsigned)(moment / DAY_MINUTES)).year;
	if (z->begins.month == 0)
		return s;
	for (unsigned y = year > 1970 ? year - 1 : year; y <= year + 1; y++) {
		cut(&s, moment, rule_moment(&z->begins, y, z->standard), z->summer);
		cut(&s, moment, rule_moment(&z->ends, y, z->summer), z->standard);
	}
	return s;
}

static struct stretch stretch_at(const struct zone *z, int64_t moment)
{
	const uint32_t *minutes = ZONE_MINUTES + z->first;
	struct stretch s = {INT64_MIN, INT64_MAX, z->at_1970};
	size_t low = 0, high = z->n;
	while (low < high) { /* the first transition after the moment */
		size_t middle = low + (high - low) / 2;
		if (minutes[middle] > moment)
			high = middle;
		else
			low = middle + 1;
	}
	if (low > 0) {
		s.from = minutes[low - 1];
		s.offset = ZONE_OFFSETS[z->first + low - 1];
	}
	if (low == z->n)
		return by_rule(z, moment < 0 ? 0 : moment, s);
	s.to = minutes[low];
	return s;
}

/* The offset in milliseconds at a moment. */
static int64_t offset_ms(const struct zone *z, uint64_t unix_ms)
{
	return stretch_at(z, (int64_t)(unix_ms / MINUTE_MS)).offset * MINUTE_MS;
}

/* ---- days ---- */

static uint64_t bounded(int64_t ms)
{
	return ms < 0 ? 0 : (uint64_t)ms > CLOCK_LAST_MS ? CLOCK_LAST_MS : (uint64_t)ms;
}

uint64_t zone_day(const struct zone *zone, uint64_t unix_ms)
{
	uint64_t moment = unix_ms > CLOCK_LAST_MS ? CLOCK_LAST_MS : unix_ms;
	return bounded((int64_t)moment + offset_ms(zone, moment)) / CLOCK_DAY_MS;
}

void zone_format_date(const struct zone *zone, uint64_t unix_ms, char out[CLOCK_DATE_SIZE])
{
	clock_format_day(zone_day(zone, unix_ms), out);
}

/* No zone has a larger offset from Greenwich or has changed its offset by more. */
enum { FAR = 26 * 60 };

/* The first moment at which the local clock shows `local` or later. */
static int64_t first_from(const struct zone *z, int64_t local)
{
	struct stretch s = stretch_at(z, local - FAR);
	while (s.to != INT64_MAX && local - s.offset >= s.to)
		s = stretch_at(z, s.to);
	return s.from > local - s.offset ? s.from : local - s.offset;
}

/* The end of the last moments at which the local clock shows less than `local`. */
static int64_t last_before(const struct zone *z, int64_t local)
{
	struct stretch s = stretch_at(z, local + FAR);
	while (s.from != INT64_MIN && local - s.offset <= s.from)
		s = stretch_at(z, s.from - 1);
	return s.to < local - s.offset ? s.to : local - s.offset;
}

uint64_t zone_day_ms(const struct zone *zone, uint64_t day, enum zone_edge edge)
{
	int64_t local = (int64_t)day * DAY_MINUTES;
	if (day > CLOCK_LAST_MS / CLOCK_DAY_MS)
		return CLOCK_LAST_MS;
	return edge == ZONE_FIRST ? bounded(first_from(zone, local) * MINUTE_MS)
				  : bounded(last_before(zone, local + DAY_MINUTES) * MINUTE_MS - 1);
}

uint64_t zone_moment(const struct zone *zone, uint64_t local_ms)
{
	int64_t local = (int64_t)(local_ms / MINUTE_MS);
	struct stretch s = stretch_at(zone, local - FAR), before = s;
	while (s.to != INT64_MAX && local - s.offset >= s.to) {
		before = s;
		s = stretch_at(zone, s.to);
	}
	/* In a gap, the offset before the gap applies. */
	int64_t offset = local - s.offset < s.from ? before.offset : s.offset;
	return bounded((int64_t)local_ms - offset * MINUTE_MS);
}

int zone_parse_time(const struct zone *zone, struct text t, enum zone_edge edge, uint64_t *unix_ms)
{
	if (clock_parse_time(t.p, t.n, unix_ms) != 0)
		return -1;
	if (clock_is_date(t.p, t.n))
		*unix_ms = zone_day_ms(zone, *unix_ms / CLOCK_DAY_MS, edge);
	return 0;
}
