/* Internationalised domain names (UTS #46, non-transitional). Only idna.c includes libidn2.
 */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

#include "base/bytes.h"

enum { IDNA_MAX = 253, IDNA_UNICODE_MAX = 4 * IDNA_MAX };

/** The A-label form of a host name in lower case ("Bücher.example" to "xn--bcher-kva.example"),
 * NUL-terminated, its length in *n. An ASCII name is lower-cased and checked the same way.
 * ERR_INVALID for a text that is not a host name, ERR_NO_MEMORY. */
enum err idna_to_ascii(struct text host, char out[IDNA_MAX + 1], size_t *n) WARN_UNUSED;

/** The readable form of a result of idna_to_ascii ("xn--bcher-kva.example" to
 * "b\u00fccher.example"), NUL-terminated, its length in *n. ERR_INVALID if it is longer than
 * IDNA_UNICODE_MAX, ERR_NO_MEMORY. */
enum err idna_to_unicode(const char *ascii, char out[IDNA_UNICODE_MAX + 1], size_t *n) WARN_UNUSED;

/** Folds valid UTF-8 into arena as referd 0.1 did for the keys of its e-mail index: with the
 * transitional mapping of UTS #46, in which a sharp s and "ss" are the same. Characters that a
 * domain label cannot have stay as they are. The result may be empty. ERR_NO_MEMORY. */
enum err idna_fold(struct text t, struct arena *arena, struct text *out) WARN_UNUSED;

#endif
