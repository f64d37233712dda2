/*
 * The small JSON body of a call that acts, such as a rotation. Each member is optional, and so is
 * the body.
 */
#ifndef API_MEMBERS_H
#define API_MEMBERS_H

#include "body.h"

/** Reads the body. It notes members that are not in `known` (ends with NULL), and refuses a form
 * with fields. body->json is NULL if the request has no body. False after a reply. */
bool members_read(struct call *call, struct body *body, const char *const *known) WARN_UNUSED;

/** Reads the body of a call that takes no members. False after a reply. */
bool members_read_nothing(struct call *call) WARN_UNUSED;

/* How long an old secret is valid beside the new one: by default, and at most. */
enum { OVERLAP_S = 86400, OVERLAP_MAX_S = 7 * 86400 };
/** Reads the body of a call that rotates a secret, and notes wrong members. False after a reply. */
bool members_read_overlap(struct call *call, uint64_t *overlap_ms) WARN_UNUSED;

#endif
