/*
 * The state of the circle scenario, and the times at which its steps end.
 */
#ifndef BENCH_CIRCLE_H
#define BENCH_CIRCLE_H

#include "hooks.h"
#include "latencies.h"

struct load;

enum circle_part { PART_JOINED, PART_TOLD, PART_QUALIFIED, PART_ROUND, CIRCLE_PARTS };

/* Starts as all zero. It is the `arg` of the load plan and of circle_on_hook. */
struct circle {
	struct load *load;
	struct latencies parts[CIRCLE_PARTS]; /* ns since the join was sent */
};

/** "joined", "told", ...: the names of the parts. */
extern const char *const circle_part_names[CIRCLE_PARTS];

/** A hooks_fn. Set it before the run with hooks_listen, and unset it afterwards. */
void circle_on_hook(void *arg, uint32_t entry, enum hook_event event);

#endif
