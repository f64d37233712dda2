/*
 * The addresses in a campaign's settings.
 */
#ifndef API_CAMPAIGN_URLS_H
#define API_CAMPAIGN_URLS_H

#include "api/call/call.h"

/* Each returns NULL, or a sentence fragment that completes "field ...". Texts are copied into the
 * call's arena. */

/** A URL for browsers, with its host in ASCII; null and "" are empty. */
const char *campaign_read_url(struct call *call, const struct json *v,
			      struct text *out) WARN_UNUSED;
/** A list of origins, as browsers write them in their Origin header; null is an empty list. */
const char *campaign_read_origins(struct call *call, const struct json *v,
				  struct pairs *origins) WARN_UNUSED;
/** {url, code_param, ...} into redirect_url and redirect_params, which it empties first; null is no
 * redirect. */
const char *campaign_read_redirect(struct call *call, const struct json *v,
				   struct campaign *campaign) WARN_UNUSED;

#endif
