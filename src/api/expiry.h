/*
 * Old answers of Idempotency-Key requests go, a slice at a time.
 */
#ifndef API_EXPIRY_H
#define API_EXPIRY_H

#include "call.h"

enum err expiry_start(struct api *api) WARN_UNUSED;
void expiry_stop(struct api *api);

#endif
