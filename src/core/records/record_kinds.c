/*
 * Owns the table of all kinds of records. Never describes a record (records.c and reward_records.c
 * do). Called by the tests that check every kind.
 */
#include "core/record_kinds.h"

#define POINTER(name) &KIND_##name,
const struct record_kind *const RECORD_KINDS_ALL[RECORD_KINDS_COUNT] = {RECORD_KIND_LIST(POINTER)};
