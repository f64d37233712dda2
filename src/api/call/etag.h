/*
 * ETag and If-Match of campaigns, webhooks and users.
 */
#ifndef API_ETAG_H
#define API_ETAG_H

#include "call.h"

/** Gives the reply the ETag of the record that it shows. */
void etag_put(struct call *call, const struct record_kind *kind, const void *record);
/** The If-Match header, or empty. */
struct text etag_wanted(const struct call *call);
/** 412: the record is not as the client has seen it. */
void etag_reply_changed(struct call *call);

#endif
