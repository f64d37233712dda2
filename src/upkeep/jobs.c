/*
 * Owns the table of background jobs. Never what a job does (core). Called by the composition root.
 */
#include "core/idempotency.h"
#include "upkeep/upkeep.h"

enum { SECOND_MS = 1000 };

const struct upkeep_job UPKEEP_JOBS[] = {
    {"idempotency", sizeof(struct idempotency_expire), idempotency_find_expired_decide,
	idempotency_expire_decide, 5 * SECOND_MS, NULL},
    {NULL, 0, NULL, NULL, 0, NULL},
};
