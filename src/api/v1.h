/*
 * The shapes of Referral Factory's API v1, which older clients still call below /api/v1. The calls
 * are those of v2; what they answer with differs.
 */
#ifndef API_V1_H
#define API_V1_H

#include "api/call/call.h"
#include "core/reading.h"

/** The members of a user and of a campaign. */
void v1_show_user(struct call *call, struct json_out *o, const struct user_view *view);
void v1_show_campaign(struct call *call, struct json_out *o, const struct campaign *campaign,
		      const struct campaign_stats *stats);
/** {"message", "data": user} for a call that changed something, else {"data": user}. */
void v1_reply_user(struct call *call, int status, const struct user_view *view);
/** 200 {"message"}. */
void v1_reply_message(struct call *call, const char *message);

#endif
