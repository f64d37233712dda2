/* Owns the text of metrics and the bounds of histograms. Never collects a number: its callers do,
 * and metrics_process.c for the process. Called by api, delivery and the composition root.
 */
#include "base/metrics.h"

/* From a commit on a fast disk to the total deadline of a receiver. */
static const uint64_t bounds_us[HISTOGRAM_BUCKETS - 1] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};

void histogram_add(struct histogram *h, uint64_t ns)
{
	size_t i = 0;
	while (i < HISTOGRAM_BUCKETS - 1 && ns > bounds_us[i] * 1000)
		i++;
	h->counts[i]++;
	h->n++;
	h->sum_ns += ns;
}

uint64_t histogram_percentile(const struct histogram *h, unsigned percent)
{
	uint64_t rank = (h->n * percent + 99) / 100, below = 0;
	size_t i = 0;
	if (h->n == 0)
		return 0;
	while (i < HISTOGRAM_BUCKETS - 1 && below + h->counts[i] < rank)
		below += h->counts[i++];
	uint64_t low = i == 0 ? 0 : bounds_us[i - 1] * 1000;
	if (i == HISTOGRAM_BUCKETS - 1)
		return low;
	return low + (bounds_us[i] * 1000 - low) * (rank - below) / h->counts[i];
}

void metrics_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_sample(struct buf *out, const char *name, const char *labels, double value)
{
	buf_str(out, name);
	if (labels != NULL)
		buf_printf(out, "{%s}", labels);
	buf_printf(out, " %.15g\n", value);
}

static void write_bucket(struct buf *out, const char *name, const char *labels, size_t i,
			 uint64_t count)
{
	const char *comma = labels[0] == '\0' ? "" : ",";
	if (i == HISTOGRAM_BUCKETS - 1)
		buf_printf(out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", name, labels, comma,
			   (unsigned long long)count);
	else
		buf_printf(out, "%s_bucket{%s%sle=\"%g\"} %llu\n", name, labels, comma,
			   (double)bounds_us[i] / 1e6, (unsigned long long)count);
}

static void write_total(struct buf *out, const char *name, const char *suffix, const char *labels,
			double value)
{
	buf_str(out, name);
	metrics_sample(out, suffix, labels[0] == '\0' ? NULL : labels, value);
}

void metrics_histogram(struct buf *out, const char *name, const char *labels,
		       const struct histogram *h)
{
	uint64_t count = 0;
	if (labels == NULL)
		labels = "";
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		count += h->counts[i];
		write_bucket(out, name, labels, i, count);
	}
	write_total(out, name, "_sum", labels, (double)h->sum_ns / 1e9);
	write_total(out, name, "_count", labels, (double)h->n);
}

void metrics_put(struct buf *out, const struct metric *metrics, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		metrics_head(out, metrics[i].name, metrics[i].type, metrics[i].help);
		metrics_sample(out, metrics[i].name, NULL, metrics[i].value);
	}
}
