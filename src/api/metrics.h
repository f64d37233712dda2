/*
 * The durations of requests by route and status class, and who may read the metrics.
 */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/call/call.h"
#include "base/metrics.h"

/** A histogram for each route, and one for unknown paths, by status class. NULL without memory. */
struct request_metrics *request_metrics_new(void);
void request_metrics_free(struct request_metrics *metrics);
/** A call was answered with that status: it is counted, and at the level debug logged. */
void request_metrics_count(struct request_metrics *metrics, const struct call *call, int status);

/** Answers with the metrics; the caller has judged who asks. */
void metrics_reply(struct call *call);

#endif
