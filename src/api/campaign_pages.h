/*
 * The texts and looks of a campaign's pages in its settings.
 */
#ifndef API_CAMPAIGN_PAGES_H
#define API_CAMPAIGN_PAGES_H

#include "api/call/call.h"

/** Reads the object `pages`, with the words that replace referd's own in `words`. An empty value
 * stands for a text that is removed. The texts are copied into the call's arena. Returns NULL, or a
 * sentence fragment that completes "pages ...". */
const char *campaign_read_pages(struct call *call, const struct json *v,
				struct pairs *texts) WARN_UNUSED;

#endif
