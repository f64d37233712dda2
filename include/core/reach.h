/*
 * Reach: the number of views of each link. The caller counts views in memory and adds them with one
 * command.
 */
#ifndef CORE_REACH_H
#define CORE_REACH_H

#include "core/records.h"
#include "store/command.h"

struct reach_views {
	uint64_t user_id;     /* the user whose link was viewed, or 0 */
	uint64_t campaign_id; /* with user_id 0: the campaign whose link was viewed */
	uint64_t views;
};

struct reach_add {
	struct command command;         /* decide: reach_add_decide */
	const struct reach_views *rows; /* each link at most once; rows with 0 views are skipped */
	size_t n;
};
/** Skips links whose user or campaign does not exist any more. */
command_decide_fn reach_add_decide;

#endif
