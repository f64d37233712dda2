/*
 * Is a join suspicious? A flag is a reason for somebody to look, never to drop anything. Pure.
 */
#ifndef CORE_SUSPICION_H
#define CORE_SUSPICION_H

#include "core/records.h"

enum { SUSPICION_JOINS_PER_HOUR = 100 };

/** The flags (enum user_flag) of a new user. `referrer` has id 0 for nobody; `stats` are the referrer's
 *  before this join. */
uint64_t suspicion_of(const struct user *user, const struct user *referrer,
    const struct user_stats *stats, struct text canonical_email, uint64_t now_ms);

/** Counts a join by the referrer's link, for those that follow. */
void suspicion_note_join(struct user_stats *stats, uint64_t now_ms);

/** Is it a domain of throw-away addresses, or below one? Lower-case A-labels. */
bool disposable_domain(struct text domain);

#endif
