/*
 * A delivery as JSON.
 */
#ifndef API_DELIVERY_SHOW_H
#define API_DELIVERY_SHOW_H

#include "api/call/call.h"
#include "core/delivery_list.h"

/** The members of a delivery. A status DELIVERY_HELD is shown as it is. */
void delivery_show(struct call *call, struct json_out *o, const struct delivery *delivery);
/** {"data": delivery} */
void delivery_reply(struct call *call, int status, const struct delivery *delivery);
/** The same with its attempts under "log". */
void delivery_reply_read(struct call *call, int status, const struct delivery_read *read);

/** The class of what went wrong ("timeout", "status"); NULL for a success and for what was not
 * tried. */
const char *delivery_error_class(uint64_t failure, uint64_t status);

#endif
