/*
 * Where and how a webhook is sent.
 */
#ifndef DELIVERY_TARGET_H
#define DELIVERY_TARGET_H

#include "lane.h"

/** Copies what sending needs from the record. NULL, or why the URL cannot be used. */
const char *target_read(struct lane_target *target, const struct webhook *webhook,
    const uint8_t key[32], bool allow_http) WARN_UNUSED;
void target_free(struct lane_target *target);

#endif
