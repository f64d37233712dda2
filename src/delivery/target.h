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

/** A copy of the receiver's response for the log. Values of the configured headers are replaced,
 * because they are sealed secrets and the log is not. Empty without memory. */
struct text target_keep_answer(const struct lane_target *target, struct text answer,
			       struct arena *arena);

#endif
