/*
 * E-mail addresses: what a join accepts, and when two are the same. Pure.
 */
#ifndef CORE_EMAIL_H
#define CORE_EMAIL_H

#include "base/bytes.h"

enum { EMAIL_MAX = 254 };

/** NULL if `address` (already trimmed) may be used, else a static sentence fragment that completes
 *  "email ..." ("needs an @ and a domain"). Accepts RFC 5321 dot-atom local parts of at most 64 bytes
 *  (RFC 6531: UTF-8, but no invisible characters) and host names, of one label too ("test@io" is a
 *  real address), whose last label is no number. Refuses quoted local parts, comments, address
 *  literals, white space, and what is longer than EMAIL_MAX, also with the host as A-labels. */
const char *email_refusal(struct text address) WARN_UNUSED;

/** The form by which addresses are compared: case-folded, host as IDNA A-labels. In arena; p is NULL
 *  without memory. `address` must have passed email_refusal. */
struct text email_canonical(struct text address, struct arena *arena);

#endif
