/* What inbound calls are judged by: the inbound token (its hash) and the signing key, and the old
 * ones while they count. In memory: read at the start, kept in step by the store's watch.
 */
#ifndef API_INBOUND_KEYS_H
#define API_INBOUND_KEYS_H

#include "base/crypto.h"
#include "core/inbound.h"
#include "core/message.h"
#include "store/store.h"

struct inbound_key {
	bool known;
	uint8_t bytes[SHA256_SIZE]; /* the token's hash; the signing key itself */
};

struct inbound_keys {
	const uint8_t *seal_key;
	struct {
		struct inbound_key current, old;
		uint64_t old_until_ms;
	} by[INBOUND_SECRETS];
};

/** Reads them (turning the store until they are here) and watches for changes. seal_key is
 * borrowed. One that does not open fits nothing. */
enum err inbound_keys_load(struct inbound_keys *keys, struct store *store,
			   const uint8_t *seal_key) WARN_UNUSED;
void inbound_keys_wipe(struct inbound_keys *keys);

/** Is it the inbound token? In time that does not depend on how much of it is right. */
bool inbound_keys_fit_token(const struct inbound_keys *keys, struct text token, uint64_t now_ms);
enum message_verdict inbound_keys_verify(const struct inbound_keys *keys,
					 const struct message_claim *claim,
					 uint64_t now_ms) WARN_UNUSED;

#endif
