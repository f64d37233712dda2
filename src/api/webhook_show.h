/*
 * The JSON form of a webhook.
 */
#ifndef API_WEBHOOK_SHOW_H
#define API_WEBHOOK_SHOW_H

#include "api/call/call.h"
#include "core/webhook.h"

/** Writes the members of a webhook, without its secret; header values are masked. */
void webhook_show(struct call *call, struct json_out *o, const struct webhook *webhook);
/** Replies {"data": webhook}, with the secret if `secret` is true. */
void webhook_reply(struct call *call, int status, const struct webhook *webhook, bool secret);
/** Replies the same for a saved webhook, with a notice if header values were dropped. */
void webhook_reply_saved(struct call *call, int status, const struct webhook_save *save,
			 bool secret);
/** Writes "dropped_headers" and "notice", if header values were dropped. */
void webhook_show_dropped(struct json_out *o, struct pairs dropped);

extern const char WEBHOOK_UNKNOWN[]; /* the message of a 404 */

#endif
