/*
 * The language of a campaign, as RFC 5646 writes it.
 */
#ifndef API_LANGUAGE_H
#define API_LANGUAGE_H

#include "base/bytes.h"

/** NULL if the tag names a language ("en", "pt-BR", "fil"), else a static sentence fragment that
 * completes "lang ...". Of the other subtags, only the form is checked. */
const char *language_refusal(struct text tag) WARN_UNUSED;

#endif
