/*
 * Latencies in a log-linear histogram: 128 steps for each power of two. A percentile is at most
 * 0.8 % above the exact value. Memory and the time for a sample are constant.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEP_BITS = 7, HISTOGRAM_SLOTS = (64 - HISTOGRAM_STEP_BITS + 1) * 128 };

/* A histogram of zeros is empty and valid. The owner chooses the unit of the values (here ns). */
struct histogram {
	uint64_t count, max;
	uint64_t slots[HISTOGRAM_SLOTS];
};

void histogram_record(struct histogram *h, uint64_t value);
/** Adds all samples of `from` to h. */
void histogram_merge(struct histogram *h, const struct histogram *from);
/** The value that the fraction `part` (0 to 1) of the samples does not exceed, rounded up to its
 * step and never above the largest sample. 0 if the histogram is empty. */
uint64_t histogram_percentile(const struct histogram *h, double part);

#endif
