/*
 * The request of an attempt: rendered, addressed, signed.
 */
#ifndef DELIVERY_REQUEST_H
#define DELIVERY_REQUEST_H

#include "core/delivery.h"
#include "lane.h"

enum { REQUEST_HEADERS = LANE_HEADERS + 8 };

struct request {
	struct http_call_spec spec; /* borrows from the rest */
	struct http_header headers[REQUEST_HEADERS];
	struct buf content, target, signature;
	char message_id[64], timestamp[24], attempt[24];
};

/** Makes the request of the loaded delivery at `unix_s`. False without memory; request_free either way. */
bool request_make(struct request *request, const struct lane_target *target,
    const struct delivery_load *load, struct codes *codes, uint64_t unix_s) WARN_UNUSED;
void request_free(struct request *request);

#endif
