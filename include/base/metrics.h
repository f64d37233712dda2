/* Metrics as Prometheus reads them (text exposition format 0.0.4): base units, HELP and TYPE before
 * the first sample of a name, durations as histograms in seconds.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include "base/bytes.h"

enum { HISTOGRAM_BUCKETS = 14 };

/* A histogram of durations. All zero is an empty histogram. */
struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS]; /* not cumulative; the last bucket has no upper bound */
	uint64_t n, sum_ns;
};

void histogram_add(struct histogram *h, uint64_t ns);

/** The duration that `percent` (1 to 100) of the durations do not exceed, in nanoseconds: estimated
 * within its bucket, and the last bound for the durations above it. 0 if the histogram is empty. */
uint64_t histogram_percentile(const struct histogram *h, unsigned percent);

/** HELP and TYPE ("counter", "gauge", "histogram") of a name. `help` is a clause without a line
 * feed. */
void metrics_head(struct buf *out, const char *name, const char *type, const char *help);
/** One sample. `labels` is the text between the braces (route="/healthz"), or NULL. */
void metrics_sample(struct buf *out, const char *name, const char *labels, double value);
/** The samples of a histogram; `labels` as above. */
void metrics_histogram(struct buf *out, const char *name, const char *labels,
		       const struct histogram *h);

/* A metric that is one number without labels. */
struct metric {
	const char *name, *type, *help;
	double value;
};
void metrics_put(struct buf *out, const struct metric *metrics, size_t n);

/** Metrics of the process: CPU time, memory, descriptors, start time. Values that the system does
 * not report are omitted. Costs about 20 µs, and one poll() over all descriptors. */
void metrics_process(struct buf *out);

#endif
