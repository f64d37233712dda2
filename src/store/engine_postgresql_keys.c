/* Owns the keys of a batch: in which order and in which mode a commit locks them, and which of them
 * have changed. Never sends anything. Called by the commit.
 *
 * A commit takes all row locks first, kind by kind and in the order of keys, and then inserts the
 * rows that its commands found missing, in the same order. So two commits never wait for each other
 * in a circle. A decision that rests on a missing row inserts this row too, and deletes it again
 * before COMMIT: another node that reads or writes the same missing row waits for the end of this
 * transaction. If another node has inserted the row already, the insert fails.
 */
#include <stdlib.h>

#include "base/array.h"
#include "store/engine_postgresql_parts.h"

/* If the keys of a kind alternate between the two modes in more runs than this, one statement locks
 * all of them in the stronger mode. */
enum { RUNS_MAX = 4 };

static int compare(const void *first, const void *second)
{
	const struct pg_key *a = first, *b = second;
	return a->kind != b->kind ? a->kind - b->kind : text_order(a->key, b->key);
}

/* Of equal keys, the later write of the batch comes last. */
static int in_order(const void *first, const void *second)
{
	const struct pg_key *a = first, *b = second;
	int order = compare(a, b);
	if (order != 0)
		return order;
	return (a->write > b->write) - (a->write < b->write);
}

static void merge_equal(struct pg_commit *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_keys; i++) {
		struct pg_key *kept = n == 0 ? NULL : &c->keys[n - 1];
		if (kept == NULL || compare(kept, &c->keys[i]) != 0)
			c->keys[n++] = c->keys[i];
		else
			kept->write = c->keys[i].write;
	}
	c->n_keys = n;
}

static enum pg_mode lock_mode(const struct pg_key *key)
{
	return key->write != NULL ? MODE_UPDATE : MODE_SHARE;
}

static enum pg_mode choose_mode(const struct pg_table *table, const struct pg_key *key)
{
	if (table == NULL)
		return MODE_NONE; /* a kind without a table has no rows */
	if (key->read && key->was_missing && !table->counter)
		return MODE_INSERT;
	return lock_mode(key);
}

static void limit_runs(struct pg_key *keys, size_t n)
{
	enum pg_mode last = MODE_NONE;
	size_t runs = 0;
	for (size_t i = 0; i < n; i++) {
		bool locks = keys[i].mode == MODE_SHARE || keys[i].mode == MODE_UPDATE;
		runs += locks && keys[i].mode != last;
		last = locks ? keys[i].mode : last;
	}
	for (size_t i = 0; i < n && runs > RUNS_MAX; i++)
		if (keys[i].mode == MODE_SHARE)
			keys[i].mode = MODE_UPDATE;
}

size_t pg_keys_end(const struct pg_commit *c, size_t from)
{
	size_t to = from;
	while (to < c->n_keys && c->keys[to].kind == c->keys[from].kind)
		to++;
	return to;
}

static void choose_modes(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		const struct pg_table *table = e->tables->by_kind[c->keys[from].kind];
		to = pg_keys_end(c, from);
		for (size_t i = from; i < to; i++)
			c->keys[i].mode = choose_mode(table, &c->keys[i]);
		limit_runs(&c->keys[from], to - from);
	}
}

void pg_keys_lock_all(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		to = pg_keys_end(c, from);
		for (size_t i = from; i < to; i++) {
			c->keys[i].exists = false;
			c->keys[i].now = (struct pg_version){0};
			if (c->keys[i].mode == MODE_INSERT)
				c->keys[i].mode = lock_mode(&c->keys[i]);
		}
		limit_runs(&c->keys[from], to - from);
	}
}

/* A commit compares the epoch, so it need not compare the rows of the configuration. */
static bool needs_check(const struct engine_pg *e, const struct engine_read *read)
{
	const struct pg_table *table = e->tables->by_kind[read->kind];
	return table != NULL && table->kind->class != RECORD_CONFIG;
}

bool pg_keys_collect(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	size_t n = c->batch.n_writes + c->batch.n_reads;
	struct pg_key *keys = array_room(c->keys, &c->keys_cap, n + 1, sizeof *keys);
	if (keys == NULL)
		return false;
	c->keys = keys;
	c->n_keys = 0;
	for (size_t i = 0; i < c->batch.n_reads; i++) {
		const struct engine_read *r = &c->batch.reads[i];
		const struct pg_read *known = pg_reads_find(&e->reads, r->kind, r->key);
		if (known != NULL && needs_check(e, r))
			keys[c->n_keys++] = (struct pg_key){.kind = r->kind,
							    .read = true,
							    .was_missing = known->missing,
							    .key = r->key,
							    .was = known->version};
	}
	for (size_t i = 0; i < c->batch.n_writes; i++) {
		const struct engine_write *w = &c->batch.writes[i];
		keys[c->n_keys++] = (struct pg_key){.kind = w->kind, .key = w->key, .write = w};
	}
	qsort(keys, c->n_keys, sizeof *keys, in_order);
	merge_equal(c);
	choose_modes(e);
	return true;
}

struct pg_key *pg_keys_find(const struct engine_pg *e, uint8_t kind, struct text key)
{
	const struct pg_key wanted = {.kind = kind, .key = key};
	const struct pg_commit *c = &e->commit;
	return bsearch(&wanted, c->keys, c->n_keys, sizeof wanted, compare);
}

static bool has_changed(const struct pg_key *key)
{
	return key->read &&
	       (key->was_missing == key->exists || key->was.generation != key->now.generation ||
		key->was.batch != key->now.batch);
}

/* A transaction may have locked any slot of a counter. */
static bool is_locked(const struct engine_pg *e, const struct pg_key *key)
{
	if (!key->read || (key->mode != MODE_SHARE && key->mode != MODE_UPDATE))
		return false;
	if (e->tables->by_kind[key->kind]->counter)
		return has_changed(key);
	return !key->was_missing && !key->exists;
}

bool pg_keys_mark_locked(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	bool any = false;
	for (size_t i = 0; c->batch.avoids_locked && i < c->n_keys; i++) {
		c->keys[i].is_locked = is_locked(e, &c->keys[i]);
		any |= c->keys[i].is_locked;
	}
	return any;
}

bool pg_keys_changed(const struct pg_commit *c)
{
	for (size_t i = 0; i < c->n_keys; i++)
		if (has_changed(&c->keys[i]))
			return true;
	return false;
}
