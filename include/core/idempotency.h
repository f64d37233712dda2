/*
 * Idempotency-Key: for 24 hours, a request with the same key gets the first response again.
 */
#ifndef CORE_IDEMPOTENCY_H
#define CORE_IDEMPOTENCY_H

#include "core/records.h"
#include "core/slice.h"

enum { IDEMPOTENCY_KEY_MAX = 64, IDEMPOTENCY_HOURS = 24, IDEMPOTENCY_HASH = 16 };

/* The key of a request; given = false if it has no key. */
struct idempotency_key {
	bool given;
	/* With ERR_REFUSED from idempotency_find_object: an earlier request with the key had
	 * another body, or its object was deleted since then. */
	bool reused, gone;
	uint8_t hash[IDEMPOTENCY_HASH];    /* of scope and key */
	uint8_t request[IDEMPOTENCY_HASH]; /* of the body and the query */
};

/** Hashes the scope (the code in the path, or the token), the key, the body and the query. */
void idempotency_key_make(struct idempotency_key *key, struct text scope, struct text given,
			  struct text body, struct text query);

/** ERR_OK: the key came before with the same request, and *answer is the stored response.
 * ERR_NOT_FOUND: the key is new, is older than 24 hours, or is not given. ERR_REFUSED: the key came
 * before with another request. ERR_PENDING and read errors pass through. */
enum err idempotency_find(struct tx *tx, const struct idempotency_key *key, uint64_t now_ms,
			  struct idempotency *answer) WARN_UNUSED;
/** Stages the response, so that idempotency_find finds it. Does nothing without a key. */
void idempotency_keep(struct tx *tx, const struct idempotency_key *key, struct idempotency answer);

/** Reads the object that an earlier request with this key created, as it is now, so that no copy of
 * it is stored. *object is zeroed, and begins with its id. ERR_NOT_FOUND: as for idempotency_find.
 * ERR_REFUSED sets key->reused or key->gone. */
enum err idempotency_find_object(struct tx *tx, struct idempotency_key *key, uint64_t now_ms,
				 const struct record_kind *kind, void *object) WARN_UNUSED;
/** Stages the id of a created object, so that idempotency_find_object finds it. Does nothing
 * without a key. */
void idempotency_keep_object(struct tx *tx, const struct idempotency_key *key, uint64_t now_ms,
			     uint64_t object_id);

/* At most IDEMPOTENCY_MAX responses are kept; beyond that, the oldest are removed before their 24
 * hours are over. Under a flood of requests a slice removes as many as the largest batch can
 * add. */
enum { IDEMPOTENCY_MAX = 1000000, IDEMPOTENCY_SLICE = 256, IDEMPOTENCY_HURRY = 1024 };
/* Removes responses that are too old or too many: a job of the upkeep room. */
struct idempotency_expire {
	struct slice slice;
	struct idempotency_age ages[IDEMPOTENCY_HURRY]; /* the first slice.n */
	uint8_t hashes[IDEMPOTENCY_HURRY][IDEMPOTENCY_HASH];
};
command_decide_fn idempotency_find_expired_decide, idempotency_expire_decide;

#endif
