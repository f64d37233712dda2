/*
 * Reading of a webhook's configuration from JSON: its members and their defaults.
 */
#ifndef API_WEBHOOK_FIELDS_H
#define API_WEBHOOK_FIELDS_H

#include "api/call/decode.h"
#include "core/webhook.h"
#include "http/url.h"

/** Reads the body into save->webhook and save->set. A new webhook (id 0) must have name, event and
 * url, and gets the defaults. In an existing webhook, only the members in the body change. Returns
 * false after it has replied. */
bool webhook_fields_read(struct call *call, const struct body *body,
			 struct webhook_save *save) WARN_UNUSED;

/** Judges the URL of a webhook as this server runs now, and parses it into *url. Returns NULL, or a
 * sentence fragment that completes "url ..." and lives until the reply. */
const char *webhook_url_problem(struct call *call, struct text text, struct url *url) WARN_UNUSED;
/** Reads a webhook that is only previewed: it needs no name. False after it has replied. */
bool webhook_draft_read(struct call *call, const struct body *body,
			struct webhook_save *save) WARN_UNUSED;
/** Reads only what decides which events a webhook gets: event or events, campaign_id, types,
 * sources. False after it has replied. */
bool webhook_selection_read(struct call *call, const struct body *body,
			    struct webhook_save *save) WARN_UNUSED;

/** Each reads one member, for calls that accept only a few members. `record` is a struct webhook.
 */
decode_custom_fn webhook_read_url, webhook_read_sources;

#endif
