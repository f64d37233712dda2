/*
 * Owns the table of all kinds of records. Never describes a record (records.c and reward_records.c
 * do). Called by the commands that open a database, and by the tests that check every
 * kind.
 */
#include "core/record_kinds.h"

#define POINTER(name) &KIND_##name,
const struct record_kind *const RECORD_KINDS_ALL[RECORD_KINDS_COUNT] = {RECORD_KIND_LIST(POINTER)};

uint64_t record_kinds_scattered(void)
{
	const struct record_kind *const scattered[] = {&KIND_USER, &KIND_USER_STATS,
						       &KIND_EMAIL_INDEX, &KIND_ORDER};
	uint64_t kinds = 0;
	for (size_t i = 0; i < sizeof scattered / sizeof *scattered; i++)
		kinds |= (uint64_t)1 << scattered[i]->id;
	return kinds;
}
