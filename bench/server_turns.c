/*
 * Owns the reading of the histograms of turns and commits from the server's metrics.
 * Never judges a length.
 * Called by compare.c at the end of a run.
 */
#include "server_turns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { BOUNDS_MAX = 32 };

struct bucket {
	double bound;
	unsigned long long count; /* turns up to the bound */
};

/* A line is `referd_loop_turn_seconds_bucket{le="0.01"} 512`; the last bound is "+Inf". `name` ends
 * with the first quotation mark. */
static size_t turns_parse(const char *text, const char *name, struct bucket *buckets)
{
	size_t n = 0;
	for (const char *at = text; n < BOUNDS_MAX && (at = strstr(at, name)) != NULL; n++) {
		char *end;
		at += strlen(name);
		buckets[n].bound = strtod(at, &end); /* it reads +Inf, too */
		if (sscanf(end, "\"} %llu", &buckets[n].count) != 1)
			return 0;
	}
	return n;
}

static double turns_bound(const struct bucket *buckets, size_t n, double part)
{
	double wanted = part * (double)buckets[n - 1].count;
	for (size_t i = 0; i < n; i++)
		if ((double)buckets[i].count >= wanted)
			return buckets[i].bound;
	return INFINITY;
}

static bool turns_read(const char *text, const char *name, struct server_durations *out)
{
	struct bucket buckets[BOUNDS_MAX] = {0};
	size_t n = turns_parse(text, name, buckets);
	if (n == 0 || buckets[n - 1].count == 0)
		return false;
	out->p99 = turns_bound(buckets, n, 0.99);
	out->longest = turns_bound(buckets, n, 1);
	return true;
}

bool server_turns_read(const struct target *target, struct server_turns *out)
{
	struct buf body = {0};
	bool ok = target_call(target, "GET", "/metrics", NULL, NULL, &body) == 200;
	buf_add(&body, "", 1);
	ok = ok && !body.failed &&
	     turns_read(body.p, "referd_loop_turn_seconds_bucket{le=\"", &out->turns) &&
	     turns_read(body.p, "referd_store_commit_duration_seconds_bucket{le=\"", &out->commits);
	buf_free(&body);
	return ok;
}
