/*
 * The settings of a webhook for sending: a copy of a part of its record.
 */
#ifndef DELIVERY_TARGET_H
#define DELIVERY_TARGET_H

#include "core/message.h"
#include "core/records.h"
#include "http/url.h"
#include "policy.h"

enum { TARGET_HEADERS = 64 };

struct target {
	struct arena arena; /* owns all text below */
	struct url url;
	struct message_header headers[TARGET_HEADERS]; /* texts in `opened`, which holds secrets */
	size_t n_headers;
	struct buf opened;
	struct buf secret, old_secret; /* HMAC keys, decoded */
	uint64_t old_secret_until_ms;  /* the old key signs too until then */
	uint32_t connect_ms, total_ms;
	uint32_t concurrency, rate;
	struct policy_rules rules;
};

/** Copies the settings from the record. Returns NULL, or why nothing can be sent: the URL is not
 * valid, or the secret key does not open the headers. */
const char *target_read(struct target *target, const struct webhook *webhook, const uint8_t key[32],
			bool allow_http) WARN_UNUSED;
void target_free(struct target *target);

/** Copies the receiver's response for the log, at most 4 KiB. Values of the configured headers are
 * replaced, because they are sealed secrets and the log is not sealed. Empty if memory runs out. */
struct text target_keep_answer(const struct target *target, struct text answer,
			       struct arena *arena);

#endif
