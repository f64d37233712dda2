/*
 * Latencies in a log-linear histogram: 128 steps for each power of two. A percentile is at most
 * 0.8 % above the exact value. Memory and the time for a sample are constant.
 */
#ifndef BENCH_LATENCIES_H
#define BENCH_LATENCIES_H

#include <stdint.h>

enum { LATENCIES_STEP_BITS = 7, LATENCIES_SLOTS = (64 - LATENCIES_STEP_BITS + 1) * 128 };

/* A histogram of zeros is empty and valid. The owner chooses the unit of the values (here ns). */
struct latencies {
	uint64_t count, max;
	uint64_t slots[LATENCIES_SLOTS];
};

void latencies_record(struct latencies *h, uint64_t value);
/** Adds all samples of `from` to h. */
void latencies_merge(struct latencies *h, const struct latencies *from);
/** The value that the fraction `part` (0 to 1) of the samples does not exceed, rounded up to its
 * step and never above the largest sample. 0 if the histogram is empty. */
uint64_t latencies_percentile(const struct latencies *h, double part);

#endif
