/* The steady clock: Unix milliseconds that never jump. It starts at the time of the wall clock and
 * runs with the monotonic clock. So five minutes stay five minutes, even if the wall clock is set.
 * Pure: both clocks are arguments.
 */
#ifndef BASE_STEADY_H
#define BASE_STEADY_H

#include <stdint.h>

enum {
	STEADY_JUMP_MS = 60 * 1000,             /* a smaller difference is a correction */
	STEADY_BELIEF_MS = 24 * 60 * 60 * 1000, /* a jump ahead that lasts this long is believed */
};

struct steady {
	uint64_t began_unix_ms, began_ns;
	int64_t ahead_ms;          /* wall clock minus steady clock at the last comparison */
	int64_t believed_ms;       /* the same, without a jump ahead in the last day */
	uint64_t doubted_since_ms; /* when this jump was seen, on the steady clock; 0: no jump */
};

void steady_begin(struct steady *s, uint64_t unix_ms, uint64_t boot_ns);
uint64_t steady_ms(const struct steady *s, uint64_t boot_ns);
/** Compares the clocks. Returns by how much the wall clock has jumped since the last comparison: 0,
 * or more than STEADY_JUMP_MS in either direction. */
int64_t steady_look(struct steady *s, uint64_t unix_ms, uint64_t boot_ns);

#endif
