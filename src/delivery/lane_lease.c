/*
 * Owns the part of a lane that exists because other nodes work on the same database: its claim to a
 * lease, and its looks for due rows that other nodes have committed. Never asks for a lease (the
 * lease room) and never reads a row (lane.c). Called by lane.c, and by the lease room through the
 * claim.
 */
#include "lane.h"

#include "attempt.h"
#include "base/log.h"
#include "core/disorder.h"
#include "core/webhook_health.h"
#include "scheduler_parts.h"

enum {
	LOOK_MS = 25,        /* between two looks for rows of other nodes, while rows come */
	LOOK_IDLE_MS = 400,  /* the same, for a lane to which no rows come */
	LOOK_BUSY_MS = 1000, /* the same, while the lane has more rows than it can send */
	/* A look reads from the oldest row that the last look has found. Each minute a look reads
	 * from the first row instead, in case a commit took longer than any should. */
	LOOK_ALL_MS = 60000,
	SHORT_MS = 100, /* to the next attempt, if the lease is too short for an attempt now */
};

static bool is_shared(const struct lane *l)
{
	return leases_shared(l->scheduler->config.leases);
}

static struct lane *lane_of(const struct lease_claim *claim)
{
	return (struct lane *)(void *)((char *)(uintptr_t)claim - offsetof(struct lane, claim));
}

static bool claim_busy(const struct lease_claim *claim)
{
	const struct lane *l = lane_of(claim);
	return l->runs != NULL || l->scanning || l->cancelling || l->late.busy;
}

/* Whatever the lane knows of its rows is old. */
static void claim_changed(struct lease_claim *claim)
{
	struct lane *l = lane_of(claim);
	l->fresh = lane_is_held(l, 0);
	l->late.wanted = true;
	l->look = (struct lane_look){.wait_ms = LOOK_MS};
	l->next_due_ms = l->throttled_until_ms = 0;
	lane_rescan(l);
}

void lane_claim(struct lane *l)
{
	l->claim = (struct lease_claim){
	    .what = LEASE_LANE,
	    .number = l->webhook_id,
	    .ending = true, /* until it is configured */
	    .busy = claim_busy,
	    .changed = claim_changed,
	};
	leases_add(l->scheduler->config.leases, &l->claim);
}

void lane_unclaim(struct lane *l)
{
	leases_remove(l->scheduler->config.leases, &l->claim, lane_is_over(l));
}

bool lane_is_held(const struct lane *l, uint64_t step_ms)
{
	return lease_held(&l->claim, scheduler_now_ms(l->scheduler), step_ms);
}

bool lane_may_begin(struct lane *l)
{
	if (lane_is_held(l, l->target.total_ms))
		return true;
	l->throttled_until_ms = scheduler_now_ms(l->scheduler) + SHORT_MS;
	return false;
}

bool lane_lost(struct lane *l, const struct lease_fence *fence, enum err err)
{
	if (err != ERR_REFUSED || fence->fence == 0)
		return false;
	log_warn("delivery.lane_lost", LOG_U64("webhook_id", fence->number),
		 LOG_U64("fence", fence->fence));
	leases_lost(l->scheduler->config.leases, fence);
	return true;
}

/* ---- looks ---- */

uint64_t lane_look_from_ms(const struct lane *l)
{
	const uint64_t oldest_ms = l->look.oldest_ms;
	return oldest_ms > ID_DISORDER_MS ? oldest_ms - ID_DISORDER_MS : 0;
}

void lane_hint(struct lane *l, const struct due *due)
{
	uint64_t now_ms = scheduler_now_ms(l->scheduler);
	if (due->due_ms <= now_ms) {
		l->look.wait_ms = LOOK_MS;
		l->look.at_ms = now_ms;
	} else if (l->next_due_ms == 0 || due->due_ms < l->next_due_ms) {
		l->next_due_ms = due->due_ms;
	}
	lane_poke(l);
}

void lane_look(struct lane *l)
{
	uint64_t now_ms = scheduler_now_ms(l->scheduler);
	if (l->look.at_ms == 0 || l->look.at_ms > now_ms || l->scanning)
		return;
	if (l->look.all_at_ms <= now_ms) {
		l->look.oldest_ms = 0;
		l->look.all_at_ms = now_ms + LOOK_ALL_MS;
	}
	l->look.at_ms = 0;
	lane_rescan(l);
}

void lane_looked(struct lane *l, const struct due *from, const struct due *first, bool found)
{
	uint64_t now_ms = scheduler_now_ms(l->scheduler);
	if (!is_shared(l))
		return;
	if (from->due_ms <= lane_look_from_ms(l) && from->delivery_id == 0)
		l->look.oldest_ms =
		    first != NULL && first->due_ms < now_ms ? first->due_ms : now_ms;
	if (found)
		l->look.wait_ms = LOOK_MS;
	else if (l->look.wait_ms < LOOK_IDLE_MS)
		l->look.wait_ms *= 2;
	if (l->look.at_ms == 0)
		l->look.at_ms = now_ms + (l->caught_up ? l->look.wait_ms : LOOK_BUSY_MS);
}

/* ---- what another node has done to the webhook ---- */

struct lane_version lane_version(const struct webhook *webhook)
{
	return (struct lane_version){webhook->revision, webhook->updated_ms, webhook->disabled_ms,
				     webhook->times_enabled};
}

enum err lane_read_webhook(struct lane *l, struct tx *tx, uint64_t *failures, bool *exists)
{
	struct webhook webhook = {.id = l->webhook_id};
	struct webhook_health health = {0};
	*failures = 0;
	*exists = l->configured;
	if (!is_shared(l) || (l->configured && !l->fresh))
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	*exists = err == ERR_OK;
	if (err == ERR_OK)
		err = webhook_read_health(tx, &webhook, &health);
	*failures = health.failures;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
