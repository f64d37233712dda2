/*
 * The credentials of inbound calls, in memory: the hash of the inbound token and the signing key.
 * After a rotation, the old ones are valid for some time beside the new ones. They are read at the
 * start; then a watch of the store keeps them up to date.
 */
#ifndef API_INBOUND_KEYS_H
#define API_INBOUND_KEYS_H

#include "base/crypto.h"
#include "core/inbound.h"
#include "core/message.h"
#include "store/store.h"

struct inbound_key {
	bool known;
	uint8_t bytes[SHA256_SIZE]; /* the hash of the token, or the signing key itself */
};

struct inbound_keys {
	const uint8_t *seal_key;
	struct {
		struct inbound_key current, old;
		uint64_t old_until_ms;
	} by[INBOUND_SECRETS];
};

/** Reads the credentials (it calls store_wait until they have arrived), and watches for changes. It
 * borrows seal_key. A secret that seal_key cannot open matches no request. ERR_BUSY and read
 * errors. */
enum err inbound_keys_load(struct inbound_keys *keys, struct store *store,
			   const uint8_t *seal_key) WARN_UNUSED;
/** Replaces the credentials with the credentials that a query has read. For the `done` of this
 * query. */
void inbound_keys_take(struct inbound_keys *keys, const struct inbound_read *read);
void inbound_keys_wipe(struct inbound_keys *keys);

/** Is this the inbound token? The time does not depend on how much of it is right. */
bool inbound_keys_fit_token(const struct inbound_keys *keys, struct text token, uint64_t now_ms);
enum message_verdict inbound_keys_verify(const struct inbound_keys *keys,
					 const struct message_claim *claim,
					 uint64_t now_ms) WARN_UNUSED;

#endif
