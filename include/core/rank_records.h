/*
 * The records from which a campaign's users are ranked by their referrals (rank.h).
 */
#ifndef CORE_RANK_RECORDS_H
#define CORE_RANK_RECORDS_H

#include "core/records.h"

/* The first users of a campaign who reached a number of referrals, at most RANK_USERS_MAX ids in
 * the order in which they reached it. A command reads and rewrites the row, but only until it is
 * full; a full row never changes, so it makes no two writers conflict. */
struct rank {
	uint64_t campaign_id, referrals; /* key; a number at which a band begins (rank_band) */
	struct text user_ids;            /* 8 bytes each, big-endian */
};

#endif
