/* The search for deliveries: every combination of filters against a walk over all records, on random
 * ones; where pages end, and what they cost. Run on three stores.
 * Run by make test. */
#include "core/delivery_list.h"

#include "../../support/seeded.h"
#include "core/webhook_ops.h"
#include "core_world.h"

