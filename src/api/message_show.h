/*
 * The parts of a message that people see before and after it is sent.
 */
#ifndef API_MESSAGE_SHOW_H
#define API_MESSAGE_SHOW_H

#include "api/call/show.h"
#include "core/message.h"
#include "http/url.h"

/** Appends "https://host/path?query". */
void message_write_url(struct buf *out, const struct url *url, const struct message *message);
/** Writes the member "headers". The last n_configured headers of the message are the webhook's own,
 * whose values only admins see. */
void message_show_headers(struct call *call, struct json_out *o, const struct message *message,
			  size_t n_configured, const struct url *url);

#endif
