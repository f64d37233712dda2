/*
 * The durations of requests, by route and status class.
 */
#ifndef API_REQUEST_METRICS_H
#define API_REQUEST_METRICS_H

#include "base/bytes.h"

struct call;
struct route;
struct request_metrics;

/** A histogram for each route of the table, and one for paths without a route. The table ends with
 * a NULL pattern and is borrowed. NULL if memory runs out. */
struct request_metrics *request_metrics_new(const struct route *routes);
/** NULL is fine. */
void request_metrics_free(struct request_metrics *metrics);
/** Counts a call with the status of its reply, and logs it at the level debug. */
void request_metrics_count(struct request_metrics *metrics, const struct call *call, int status);
/** Appends the histograms in Prometheus text. */
void request_metrics_write(const struct request_metrics *metrics, struct buf *out);

#endif
