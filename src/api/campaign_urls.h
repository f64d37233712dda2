/*
 * The URLs in a campaign's settings.
 */
#ifndef API_CAMPAIGN_URLS_H
#define API_CAMPAIGN_URLS_H

#include "api/call/call.h"

/* Each returns NULL, or a sentence fragment that completes "field ...". Texts are copied into the
 * call's arena. */

/** Reads a URL for browsers; its host is stored in ASCII. null and "" are empty. */
const char *campaign_read_url(struct call *call, const struct json *v,
			      struct text *out) WARN_UNUSED;
/** Reads a list of origins into the form of a browser's Origin header; null is an empty list. */
const char *campaign_read_origins(struct call *call, const struct json *v,
				  struct pairs *origins) WARN_UNUSED;
/** Reads {url, code_param, ...} into redirect_url and redirect_params, after emptying both; null
 * leaves them empty. */
const char *campaign_read_redirect(struct call *call, const struct json *v,
				   struct campaign *campaign) WARN_UNUSED;

#endif
