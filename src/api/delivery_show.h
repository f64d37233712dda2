/*
 * The JSON form of a delivery.
 */
#ifndef API_DELIVERY_SHOW_H
#define API_DELIVERY_SHOW_H

#include "api/call/call.h"
#include "core/delivery_list.h"

/** Writes the members of a delivery. The status DELIVERY_HELD is shown as "held". An empty first
 * name is shown as null. */
void delivery_show(struct call *call, struct json_out *o, const struct delivery *delivery,
		   struct text first_name);
/** Replies {"data": delivery}. */
void delivery_reply(struct call *call, int status, const struct delivery *delivery,
		    struct text first_name);
/** Replies {"data": delivery} with the attempts in "log". */
void delivery_reply_read(struct call *call, int status, const struct delivery_read *read);

/** Returns the class of a failure ("timeout", "status"); NULL for a success, and if there was no
 * attempt. */
const char *delivery_error_class(uint64_t failure, uint64_t status);

#endif
