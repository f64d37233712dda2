/*
 * Owns the memory of requests that carried an Idempotency-Key. Never what they asked for. Called by
 * joining and by the expiry that the API runs.
 */
#include "core/idempotency.h"

#include <string.h>

#include "base/crypto.h"

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
	const uint64_t day_ms = (uint64_t)IDEMPOTENCY_HOURS * 3600 * 1000;
	if (!key->given)
		return ERR_NOT_FOUND;
	*answer = (struct idempotency){.hash = text_from(key->hash, IDEMPOTENCY_HASH)};
	enum err err = tx_get(tx, &KIND_IDEMPOTENCY, answer);
	if (err != ERR_OK)
		return err;
	if (now_ms > answer->at_ms + day_ms)
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

enum err idempotency_expire_decide(struct command *command, struct tx *tx)
{
	struct idempotency_expire *cmd = (struct idempotency_expire *)command;
	for (size_t i = 0; i < cmd->n; i++) {
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
