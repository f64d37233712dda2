/*
 * Repeatable randomness for tests: the seed is printed, and REFERD_SEED sets it again.
 */
#ifndef SUPPORT_SEEDED_H
#define SUPPORT_SEEDED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct seeded {
	uint64_t state;
};

/* splitmix64: any seed is valid, including zero. */
static inline uint64_t seeded_next(struct seeded *s)
{
	uint64_t z = (s->state += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From 0 to n - 1. */
static inline uint64_t seeded_below(struct seeded *s, uint64_t n)
{
	return seeded_next(s) % n;
}

static inline struct seeded seeded_start(const char *what, uint64_t usual)
{
	const char *given = getenv("REFERD_SEED");
	struct seeded s = {.state = given != NULL ? strtoull(given, NULL, 0) : usual};
	printf("%s: REFERD_SEED=%llu\n", what, (unsigned long long)s.state);
	return s;
}

#endif
