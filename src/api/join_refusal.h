/*
 * The responses to refused joins.
 */
#ifndef API_JOIN_REFUSAL_H
#define API_JOIN_REFUSAL_H

#include "api/call/call.h"
#include "core/join.h"

/** Replies to a refused join. */
void join_reply_refused(struct call *call, const struct join *join);

#endif
