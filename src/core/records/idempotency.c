/*
 * Owns the stored responses to requests with an Idempotency-Key. Never stores the requests
 * themselves. Called by joining, qualifying, the creating of other objects, and the upkeep room.
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
			  struct text body, struct text query)
{
	key->given = true;
	hash_two(scope, given, key->hash);
	hash_two(scope, body, key->request);
	if (query.n > 0)
		hash_two(text_from(key->request, IDEMPOTENCY_HASH), query, key->request);
}

enum err idempotency_find(struct tx *tx, const struct idempotency_key *key, uint64_t now_ms,
			  struct idempotency *answer)
{
	if (!key->given)
		return ERR_NOT_FOUND;
	*answer = (struct idempotency){.hash = text_from(key->hash, IDEMPOTENCY_HASH)};
	enum err err = tx_get_ahead(tx, &KIND_IDEMPOTENCY, answer);
	if (err != ERR_OK)
		return err;
	if (now_ms > answer->at_ms + DAY_MS)
		return ERR_NOT_FOUND;
	return text_eq(answer->request_hash, text_from(key->request, IDEMPOTENCY_HASH))
		   ? ERR_OK
		   : ERR_REFUSED;
}

void idempotency_keep(struct tx *tx, const struct idempotency_key *key, struct idempotency answer)
{
	if (!key->given)
		return;
	const struct idempotency_age age = {
	    .at_ms = answer.at_ms,
	    .hash = text_from(key->hash, IDEMPOTENCY_HASH),
	    .number = tx_next_id(tx, &KIND_IDEMPOTENCY_AGE),
	};
	answer.hash = age.hash;
	answer.request_hash = text_from(key->request, IDEMPOTENCY_HASH);
	tx_put(tx, &KIND_IDEMPOTENCY, &answer);
	tx_put(tx, &KIND_IDEMPOTENCY_AGE, &age);
}

enum err idempotency_find_object(struct tx *tx, struct idempotency_key *key, uint64_t now_ms,
				 const struct record_kind *kind, void *object)
{
	struct idempotency kept;
	enum err err = idempotency_find(tx, key, now_ms, &kept);
	key->gone = false;
	key->reused = err == ERR_REFUSED;
	if (err != ERR_OK)
		return err;
	memcpy(object, &kept.object_id, sizeof kept.object_id);
	err = tx_get(tx, kind, object);
	key->gone = err == ERR_NOT_FOUND;
	return key->gone ? ERR_REFUSED : err;
}

void idempotency_keep_object(struct tx *tx, const struct idempotency_key *key, uint64_t now_ms,
			     uint64_t object_id)
{
	idempotency_keep(tx, key, (struct idempotency){.at_ms = now_ms, .object_id = object_id});
}

/* What the oldest rows say about the gaps between numbers: `rows` rows have `numbers` numbers. */
struct numbering {
	uint64_t newest, rows, numbers;
};

/* The numbers of rows have gaps if several nodes take them in blocks. A node leaves at most two
 * numbers unused for each that it used (tx_ids.c), so at least a third of the numbers have rows,
 * and the estimate is kept between a third and all. So at least a third of IDEMPOTENCY_MAX
 * responses are kept, and at most three times as many. Without gaps the count is exact. */
static enum err read_numbering(struct tx *tx, const struct idempotency_age *ages, size_t n,
			       struct numbering *out)
{
	uint64_t low = ages[0].number, high = low;
	const struct idempotency_age last = {.at_ms = UINT64_MAX};
	struct idempotency_age newest = {0};
	struct tx_scan scan = {.from = &last, .reverse = true, .max = 1, .records = &newest};
	for (size_t i = 1; i < n; i++) {
		low = ages[i].number < low ? ages[i].number : low;
		high = ages[i].number > high ? ages[i].number : high;
	}
	*out = (struct numbering){.rows = n, .numbers = high - low + 1};
	if (out->numbers > 3 * out->rows)
		out->numbers = 3 * out->rows;
	enum err err = tx_scan(tx, &KIND_IDEMPOTENCY_AGE, &scan);
	out->newest = newest.number;
	return err;
}

/* Returns about how many responses there are too many, if this is the oldest. Responses are removed
 * from the oldest on. */
static uint64_t count_excess(const struct idempotency_age *oldest, const struct numbering *all)
{
	uint64_t younger = all->newest > oldest->number ? all->newest - oldest->number : 0;
	younger =
	    younger / all->numbers * all->rows + younger % all->numbers * all->rows / all->numbers;
	return younger >= IDEMPOTENCY_MAX ? younger - IDEMPOTENCY_MAX + 1 : 0;
}

static void keep_own_hash(struct idempotency_age *age, uint8_t own[IDEMPOTENCY_HASH])
{
	memcpy(own, age->hash.p, age->hash.n < IDEMPOTENCY_HASH ? age->hash.n : IDEMPOTENCY_HASH);
	age->hash = text_from(own, IDEMPOTENCY_HASH);
}

enum err idempotency_find_expired_decide(struct command *command, struct tx *tx)
{
	struct idempotency_expire *cmd = (struct idempotency_expire *)command;
	struct slice *slice = &cmd->slice;
	const struct idempotency_age first = {0};
	struct tx_scan scan = {.from = &first, .max = IDEMPOTENCY_HURRY, .records = cmd->ages};
	struct numbering all;
	slice->n = 0;
	enum err err = tx_scan(tx, &KIND_IDEMPOTENCY_AGE, &scan);
	if (err != ERR_OK || scan.n == 0)
		return err;
	if ((err = read_numbering(tx, cmd->ages, scan.n, &all)) != ERR_OK)
		return err;
	bool hurry = count_excess(&cmd->ages[0], &all) > 16 * IDEMPOTENCY_SLICE;
	size_t max = hurry || scan.n < IDEMPOTENCY_SLICE ? scan.n : IDEMPOTENCY_SLICE;
	for (; slice->n < max; slice->n++) {
		struct idempotency_age *age = &cmd->ages[slice->n];
		if (age->at_ms + DAY_MS >= slice->believed_ms && count_excess(age, &all) == 0)
			break;
		keep_own_hash(age, cmd->hashes[slice->n]);
	}
	return ERR_OK;
}

enum err idempotency_expire_decide(struct command *command, struct tx *tx)
{
	struct idempotency_expire *cmd = (struct idempotency_expire *)command;
	for (size_t i = 0; i < cmd->slice.n; i++) {
		struct idempotency kept = {.hash = cmd->ages[i].hash};
		enum err err = tx_get(tx, &KIND_IDEMPOTENCY, &kept);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		/* A key that was used again after 24 hours has a younger row. */
		if (err == ERR_OK && kept.at_ms == cmd->ages[i].at_ms)
			tx_delete(tx, &KIND_IDEMPOTENCY, &kept);
		tx_delete(tx, &KIND_IDEMPOTENCY_AGE, &cmd->ages[i]);
	}
	return ERR_OK;
}
