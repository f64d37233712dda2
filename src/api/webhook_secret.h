/*
 * The secrets of webhooks: made here, kept sealed, opened to be shown or to sign.
 */
#ifndef API_WEBHOOK_SECRET_H
#define API_WEBHOOK_SECRET_H

#include "api/call/call.h"

/** A new signing secret, sealed for `context`, in the request's arena. False after it has replied
 * 503. */
bool signing_secret_make(struct call *call, struct text context, struct text *sealed) WARN_UNUSED;
/** A new one, sealed, in the request's arena. False after it has replied 503. */
bool webhook_secret_make(struct call *call, struct text *sealed) WARN_UNUSED;
/** Shows it as the member "secret", where it opens. */
void webhook_secret_show(struct call *call, struct json_out *o, struct text sealed);
/** Appends the HMAC key; nothing where there is none or it does not open. To be wiped. */
void webhook_secret_key(struct call *call, struct text sealed, struct buf *key);

#endif
