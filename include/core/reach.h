/*
 * Reach: how often links were looked at. Views are gathered in memory and added in one command.
 */
#ifndef CORE_REACH_H
#define CORE_REACH_H

#include "core/records.h"
#include "store/command.h"

struct reach_views {
	uint64_t user_id;     /* whose link, or 0: */
	uint64_t campaign_id; /* the campaign's own */
	uint64_t views;
};

struct reach_add {
	struct command command;         /* decide: reach_add_decide */
	const struct reach_views *rows; /* each link once; rows without views count nothing */
	size_t n;
};
/** Links whose user or campaign is gone are passed over. */
command_decide_fn reach_add_decide;

#endif
