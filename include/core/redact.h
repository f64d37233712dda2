/*
 * Removes secrets from a text before somebody reads it. A receiver's response often repeats the
 * request that it got, secrets included. Pure.
 */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include "base/bytes.h"

/* The text that replaces a secret. */
#define REDACTED "********"

/** Appends `t` and replaces each secret by REDACTED. Where several secrets match, the longest one
 * is replaced. A secret matches in plain text, percent-encoded (%2B, +) and JSON-escaped (\", \/,
 * \u002B); each of its characters may be encoded differently. With `cut`, t is the beginning of a
 * longer text, and the beginning of a secret at the end of t is replaced too. Empty secrets are
 * skipped. */
void redact(struct text t, const struct text *secrets, size_t n_secrets, bool cut, struct buf *out);

#endif
