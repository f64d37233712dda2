/*
 * The JSON form of a campaign's settings: what POST and PUT take.
 */
#ifndef API_CAMPAIGN_FIELDS_H
#define API_CAMPAIGN_FIELDS_H

#include "api/call/body.h"
#include "core/campaign.h"

/** Fills save->campaign and save->set. `is_new`: a code may be given, and a name has to be. False
 * after it has replied. */
bool campaign_fields_read(struct call *call, const struct body *body, bool is_new,
			  struct campaign_save *save) WARN_UNUSED;

#endif
