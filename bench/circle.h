/*
 * The circle scenario's state in a run, and how far into the circle its steps come.
 */
#ifndef BENCH_CIRCLE_H
#define BENCH_CIRCLE_H

#include "histogram.h"
#include "hooks.h"

struct load;

enum circle_part { PART_JOINED, PART_TOLD, PART_QUALIFIED, PART_ROUND, CIRCLE_PARTS };

/* All zero at the start; the load plan's arg, and the arg of circle_on_hook. */
struct circle {
	struct load *load;
	struct histogram parts[CIRCLE_PARTS]; /* ns since the join was sent */
};

/** "joined", "told", ...: the names of the parts. */
extern const char *const circle_part_names[CIRCLE_PARTS];

/** A hooks_fn: to be set before the run, and unset after it. */
void circle_on_hook(void *arg, uint32_t entry, enum hook_event event);

#endif
