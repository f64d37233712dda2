/*
 * Decimal numbers as integers: "49.90" with two places is 4990.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/bytes.h"

enum { DECIMAL_DIGITS_MAX = 15 }; /* before the point: with four places below 2^64 */

/** Digits, and at most `places` (0 to 4) behind a point; no sign, no blank, no exponent. False, and
 *  *value untouched, for anything else. */
bool decimal_read(struct text t, unsigned places, uint64_t *value) WARN_UNUSED;
/** Appends the value with exactly `places` behind the point; without a point for 0. */
void decimal_write(struct buf *out, uint64_t value, unsigned places);

#endif
