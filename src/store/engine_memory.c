/*
 * Owns the memory engine: a sorted array of records for each kind. Never stores anything on a disk.
 * Called by the tests of the code above the engine; in one mode, reads and commits take a round, as
 * they do in a database behind a network.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/counter.h"
#include "store/engine_ops.h"

struct row {
	struct text key, value; /* key.p is the allocation of both */
};

struct table {
	struct row *rows;
	size_t n, cap;
};

/* A committed write that the current view does not show. */
struct later {
	uint8_t kind;
	bool deleted, add;
	struct row row;
};

struct engine_memory {
	struct engine engine;
	bool pending;
	struct table tables[RECORD_KINDS]; /* the view */
	struct later *later;
	size_t n_later, later_cap;
	uint64_t gets[RECORD_KINDS];

	/* The keys that the next round fetches, and those that were fetched since the last view. A
	 * round ends in memory_wait. */
	struct table asked[RECORD_KINDS], fetched[RECORD_KINDS];
	size_t n_asked;
	uint64_t rounds;
	enum { COMMIT_NONE, COMMIT_ASKED, COMMIT_READY } commit;
	engine_wake_fn *wake;
	void *wake_arg;
};

/* The first row whose key is not below `key`. */
static size_t lower_bound(const struct table *t, struct text key)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_order(t->rows[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct row *find(const struct table *t, struct text key)
{
	size_t i = lower_bound(t, key);
	return i < t->n && text_eq(t->rows[i].key, key) ? &t->rows[i] : NULL;
}

static struct engine_memory *self(struct engine *engine)
{
	return (struct engine_memory *)engine;
}

static bool row_make(struct row *row, struct text key, struct text value)
{
	char *bytes = malloc(key.n + value.n + 1);
	if (bytes == NULL)
		return false;
	memcpy(bytes, key.p, key.n);
	if (value.n > 0)
		memcpy(bytes + key.n, value.p, value.n);
	*row = (struct row){text_from(bytes, key.n), text_from(bytes + key.n, value.n)};
	return true;
}

static void row_free(struct row *row)
{
	free((void *)(uintptr_t)row->key.p);
}

/* The table owns the row from now on. */
static bool table_put(struct table *t, struct row row)
{
	struct row *rows = array_room(t->rows, &t->cap, t->n + 1, sizeof *rows);
	if (rows == NULL)
		return false;
	t->rows = rows;
	size_t i = lower_bound(t, row.key);
	if (i < t->n && text_eq(t->rows[i].key, row.key)) {
		row_free(&t->rows[i]);
	} else {
		memmove(&t->rows[i + 1], &t->rows[i], (t->n - i) * sizeof *t->rows);
		t->n++;
	}
	t->rows[i] = row;
	return true;
}

static void table_delete(struct table *t, struct text key)
{
	size_t i = lower_bound(t, key);
	if (i == t->n || !text_eq(t->rows[i].key, key))
		return;
	row_free(&t->rows[i]);
	t->n--;
	memmove(&t->rows[i], &t->rows[i + 1], (t->n - i) * sizeof *t->rows);
}

static void table_free(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		row_free(&t->rows[i]);
	free(t->rows);
	*t = (struct table){0};
}

/* The row becomes the sum of itself and the row that the view shows. */
static bool add_shown(const struct table *t, struct row *row)
{
	const struct row *shown = find(t, row->key);
	struct buf sum = {0};
	struct row made;
	if (shown == NULL)
		return true;
	bool ok = counter_merge(row->key, shown->value, row->value, &sum) == ERR_OK &&
		  row_make(&made, row->key, buf_view(&sum));
	buf_free(&sum);
	if (!ok)
		return false;
	row_free(row);
	*row = made;
	return true;
}

/* Shows the writes that were committed since the last view, and frees the rows that they replace.
 */
static enum err memory_view(struct engine *engine)
{
	struct engine_memory *m = self(engine);
	for (size_t i = 0; i < m->n_later; i++) {
		struct later *l = &m->later[i];
		struct table *t = &m->tables[l->kind];
		if (l->deleted) {
			table_delete(t, l->row.key);
			row_free(&l->row);
		} else if ((l->add && !add_shown(t, &l->row)) || !table_put(t, l->row)) {
			abort(); /* an engine for tests cannot roll back */
		}
	}
	m->n_later = 0;
	for (size_t kind = 0; m->pending && kind < RECORD_KINDS; kind++) {
		table_free(&m->asked[kind]);
		table_free(&m->fetched[kind]);
	}
	m->n_asked = 0;
	return ERR_OK;
}

static enum err ask(struct engine_memory *m, uint8_t kind, struct text key)
{
	struct row row;
	if (find(&m->asked[kind], key) != NULL)
		return ERR_PENDING;
	if (!row_make(&row, key, (struct text){0}))
		return ERR_NO_MEMORY;
	if (table_put(&m->asked[kind], row)) {
		m->n_asked++;
		return ERR_PENDING;
	}
	row_free(&row);
	return ERR_NO_MEMORY;
}

static enum err memory_get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct engine_memory *m = self(engine);
	m->gets[kind]++;
	if (m->pending && find(&m->fetched[kind], key) == NULL)
		return ask(m, kind, key);
	const struct row *row = find(&m->tables[kind], key);
	if (row == NULL)
		return ERR_NOT_FOUND;
	*value = row->value;
	return ERR_OK;
}

static enum err memory_scan(struct engine *engine, const struct engine_scan *scan,
			    engine_row_fn *take, void *arg)
{
	const struct table *t = &self(engine)->tables[scan->kind];
	size_t i = lower_bound(t, scan->from);
	bool exact = i < t->n && text_eq(t->rows[i].key, scan->from);
	if (scan->reverse) {
		/* i becomes the index of the first row plus one. */
		for (i += exact && !scan->after; i > 0; i--) {
			const struct row *row = &t->rows[i - 1];
			if (!text_starts(row->key, scan->prefix) ||
			    !take(arg, row->key, row->value))
				break;
		}
		return ERR_OK;
	}
	for (i += exact && scan->after; i < t->n; i++) {
		const struct row *row = &t->rows[i];
		if (!text_starts(row->key, scan->prefix) || !take(arg, row->key, row->value))
			break;
	}
	return ERR_OK;
}

static bool reserve_later(struct engine_memory *m, size_t n)
{
	struct later *later = array_room(m->later, &m->later_cap, m->n_later + n, sizeof *later);
	if (later != NULL)
		m->later = later;
	return later != NULL;
}

static enum err memory_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct engine_memory *m = self(engine);
	size_t n = batch->n_writes + batch->n_adds;
	if (m->pending && m->commit != COMMIT_READY) {
		m->commit = COMMIT_ASKED;
		return ERR_PENDING;
	}
	m->commit = COMMIT_NONE;
	if (!reserve_later(m, n))
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		struct later *l = &m->later[m->n_later + i];
		l->add = i >= batch->n_writes;
		const struct engine_write *w =
		    l->add ? &batch->adds[i - batch->n_writes] : &batch->writes[i];
		l->kind = w->kind;
		l->deleted = w->deleted;
		if (row_make(&l->row, w->key, w->value))
			continue;
		while (i-- > 0)
			row_free(&m->later[m->n_later + i].row);
		return ERR_NO_MEMORY;
	}
	m->n_later += n;
	return ERR_OK;
}

static void memory_set_wake(struct engine *engine, engine_wake_fn *wake, void *arg)
{
	self(engine)->wake = wake;
	self(engine)->wake_arg = arg;
}

static void end_round(struct engine_memory *m)
{
	for (size_t kind = 0; m->n_asked > 0 && kind < RECORD_KINDS; kind++) {
		for (size_t i = 0; i < m->asked[kind].n; i++)
			if (!table_put(&m->fetched[kind], m->asked[kind].rows[i]))
				abort(); /* as above */
		m->asked[kind].n = 0;
	}
	m->rounds += m->n_asked > 0;
	m->n_asked = 0;
}

static void memory_wait(struct engine *engine)
{
	struct engine_memory *m = self(engine);
	end_round(m);
	if (m->commit == COMMIT_ASKED)
		m->commit = COMMIT_READY;
	if (m->wake != NULL)
		m->wake(m->wake_arg);
}

uint64_t engine_memory_rounds(const struct engine *engine)
{
	return ((const struct engine_memory *)engine)->rounds;
}

static void memory_close(struct engine *engine)
{
	struct engine_memory *m = self(engine);
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		table_free(&m->tables[kind]);
		table_free(&m->asked[kind]);
		table_free(&m->fetched[kind]);
	}
	for (size_t i = 0; i < m->n_later; i++)
		row_free(&m->later[i].row);
	free(m->later);
	free(m);
}

static const struct engine_ops memory_ops = {
    .single_writer = true,
    .view = memory_view,
    .get = memory_get,
    .scan = memory_scan,
    .commit = memory_commit,
    .set_wake = memory_set_wake,
    .wait = memory_wait,
    .close = memory_close,
};

static const struct engine_ops adding_ops = {
    .single_writer = true,
    .adds = true,
    .view = memory_view,
    .get = memory_get,
    .scan = memory_scan,
    .commit = memory_commit,
    .set_wake = memory_set_wake,
    .wait = memory_wait,
    .close = memory_close,
};

void engine_memory_set_adds(struct engine *engine)
{
	engine->ops = &adding_ops;
}

uint64_t engine_memory_gets(const struct engine *engine, uint8_t kind)
{
	return ((const struct engine_memory *)engine)->gets[kind];
}

struct engine *engine_memory_open(bool pending)
{
	struct engine_memory *m = calloc(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->engine.ops = &memory_ops;
	m->pending = pending;
	return &m->engine;
}
