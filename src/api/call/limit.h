/*
 * Token buckets by any key text (an address, a code, a token's id), in a table of fixed size.
 */
#ifndef API_LIMIT_H
#define API_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct limit;

/** A bucket holds `burst` tokens and gains per_minute each minute. NULL without memory. */
struct limit *limit_new(unsigned per_minute, unsigned burst);
void limit_free(struct limit *limit);
/** Is the key's bucket empty? Then *retry_s says when it has a token again. Takes nothing. */
bool limit_exhausted(struct limit *limit, struct text key, uint64_t now_ns, unsigned *retry_s);
/** Takes one token, if there is one: for limits that count failures. */
void limit_take(struct limit *limit, struct text key, uint64_t now_ns);
/** Both: takes a token, or answers false with *retry_s. For limits that count everything. */
bool limit_spend(struct limit *limit, struct text key, uint64_t now_ns,
		 unsigned *retry_s) WARN_UNUSED;

#endif
