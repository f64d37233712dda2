/*
 * Cross-origin requests: which sites' scripts may read the reply to a join.
 */
#ifndef API_CORS_H
#define API_CORS_H

#include "api/call/call.h"

/** Lets the origin of the request read the reply, if the campaign lists that origin. */
void cors_judge(struct call *call, const struct campaign *campaign);

#endif
