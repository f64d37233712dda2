/*
 * Owns the writes with scattered keys until they can be merged in key order. Never changes what a
 * reader sees. Works in front of another engine; called by store.c and tx.c.
 *
 * A write with a scattered key dirties a page of its own: the row of a random user, or of a hash.
 * With one such write in each join, this was half of the cost of a durable join. So scattered
 * writes are only logged (a few packed rows in each commit, which append) and kept in memory, and
 * reads look into the memory first. Once enough writes have gathered, every commit also merges a
 * slice of them into their key spaces, in key order, so that neighbours share pages. A server at
 * rest merges them too, a small slice at a time (deferred_tend), so no row stays in the log.
 *
 * A key above all keys of its kind goes to its key space at once: such rows fill the last page.
 * No entry in memory or in the log has such a key, so no older entry can come back after it.
 *
 * The log is kind KIND_DEFERRED; scatter_log.h describes its rows. A sweep over the memory merges
 * every write that was logged before the sweep began; then it deletes the rows of these writes,
 * oldest first. A start replays the rows that are left. Merging a write twice changes nothing.
 */
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/deferred_scan.h"
#include "store/engine_deferred_parts.h"
#include "store/scatter_log.h"

enum {
	LOG_ROW_MAX = 1900,          /* LMDB keeps rows below half a page inside leaf pages */
	SWEEP_FROM_BYTES = 16 << 20, /* of memory, at which a sweep begins */
	SWEEP_FROM_ROWS = 8 << 10,   /* of the log: keys that are written often fill it alone */
	MERGE_PER_WRITE = 2,         /* bytes merged for each new byte, so that a sweep ends */
	DELETED_PER_COMMIT = 64,     /* rows of the log, at least */
	DELETED_PER_ROW = 2,         /* ... and for each new row, so that the log ends */
	TEND_BYTES = 8 << 10,        /* merged by a server at rest: about 150 rows */
};

static struct deferred *self(struct engine *engine)
{
	return (struct deferred *)engine;
}

static bool is_long(const struct engine_write *w)
{
	return !w->deleted && w->value.n > SCATTER_VALUE_MAX;
}

static enum route route_of(const struct deferred *d, const struct engine_write *w)
{
	if (!deferred_has(d, w->kind) || text_order(w->key, place_key(&d->highest[w->kind])) > 0)
		return ROUTE_AT_ONCE;
	return is_long(w) ? ROUTE_LONG : ROUTE_DEFERRED;
}

/* The later steps look at each write several times. */
static bool find_routes(struct deferred *d, const struct engine_write *writes, size_t n)
{
	enum route *routes = array_room(d->routes, &d->routes_cap, n, sizeof *routes);
	if (routes == NULL)
		return false;
	d->routes = routes;
	for (size_t i = 0; i < n; i++)
		d->routes[i] = route_of(d, &writes[i]);
	return true;
}

/* ---- the writes that the inner engine commits instead ---- */

static bool push(struct deferred *d, struct engine_write write)
{
	struct engine_write *writes =
	    array_room(d->writes, &d->writes_cap, d->n_writes + 1, sizeof *writes);
	if (writes == NULL)
		return false;
	d->writes = writes;
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
	struct text key = number_key(d, ++d->next.log_last);
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
		if (d->routes[i] == ROUTE_AT_ONCE)
			continue;
		if (row.n > 0 && row.n + scatter_log_length(&writes[i]) > LOG_ROW_MAX)
			ok = push_log_row(d, &row);
		scatter_log_add(&row, &writes[i]);
	}
	if (ok && row.n > 0)
		ok = push_log_row(d, &row);
	buf_free(&row);
	return ok;
}

static bool push_log_deletions(struct deferred *d)
{
	uint64_t n = (d->next.log_last - d->now.log_last) * DELETED_PER_ROW;
	if (n < DELETED_PER_COMMIT)
		n = DELETED_PER_COMMIT;
	for (; n > 0 && d->next.log_first <= d->next.log_mark; n--) {
		struct text key = number_key(d, d->next.log_first++);
		if (key.p == NULL || !push(d, (struct engine_write){KIND_DEFERRED, true, key, {0}}))
			return false;
	}
	return true;
}

/* Key and value stay in the table until the commit is durable. */
static bool push_item(struct deferred *d, uint8_t kind, struct scatter_item item)
{
	bool deleted = item.entry->n == SCATTER_DELETED;
	struct text value = deleted ? (struct text){0} : scatter_value(item);
	return push(d, (struct engine_write){kind, deleted, scatter_key(item), value});
}

/* Adds the next entries of the sweep, which take about `wanted` bytes of memory. */
static bool push_slice(struct deferred *d, size_t wanted)
{
	struct place *last = &d->next.at;
	struct scatter_at at = scatter_from(&d->table, last->kind, place_key(last), true);
	for (size_t merged = 0; merged < wanted;) {
		const struct scatter_item *item = scatter_at(&d->table, at);
		if (item == NULL && last->kind + 1 == RECORD_KINDS) {
			d->next.sweeping = d->next.urgent = false;
			d->next.log_mark = d->next.sweep_mark;
			return true;
		}
		if (item == NULL) {
			place_set(last, last->kind + 1, (struct text){.p = ""});
			at = scatter_from(&d->table, last->kind, place_key(last), true);
			continue;
		}
		if (!push_item(d, last->kind, *item))
			return false;
		place_set(last, last->kind, scatter_key(*item));
		merged += scatter_cost(item->entry);
		scatter_forward(&d->table, &at);
	}
	return true;
}

/* A commit merges only if the memory or the log is full: the longer the writes gather, the more of
 * them share a page. At rest, a slice is merged anyway. */
static bool push_sweep(struct deferred *d, size_t wanted, bool at_rest)
{
	uint64_t rows = d->now.log_last + 1 - d->now.log_first;
	if (d->table.bytes > SWEEP_FROM_BYTES || rows > SWEEP_FROM_ROWS)
		d->next.urgent = true;
	if ((!d->next.urgent && !at_rest) || wanted == 0)
		return true;
	if (!d->now.sweeping) {
		/* Every row of the log so far is about an entry that this sweep merges. */
		d->next.sweeping = true;
		d->next.sweep_mark = d->now.log_last;
		place_set(&d->next.at, 0, (struct text){.p = ""});
	}
	d->merged = true;
	return push_slice(d, wanted);
}

/* The long writes follow the slice, which may hold an older value. */
static bool push_route(struct deferred *d, const struct engine_write *writes, size_t n,
		       enum route route)
{
	for (size_t i = 0; i < n; i++)
		if (d->routes[i] == route && !push(d, writes[i]))
			return false;
	return true;
}

/* ---- the changes of the memory, which need no memory when the commit is durable ---- */

static void drop_changes(struct deferred *d)
{
	for (size_t i = 0; i < d->n_changes; i++)
		scatter_item_free(d->changes[i].item);
	d->n_changes = 0;
}

static bool add_change(struct deferred *d, const struct engine_write *w, size_t *bytes)
{
	struct change *c = &d->changes[d->n_changes];
	*c = (struct change){.kind = w->kind};
	if (is_long(w)) {
		c->removed = arena_copy(&d->arena, w->key);
	} else {
		c->item = scatter_item_new(&d->table, w->key, w->value, w->deleted);
		*bytes += c->item.entry != NULL ? scatter_cost(c->item.entry) : 0;
	}
	d->n_changes++;
	return c->removed.p != NULL || c->item.entry != NULL;
}

static bool reserve_changes(struct deferred *d, const struct engine_write *writes, size_t n)
{
	size_t of_kind[RECORD_KINDS] = {0}, removed[RECORD_KINDS] = {0}, all = 0, spare = 0;
	for (size_t i = 0; i < n; i++)
		if (d->routes[i] != ROUTE_AT_ONCE) {
			of_kind[writes[i].kind]++;
			removed[writes[i].kind] += d->routes[i] == ROUTE_LONG;
			all++;
		}
	struct change *changes = array_room(d->changes, &d->changes_cap, all, sizeof *changes);
	if (changes == NULL)
		return false;
	d->changes = changes;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (of_kind[kind] > 0 && !scatter_reserve(&d->table, (uint8_t)kind, of_kind[kind],
							  removed[kind], &spare))
			return false;
	return true;
}

/* *bytes gets the memory that the new entries take. */
static bool make_changes(struct deferred *d, const struct engine_write *writes, size_t n,
			 size_t *bytes)
{
	*bytes = 0;
	if (!reserve_changes(d, writes, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (d->routes[i] != ROUTE_AT_ONCE && !add_change(d, &writes[i], bytes))
			return false;
	return true;
}

static void cut_merged(struct deferred *d)
{
	struct place from = d->now.at;
	if (!d->now.sweeping)
		place_set(&from, 0, (struct text){.p = ""});
	for (; from.kind < d->next.at.kind; place_set(&from, from.kind + 1, (struct text){.p = ""}))
		scatter_cut(&d->table, from.kind, place_key(&from), (struct text){0});
	if (d->next.at.n > 0)
		scatter_cut(&d->table, from.kind, place_key(&from), place_key(&d->next.at));
}

/* Moves the memory to the state after the last commit. */
static void settle(struct deferred *d)
{
	if (d->merged)
		cut_merged(d);
	for (size_t i = 0; i < d->n_changes; i++) {
		struct change *c = &d->changes[i];
		if (c->item.entry != NULL)
			scatter_put(&d->table, c->kind, c->item);
		else
			scatter_remove(&d->table, c->kind, c->removed);
	}
	d->n_changes = 0;
	d->now = d->next;
	d->committed = false;
}

static void note_highest(struct deferred *d, const struct engine_write *writes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct place *highest = &d->highest[writes[i].kind];
		if (d->routes[i] == ROUTE_AT_ONCE && deferred_has(d, writes[i].kind) &&
		    text_order(writes[i].key, place_key(highest)) > 0)
			place_set(highest, writes[i].kind, writes[i].key);
	}
}

static enum err prepare(struct deferred *d, const struct engine_write *writes, size_t n,
			bool at_rest)
{
	size_t bytes;
	arena_reset(&d->arena);
	d->n_writes = 0;
	d->next = d->now;
	d->merged = false;
	bool ok = find_routes(d, writes, n) && make_changes(d, writes, n, &bytes) &&
		  push_route(d, writes, n, ROUTE_AT_ONCE) && push_log(d, writes, n) &&
		  push_log_deletions(d) &&
		  push_sweep(d, at_rest ? TEND_BYTES : bytes * MERGE_PER_WRITE, at_rest) &&
		  push_route(d, writes, n, ROUTE_LONG);
	if (!ok)
		drop_changes(d);
	return ok ? ERR_OK : ERR_NO_MEMORY;
}

/* ---- the engine ---- */

static enum err deferred_view(struct engine *engine)
{
	struct deferred *d = self(engine);
	enum err err = d->inner->ops->view(d->inner);
	if (err == ERR_OK && d->committed)
		settle(d);
	return err;
}

static enum err deferred_get(struct engine *engine, uint8_t kind, struct text key,
			     struct text *value)
{
	struct deferred *d = self(engine);
	const struct scatter_item *item = scatter_find(&d->table, kind, key);
	if (item == NULL)
		return d->inner->ops->get(d->inner, kind, key, value);
	if (item->entry->n == SCATTER_DELETED)
		return ERR_NOT_FOUND;
	*value = scatter_value(*item);
	return ERR_OK;
}

static enum err deferred_scan(struct engine *engine, const struct engine_scan *scan,
			      engine_row_fn *take, void *arg)
{
	struct deferred *d = self(engine);
	return deferred_scan_merge(d->inner, &d->table, scan, take, arg);
}

/* Commits the writes, with a slice of the sweep. At rest there are no writes. */
static enum err commit(struct deferred *d, const struct engine_batch *batch, bool at_rest)
{
	enum err err = d->committed ? deferred_view(&d->engine) : ERR_OK;
	if (err == ERR_OK && !d->under_way)
		err = prepare(d, batch->writes, batch->n_writes, at_rest);
	if (err != ERR_OK)
		return err;
	struct engine_batch inner = *batch;
	inner.writes = d->writes;
	inner.n_writes = d->n_writes;
	err = d->n_writes > 0 ? d->inner->ops->commit(d->inner, &inner) : ERR_OK;
	d->under_way = err == ERR_PENDING;
	d->committed = err == ERR_OK;
	if (err == ERR_OK)
		note_highest(d, batch->writes, batch->n_writes);
	else if (err != ERR_PENDING)
		drop_changes(d);
	return err;
}

static enum err deferred_commit(struct engine *engine, const struct engine_batch *batch)
{
	return commit(self(engine), batch, false);
}

/* Merges a slice, so that a server at rest empties the log in the end: it holds personal data, and
 * the next start replays it. The store has no values of the engine in its hands now. */
static void deferred_tend(struct engine *engine)
{
	struct deferred *d = self(engine);
	const struct engine_batch nothing = {0};
	if (d->inner->ops->tend != NULL)
		d->inner->ops->tend(d->inner);
	if (d->under_way || (d->table.count == 0 && d->now.log_first > d->now.log_last))
		return;
	while (commit(d, &nothing, true) == ERR_PENDING)
		;
	if (d->committed)
		(void)deferred_view(engine); /* if it does not move, the memory stays, too */
}

static void deferred_close(struct engine *engine)
{
	struct deferred *d = self(engine);
	engine_close(d->inner);
	drop_changes(d);
	scatter_free(&d->table);
	arena_free(&d->arena);
	free(d->changes);
	free(d->routes);
	free(d->writes);
	free(d);
}

const struct engine_ops engine_deferred_ops = {
    .single_writer = true, /* its memory knows its own writes only */
    .view = deferred_view,
    .get = deferred_get,
    .scan = deferred_scan,
    .commit = deferred_commit,
    .tend = deferred_tend,
    .close = deferred_close,
};
