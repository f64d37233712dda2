/* Owns the table of background jobs: their intervals, their pace and their log lines. Never does
 * the work of a job (core). Called by upkeep.c; the composition root passes the table. */
#include "base/log.h"
#include "core/address_index.h"
#include "core/audit.h"
#include "core/erase.h"
#include "core/idempotency.h"
#include "core/replay.h"
#include "core/reward_jobs.h"
#include "core/session.h"
#include "core/way_back.h"
#include "upkeep/upkeep.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };

static void report_replay(const struct slice *slice)
{
	const struct replay *r = &((const struct replay_slice *)slice)->replay;
	if (r->finished_ms != 0)
		log_info("replay.finished", LOG_U64("replay_id", r->id),
			 LOG_U64("queued", r->queued));
}

const struct upkeep_job UPKEEP_JOBS[] = {
    {
	.name = "idempotency",
	.size = sizeof(struct idempotency_expire),
	.find = idempotency_find_expired_decide,
	.change = idempotency_expire_decide,
	.every_ms = 5 * SECOND_MS,
    },
    {
	.name = "reward holds",
	.size = sizeof(struct reward_release),
	.find = reward_find_held_decide,
	.change = reward_release_decide,
	.every_ms = 10 * SECOND_MS,
    },
    {
	.name = "reward coupons",
	.size = sizeof(struct reward_release),
	.find = reward_find_waiting_decide,
	.change = reward_release_decide,
	.every_ms = MINUTE_MS,
	.watch = &KIND_COUPON_CODE,
    },
    {
	.name = "reward reviews",
	.size = sizeof(struct reward_reviews),
	.find = reward_find_reviewed_decide,
	.change = reward_follow_review_decide,
	.every_ms = MINUTE_MS,
	.watch = &KIND_REWARD_REVIEW,
    },
    {
	.name = "sessions",
	.size = sizeof(struct session_expire),
	.find = session_find_expired_decide,
	.change = session_expire_decide,
	.every_ms = 10 * MINUTE_MS,
    },
    {
	.name = "ways back",
	.size = sizeof(struct way_back_expire),
	.find = way_back_find_expired_decide,
	.change = way_back_expire_decide,
	.every_ms = 10 * MINUTE_MS,
    },
    {
	.name = "erasures",
	.size = sizeof(struct erase_slice),
	.find = erase_find_decide,
	.change = erase_change_decide,
	.every_ms = MINUTE_MS,
	.watch = &KIND_ERASURE,
    },
    {
	.name = "addresses",
	.size = sizeof(struct address_slice),
	.find = address_find_decide,
	.change = address_write_decide,
	.first_ms = SECOND_MS,
	.pace_ms = 20,
	.every_ms = SECOND_MS, /* without a watch: one commit for many joins */
    },
    {
	.name = "replays",
	.size = sizeof(struct replay_slice),
	.find = replay_find_decide,
	.change = replay_step_decide,
	.pace_ms = 20, /* at most 3,200 events a second */
	.every_ms = MINUTE_MS,
	.watch = &KIND_REPLAY,
	.report = report_replay,
    },
    {
	.name = "retention",
	.size = sizeof(struct retention_slice),
	.find = retention_find_decide,
	.change = retention_drop_decide,
	.first_ms = 5 * SECOND_MS, /* the first seconds of a start are for waiting deliveries */
	.pace_ms = 20,
	.every_ms = HOUR_MS,
    },
    {
	.name = "audit retention",
	.size = sizeof(struct audit_expire),
	.find = audit_find_expired_decide,
	.change = audit_expire_decide,
	.pace_ms = 20,
	.every_ms = HOUR_MS,
    },
    {.name = NULL},
};
