/*
 * Reading and writing of a campaign's form fields as JSON.
 */
#ifndef API_CAMPAIGN_FORM_H
#define API_CAMPAIGN_FORM_H

#include "api/call/call.h"

/** Reads a list of {id, label, type, options, required} into *fields, in the call's arena; null is
 * an empty list. The list may contain first_name and email, which always exist. Returns NULL, or a
 * sentence fragment that completes "fields ...". */
const char *campaign_form_read(struct call *call, const struct json *list,
			       struct pairs *fields) WARN_UNUSED;
/** Writes the list as the member `name`: first_name, email and the fields. */
void campaign_form_show(struct json_out *o, const char *name, struct pairs fields);

#endif
