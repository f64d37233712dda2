/*
 * The JSON of version 1 of Referral Factory's API, which older clients call below /api/v1. The
 * calls are calls of version 2 with other responses.
 */
#ifndef API_V1_H
#define API_V1_H

#include "api/call/call.h"
#include "core/reading.h"

/** Write the members of a user and of a campaign. */
void v1_show_user(struct call *call, struct json_out *o, const struct user_view *view);
void v1_show_campaign(struct call *call, struct json_out *o, const struct campaign *campaign,
		      const struct campaign_stats *stats);
/** Replies {"message", "data": user} for a call that changed data, otherwise {"data": user}. */
void v1_reply_user(struct call *call, int status, const struct user_view *view);
/** Replies 200 {"message"}. */
void v1_reply_message(struct call *call, const char *message);

#endif
