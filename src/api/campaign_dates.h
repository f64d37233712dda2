/*
 * Reading of a campaign's dates and time zone from a request.
 */
#ifndef API_CAMPAIGN_DATES_H
#define API_CAMPAIGN_DATES_H

#include "api/call/call.h"

/* Both return NULL, or a sentence fragment that completes "field ...". */

/** Reads a time zone; *out is a static string in IANA's spelling. null is UTC, and *out is then
 * empty. */
const char *campaign_read_timezone(struct call *call, const struct json *v,
				   struct text *out) WARN_UNUSED;
/** Reads a time or a date. For a date, *ms is its midnight in UTC and *is_day is true, because only
 * the command knows the campaign's time zone. null is 0. */
const char *campaign_read_when(const struct json *v, uint64_t *ms, bool *is_day) WARN_UNUSED;

#endif
