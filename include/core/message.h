/* Messages: the exact bytes of one attempt, apart from where it connects. Made by sending and by
 * the API's preview from the same function. Pure.
 */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include "core/code.h"
#include "core/records.h"

enum { MESSAGE_HEADERS = 80, MESSAGE_SECRETS = 2 };

struct message_header {
	struct text name, value;
};

/* What a message is made of. Everything is borrowed. */
struct message_source {
	const struct webhook_revision *revision;
	const struct event *event;
	const struct delivery *delivery; /* what names the message, and attempts */
	struct text path, query;         /* of the webhook's URL */
	bool has_query;
	const struct message_header *headers; /* the configured ones */
	size_t n_headers;
	struct text secrets[MESSAGE_SECRETS]; /* HMAC keys; each one that is not empty signs */
	struct codes *codes;
	uint64_t unix_s;
};

struct message {
	bool get; /* without a body */
	struct text target, body;
	struct message_header headers[MESSAGE_HEADERS];
	size_t n_headers;
	struct text signature; /* the value of webhook-signature; empty without a secret */
	/* Owns the above. */
	struct buf content, target_buf, signature_buf;
	char message_id[MESSAGE_ID_SIZE], timestamp[24], attempt[24];
};

/** False without memory. The message is to be freed either way, and must not be moved. */
bool message_make(struct message *message, const struct message_source *source) WARN_UNUSED;
void message_free(struct message *message);

/** Appends "v1,BASE64" of HMAC-SHA256 over "id.timestamp.content" (Standard Webhooks 1.0), behind a
 * blank if something stands there already. */
void message_sign(struct buf *out, struct text key, struct text id, struct text timestamp,
		  struct text content);

/* A message that came with Standard Webhooks headers. */
enum { MESSAGE_TOLERANCE_S = 300 };
struct message_claim {
	struct text id, timestamp, signatures, content; /* signatures: separated by blanks */
};
enum message_verdict { MESSAGE_GENUINE, MESSAGE_FORGED, MESSAGE_STALE };
/** Is one of the signatures by one of the keys (empty ones sign nothing)? MESSAGE_STALE: its time
 * is more than MESSAGE_TOLERANCE_S away from now, though it is signed. In time that depends on
 * lengths only. */
enum message_verdict message_verify(const struct message_claim *claim, const struct text *keys,
				    size_t n_keys, uint64_t unix_s) WARN_UNUSED;

/** Appends "whsec_BASE64" of a key, sealed (crypto_seal). */
void message_secret_seal(const uint8_t seal_key[], struct text context, struct text key,
			 struct buf *out);
/** The HMAC key inside "whsec_BASE64", appended to out. ERR_INVALID. */
enum err message_secret_key(struct text secret, struct buf *out) WARN_UNUSED;

#endif
