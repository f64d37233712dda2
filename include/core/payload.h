/*
 * Payloads: the bytes that a webhook's receiver gets. They are made from the snapshot of an event
 * and from the revision of the webhook that the delivery names. Both never change, so the bytes do
 * not change either: a retry after a year renders the same bytes as the first attempt. Pure.
 */
#ifndef CORE_PAYLOAD_H
#define CORE_PAYLOAD_H

#include "core/code.h"
#include "core/records.h"

/* A field that every event can have. */
struct payload_field;
/** Returns the known field with that name. NULL: it may be a form field of the campaign. */
const struct payload_field *payload_field_find(struct text name);

/** Appends the names of the known fields: "referrer_id, referrer_code, ...". */
void payload_field_list(struct buf *out);

/** Appends the default fields of a webhook with these events (bits), as pairs (name, name): the
 * thirteen, and further fields for some events. */
void payload_default_fields(uint64_t events, struct buf *out);

/** Appends the content: the encoded form (formats query and form) or the JSON text. */
void payload_render(const struct webhook_revision *revision, const struct event *event,
		    struct codes *codes, struct buf *out);

/** Does the payload contain a coupon, or the URL of a page that is private to a user? */
bool payload_has_secret(const struct webhook_revision *revision, const struct event *event);

/** Is the event about a webhook instead of a user? Its payload is fixed then, and always JSON. */
bool payload_is_operator(const struct event *event);
/** Returns "application/x-www-form-urlencoded" or "application/json". */
const char *payload_content_type(const struct webhook_revision *revision,
				 const struct event *event);

#endif
