/*
 * The form fields of a campaign as JSON, both ways.
 */
#ifndef API_CAMPAIGN_FORM_H
#define API_CAMPAIGN_FORM_H

#include "api/call/call.h"

/** Reads a list of {id, label, type, options, required} into *fields, in the call's arena; null is
 * an empty one. first_name and email, which are always there, may stand in it. NULL, or a sentence
 * fragment that completes "fields ...". */
const char *campaign_form_read(struct call *call, const struct json *list,
			       struct pairs *fields) WARN_UNUSED;
/** Writes the list under that name: first_name, email and the fields. */
void campaign_form_show(struct json_out *o, const char *name, struct pairs fields);

#endif
