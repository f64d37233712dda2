/*
 * What a new user leaves in the records.
 */
#ifndef CORE_JOIN_CREATE_H
#define CORE_JOIN_CREATE_H

#include "core/join.h"

/** Fills join->user and stages it with its indexes, counters and event. The join was judged before:
 * campaign, referred_by and sent are known, `hash` is the address's. */
enum err join_create(struct join *join, struct tx *tx, uint64_t hash) WARN_UNUSED;

#endif
