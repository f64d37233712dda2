/*
 * The explanation of webhooks that need somebody.
 */
#ifndef API_WEBHOOK_WHY_H
#define API_WEBHOOK_WHY_H

#include "api/call/call.h"
#include "core/webhook_ops.h"

/** If the webhook is disabled, or fails, or excludes every event: writes it with its explanation as
 * an entry of the open array, and returns true. */
bool webhook_why_put_trouble(struct call *call, struct json_out *o,
			     const struct webhook_why *stored);

#endif
