/*
 * The secrets of webhooks: created here, stored sealed, opened only to be shown or to sign.
 */
#ifndef API_WEBHOOK_SECRET_H
#define API_WEBHOOK_SECRET_H

#include "api/call/call.h"

/** Creates a new signing secret, sealed for `context`, in the request's arena. Returns false after
 * it has replied 503. */
bool signing_secret_make(struct call *call, struct text context, struct text *sealed) WARN_UNUSED;
/** Creates a new sealed token in the request's arena. Returns false after 503. */
bool webhook_secret_make(struct call *call, struct text *sealed) WARN_UNUSED;
/** Writes the member "secret", if the secret can be opened. */
void webhook_secret_show(struct call *call, struct json_out *o, struct text sealed);
/** Appends the HMAC key; appends nothing if there is no secret or it cannot be opened. The caller
 * wipes *key. */
void webhook_secret_key(struct call *call, struct text sealed, struct buf *key);

#endif
