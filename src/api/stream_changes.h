/*
 * What changed since the last frame of GET /api/v2/stream. The store's watches add to it, and a
 * frame empties it. It has a fixed size: beyond it, a frame only says that there is more.
 */
#ifndef API_STREAM_CHANGES_H
#define API_STREAM_CHANGES_H

#include "base/json.h"
#include "core/records.h"

enum {
	STREAM_ITEMS_MAX = 64, /* of each kind in one frame */
};

/* The lists of the API that a frame can name, as bits. */
enum stream_list {
	STREAM_CAMPAIGNS = 1 << 0,
	STREAM_USERS = 1 << 1,
	STREAM_REWARDS = 1 << 2,
	STREAM_WEBHOOKS = 1 << 3,
	STREAM_DELIVERIES = 1 << 4,
	STREAM_REPLAYS = 1 << 5,
	STREAM_AUDIT = 1 << 6,
};

struct stream_changes {
	unsigned lists; /* bits of enum stream_list */
	bool more;      /* an array below was full */
	struct stream_delivery {
		uint64_t id, webhook_id, user_id, event_type, status, attempts;
	} deliveries[STREAM_ITEMS_MAX];
	struct stream_webhook {
		uint64_t id, pending, delivered, exhausted;
	} webhooks[STREAM_ITEMS_MAX];
	struct stream_campaign {
		uint64_t id, joins, referrals, qualified;
	} campaigns[STREAM_ITEMS_MAX];
	struct stream_replay {
		uint64_t id, looked_at, queued, finished_ms;
	} replays[STREAM_ITEMS_MAX];
	size_t n_deliveries, n_webhooks, n_campaigns, n_replays;
};

/** Notes that an object of this list was written or deleted. */
void stream_note(struct stream_changes *changes, enum stream_list list);
/* The same for one object. A later write of the same object replaces the earlier one. */
void stream_note_delivery(struct stream_changes *changes, const struct delivery *delivery);
/* The counters of these two are read before the frame (stream_sums.h): a write may only have added
 * to them. */
void stream_note_webhook(struct stream_changes *changes, uint64_t webhook_id);
void stream_note_campaign(struct stream_changes *changes, uint64_t campaign_id);
void stream_note_replay(struct stream_changes *changes, const struct replay *replay);

/** Writes the frame's JSON object. */
void stream_show(const struct stream_changes *changes, uint64_t at_ms, struct json_out *o);

#endif
