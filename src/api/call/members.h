/*
 * The small JSON object of a call that does something: every member may be left out, the body too.
 */
#ifndef API_MEMBERS_H
#define API_MEMBERS_H

#include "body.h"

/** Reads the body; members outside `known` (ends with NULL) are noted, and a form that holds
 * anything is refused. Without a body body->json is NULL. False after it has replied. */
bool members_read(struct call *call, struct body *body, const char *const *known) WARN_UNUSED;

/** Reads the body of a call that takes nothing. False after it has replied. */
bool members_read_nothing(struct call *call) WARN_UNUSED;

/* For how long an old secret counts beside a new one, if nothing is said; at most. */
enum { OVERLAP_S = 86400, OVERLAP_MAX_S = 7 * 86400 };
/** Reads the body of a call that rotates a secret; wrong fields are noted. False after it has
 * replied. */
bool members_read_overlap(struct call *call, uint64_t *overlap_ms) WARN_UNUSED;

#endif
