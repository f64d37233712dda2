/*
 * Owns additions to counters within a batch: staged, kept as sums, and written at the commit. Never
 * reads a counter if the engine adds itself. Called by commands (tx_add), tx.c and store_commit.c.
 */
#include <assert.h>
#include <string.h>

#include "store/batch.h"
#include "store/counter.h"

/* An engine without `adds` needs the committed sum at the commit. It is read here, once in each
 * batch, because a commit must not wait for a read, and a damaged row must fail its own command. */
static enum err read_base(struct tx *tx, const struct record_kind *kind, struct text key,
			  uint32_t hash)
{
	struct text value;
	if (tx->engine->ops->adds || overlay_find(&tx->sums, kind->id, key, hash) != NULL)
		return ERR_OK;
	enum err err = tx_read_value(tx, kind->id, key, false, &value);
	if (err == ERR_OK) {
		void *record = arena_alloc(&tx->arena, kind->size);
		err = record == NULL ? ERR_NO_MEMORY : record_decode(kind, key, value, record);
	} else if (err == ERR_NOT_FOUND) {
		err = ERR_OK;
	}
	if (err != ERR_OK && err != ERR_PENDING)
		tx->failed = err;
	return err;
}

enum err tx_add(struct tx *tx, const struct record_kind *kind, const void *record)
{
	assert(tx->overlay != NULL && "a query does not write");
	assert(kind->class == RECORD_COUNTER);
	char *copy = arena_alloc(&tx->arena, kind->size + RECORD_KEY_MAX);
	if (copy == NULL)
		return tx->failed = ERR_NO_MEMORY;
	memcpy(copy, record, kind->size);
	uint8_t *bytes = (uint8_t *)copy + kind->size;
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes));
	uint32_t hash = overlay_hash(kind->id, key);
	enum err err = read_base(tx, kind, key, hash);
	if (err != ERR_OK)
		return err;
	tx->counters[kind->id] = kind;
	tx_stage(tx, (struct staged){.kind = kind->id,
				     .add = true,
				     .hash = hash,
				     .key = key,
				     .value = text_from(copy, kind->size)});
	return ERR_OK;
}

static bool concerns(const struct staged *s, uint8_t kind, struct text key, uint32_t hash)
{
	return s->hash == hash && s->kind == kind && text_eq(s->key, key);
}

bool tx_add_pending(struct tx *tx, const struct record_kind *kind, struct text key, bool before,
		    void *record)
{
	uint32_t hash = overlay_hash(kind->id, key);
	bool added = false, replaced = false;
	size_t first = before ? tx->n_staged : 0;
	for (size_t i = first; i < tx->n_staged; i++) {
		if (concerns(&tx->stage[i], kind->id, key, hash) && !tx->stage[i].add) {
			replaced = true;
			first = i + 1;
		}
	}
	const struct overlay_entry *sum =
	    replaced ? NULL : overlay_find(&tx->sums, kind->id, key, hash);
	if (sum != NULL && !sum->missing) {
		counter_add(kind, record, sum->value.p);
		added = true;
	}
	for (size_t i = first; i < tx->n_staged; i++) {
		if (concerns(&tx->stage[i], kind->id, key, hash)) {
			counter_add(kind, record, tx->stage[i].value.p);
			added = true;
		}
	}
	return added;
}

bool tx_apply_add(struct tx *tx, const struct staged *s)
{
	struct overlay_entry *sum = overlay_find(&tx->sums, s->kind, s->key, s->hash);
	if (sum == NULL || sum->missing)
		return overlay_write(&tx->sums, s->kind, s->key, s->hash, s->value);
	/* The sum is the copy of the first addition, which belongs to the batch. */
	counter_add(tx->counters[s->kind], (void *)(uintptr_t)sum->value.p, s->value.p);
	return true;
}

bool tx_forget_adds(struct tx *tx, const struct staged *s)
{
	if (overlay_find(&tx->sums, s->kind, s->key, s->hash) == NULL)
		return true;
	return overlay_write(&tx->sums, s->kind, s->key, s->hash, (struct text){0});
}

/* The stored form of a counter; p is NULL if memory runs out. */
static struct text encode(struct tx *tx, const struct record_kind *kind, struct text key,
			  const void *record)
{
	uint8_t *bytes = arena_alloc(&tx->arena, record_value_bound(kind, record));
	if (bytes == NULL)
		return (struct text){0};
	return text_from(bytes, record_encode_value(kind, record, key, bytes));
}

/* The sum becomes a plain write: the value that the overlay has, plus the sum. */
static enum err fold(struct tx *tx, const struct record_kind *kind, const struct overlay_entry *sum,
		     const struct overlay_entry *base)
{
	void *record = arena_alloc(&tx->arena, kind->size);
	enum err err = ERR_NO_MEMORY;
	if (record == NULL)
		return err;
	if (base == NULL || base->missing)
		err = record_decode_key(kind, sum->key, record);
	else
		err = record_decode(kind, sum->key, base->value, record);
	if (err != ERR_OK)
		return err;
	counter_add(kind, record, sum->value.p);
	struct text value = encode(tx, kind, sum->key, record);
	if (value.p == NULL || !overlay_write(tx->overlay, kind->id, sum->key, sum->hash, value))
		return ERR_NO_MEMORY;
	return ERR_OK;
}

enum err tx_write_counters(struct tx *tx, struct engine_write *adds, size_t *n)
{
	*n = 0;
	for (size_t id = 0; tx->sums.n_dirty > 0 && id < RECORD_KINDS; id++) {
		const struct record_kind *kind = tx->counters[id];
		const struct overlay_entry *sum = tx->sums.first[id];
		for (; sum != NULL; sum = sum->next_of_kind) {
			if (sum->missing)
				continue;
			const struct overlay_entry *base =
			    overlay_find(tx->overlay, sum->kind, sum->key, sum->hash);
			enum err err = ERR_OK;
			if (!tx->engine->ops->adds || (base != NULL && base->dirty)) {
				err = fold(tx, kind, sum, base);
			} else {
				struct text value = encode(tx, kind, sum->key, sum->value.p);
				adds[(*n)++] =
				    (struct engine_write){sum->kind, false, sum->key, value};
				err = value.p == NULL ? ERR_NO_MEMORY : ERR_OK;
			}
			if (err != ERR_OK)
				return err;
		}
	}
	return ERR_OK;
}
