/*
 * Internationalised domain names (UTS #46, non-transitional). The only file that includes libidn2 is
 * idna.c.
 */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

#include "base/bytes.h"

enum { IDNA_MAX = 253 };

/** The A-label form of a host name in lower case ("Bücher.example" to "xn--bcher-kva.example"),
 *  NUL-terminated, its length in *n. An ASCII name is lower-cased and checked the same way.
 *  ERR_INVALID for what is no host name. */
enum err idna_to_ascii(struct text host, char out[IDNA_MAX + 1], size_t *n) WARN_UNUSED;

/** Case-folds valid UTF-8 into arena. ASCII letters become small. The rest is folded by UTS #46's
 *  transitional mapping, which is NFKC_Casefold: "JOS\u00c9", "jos\u00e9" and "jose\u0301" become the
 *  same, so do a sharp s and "ss". What cannot stand in a domain label (emoji, symbols) stays as it
 *  is. For comparing, never for showing. p is NULL without memory. */
struct text idna_case_fold(struct text t, struct arena *arena);

#endif
