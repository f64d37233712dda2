/*
 * The configured headers of a webhook. Their values are secrets, and each is sealed separately
 * (crypto_seal). A record contains pairs such as ("X-Access-Key", 12 bytes nonce + ciphertext + 16
 * bytes tag).
 */
#ifndef CORE_WEBHOOK_HEADERS_H
#define CORE_WEBHOOK_HEADERS_H

#include "base/crypto.h"
#include "core/records.h"
#include "core/redact.h"

/* Responses show this text instead of a value. A request that sends it back keeps the stored value.
 */
#define WEBHOOK_MASK REDACTED

/** Judges headers as a request sends them: names, values, their number. Returns NULL, or a static
 * sentence fragment that completes "headers ...". */
const char *webhook_headers_refusal(struct pairs headers) WARN_UNUSED;

/** Appends the list with sealed values. A value that is WEBHOOK_MASK stays as it is. */
void webhook_headers_seal(const uint8_t key[SEAL_KEY_SIZE], struct pairs headers, struct buf *out);
/** Appends the list with opened values; the caller must wipe the buffer. WEBHOOK_MASK stays as it
 * is. ERR_CORRUPT if the key does not open a value, ERR_NO_MEMORY. */
enum err webhook_headers_open(const uint8_t key[SEAL_KEY_SIZE], struct pairs sealed,
			      struct buf *out) WARN_UNUSED;

#endif
