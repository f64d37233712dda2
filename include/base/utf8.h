/*
 * UTF-8 as in RFC 3629: no overlong forms, no surrogates, no character above U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/bytes.h"

bool utf8_valid(struct text t);
/** Valid, and without C0 and C1 control characters and DEL. */
bool utf8_printable(struct text t);
/** The number of characters (code points) of a valid text. */
size_t utf8_length(struct text t);
/** Writes the character c, which is at most U+10FFFF and not a surrogate. Returns its length. */
enum { UTF8_MAX = 4 };
size_t utf8_write(uint32_t c, char out[UTF8_MAX]);

#endif
