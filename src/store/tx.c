/* Owns the transaction of a command: its reads through stage, overlay and engine, its staged
 * writes. Never decides when to commit. Called by commands (tx_get, tx_put, ...)
 * and by store.c (tx_finish, ...).
 */
#include "store/tx.h"

#include <assert.h>
#include <string.h>

#include "base/array.h"
#include "store/batch.h"
#include "store/counter.h"
#include "store/load_mark.h"

uint64_t tx_steady_ms(const struct tx *tx, uint64_t unix_ms)
{
	return tx->steady_ms != 0 ? tx->steady_ms : unix_ms;
}

struct arena *tx_arena(struct tx *tx)
{
	return &tx->arena;
}

/* A command stages few writes (a join about ten), so a walk from the newest is the fastest search.
 */
static const struct staged *find_staged(const struct tx *tx, uint8_t kind, struct text key,
					uint32_t hash)
{
	for (size_t i = tx->n_staged; i-- > 0;) {
		const struct staged *s = &tx->stage[i];
		if (s->hash == hash && s->kind == kind && !s->add && text_eq(s->key, key))
			return s;
	}
	return NULL;
}

static enum err read_engine(struct tx *tx, uint8_t kind, struct text key, uint32_t hash,
			    struct text *value)
{
	*value = (struct text){0};
	enum err err = tx->engine->ops->get(tx->engine, kind, key, value);
	if (tx->overlay == NULL)
		return err;
	bool kept = true;
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		kept = overlay_remember(tx->overlay, kind, key, hash, value);
	else if (err == ERR_PENDING)
		kept = overlay_ask(tx->overlay, kind, key, hash);
	return kept ? err : ERR_NO_MEMORY;
}

enum err tx_read_value(struct tx *tx, uint8_t kind, struct text key, bool before,
		       struct text *value)
{
	if (tx->overlay == NULL)
		return read_engine(tx, kind, key, 0, value);
	uint32_t hash = overlay_hash(kind, key);
	if (tx->avoided != NULL && !tx->waits_for_locks &&
	    overlay_find(tx->avoided, kind, key, hash) != NULL) {
		/* The batch must not read the key, because its commit would check the key. */
		tx->met_avoided = true;
		return ERR_PENDING;
	}
	const struct staged *s = before ? NULL : find_staged(tx, kind, key, hash);
	if (s != NULL) {
		*value = s->value;
		return s->value.p == NULL ? ERR_NOT_FOUND : ERR_OK;
	}
	const struct overlay_entry *e = overlay_find(tx->overlay, kind, key, hash);
	if (e != NULL) {
		*value = e->value;
		if (e->asked)
			return ERR_PENDING;
		return e->missing ? ERR_NOT_FOUND : ERR_OK;
	}
	return read_engine(tx, kind, key, hash, value);
}

static void zero_values(const struct record_kind *kind, void *record)
{
	for (size_t i = 0; i < kind->n_values; i++) {
		size_t size =
		    kind->values[i].type == FIELD_U64 ? sizeof(uint64_t) : sizeof(struct text);
		memset((char *)record + kind->values[i].offset, 0, size);
	}
}

/* The cache holds committed data, so it is passed over for a kind that the batch has written. */
bool tx_is_cached(const struct tx *tx, const struct record_kind *kind)
{
	if (kind->class != RECORD_CONFIG || tx->cache == NULL ||
	    tx->config_version != tx->cache->version)
		return false;
	return tx->overlay == NULL ||
	       (tx->overlay->first[kind->id] == NULL &&
		(tx->n_staged == 0 || (tx->staged_kinds >> kind->id & 1) == 0));
}

/* Fills the record from the cache; false if the cache does not know it. A text key field keeps
 * pointing to the caller's bytes. */
static bool get_cached(const struct tx *tx, const struct record_kind *kind, struct text key,
		       uint32_t hash, void *record, enum err *err)
{
	const struct config_entry *e = config_cache_find(tx->cache, kind->id, key, hash);
	if (e == NULL)
		return false;
	*err = e->missing ? ERR_NOT_FOUND : ERR_OK;
	if (e->missing) {
		zero_values(kind, record);
		return true;
	}
	const struct field *last = &kind->keys[kind->n_keys - 1];
	struct text last_key = {0};
	if (last->type != FIELD_U64)
		last_key = *(struct text *)(void *)((char *)record + last->offset);
	memcpy(record, e->record, kind->size);
	if (last->type != FIELD_U64)
		*(struct text *)(void *)((char *)record + last->offset) = last_key;
	return true;
}

static enum err get(struct tx *tx, const struct record_kind *kind, bool before, void *record)
{
	uint8_t bytes[RECORD_KEY_MAX];
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes)), value;
	enum err err;
	bool cached = tx_is_cached(tx, kind);
	uint32_t hash = cached ? overlay_hash(kind->id, key) : 0;
	if (cached && get_cached(tx, kind, key, hash, record, &err))
		return err;
	err = tx_read_value(tx, kind->id, key, before, &value);
	if (cached && (err == ERR_OK || err == ERR_NOT_FOUND))
		config_cache_keep(tx->cache, kind, key, hash, value);
	if (err == ERR_OK) {
		/* A text key field keeps pointing to the caller's bytes, because `bytes` ends with
		 * this function. */
		struct text last_key = {0};
		const struct field *last = &kind->keys[kind->n_keys - 1];
		if (last->type != FIELD_U64)
			last_key = *(struct text *)(void *)((char *)record + last->offset);
		err = record_decode(kind, key, value, record);
		if (last->type != FIELD_U64)
			*(struct text *)(void *)((char *)record + last->offset) = last_key;
	} else if (err == ERR_NOT_FOUND) {
		zero_values(kind, record);
	}
	if (kind->class == RECORD_COUNTER && (err == ERR_OK || err == ERR_NOT_FOUND)) {
		if (tx->overlay != NULL && tx_add_pending(tx, kind, key, before, record))
			err = ERR_OK;
		counter_show(kind, record);
	}
	if (err != ERR_OK && err != ERR_NOT_FOUND && err != ERR_PENDING)
		tx->failed = err;
	return err;
}

enum err tx_get(struct tx *tx, const struct record_kind *kind, void *record)
{
	return get(tx, kind, false, record);
}

enum err tx_get_before(struct tx *tx, const struct record_kind *kind, void *record)
{
	return get(tx, kind, true, record);
}

enum err tx_get_ahead(struct tx *tx, const struct record_kind *kind, void *record)
{
	enum err err = get(tx, kind, false, record);
	if (err != ERR_PENDING)
		return err;
	tx->unsure = true;
	zero_values(kind, record);
	return ERR_NOT_FOUND;
}

bool tx_is_unsure(const struct tx *tx)
{
	return tx->unsure;
}

void tx_want(struct tx *tx, const struct record_kind *kind, const void *record)
{
	uint8_t bytes[RECORD_KEY_MAX];
	struct text value;
	if (!tx->waits)
		return;
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes));
	uint32_t hash = overlay_hash(kind->id, key);
	if (tx_is_cached(tx, kind) && config_cache_find(tx->cache, kind->id, key, hash) != NULL)
		return;
	/* The later read returns the error again. */
	enum err err = tx_read_value(tx, kind->id, key, false, &value);
	(void)err;
}

void tx_stage(struct tx *tx, struct staged staged)
{
	struct staged *stage =
	    array_room(tx->stage, &tx->stage_cap, tx->n_staged + 1, sizeof *stage);
	if (stage == NULL) {
		tx->failed = ERR_NO_MEMORY;
		return;
	}
	tx->stage = stage;
	if (tx->n_staged == 0)
		tx->staged_kinds = 0;
	tx->staged_kinds |= UINT64_C(1) << staged.kind;
	tx->stage[tx->n_staged++] = staged;
}

static void stage(struct tx *tx, const struct record_kind *kind, struct text key, struct text value)
{
	const uint64_t bit = UINT64_C(1) << kind->id;
	if (kind->class == RECORD_CONFIG)
		tx->config_kinds |= bit;
	tx_stage(tx, (struct staged){.kind = kind->id,
				     .hash = overlay_hash(kind->id, key),
				     .key = key,
				     .value = value});
}

void tx_put(struct tx *tx, const struct record_kind *kind, const void *record)
{
	assert(tx->overlay != NULL && "a query does not write");
	size_t bound = RECORD_KEY_MAX + record_value_bound(kind, record);
	uint8_t *bytes = arena_alloc(&tx->arena, bound);
	if (bytes == NULL) {
		tx->failed = ERR_NO_MEMORY;
		return;
	}
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes));
	size_t n = record_encode_value(kind, record, key, bytes + key.n);
	stage(tx, kind, key, text_from(bytes + key.n, n));
}

void tx_delete(struct tx *tx, const struct record_kind *kind, const void *record)
{
	assert(tx->overlay != NULL && "a query does not write");
	uint8_t bytes[RECORD_KEY_MAX];
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes));
	key = arena_copy(&tx->arena, key);
	if (key.p == NULL)
		tx->failed = ERR_NO_MEMORY;
	else
		stage(tx, kind, key, (struct text){0});
}

bool tx_has_writes(const struct tx *tx)
{
	return tx->n_staged > 0;
}

void tx_announce(struct tx *tx)
{
	tx->announces = true;
}

bool tx_writes_config(const struct tx *tx)
{
	if (tx->batch_announces)
		return true;
	for (uint64_t kind = 0, left = tx->config_kinds; left != 0; kind++, left >>= 1)
		if ((left & 1) != 0 && tx->overlay->first[kind] != NULL)
			return true;
	return false;
}

static bool apply(struct tx *tx, const struct staged *s)
{
	if (s->add)
		return tx_apply_add(tx, s);
	if (tx->counters[s->kind] != NULL && !tx_forget_adds(tx, s))
		return false;
	return overlay_write(tx->overlay, s->kind, s->key, s->hash, s->value);
}

bool tx_take_answers(struct tx *tx)
{
	struct overlay *o = tx->overlay;
	for (size_t i = o->n_asked; i-- > 0;) {
		const struct overlay_entry *e = o->asked[i];
		struct text value = {0};
		enum err err = tx->engine->ops->get(tx->engine, e->kind, e->key, &value);
		if (err == ERR_PENDING)
			continue;
		/* After an error, the command asks again and gets the error itself. */
		if ((err != ERR_OK && err != ERR_NOT_FOUND) || !overlay_answer(o, i, value))
			overlay_forget(o, i);
	}
	return o->n_asked == 0;
}

void tx_look_ahead_end(struct tx *tx)
{
	tx->n_staged = 0;
	tx->failed = ERR_OK;
	tx->starved = tx->unsure = tx->announces = false;
}

void tx_forget_ids(struct tx *tx)
{
	memcpy(tx->last_id, tx->batch_last_id, sizeof tx->last_id);
}

enum err tx_finish(struct tx *tx, enum err decided)
{
	if (tx->starved || tx->unsure)
		decided = ERR_PENDING; /* the run lacked an id or a record */
	else if (decided != ERR_PENDING && tx->failed != ERR_OK)
		decided = tx->failed;
	for (size_t i = 0; decided == ERR_OK && i < tx->n_staged; i++) {
		if (!apply(tx, &tx->stage[i])) {
			tx->broken = true;
			decided = ERR_NO_MEMORY;
		}
	}
	if (decided == ERR_OK)
		memcpy(tx->batch_last_id, tx->last_id, sizeof tx->last_id);
	else if (decided != ERR_PENDING)
		tx_forget_ids(tx);
	tx->batch_announces = tx->batch_announces || (decided == ERR_OK && tx->announces);
	tx_look_ahead_end(tx);
	return decided;
}

enum err tx_refuse_unfinished(struct tx *tx)
{
	struct text value;
	enum err err = engine_get_blocking(tx->engine, KIND_SEQUENCES, LOAD_MARK_KEY, &value);
	if (err == ERR_OK)
		return ERR_REFUSED;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

struct scan_fill {
	const struct record_kind *kind;
	struct tx_scan *scan;
	enum err err;
};

static bool take_row(void *arg, struct text key, struct text value)
{
	struct scan_fill *fill = arg;
	struct tx_scan *scan = fill->scan;
	char *record = (char *)scan->records + scan->n * fill->kind->size;
	enum err err = record_decode(fill->kind, key, value, record);
	if (err != ERR_OK && scan->damaged != NULL) {
		scan->damaged(scan->arg, key, err);
		return true;
	}
	fill->err = err;
	if (err != ERR_OK)
		return false;
	if (fill->kind->class == RECORD_COUNTER)
		counter_show(fill->kind, record);
	return ++scan->n < scan->max;
}

enum err tx_scan(struct tx *tx, const struct record_kind *kind, struct tx_scan *scan)
{
	assert(tx->overlay == NULL && "only a query scans");
	uint8_t from[RECORD_KEY_MAX], prefix[RECORD_KEY_MAX];
	struct engine_scan spec = {
	    .kind = kind->id,
	    .from = text_from(from, record_encode_key(kind, scan->from, from)),
	    .prefix =
		text_from(prefix, record_encode_prefix(kind, scan->from, scan->prefix, prefix)),
	    .after = scan->after,
	    .reverse = scan->reverse,
	    .most = scan->max,
	};
	struct scan_fill fill = {.kind = kind, .scan = scan};
	scan->n = 0;
	if (scan->max == 0)
		return ERR_OK;
	enum err err = tx->engine->ops->scan(tx->engine, &spec, take_row, &fill);
	if (err != ERR_OK && err != ERR_PENDING)
		tx->failed = err;
	return err != ERR_OK ? err : fill.err;
}
