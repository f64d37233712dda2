/*
 * How requests are sent to a webhook: a copy of the part of its record that sending needs.
 */
#ifndef DELIVERY_TARGET_H
#define DELIVERY_TARGET_H

#include "core/message.h"
#include "core/records.h"
#include "http/url.h"
#include "policy.h"

enum { TARGET_HEADERS = 64 };

/* What a webhook says about sending, copied out of its record. */
struct lane_target {
	struct arena arena; /* owns all text below */
	struct url url;
	struct message_header headers[TARGET_HEADERS]; /* in `opened`, which holds secrets */
	size_t n_headers;
	struct buf opened;
	struct buf secret, old_secret; /* HMAC keys, decoded; the old one signs too until then: */
	uint64_t old_secret_until_ms;
	uint32_t connect_ms, total_ms;
	uint32_t concurrency, rate;
	struct policy_rules rules;
};

/** Copies what sending needs from the record. NULL, or why the URL cannot be used. */
const char *target_read(struct lane_target *target, const struct webhook *webhook,
			const uint8_t key[32], bool allow_http) WARN_UNUSED;
void target_free(struct lane_target *target);

/** A copy of the receiver's response for the log. Values of the configured headers are replaced,
 * because they are sealed secrets and the log is not. Empty without memory. */
struct text target_keep_answer(const struct lane_target *target, struct text answer,
			       struct arena *arena);

#endif
