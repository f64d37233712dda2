/*
 * A webhook as JSON.
 */
#ifndef API_WEBHOOK_SHOW_H
#define API_WEBHOOK_SHOW_H

#include "api/call/call.h"
#include "core/webhook.h"

/** The members of a webhook, without its secret; header values are masked.
 */
void webhook_show(struct call *call, struct json_out *o, const struct webhook *webhook);
/** {"data": webhook}, with the secret where `secret` says so. */
void webhook_reply(struct call *call, int status, const struct webhook *webhook, bool secret);
/** The same for a saved one, with a notice where header values were dropped. */
void webhook_reply_saved(struct call *call, int status, const struct webhook_save *save,
			 bool secret);
/** "dropped_headers" and "notice", if there are dropped ones. */
void webhook_show_dropped(struct json_out *o, struct pairs dropped);

extern const char WEBHOOK_UNKNOWN[]; /* the message of a 404 */

#endif
