/* The stored health of a webhook. Never writes it. Included by the tests of the delivery room. */
#ifndef TEST_DELIVERY_HEALTH_NOW_H
#define TEST_DELIVERY_HEALTH_NOW_H

#include "core/health_records.h"
#include "delivery_world.h"

static inline struct webhook_health health_now(struct delivery_world *w, uint64_t webhook_id)
{
	struct webhook_health health = {.webhook_id = webhook_id};
	enum err err = world_get(&w->core, &KIND_WEBHOOK_HEALTH, &health);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return health;
}

#endif
