/*
 * The check for suspicious joins. A flag is a reason for a person to look at the user; no join is
 * dropped because of it. Pure.
 */
#ifndef CORE_SUSPICION_H
#define CORE_SUSPICION_H

#include "core/records.h"

enum { SUSPICION_JOINS_PER_HOUR = 100 };

/* A person who joins. */
struct suspect {
	const struct user *user;
	const struct user *referrer;    /* id 0: no referrer */
	const struct user_stats *stats; /* the referrer's counters before this join */
	struct text canonical_email, referrer_canonical;
	bool robot; /* the form tells that no person filled it */
	uint64_t now_ms;
};
/** Returns the flags (enum user_flag) of a new user. */
uint64_t suspicion_of(const struct suspect *suspect);

/** Counts a join through the referrer's link, for the joins that follow. */
void suspicion_note_join(struct user_stats *stats, uint64_t now_ms);

/** Is this a domain of throw-away addresses, or a subdomain of one? The domain is in lower-case
 * A-labels. */
bool disposable_domain(struct text domain);

/** Does the name contain a URL, or a domain that a reader may take for a link? */
bool name_has_link(struct text name);

#endif
