/*
 * Campaigns: making, changing, removing, reading.
 */
#ifndef CORE_CAMPAIGN_H
#define CORE_CAMPAIGN_H

#include "core/records.h"
#include "store/command.h"

enum { CAMPAIGN_NAME_MAX = 200 };

struct campaign_save {
	struct command command; /* decide: campaign_save_decide */
	struct campaign campaign; /* id 0: a new one. In done: as it now is */
	uint64_t set;             /* which members to change (record_bit); all are taken for a new one */
	struct campaign_stats stats; /* in done */
};
/** ERR_NOT_FOUND for an unknown id; ERR_REFUSED where it would end before it starts. */
command_decide_fn campaign_save_decide;

struct campaign_remove {
	struct command command; /* decide: campaign_remove_decide */
	uint64_t id;
};
/** ERR_NOT_FOUND; ERR_REFUSED while it has users, who would lose their links, or webhooks. */
command_decide_fn campaign_remove_decide;

struct campaign_read {
	struct command command; /* decide: campaign_read_decide */
	uint64_t id;
	struct campaign campaign;
	struct campaign_stats stats;
};
command_decide_fn campaign_read_decide;

#endif
