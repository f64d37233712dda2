/*
 * Token buckets in a table of fixed size. A bucket's key is any text: an address, a code, the id
 * of a token.
 */
#ifndef API_LIMIT_H
#define API_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct limit;

/** A bucket holds `burst` tokens and gains per_minute each minute. NULL if memory runs out. */
struct limit *limit_new(unsigned per_minute, unsigned burst);
/** From now on, the rate and the burst are 1 / n of the values given to limit_new. The burst is at
 * least 1. */
void limit_divide(struct limit *limit, unsigned n);
void limit_free(struct limit *limit);
/** Is the bucket of the key empty? If so, *retry_s is the time in seconds until it has a token. It
 * takes no token. */
bool limit_exhausted(struct limit *limit, struct text key, uint64_t now_ns, unsigned *retry_s);
/** Takes a token if there is one: for limits that count failures. */
void limit_take(struct limit *limit, struct text key, uint64_t now_ns);
/** Takes a token; false with *retry_s if the bucket is empty. For limits that count every request.
 */
bool limit_spend(struct limit *limit, struct text key, uint64_t now_ns,
		 unsigned *retry_s) WARN_UNUSED;

#endif
