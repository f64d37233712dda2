/*
 * Is a join suspicious? A flag is a reason for somebody to look, never to drop anything. Pure.
 */
#ifndef CORE_SUSPICION_H
#define CORE_SUSPICION_H

#include "core/records.h"

enum { SUSPICION_JOINS_PER_HOUR = 100 };

/* Somebody who joins. */
struct suspect {
	const struct user *user;
	const struct user *referrer;    /* id 0: nobody */
	const struct user_stats *stats; /* the referrer's, before this join */
	struct text canonical_email, referrer_canonical;
	uint64_t now_ms;
};
/** The flags (enum user_flag) of a new user. */
uint64_t suspicion_of(const struct suspect *suspect);

/** Counts a join by the referrer's link, for those that follow. */
void suspicion_note_join(struct user_stats *stats, uint64_t now_ms);

/** Is it a domain of throw-away addresses, or below one? Lower-case A-labels. */
bool disposable_domain(struct text domain);

/** Does the name hold a URL, or a domain that a reader might take for one? */
bool name_has_link(struct text name);

#endif
