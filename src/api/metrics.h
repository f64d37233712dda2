/*
 * GET /metrics: what every room counts.
 */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/call/call.h"

/** Answers with the metrics; the caller has judged who asks. */
void metrics_reply(struct call *call);

#endif
