/*
 * Token buckets by client address, in a table of fixed size. IPv6 addresses count by /64.
 */
#ifndef API_LIMIT_H
#define API_LIMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct limit;

/** A bucket holds `burst` tokens and gains per_minute each minute. NULL without memory. */
struct limit *limit_new(unsigned per_minute, unsigned burst);
void limit_free(struct limit *limit);
/** Is the address's bucket empty? Then *retry_s says when it has a token again. Takes nothing. */
bool limit_exhausted(struct limit *limit, const struct sockaddr *sa, uint64_t now_ns,
    unsigned *retry_s);
/** Takes one token: the address failed once. */
void limit_take(struct limit *limit, const struct sockaddr *sa, uint64_t now_ns);

#endif
