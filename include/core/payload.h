/*
 * Payloads: the bytes a webhook's receiver gets, made from an event's snapshot and the revision of
 * the webhook that the delivery names. Both never change, so neither do the bytes: a retry after a
 * year renders what the first attempt rendered. Pure.
 */
#ifndef CORE_PAYLOAD_H
#define CORE_PAYLOAD_H

#include "core/code.h"
#include "core/records.h"

/* A field that an event can give. */
struct payload_field;
/** The known field of that name, or NULL: then it may be a form field of the campaign. */
const struct payload_field *payload_field_find(struct text name);

/** Appends the names of the known fields: "referrer_id, referrer_code, ...". */
void payload_field_list(struct buf *out);

/** Appends the default fields of a webhook with these events (bits), as pairs (name, name): the
 * thirteen, and with a reward event those of rewards. */
void payload_default_fields(uint64_t events, struct buf *out);

/** Appends the content: the encoded form (formats query and form) or the JSON text. */
void payload_render(const struct webhook_revision *revision, const struct event *event,
		    struct codes *codes, struct buf *out);

/** Does it hold a coupon, or the URL of a page that belongs to a person alone? */
bool payload_has_secret(const struct webhook_revision *revision, const struct event *event);

/** Is it about a webhook, not a user? Then the payload is fixed, and always JSON. */
bool payload_is_operator(const struct event *event);
/** "application/x-www-form-urlencoded" or "application/json". */
const char *payload_content_type(const struct webhook_revision *revision,
				 const struct event *event);

#endif
