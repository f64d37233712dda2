/*
 * The backlog of each webhook, for metrics, a page at a time.
 */
#ifndef CORE_WEBHOOK_GAUGE_H
#define CORE_WEBHOOK_GAUGE_H

#include "core/records.h"
#include "store/command.h"

enum { WEBHOOK_GAUGES = 128 };

struct webhook_gauge {
	uint64_t webhook_id;
	uint64_t pending; /* the pending deliveries of a disabled webhook are held */
	uint64_t exhausted;
	uint64_t overdue_ms; /* since the oldest due delivery was due; 0: nothing is due */
	bool disabled;
};

struct webhook_gauges {
	struct command command; /* decide: webhook_gauges_decide; a query */
	uint64_t steady_ms;     /* now, on the steady clock (base/loop.h) */
	uint64_t after;         /* the last webhook of the previous page; 0: the first page */
	/* The result, valid in done. */
	struct webhook_gauge gauges[WEBHOOK_GAUGES];
	size_t n; /* below WEBHOOK_GAUGES: this was the last page */
};
command_decide_fn webhook_gauges_decide;

#endif
