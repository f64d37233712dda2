/*
 * Reading of a campaign's settings from the body of POST and PUT.
 */
#ifndef API_CAMPAIGN_FIELDS_H
#define API_CAMPAIGN_FIELDS_H

#include "api/call/body.h"
#include "core/campaign.h"

/* The message of a 422 for ERR_TOO_LARGE. */
extern const char CAMPAIGN_TOO_LARGE[];

/** Fills save->campaign and save->set. With `is_new`, the body may have a code and must have a
 * name. Returns false after it has replied. */
bool campaign_fields_read(struct call *call, const struct body *body, bool is_new,
			  struct campaign_save *save) WARN_UNUSED;

#endif
