/*
 * The JSON form of a campaign.
 */
#ifndef API_CAMPAIGN_SHOW_H
#define API_CAMPAIGN_SHOW_H

#include "api/call/call.h"

extern const char CAMPAIGN_UNKNOWN[]; /* the message of a 404 */

/** Writes the campaign as a JSON object's members. */
void campaign_show(struct call *call, struct json_out *o, const struct campaign *campaign,
		   const struct campaign_stats *stats, bool analytics);
/** Writes the member `days`: the counters of these days, oldest first. */
void campaign_show_days(struct json_out *o, const struct day *days, size_t n);

#endif
