/* Owns the comparison of the wall clock with the monotonic one.
 * Never reads a clock.
 * Called by the loop, once a turn. */
#include "steady.h"

#include <stdbool.h>

enum { NS_PER_MS = 1000000 };

void steady_begin(struct steady *s, uint64_t unix_ms, uint64_t boot_ns)
{
	*s = (struct steady){.began_unix_ms = unix_ms, .began_ns = boot_ns};
}

uint64_t steady_ms(const struct steady *s, uint64_t boot_ns)
{
	return s->began_unix_ms + (boot_ns - s->began_ns) / NS_PER_MS;
}

/* A jump back counts at once, because it makes no data older than it is. */
static void believe(struct steady *s, uint64_t now_ms)
{
	bool waited = s->doubted_since_ms != 0 && now_ms - s->doubted_since_ms >= STEADY_BELIEF_MS;
	if (waited || s->ahead_ms - s->believed_ms <= STEADY_JUMP_MS) {
		s->believed_ms = s->ahead_ms;
		s->doubted_since_ms = 0;
	} else if (s->doubted_since_ms == 0) {
		s->doubted_since_ms = now_ms;
	}
}

int64_t steady_look(struct steady *s, uint64_t unix_ms, uint64_t boot_ns)
{
	uint64_t now_ms = steady_ms(s, boot_ns);
	int64_t ahead_ms = (int64_t)(unix_ms - now_ms);
	int64_t jump_ms = ahead_ms - s->ahead_ms;
	s->ahead_ms = ahead_ms;
	believe(s, now_ms);
	return jump_ms > STEADY_JUMP_MS || jump_ms < -STEADY_JUMP_MS ? jump_ms : 0;
}
