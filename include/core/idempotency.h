/*
 * Idempotency-Key: the same key with the same request replays the first answer for 24 hours.
 */
#ifndef CORE_IDEMPOTENCY_H
#define CORE_IDEMPOTENCY_H

#include "core/records.h"
#include "core/slice.h"

enum { IDEMPOTENCY_KEY_MAX = 64, IDEMPOTENCY_HOURS = 24, IDEMPOTENCY_HASH = 16 };

/* A request's key, or given = false. */
struct idempotency_key {
	bool given;
	uint8_t hash[IDEMPOTENCY_HASH];    /* of scope and key */
	uint8_t request[IDEMPOTENCY_HASH]; /* of what is asked */
};

/** Hashes scope (the code in the path, or the token), key, body and query. */
void idempotency_key_make(struct idempotency_key *key, struct text scope, struct text given,
			  struct text body, struct text query);

/** ERR_OK: the key came before with the same request and *answer is what was stored then.
 * ERR_NOT_FOUND: it did not. ERR_REFUSED: it came with another request. ERR_PENDING. */
enum err idempotency_find(struct tx *tx, const struct idempotency_key *key, uint64_t now_ms,
			  struct idempotency *answer) WARN_UNUSED;
/** Stages the answer for later replays. */
void idempotency_keep(struct tx *tx, const struct idempotency_key *key, struct idempotency answer);

/* So many answers are kept; beyond it the oldest go before their 24 hours are over. Under a flood
 * the slices are as large as the largest batch, so that it cannot outrun them. */
enum { IDEMPOTENCY_MAX = 1000000, IDEMPOTENCY_SLICE = 256, IDEMPOTENCY_HURRY = 1024 };
/* Removes answers that are too old or too many: a job of the upkeep room. */
struct idempotency_expire {
	struct slice slice;
	struct idempotency_age ages[IDEMPOTENCY_HURRY]; /* the first slice.n */
	uint8_t hashes[IDEMPOTENCY_HURRY][IDEMPOTENCY_HASH];
};
command_decide_fn idempotency_find_expired_decide, idempotency_expire_decide;

#endif
