/*
 * Decimal numbers as integers: "49.90" with two places is 4990. Never floating point.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/bytes.h"

enum { DECIMAL_DIGITS_MAX = 15 }; /* before the point: with four places below 2^64 */

/** Reads text that people write: digits, and at most `places` (0 to 4) digits after a point; no
 * sign, no blank, no exponent. ERR_INVALID, or ERR_TOO_LARGE for more than 15 digits before the
 * point, with *value untouched. */
enum err decimal_read(struct text t, unsigned places, uint64_t *value) WARN_UNUSED;
/** Reads numbers that programs compute: a JSON number (RFC 8259, section 6), so also 1e2. Rounds
 * half up to `places`: 59.970000000000006 with two places is 5997. ERR_INVALID for a negative
 * number. */
enum err decimal_round(struct text number, unsigned places, uint64_t *value) WARN_UNUSED;
/** Reads a JSON number whose value is whole: 100, 1e2, 1.0. ERR_INVALID for a fraction. */
enum err decimal_integer(struct text number, uint64_t *value) WARN_UNUSED;
/** Writes a JSON number without its exponent: 1e2 is 100. Returns the text in `out`, or an empty
 * text if it would be longer than DECIMAL_PLAIN_MAX bytes. */
enum { DECIMAL_PLAIN_MAX = 40 };
struct text decimal_plain(struct text number, char out[DECIMAL_PLAIN_MAX]);
/** Appends the value with exactly `places` digits after the point. For 0 places, without a point.
 */
void decimal_write(struct buf *out, uint64_t value, unsigned places);

#endif
