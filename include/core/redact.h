/*
 * Secrets in a text that somebody may read who must not know them: what a receiver answered may
 * hold what it was sent. Pure.
 */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include "base/bytes.h"

/* What stands in the place of a secret. */
#define REDACTED "********"

/** Appends `t` with REDACTED in the place of each of the secrets, the longest one where several
 * begin. They are found as they are, in a form or a query (%2B, +), and in JSON (\", \/, \u002B),
 * whatever the encoding of each character. Where `cut` says that t was cut off, the beginning of a
 * secret at its end goes too. Empty secrets are skipped. */
void redact(struct text t, const struct text *secrets, size_t n_secrets, bool cut, struct buf *out);

#endif
