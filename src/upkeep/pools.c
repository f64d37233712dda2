/* Owns the warnings about an empty pool of coupons: when its last coupon is issued, and while
 * rewards wait for a coupon. Never issues a coupon. Called by the store after a commit. */
#include "pools.h"

#include "base/log.h"
#include "core/reward_records.h"

static const uint64_t WARN_EVERY_NS = UINT64_C(60000000000);

static void on_pool(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	const struct pool *pool = record;
	(void)arg;
	(void)kind;
	if (!deleted && pool->added > 0 && pool->given == pool->added)
		log_warn("coupons.pool_empty", LOG_U64("rule_id", pool->rule_id),
			 LOG_U64("given", pool->given));
}

/* Thousands of rewards may wait for the same pool: one line a minute is enough. */
static void on_reward(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	const struct reward_by *row = record;
	struct pools *pools = arg;
	uint64_t now_ns = loop_mono_ns(pools->loop);
	(void)kind;
	if (deleted || row->by != REWARDS_WAITING)
		return;
	if (row->number == pools->rule_id && now_ns - pools->warned_ns < WARN_EVERY_NS)
		return;
	pools->rule_id = row->number;
	pools->warned_ns = now_ns;
	log_warn("coupons.reward_waits", LOG_U64("rule_id", row->number),
		 LOG_U64("reward_id", row->reward_id));
}

void pools_watch(struct pools *pools, struct loop *loop, struct store *store)
{
	*pools = (struct pools){.loop = loop};
	store_watch(store, &KIND_POOL, on_pool, pools);
	store_watch(store, &KIND_REWARD_BY, on_reward, pools);
}
