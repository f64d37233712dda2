/*
 * The dates of a campaign as a request gives them, and the time zone in which they are meant.
 */
#ifndef API_CAMPAIGN_DATES_H
#define API_CAMPAIGN_DATES_H

#include "api/call/call.h"

/* Both answer NULL, or a sentence fragment that completes "field ...". */

/** The name of a time zone as IANA spells it, which lives for ever; null is UTC, which is kept
 * empty. */
const char *campaign_read_timezone(struct call *call, const struct json *v,
				   struct text *out) WARN_UNUSED;
/** A time; or a date, which is kept as its UTC midnight with *is_day, since only the command knows
 * in which time zone it is meant. null is 0. */
const char *campaign_read_when(const struct json *v, uint64_t *ms, bool *is_day) WARN_UNUSED;

#endif
