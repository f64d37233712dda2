/*
 * How long the turns of the server's loop were, from its metrics. A turn includes the commit and so
 * the wait for the disk.
 */
#ifndef BENCH_SERVER_TURNS_H
#define BENCH_SERVER_TURNS_H

#include <stdbool.h>

#include "base/err.h"
#include "target.h"

/* Upper bounds in seconds; infinite if one was longer than the last bound of the metric. */
struct server_durations {
	double p99, longest;
};

/* The difference of both tells the share of the disk. */
struct server_turns {
	struct server_durations turns, commits;
};

/** Reads /metrics of the server. False if it does not answer, or counts no turns or commits. */
bool server_turns_read(const struct target *target, struct server_turns *out) WARN_UNUSED;

#endif
