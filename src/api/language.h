/*
 * The language of a campaign, as an RFC 5646 tag.
 */
#ifndef API_LANGUAGE_H
#define API_LANGUAGE_H

#include "base/bytes.h"

/** Returns NULL if the tag names a language ("en", "pt-BR", "fil"), otherwise a static sentence
 * fragment that completes "lang ...". Only the syntax of the other subtags is checked. */
const char *language_refusal(struct text tag) WARN_UNUSED;

#endif
