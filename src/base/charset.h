/*
 * Converts the encodings that spreadsheets and old forms still send to UTF-8.
 */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "base/bytes.h"

/** Appends the character c, which is not a surrogate and at most U+10FFFF, as UTF-8. */
void charset_put(struct buf *out, uint32_t c);
/** Appends Windows-1252 (WHATWG's, a superset of ISO 8859-1) as UTF-8. Every byte is a
 * character. */
void charset_put_windows_1252(struct buf *out, struct text t);

#endif
