/*
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/bytes.h"

bool utf8_valid(struct text t);
/** Valid, and without C0 and C1 control characters and DEL. */
bool utf8_printable(struct text t);
/** Characters (code points) of a valid text. */
size_t utf8_length(struct text t);
/** Writes the character c, which is not a surrogate and at most U+10FFFF; answers its length. */
enum { UTF8_MAX = 4 };
size_t utf8_write(uint32_t c, char out[UTF8_MAX]);

#endif
