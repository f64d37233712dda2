/*
 * The request of a delivery, for people who look at it.
 */
#ifndef API_DELIVERY_REQUEST_H
#define API_DELIVERY_REQUEST_H

#include "delivery_secrets.h"

/** Writes the member "request": the request of the last attempt, or else of the first attempt to
 * come. It is made again from the event and from the webhook as it is now. Null if a record is
 * gone, the person is erased, or the URL is not allowed any more. What the call's token must not
 * see is masked. */
void delivery_request_show(struct call *call, struct json_out *o, const struct delivery_read *read,
			   const struct delivery_secrets *secrets);

#endif
