/* Text that people typed or pasted, without the characters that they cannot see
 * (unicode_is_invisible).
 */
#ifndef BASE_TYPED_H
#define BASE_TYPED_H

#include "base/bytes.h"

/** t without the invisible characters at both ends; borrowed from t. The variation selector, tags
 * or joiner of an emoji at the end stay. If all characters are invisible, the result is empty. t
 * may contain any bytes. */
struct text typed_trim(struct text t);
/** t without any invisible character, for phone numbers and coupons. Borrowed if t has none, else
 * in arena. A text that is not UTF-8 stays as it is. ERR_NO_MEMORY. */
enum err typed_strip(struct text t, struct arena *arena, struct text *out) WARN_UNUSED;

/** Checks that t is valid UTF-8 without control characters. Returns NULL, or a fragment in arena
 * that completes "field ..." and names the character. */
const char *typed_text_refusal(struct text t, struct arena *arena) WARN_UNUSED;
/** The same for names, which also must not have characters that reverse the order of the text. */
const char *typed_name_refusal(struct text t, struct arena *arena) WARN_UNUSED;

#endif
