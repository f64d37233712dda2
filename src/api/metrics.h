/*
 * GET /metrics: the counters of every room.
 */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/call/call.h"

/** Replies with the metrics. The caller has checked the access. */
void metrics_reply(struct call *call);

#endif
