/* Text that people typed or pasted: what they cannot see is not part of it. Invisible characters
 * are those of unicode_is_invisible.
 */
#ifndef BASE_TYPED_H
#define BASE_TYPED_H

#include "base/bytes.h"

/** t without the invisible characters at both ends; borrowed from t. The variation selector, tags
 * or joiner of an emoji at the end stay. A text of invisible characters alone is empty. Any bytes
 * are fine. */
struct text typed_trim(struct text t);
/** t without any invisible character, for phone numbers and coupons. Borrowed from t where there is
 * none, else in arena. A text that is not UTF-8 stays as it is. ERR_NO_MEMORY. */
enum err typed_strip(struct text t, struct arena *arena, struct text *out) WARN_UNUSED;

/** NULL, or a sentence fragment that completes "field ...", in arena: t is not valid UTF-8, or has
 * a control character. The fragment names the character. */
const char *typed_text_refusal(struct text t, struct arena *arena) WARN_UNUSED;
/** The same for names, which must not have characters that reverse the order of the text either. */
const char *typed_name_refusal(struct text t, struct arena *arena) WARN_UNUSED;

#endif
