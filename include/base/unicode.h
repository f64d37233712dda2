/* The properties of characters that referd needs, and the folding of text for comparison. The
 * tables are in unicode_data.inc, which src/base/unicode_data.pl writes.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include "base/bytes.h"

/** The slow path of unicode_next. */
uint32_t unicode_next_long(struct text t, size_t *n);
/** The first character of t, and its length in bytes. t is not empty. A byte that is not UTF-8
 * counts as the character U+FFFD. */
static inline uint32_t unicode_next(struct text t, size_t *n)
{
	*n = 1;
	return (unsigned char)t.p[0] < 0x80 ? (unsigned char)t.p[0] : unicode_next_long(t, n);
}
/** The last character of t, with the same rules. */
uint32_t unicode_last(struct text t, size_t *n);

/** White_Space, Cc, Default_Ignorable_Code_Point, and U+2800 (an empty Braille cell). */
bool unicode_is_invisible(uint32_t c);
/** Bidi_Control: characters that reverse the order of the text around them. All are invisible. */
bool unicode_is_bidi_control(uint32_t c);
/** May an emoji begin with c (Extended_Pictographic, Emoji_Modifier or Regional_Indicator)? */
bool unicode_is_emoji(uint32_t c);

/** Folds valid UTF-8 for comparison, never for display: simple case folding and NFC. "JOS\u00c9",
 * "jos\u00e9" and "jose\u0301" become the same; a sharp s and "ss" stay different. Folding
 * twice changes nothing. The result lives in arena; an empty text stays empty. ERR_NO_MEMORY. */
enum err unicode_fold(struct text t, struct arena *arena, struct text *out) WARN_UNUSED;

#endif
