/* Owns reading the system's clocks and RFC 3339 texts.
 * Never waits; a loop or a timer does.
 * Called by main (the system clock), tests (the manual clock), and all code that shows or reads a
 * date. */
#include "base/clock.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

static const uint64_t last_ms = CLOCK_LAST_MS;

/* ---- the system's clocks ---- */

/* Without a clock (for example, in a sandbox that forbids it) the process cannot work. */
static struct timespec read_system(clockid_t id)
{
	struct timespec t;
	if (clock_gettime(id, &t) != 0)
		abort();
	return t;
}

static uint64_t to_ns(struct timespec t)
{
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static uint64_t system_mono_ns(const struct clock *clock)
{
	(void)clock;
	return to_ns(read_system(CLOCK_MONOTONIC));
}

static uint64_t system_boot_ns(const struct clock *clock)
{
	(void)clock;
	return to_ns(read_system(CLOCK_BOOTTIME));
}

static uint64_t system_unix_ms(const struct clock *clock)
{
	const struct timespec t = read_system(CLOCK_REALTIME);
	(void)clock;
	return (uint64_t)t.tv_sec * MS_PER_SECOND + (uint64_t)t.tv_nsec / NS_PER_MS;
}

const struct clock clock_system = {
    .mono_ns = system_mono_ns, .unix_ms = system_unix_ms, .boot_ns = system_boot_ns};

/* clock is the first member of struct clock_manual. */
static uint64_t manual_mono_ns(const struct clock *clock)
{
	return ((const struct clock_manual *)(const void *)clock)->now_mono_ns;
}

static uint64_t manual_unix_ms(const struct clock *clock)
{
	return ((const struct clock_manual *)(const void *)clock)->now_unix_ms;
}

void clock_manual_init(struct clock_manual *c, uint64_t mono_ns, uint64_t unix_ms)
{
	c->clock = (struct clock){
	    .mono_ns = manual_mono_ns, .unix_ms = manual_unix_ms, .boot_ns = manual_mono_ns};
	c->now_mono_ns = mono_ns;
	c->now_unix_ms = unix_ms;
}

void clock_manual_advance(struct clock_manual *c, uint64_t ms)
{
	c->now_mono_ns += ms * NS_PER_MS;
	c->now_unix_ms += ms;
}

/* ---- dates: the proleptic Gregorian calendar, 1970 to 9999 ---- */

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The days from 1970-01-01 to the start of year y. */
static unsigned days_before_year(unsigned y)
{
	unsigned past = y - 1;
	return (y - 1970) * 365 + (past / 4 - past / 100 + past / 400) -
	       477; /* 477: leap days of 1..1969 */
}

static const unsigned char month_days[2][12] = {
    {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
    {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
};

static void put_digits(char *out, unsigned value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

unsigned clock_day_of(unsigned year, unsigned month, unsigned day)
{
	const unsigned char *lengths = month_days[is_leap(year)];
	unsigned number = days_before_year(year) + day - 1;
	for (unsigned m = 0; m < month - 1; m++)
		number += lengths[m];
	return number;
}

struct clock_date clock_date_of(unsigned day)
{
	/* Dividing by 366 gives a first guess that is never too late; at most a few years are
	 * added. */
	unsigned year = 1970 + day / 366, month = 0;
	while (days_before_year(year + 1) <= day)
		year++;
	day -= days_before_year(year);
	const unsigned char *lengths = month_days[is_leap(year)];
	while (day >= lengths[month])
		day -= lengths[month++];
	return (struct clock_date){year, month + 1, day + 1};
}

void clock_format_day(uint64_t day, char out[CLOCK_DATE_SIZE])
{
	unsigned last = (unsigned)(last_ms / CLOCK_DAY_MS);
	struct clock_date date = clock_date_of(day > last ? last : (unsigned)day);
	put_digits(out, date.year, 4);
	put_digits(out + 5, date.month, 2);
	put_digits(out + 8, date.day, 2);
	out[4] = out[7] = '-';
	out[10] = '\0';
}

void clock_format_date(uint64_t unix_ms, char out[CLOCK_DATE_SIZE])
{
	clock_format_day(unix_ms / CLOCK_DAY_MS, out);
}

void clock_format_time(uint64_t unix_ms, char out[CLOCK_TIME_SIZE])
{
	uint64_t shown = unix_ms > last_ms ? last_ms : unix_ms;
	unsigned ms = (unsigned)(shown % CLOCK_DAY_MS);
	clock_format_date(shown, out);
	memcpy(out + 10, "T--:--:--.---Z", 15);
	put_digits(out + 11, ms / 3600000, 2);
	put_digits(out + 14, ms / 60000 % 60, 2);
	put_digits(out + 17, ms / 1000 % 60, 2);
	put_digits(out + 20, ms % 1000, 3);
}

/* ---- reading ---- */

struct reader {
	const char *p, *end;
	bool bad;
};

static unsigned read_number(struct reader *r, int width, unsigned min, unsigned max)
{
	unsigned value = 0;
	for (int i = 0; i < width; i++) {
		if (r->p == r->end || *r->p < '0' || *r->p > '9') {
			r->bad = true;
			return min;
		}
		value = value * 10 + (unsigned)(*r->p++ - '0');
	}
	if (value < min || value > max)
		r->bad = true;
	return r->bad ? min : value;
}

static char read_one_of(struct reader *r, const char *set)
{
	if (r->p == r->end || *r->p == '\0' || strchr(set, *r->p) == NULL) {
		r->bad = true;
		return '\0';
	}
	return *r->p++;
}

/* The number of the day within its year, from 0. */
static unsigned read_day(struct reader *r, unsigned min_year, unsigned *year)
{
	*year = read_number(r, 4, min_year, 9999);
	read_one_of(r, "-");
	unsigned month = read_number(r, 2, 1, 12);
	read_one_of(r, "-");
	const unsigned char *lengths = month_days[is_leap(*year)];
	unsigned day = read_number(r, 2, 1, lengths[month - 1]) - 1;
	for (unsigned m = 0; m < month - 1; m++)
		day += lengths[m];
	return day;
}

static int64_t read_date(struct reader *r)
{
	unsigned year, day = read_day(r, 1970, &year);
	return (int64_t)(days_before_year(year) + day) * CLOCK_DAY_MS;
}

bool clock_is_date(const char *p, size_t n)
{
	if (p == NULL)
		return false;
	struct reader r = {.p = p, .end = p + n};
	unsigned year;
	read_day(&r, 1, &year);
	return !r.bad && r.p == r.end;
}

/* Digits after the point. Digits beyond milliseconds are dropped. */
static int64_t read_fraction(struct reader *r)
{
	int64_t ms = 0, unit = 100;
	if (r->p == r->end || *r->p != '.')
		return 0;
	r->p++;
	ms += unit * read_number(r, 1, 0, 9);
	while (r->p != r->end && *r->p >= '0' && *r->p <= '9') {
		unit /= 10;
		ms += unit * (*r->p++ - '0');
	}
	return ms;
}

static int64_t read_offset(struct reader *r)
{
	char sign = read_one_of(r, "Zz+-");
	if (sign == 'Z' || sign == 'z' || r->bad)
		return 0;
	int64_t minutes = 60 * (int64_t)read_number(r, 2, 0, 23);
	read_one_of(r, ":");
	minutes += read_number(r, 2, 0, 59);
	return (sign == '-' ? -minutes : minutes) * 60 * MS_PER_SECOND;
}

static int64_t read_hours_and_minutes(struct reader *r)
{
	read_one_of(r, "Tt "); /* RFC 3339, 5.6: lower case and a space are common */
	int64_t minutes = 60 * (int64_t)read_number(r, 2, 0, 23);
	read_one_of(r, ":");
	minutes += read_number(r, 2, 0, 59);
	return minutes * 60 * MS_PER_SECOND;
}

static int64_t read_seconds(struct reader *r)
{
	read_one_of(r, ":");
	int64_t ms = MS_PER_SECOND * (int64_t)read_number(r, 2, 0, 60); /* 60: a leap second */
	return ms + read_fraction(r);
}

static int end_of_time(const struct reader *r, int64_t ms, uint64_t *out)
{
	if (r->bad || r->p != r->end || ms < 0 || (uint64_t)ms > last_ms)
		return -1;
	*out = (uint64_t)ms;
	return 0;
}

int clock_parse_time(const char *p, size_t n, uint64_t *unix_ms)
{
	if (p == NULL)
		return -1;
	struct reader r = {.p = p, .end = p + n};
	int64_t ms = read_date(&r);
	if (!r.bad && r.p != r.end) {
		ms += read_hours_and_minutes(&r);
		ms += read_seconds(&r);
		ms -= read_offset(&r);
	}
	return end_of_time(&r, ms, unix_ms);
}

int clock_parse_local(const char *p, size_t n, uint64_t *local_ms)
{
	if (p == NULL)
		return -1;
	struct reader r = {.p = p, .end = p + n};
	int64_t ms = read_date(&r);
	ms += read_hours_and_minutes(&r);
	if (r.p != r.end)
		ms += read_seconds(&r);
	return end_of_time(&r, ms, local_ms);
}
