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

extern const char WEBHOOK_UNKNOWN[]; /* the message of a 404 */

#endif
