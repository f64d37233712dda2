/*
 * A webhook as JSON.
 */
#ifndef API_WEBHOOK_SHOW_H
#define API_WEBHOOK_SHOW_H

#include "list.h"

/** The members of a webhook (const struct webhook *), without its secret; header values are masked.
 */
list_item_fn webhook_show;
/** {"data": webhook}, with the secret where `secret` says so. */
void webhook_reply(struct call *call, int status, const struct webhook *webhook, bool secret);

/** The id of the webhook in the path. False after 404. */
bool webhook_read_id(struct call *call, uint64_t *id) WARN_UNUSED;
extern const char WEBHOOK_UNKNOWN[]; /* the 404's message */

#endif
