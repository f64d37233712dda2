/*
 * Owns the table of background jobs. Never what a job does (core). Called by the composition root.
 */
#include "core/idempotency.h"
#include "upkeep/upkeep.h"

enum { MINUTE_MS = 60 * 1000 };

const struct upkeep_job UPKEEP_JOBS[] = {
    {"idempotency", sizeof(struct idempotency_expire), idempotency_find_expired_decide,
	idempotency_expire_decide, MINUTE_MS, NULL},
    {NULL, 0, NULL, NULL, 0, NULL},
};
