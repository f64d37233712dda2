/*
 * Messages: the exact bytes of one attempt, except the address that it connects to. Sending and the
 * API's preview use the same function. Pure.
 */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include "core/code.h"
#include "core/records.h"

enum { MESSAGE_HEADERS = 80, MESSAGE_SECRETS = 2, MESSAGE_DIGITS = 24 };

struct message_header {
	struct text name, value;
};

/* The parts of a message. All are borrowed. */
struct message_source {
	const struct webhook_revision *revision;
	const struct event *event;
	const struct delivery *delivery; /* for the message id and the number of attempts */
	struct text path, query;         /* of the webhook's URL */
	bool has_query;
	const struct message_header *headers; /* the configured headers */
	size_t n_headers;
	struct text secrets[MESSAGE_SECRETS]; /* HMAC keys; each key that is not empty signs */
	struct codes *codes;
	uint64_t unix_s;
};

struct message {
	bool get; /* without a body */
	struct text target, body;
	struct message_header headers[MESSAGE_HEADERS];
	size_t n_headers;
	struct text signature; /* the value of webhook-signature; empty without a secret */
	/* Own the bytes above. */
	struct buf content, target_buf, signature_buf;
	char message_id[MESSAGE_ID_SIZE], timestamp[MESSAGE_DIGITS], attempt[MESSAGE_DIGITS];
};

/** Returns false if out of memory. Free the message in both cases, and do not move it. */
bool message_make(struct message *message, const struct message_source *source) WARN_UNUSED;
void message_free(struct message *message);

/** Appends "v1,BASE64" of HMAC-SHA256 over "id.timestamp.content" (Standard Webhooks 1.0), after a
 * blank if `out` is not empty. */
void message_sign(struct buf *out, struct text key, struct text id, struct text timestamp,
		  struct text content);

/* A received message with the headers of Standard Webhooks. */
enum { MESSAGE_TOLERANCE_S = 300 };
struct message_claim {
	struct text id, timestamp, signatures, content; /* signatures: separated by blanks */
};
enum message_verdict { MESSAGE_GENUINE, MESSAGE_FORGED, MESSAGE_STALE };
/** Did one of the keys make one of the signatures? Empty keys sign nothing. MESSAGE_STALE: a
 * signature is genuine, but the timestamp is more than MESSAGE_TOLERANCE_S away from now. The time
 * that the function takes depends on lengths only. */
enum message_verdict message_verify(const struct message_claim *claim, const struct text *keys,
				    size_t n_keys, uint64_t unix_s) WARN_UNUSED;

/** Appends "whsec_BASE64" of a key, sealed (crypto_seal). */
void message_secret_seal(const uint8_t seal_key[], struct text context, struct text key,
			 struct buf *out);
/** Appends the HMAC key that is inside "whsec_BASE64". ERR_INVALID. */
enum err message_secret_key(struct text secret, struct buf *out) WARN_UNUSED;

#endif
