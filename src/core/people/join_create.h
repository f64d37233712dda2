/*
 * The records of a new user.
 */
#ifndef CORE_JOIN_CREATE_H
#define CORE_JOIN_CREATE_H

#include "core/join.h"

/** Fills join->user and stages it with its indexes, counters, event and rewards. The caller has
 * judged the join: campaign, referred_by and sent are set. `hash` is the hash of the address
 * (codes_hash_email). */
enum err join_create(struct join *join, struct tx *tx, uint64_t hash) WARN_UNUSED;

#endif
