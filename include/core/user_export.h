/*
 * All users of a campaign, in slices. Each slice shows the data at the time when it is read.
 */
#ifndef CORE_USER_EXPORT_H
#define CORE_USER_EXPORT_H

#include "core/records.h"
#include "store/command.h"

enum { USER_EXPORT_SLICE = 100 };

struct user_export {
	struct command command; /* decide: user_export_decide; a query */
	uint64_t campaign_id;
	uint64_t after; /* the id of the last user of the previous slice; 0: the first slice */
	/* The result, valid in done. */
	size_t n;
	bool more; /* there may be more users */
	struct exported_user {
		struct user user;
		struct user_stats stats;
		struct user referrer; /* id 0: no referrer, or the referrer was erased */
	} users[USER_EXPORT_SLICE];
};
command_decide_fn user_export_decide;

#endif
