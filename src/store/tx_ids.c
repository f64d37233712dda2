/*
 * Owns the ids that commands take: from sequences, which are committed with the records, or from
 * the blocks of an engine with several writers. Never reads a record. Called by commands
 * (tx_next_id) and by store.c.
 */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "store/batch.h"

/* An id that no record has. A command that gets it goes on, so that it names the other keys and ids
 * that it needs, but nothing of it is kept. Ids have codes, so it is below 58^7. */
static const uint64_t ID_MISSING = UINT64_C(1) << 40;

enum { BLOCK_MAX = 4096, BLOCK_AGE_NS = 1000000000 };

bool tx_shared(const struct tx *tx)
{
	return tx->shared;
}

uint64_t tx_node(const struct tx *tx)
{
	return tx_shared(tx) && tx->engine->ops->node != NULL ? tx->engine->ops->node(tx->engine)
							      : 0;
}

uint64_t tx_next_id(struct tx *tx, const struct record_kind *kind)
{
	struct id_block *b = &tx->blocks[kind->id];
	if (tx->has_blocks && tx->last_id[kind->id] >= b->last) {
		tx->starved = true;
		return ID_MISSING + b->missing++;
	}
	return ++tx->last_id[kind->id];
}

void tx_skip_ids(struct tx *tx, const struct record_kind *kind, uint64_t n)
{
	struct id_block *b = &tx->blocks[kind->id];
	if (tx->has_blocks && tx->last_id[kind->id] + n > b->last) {
		tx->starved = true; /* the next block has room for the ids */
		b->missing += n;
		return;
	}
	tx->last_id[kind->id] += n;
}

bool tx_gave_id(const struct tx *tx, const struct record_kind *kind, uint64_t id)
{
	if (tx->starved && id >= ID_MISSING)
		return true;
	return id > tx->batch_last_id[kind->id] && id <= tx->last_id[kind->id];
}

bool tx_may_give(const struct tx *tx, const struct record_kind *kind, uint64_t id)
{
	return !tx->has_blocks && id > tx->last_id[kind->id];
}

/* ---- blocks ---- */

/* The next block is small after a block that was thrown away, and large after a block that was used
 * up. So a block leaves at most twice as many ids unused as the store has just used. */
static void drop_block(struct tx *tx, size_t kind)
{
	struct id_block *b = &tx->blocks[kind];
	uint64_t used = tx->batch_last_id[kind] + 1 - b->first;
	b->size = used == 0 ? 1 : used;
	b->last = tx->batch_last_id[kind];
}

void tx_drop_blocks(struct tx *tx, bool all)
{
	if (!tx->has_blocks)
		return;
	uint64_t now_ns = clock_system.mono_ns(&clock_system);
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		const struct id_block *b = &tx->blocks[kind];
		if (b->last > tx->batch_last_id[kind] &&
		    (all || now_ns - b->taken_ns >= BLOCK_AGE_NS))
			drop_block(tx, kind);
	}
}

static enum err take_block(struct tx *tx, size_t kind)
{
	struct id_block *b = &tx->blocks[kind];
	uint64_t unused = b->last - tx->batch_last_id[kind], first;
	uint64_t needed = unused + b->missing;
	uint64_t n = b->size > needed ? b->size : needed;
	/* The age counts from before the request, so that a slow answer does not prolong it. */
	uint64_t now_ns = clock_system.mono_ns(&clock_system);
	if (!b->asked)
		b->taken_ns = now_ns;
	enum err err = tx->engine->ops->take_ids(tx->engine, (uint8_t)kind, n, &first);
	b->asked = err == ERR_PENDING;
	if (err != ERR_OK)
		return err;
	assert(first > 0);
	b->first = first;
	b->last = first + n - 1;
	b->size = n < BLOCK_MAX / 2 ? n * 2 : BLOCK_MAX;
	tx->last_id[kind] = tx->batch_last_id[kind] = tx->saved_last_id[kind] = first - 1;
	return ERR_OK;
}

enum err tx_take_blocks(struct tx *tx)
{
	enum err err = ERR_OK;
	tx->awaits_blocks = false;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		struct id_block *b = &tx->blocks[kind];
		enum err each = b->missing != 0 ? take_block(tx, kind) : ERR_OK;
		b->missing = 0;
		tx->awaits_blocks |= b->asked;
		err = tx_both(err, each);
	}
	return err;
}

/* ---- sequences ---- */

static uint64_t take_number(struct text t)
{
	uint64_t v = 0;
	for (size_t i = 0; i < t.n; i++)
		v = v << 8 | (uint8_t)t.p[i];
	return v;
}

static struct text put_number(struct arena *arena, uint64_t v)
{
	char bytes[8];
	for (int i = 7; i >= 0; i--, v >>= 8)
		bytes[i] = (char)v;
	return arena_copy(arena, text_from(bytes, sizeof bytes));
}

/* If the engine must fetch them, one round fetches the sequences of all kinds. */
static void ask_for_sequences(struct tx *tx)
{
	for (uint64_t kind = 1; tx->engine->ops->wait != NULL && kind < RECORD_KINDS; kind++) {
		struct text key = put_number(&tx->arena, kind), value;
		if (key.p != NULL)
			(void)tx->engine->ops->get(tx->engine, KIND_SEQUENCES, key, &value);
	}
}

enum err tx_load_sequences(struct tx *tx)
{
	if (!tx->has_blocks)
		ask_for_sequences(tx);
	for (uint64_t kind = 1; kind < RECORD_KINDS && !tx->has_blocks; kind++) {
		struct text key = put_number(&tx->arena, kind), value = {0};
		if (key.p == NULL)
			return ERR_NO_MEMORY;
		enum err err = engine_get_blocking(tx->engine, KIND_SEQUENCES, key, &value);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		if (err == ERR_OK && value.n != 8)
			return ERR_CORRUPT;
		tx->saved_last_id[kind] = err == ERR_OK ? take_number(value) : 0;
	}
	tx_settle(tx, false);
	return ERR_OK;
}

enum err tx_write_sequences(struct tx *tx)
{
	for (uint64_t kind = 1; kind < RECORD_KINDS && !tx->has_blocks; kind++) {
		if (tx->batch_last_id[kind] == tx->saved_last_id[kind])
			continue;
		struct text key = put_number(&tx->arena, kind);
		struct text value = put_number(&tx->arena, tx->batch_last_id[kind]);
		uint32_t hash = overlay_hash(KIND_SEQUENCES, key);
		if (key.p == NULL || value.p == NULL ||
		    !overlay_write(tx->overlay, KIND_SEQUENCES, key, hash, value))
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

void tx_settle(struct tx *tx, bool committed)
{
	if (committed)
		memcpy(tx->saved_last_id, tx->batch_last_id, sizeof tx->saved_last_id);
	memcpy(tx->batch_last_id, tx->saved_last_id, sizeof tx->batch_last_id);
	memcpy(tx->last_id, tx->saved_last_id, sizeof tx->last_id);
}
