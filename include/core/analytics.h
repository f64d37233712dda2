/*
 * Analytics of a period: counters by day, sums, and the users with the most referrals, of one
 * campaign or of all. They come from counters alone, in slices of bounded cost, and never from the
 * users.
 */
#ifndef CORE_ANALYTICS_H
#define CORE_ANALYTICS_H

#include "core/campaign.h"
#include "core/day.h"
#include "core/rank.h"

enum {
	ANALYTICS_DAYS_MAX = 366,
	ANALYTICS_SLICE_CAMPAIGNS = 64,
	ANALYTICS_SLICE_ROWS = 1024,  /* of days; at least ANALYTICS_DAYS_MAX */
	ANALYTICS_SLICE_READS = 1024, /* a slice ends after so many reads for the leaders */
};

struct analytics {
	uint64_t first, n_days; /* days since 1970-01-01; at most ANALYTICS_DAYS_MAX */
	struct day *days;       /* n_days entries, zeroed by the caller */
	struct day total;
	struct campaign_stats all_time;
	struct leader leaders[LEADERS_KEPT]; /* most referrals first */
	size_t n_leaders;
};

/* One query of the sum. */
struct analytics_slice {
	struct command command;    /* decide: analytics_slice_decide */
	struct campaign_name name; /* not set: all campaigns */
	struct codes *codes;
	uint64_t first, n_days;
	uint64_t from; /* with all campaigns: the first id of this slice */
	/* The result, valid in done. */
	struct campaign_stats stats[ANALYTICS_SLICE_CAMPAIGNS + 1];
	struct leader leaders[ANALYTICS_SLICE_CAMPAIGNS][LEADERS_SHOWN];
	size_t n_leaders[ANALYTICS_SLICE_CAMPAIGNS];
	size_t n_campaigns, n_reads;
	struct day rows[ANALYTICS_SLICE_ROWS];
	size_t n_rows;
	uint64_t next; /* `from` of the next slice; 0: this was the last slice */
};
/** ERR_NOT_FOUND if the campaign does not exist. */
command_decide_fn analytics_slice_decide;

/** Adds a slice to the sum. Call it in the slice's done. */
void analytics_add(struct analytics *sum, const struct analytics_slice *slice);

/* The first leaders as users, after all slices are added. */
struct analytics_top {
	struct command command; /* decide: analytics_top_decide */
	const struct analytics *of;
	/* The result, valid in done. */
	struct user users[LEADERS_SHOWN];
	struct user_stats stats[LEADERS_SHOWN];
	size_t n;
};
command_decide_fn analytics_top_decide;

#endif
