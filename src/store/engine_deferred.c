/*
 * Owns the writes with scattered keys (keyed hashes) until they can be merged in key order. Never
 * changes what a reader sees. Works in front of another engine; called by store.c and tx.c.
 *
 * A write with a random key dirties a page of its own. With one such write in each join, this was
 * half of the cost of a durable join. So scattered writes are only logged (a few packed rows in
 * each commit, which append) and kept in memory, and reads look into the memory first. Once enough
 * writes have gathered, every commit also merges a slice of them into their key space, in key
 * order, so that neighbours share pages.
 *
 * The log is kind KIND_DEFERRED; scatter_log.h describes its rows. A sweep over the memory merges
 * every write that was logged before the sweep began; then it deletes the rows of these writes,
 * oldest first. A start replays the rows that are left. Merging a write twice changes nothing.
 */
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "store/engine_ops.h"
#include "store/scatter_log.h"

enum {
	KIND_DEFERRED = RECORD_KIND_LOG,
	LOG_ROW_MAX = 1900,      /* LMDB keeps rows below half a page inside leaf pages */
	SWEEP_FROM = 192 << 10,  /* entries in memory (40 bytes each) at which a sweep begins */
	MERGE_PER_WRITE = 2,     /* entries merged for each new entry, so that a sweep ends */
	DELETED_PER_COMMIT = 64, /* rows of the log */
};

struct deferred {
	struct engine engine;
	struct engine *inner;
	uint64_t kinds; /* bit 1 << kind for each deferred kind */
	struct scatter_table table;
	uint32_t sweep_at;   /* the bucket at which merging goes on; 0: no sweep is in progress */
	uint64_t sweep_mark; /* the newest row of the log when this sweep began */
	uint64_t log_first, log_last,
	    log_mark; /* the rows in the log; rows up to log_mark may be deleted */

	/* The commit in progress: the writes for the inner engine, and the state after it. */
	bool under_way;
	struct arena arena;
	struct engine_write *writes;
	size_t n_writes, writes_cap;
	uint32_t next_sweep_at;
	uint64_t next_log_first, next_log_last;
};

static struct deferred *self(struct engine *engine)
{
	return (struct deferred *)engine;
}

static bool is_scattered(const struct deferred *d, uint8_t kind)
{
	return (d->kinds >> kind & 1) != 0;
}

/* ---- the writes that the inner engine commits instead ---- */

static bool push(struct deferred *d, struct engine_write write)
{
	if (d->n_writes == d->writes_cap) {
		size_t cap = d->writes_cap == 0 ? 1024 : d->writes_cap * 2;
		struct engine_write *grown = realloc(d->writes, cap * sizeof *grown);
		if (grown == NULL)
			return false;
		d->writes = grown;
		d->writes_cap = cap;
	}
	d->writes[d->n_writes++] = write;
	return true;
}

static struct text number_key(struct deferred *d, uint64_t number)
{
	number = htobe64(number);
	return arena_copy(&d->arena, text_from(&number, sizeof number));
}

static bool push_log_row(struct deferred *d, struct buf *row)
{
	struct text key = number_key(d, ++d->next_log_last);
	if (key.p != NULL)
		scatter_log_seal(row, key);
	struct text value = arena_copy(&d->arena, buf_view(row));
	bool ok = !row->failed && key.p != NULL && value.p != NULL;
	buf_reset(row);
	return ok && push(d, (struct engine_write){KIND_DEFERRED, false, key, value});
}

static bool push_log(struct deferred *d, const struct engine_write *writes, size_t n)
{
	struct buf row = {0};
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		if (!is_scattered(d, writes[i].kind))
			continue;
		scatter_log_add(&row, &writes[i]);
		if (row.n + SCATTER_LOG_ENTRY_MAX > LOG_ROW_MAX)
			ok = push_log_row(d, &row);
	}
	if (ok && row.n > 0)
		ok = push_log_row(d, &row);
	buf_free(&row);
	return ok;
}

static bool push_log_deletions(struct deferred *d)
{
	for (int i = 0; i < DELETED_PER_COMMIT && d->next_log_first <= d->log_mark; i++) {
		struct text key = number_key(d, d->next_log_first++);
		if (key.p == NULL || !push(d, (struct engine_write){KIND_DEFERRED, true, key, {0}}))
			return false;
	}
	return true;
}

static bool push_entry(struct deferred *d, const struct scatter_entry *e)
{
	struct text key = number_key(d, e->key);
	bool deleted = e->n == SCATTER_DELETED;
	struct text value = deleted ? (struct text){0} : text_from(e->value, e->n);
	return key.p != NULL && push(d, (struct engine_write){e->kind, deleted, key, value});
}

/* Adds the next buckets of the sweep, with about `wanted` entries. */
static bool push_slice(struct deferred *d, size_t wanted)
{
	size_t merged = 0;
	const struct scatter_table *t = &d->table;
	while (merged < wanted && d->next_sweep_at < SCATTER_BUCKETS) {
		uint32_t i = t->buckets[d->next_sweep_at++];
		for (; i != 0; i = t->entries[i].next, merged++)
			if (!push_entry(d, &t->entries[i]))
				return false;
	}
	return true;
}

static bool push_others(struct deferred *d, const struct engine_write *writes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_scattered(d, writes[i].kind) && !push(d, writes[i]))
			return false;
	return true;
}

/* Adds the writes that are too long for memory. They follow the slice, which may hold an older
 * value of the same key. */
static bool push_long(struct deferred *d, const struct engine_write *writes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_scattered(d, writes[i].kind) &&
		    scatter_log_length(&writes[i]) == SCATTER_LOG_WRITTEN && !push(d, writes[i]))
			return false;
	return true;
}

static enum err prepare(struct deferred *d, const struct engine_write *writes, size_t n)
{
	size_t scattered = 0;
	for (size_t i = 0; i < n; i++)
		scattered += is_scattered(d, writes[i].kind);
	arena_reset(&d->arena);
	d->n_writes = 0;
	d->next_sweep_at = d->sweep_at;
	d->next_log_first = d->log_first;
	d->next_log_last = d->log_last;
	/* The room must be reserved before the slice borrows from the table, and before the commit
	 * is durable. */
	bool ok = scatter_reserve(&d->table, scattered) && push_others(d, writes, n) &&
		  push_log(d, writes, n) && push_log_deletions(d);
	if (ok && (d->sweep_at > 0 || d->table.count > SWEEP_FROM))
		ok = push_slice(d, scattered * MERGE_PER_WRITE);
	return ok && push_long(d, writes, n) ? ERR_OK : ERR_NO_MEMORY;
}

/* Updates the memory after the commit is durable. */
static void take_over(struct deferred *d, const struct engine_write *writes, size_t n)
{
	if (d->sweep_at == 0)
		d->sweep_mark = d->log_last; /* the slice has merged all of these entries */
	for (uint32_t b = d->sweep_at; b < d->next_sweep_at; b++)
		scatter_clear_bucket(&d->table, b);
	d->sweep_at = d->next_sweep_at;
	d->log_first = d->next_log_first;
	d->log_last = d->next_log_last;
	if (d->sweep_at == SCATTER_BUCKETS) {
		d->log_mark = d->sweep_mark;
		d->sweep_at = 0;
	}
	for (size_t i = 0; i < n; i++) {
		const struct engine_write *w = &writes[i];
		if (!is_scattered(d, w->kind))
			continue;
		if (scatter_log_length(w) == SCATTER_LOG_WRITTEN)
			scatter_remove(&d->table, w->kind, w->key);
		else
			scatter_put(&d->table, w->kind, w->key, w->value.p, scatter_log_length(w));
	}
}

/* ---- the engine ---- */

static enum err deferred_view(struct engine *engine)
{
	struct deferred *d = self(engine);
	return d->inner->ops->view(d->inner);
}

static enum err deferred_get(struct engine *engine, uint8_t kind, struct text key,
			     struct text *value)
{
	struct deferred *d = self(engine);
	const struct scatter_entry *e =
	    is_scattered(d, kind) ? scatter_find(&d->table, kind, key) : NULL;
	if (e == NULL)
		return d->inner->ops->get(d->inner, kind, key, value);
	if (e->n == SCATTER_DELETED)
		return ERR_NOT_FOUND;
	*value = text_from(e->value, e->n);
	return ERR_OK;
}

/* A scan over a scattered kind merges the rows of the inner engine with the entries in memory. */
struct merge {
	const struct deferred *d;
	uint8_t kind;
	const struct scatter_entry *next; /* the next entry in memory */
	engine_row_fn *take;
	void *arg;
	bool ended; /* `take` has ended the scan */
};

/* Passes the next entry on; the bytes of its key live for this call only. */
static void give_entry(struct merge *m)
{
	const struct scatter_entry *e = m->next;
	uint64_t key = htobe64(e->key);
	m->next = e->key == UINT64_MAX ? NULL : scatter_next(&m->d->table, m->kind, e->key + 1);
	if (e->n != SCATTER_DELETED)
		m->ended = !m->take(m->arg, text_from(&key, sizeof key), text_from(e->value, e->n));
}

static bool merge_row(void *arg, struct text key, struct text value)
{
	struct merge *m = arg;
	uint64_t number;
	memcpy(&number, key.p, sizeof number);
	number = be64toh(number);
	while (!m->ended && m->next != NULL && m->next->key < number)
		give_entry(m);
	if (!m->ended && m->next != NULL && m->next->key == number)
		give_entry(m);
	else if (!m->ended)
		m->ended = !m->take(m->arg, key, value);
	return !m->ended;
}

static enum err scan_scattered(struct deferred *d, const struct engine_scan *scan,
			       engine_row_fn *take, void *arg)
{
	struct merge m = {.d = d, .kind = scan->kind, .take = take, .arg = arg};
	uint64_t from = 0;
	assert(!scan->reverse && scan->prefix.n == 0 &&
	       (scan->from.n == sizeof from || (scan->from.n == 0 && !scan->after)));
	if (scan->from.n > 0)
		memcpy(&from, scan->from.p, sizeof from);
	from = be64toh(from);
	if (scan->after && from == UINT64_MAX)
		return ERR_OK;
	m.next = scatter_next(&d->table, scan->kind, from + scan->after);
	enum err err = d->inner->ops->scan(d->inner, scan, merge_row, &m);
	while (err == ERR_OK && !m.ended && m.next != NULL)
		give_entry(&m);
	return err;
}

static enum err deferred_scan(struct engine *engine, const struct engine_scan *scan,
			      engine_row_fn *take, void *arg)
{
	struct deferred *d = self(engine);
	/* The order is the order of a hash, so only a walk over all rows needs it. */
	if (is_scattered(d, scan->kind))
		return scan_scattered(d, scan, take, arg);
	return d->inner->ops->scan(d->inner, scan, take, arg);
}

static enum err deferred_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct deferred *d = self(engine);
	enum err err = d->under_way ? ERR_OK : prepare(d, batch->writes, batch->n_writes);
	if (err != ERR_OK)
		return err;
	struct engine_batch inner = *batch;
	inner.writes = d->writes;
	inner.n_writes = d->n_writes;
	err = d->inner->ops->commit(d->inner, &inner);
	d->under_way = err == ERR_PENDING;
	if (err == ERR_OK)
		take_over(d, batch->writes, batch->n_writes);
	return err;
}

static void deferred_tend(struct engine *engine)
{
	struct deferred *d = self(engine);
	if (d->inner->ops->tend != NULL)
		d->inner->ops->tend(d->inner);
}

static void deferred_close(struct engine *engine)
{
	struct deferred *d = self(engine);
	engine_close(d->inner);
	scatter_free(&d->table);
	arena_free(&d->arena);
	free(d->writes);
	free(d);
}

static const struct engine_ops deferred_ops = {
    .single_writer = true, /* its memory knows its own writes only */
    .view = deferred_view,
    .get = deferred_get,
    .scan = deferred_scan,
    .commit = deferred_commit,
    .tend = deferred_tend,
    .close = deferred_close,
};

/* ---- the start ---- */

struct replay {
	struct deferred *d;
	enum err err;
};

static bool replay_row(void *arg, struct text key, struct text value)
{
	struct replay *r = arg;
	struct deferred *d = r->d;
	uint64_t number;
	r->err = ERR_CORRUPT;
	if (!scatter_log_open(key, &value, &number))
		return false;
	if (d->log_first == 0)
		d->log_first = number;
	else if (number != d->log_last + 1)
		return false; /* a row is missing */
	d->log_last = number;
	r->err = scatter_log_replay(&d->table, value);
	return r->err == ERR_OK;
}

static enum err replay_log(struct deferred *d)
{
	const char zero[8] = {0};
	const struct engine_scan all = {.kind = KIND_DEFERRED,
					.from = text_from(zero, sizeof zero)};
	struct replay r = {.d = d};
	enum err err = d->inner->ops->view(d->inner);
	if (err == ERR_OK)
		err = d->inner->ops->scan(d->inner, &all, replay_row, &r);
	if (err == ERR_OK)
		err = r.err;
	/* If the log is empty, its row numbers start again at 1. */
	if (d->log_first == 0)
		d->log_first = 1;
	return err;
}

enum err engine_deferred_open(struct engine *inner, uint64_t kinds, struct engine **out)
{
	enum err err = ERR_NO_MEMORY;
	struct deferred *d = calloc(1, sizeof *d);
	if (d == NULL) {
		engine_close(inner);
		return err;
	}
	d->engine.ops = &deferred_ops;
	d->inner = inner;
	d->kinds = kinds;
	if (scatter_init(&d->table))
		err = replay_log(d);
	if (err != ERR_OK) {
		deferred_close(&d->engine);
		return err;
	}
	*out = &d->engine;
	return ERR_OK;
}
