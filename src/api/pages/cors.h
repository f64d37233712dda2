/*
 * Other sites' scripts: who may post to a campaign and read the answer.
 */
#ifndef API_CORS_H
#define API_CORS_H

#include "api/call/call.h"

/** From here on the call's answer may be read by the origin that asks, if the campaign lists it. */
void cors_judge(struct call *call, const struct campaign *campaign);

#endif
