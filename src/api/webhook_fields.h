/*
 * A webhook's configuration as JSON: which members there are and what they default to.
 */
#ifndef API_WEBHOOK_FIELDS_H
#define API_WEBHOOK_FIELDS_H

#include "api/call/decode.h"
#include "core/webhook.h"

/** Reads the body into save->webhook and save->set. A new webhook (id 0) must have name, event and
 * url and gets the defaults; an existing one changes what is named. False after it has replied. */
bool webhook_fields_read(struct call *call, const struct body *body,
			 struct webhook_save *save) WARN_UNUSED;

/** One member each, for calls that take no more: `record` is a struct webhook. */
decode_custom_fn webhook_read_url, webhook_read_sources;

#endif
