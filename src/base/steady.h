/* The steady clock: Unix milliseconds that never jump. It starts with the wall clock and runs with
 * the monotonic one, so that what is due in five minutes is due in five minutes whatever becomes of
 * the wall clock. Pure: both clocks are arguments.
 */
#ifndef BASE_STEADY_H
#define BASE_STEADY_H

#include <stdint.h>

enum {
	STEADY_JUMP_MS = 60 * 1000,             /* less than that is a correction */
	STEADY_BELIEF_MS = 24 * 60 * 60 * 1000, /* a jump ahead that lasts so long is true */
};

struct steady {
	uint64_t began_unix_ms, began_ns;
	int64_t ahead_ms;    /* the wall clock against the steady one, when it was last looked at */
	int64_t believed_ms; /* the same, without a jump ahead that is younger than a day */
	uint64_t
	    doubted_since_ms; /* on the steady clock: when that jump was seen; 0: there is none */
};

void steady_begin(struct steady *s, uint64_t unix_ms, uint64_t boot_ns);
uint64_t steady_ms(const struct steady *s, uint64_t boot_ns);
/** Compares the clocks. Answers by how much the wall clock has jumped since the last look: 0, or
 * more than STEADY_JUMP_MS to either side. */
int64_t steady_look(struct steady *s, uint64_t unix_ms, uint64_t boot_ns);

#endif
