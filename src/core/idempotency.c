/*
 * Owns the memory of requests that carried an Idempotency-Key. Never what they asked for. Called by
 * joining, qualifying and the upkeep room.
 */
#include "core/idempotency.h"

#include <string.h>

#include "base/crypto.h"

enum { DAY_MS = IDEMPOTENCY_HOURS * 3600 * 1000 };

static void hash_two(struct text a, struct text b, uint8_t out[IDEMPOTENCY_HASH])
{
	uint8_t halves[2 * SHA256_SIZE], full[SHA256_SIZE];
	crypto_sha256(a, halves);
	crypto_sha256(b, halves + SHA256_SIZE);
	crypto_sha256(text_from(halves, sizeof halves), full);
	memcpy(out, full, IDEMPOTENCY_HASH);
}

void idempotency_key_make(struct idempotency_key *key, struct text scope, struct text given,
    struct text request)
{
	key->given = true;
	hash_two(scope, given, key->hash);
	hash_two(scope, request, key->request);
}

enum err idempotency_find(struct tx *tx, const struct idempotency_key *key, uint64_t now_ms,
    struct idempotency *answer)
{
	if (!key->given)
		return ERR_NOT_FOUND;
	*answer = (struct idempotency){.hash = text_from(key->hash, IDEMPOTENCY_HASH)};
	enum err err = tx_get(tx, &KIND_IDEMPOTENCY, answer);
	if (err != ERR_OK)
		return err;
	if (now_ms > answer->at_ms + DAY_MS)
		return ERR_NOT_FOUND;
	return text_eq(answer->request_hash, text_from(key->request, IDEMPOTENCY_HASH)) ? ERR_OK
											: ERR_REFUSED;
}

void idempotency_keep(struct tx *tx, const struct idempotency_key *key, struct idempotency answer)
{
	if (!key->given)
		return;
	const struct idempotency_age age = {
	    .at_ms = answer.at_ms, .hash = text_from(key->hash, IDEMPOTENCY_HASH)};
	answer.hash = age.hash;
	answer.request_hash = text_from(key->request, IDEMPOTENCY_HASH);
	tx_put(tx, &KIND_IDEMPOTENCY, &answer);
	tx_put(tx, &KIND_IDEMPOTENCY_AGE, &age);
}

enum err idempotency_find_expired_decide(struct command *command, struct tx *tx)
{
	struct idempotency_expire *cmd = (struct idempotency_expire *)command;
	struct slice *slice = &cmd->slice;
	const struct idempotency_age first = {0};
	struct tx_scan scan = {.from = &first, .max = IDEMPOTENCY_SLICE, .records = cmd->ages};
	enum err err = tx_scan(tx, &KIND_IDEMPOTENCY_AGE, &scan);
	slice->n = 0;
	while (err == ERR_OK && slice->n < scan.n &&
	       cmd->ages[slice->n].at_ms + DAY_MS < slice->now_ms) {
		struct text *hash = &cmd->ages[slice->n].hash;
		uint8_t *own = cmd->hashes[slice->n++];
		memcpy(own, hash->p, hash->n < IDEMPOTENCY_HASH ? hash->n : IDEMPOTENCY_HASH);
		*hash = text_from(own, IDEMPOTENCY_HASH);
	}
	return err;
}

enum err idempotency_expire_decide(struct command *command, struct tx *tx)
{
	struct idempotency_expire *cmd = (struct idempotency_expire *)command;
	for (size_t i = 0; i < cmd->slice.n; i++) {
		struct idempotency kept = {.hash = cmd->ages[i].hash};
		enum err err = tx_get(tx, &KIND_IDEMPOTENCY, &kept);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		/* A key used again after its day has a younger row of its own. */
		if (err == ERR_OK && kept.at_ms == cmd->ages[i].at_ms)
			tx_delete(tx, &KIND_IDEMPOTENCY, &kept);
		tx_delete(tx, &KIND_IDEMPOTENCY_AGE, &cmd->ages[i]);
	}
	return ERR_OK;
}
