/* The properties of characters that referd needs, and the folding of text for comparing. The tables
 * are unicode_data.inc, which src/base/unicode_data.pl writes.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include "base/bytes.h"

/** The character that t begins with, and its length in bytes. t is not empty. Bytes that are not
 * UTF-8 count as one character each, U+FFFD. */
uint32_t unicode_next(struct text t, size_t *n);
/** The character that t ends with. The same rules. */
uint32_t unicode_last(struct text t, size_t *n);

/** White_Space, Cc, Default_Ignorable_Code_Point, and U+2800 (an empty Braille cell). */
bool unicode_is_invisible(uint32_t c);
/** Bidi_Control: characters that turn the order of the text around them. All of them are
 * invisible. */
bool unicode_is_bidi_control(uint32_t c);
/** What an emoji may begin with: Extended_Pictographic, Emoji_Modifier or Regional_Indicator. */
bool unicode_is_emoji(uint32_t c);

/** Folds valid UTF-8 for comparing, never for showing: simple case folding and NFC. "JOS\u00c9",
 * "jos\u00e9" and "jose\u0301" become the same; a sharp s and "ss" stay two. Folding twice changes
 * nothing. The result lives in arena; that of an empty text is empty. ERR_NO_MEMORY. */
enum err unicode_fold(struct text t, struct arena *arena, struct text *out) WARN_UNUSED;

#endif
