/* Owns the rows of a shared memory engine, their versions, and the check of each commit.
 * Never knows a store: a node is a number with a snapshot and a fence.
 * Called by engine_shared.c. */
#include "shared_state.h"

#include <stdlib.h>
#include <string.h>

#include "store/record_parts.h"

struct shared_version {
	struct shared_version *older;
	uint64_t seq;
	bool deleted;
	size_t n;
	char bytes[];
};

struct shared_row {
	struct text key;
	uint64_t read_at; /* the last check of a commit that had read the row */
	unsigned writer;  /* the node that wrote it last */
	struct shared_version *slots[SHARED_NODES];
};

static void *must(void *p)
{
	if (p == NULL)
		abort(); /* an engine for tests cannot roll back */
	return p;
}

struct shared_state *shared_state_new(uint64_t seed)
{
	struct shared_state *state = must(calloc(1, sizeof *state));
	state->random.state = seed;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		state->next_id[kind] = 1;
	return state;
}

static void free_versions(struct shared_version *v)
{
	while (v != NULL) {
		struct shared_version *older = v->older;
		free(v);
		v = older;
	}
}

static void free_row(struct shared_row *row)
{
	for (size_t i = 0; i < SHARED_NODES; i++)
		free_versions(row->slots[i]);
	free(row);
}

static void free_straggler(struct shared_straggler *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s);
}

void shared_state_free(struct shared_state *state)
{
	if (state == NULL)
		return;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		struct shared_table *t = &state->tables[kind];
		for (size_t i = 0; i < t->n; i++)
			free_row(t->rows[i]);
		free(t->rows);
	}
	for (size_t i = 0; i < SHARED_STRAGGLERS; i++)
		free_straggler(state->stragglers[i]);
	free(state);
}

bool shared_happens(struct shared_state *state, unsigned often)
{
	return often != 0 && seeded_below(&state->random, often) == 0;
}

void shared_switch(struct shared_state *state)
{
	if (state->run_other == NULL || !shared_happens(state, state->faults.switches))
		return;
	state->counts.switches++;
	state->run_other(state->arg);
}

/* ---- rows ---- */

static int compare(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* The first row whose key is not below `key`. */
static size_t lower_bound(const struct shared_table *t, struct text key)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(t->rows[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct shared_row *find(const struct shared_table *t, struct text key)
{
	size_t i = lower_bound(t, key);
	return i < t->n && text_eq(t->rows[i]->key, key) ? t->rows[i] : NULL;
}

static struct shared_row *find_or_add(struct shared_table *t, struct text key)
{
	size_t i = lower_bound(t, key);
	if (i < t->n && text_eq(t->rows[i]->key, key))
		return t->rows[i];
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->rows = must(realloc(t->rows, t->cap * sizeof(struct shared_row *)));
	}
	struct shared_row *row = must(calloc(1, sizeof *row + key.n));
	char *bytes = (char *)(row + 1);
	if (key.n > 0)
		memcpy(bytes, key.p, key.n);
	row->key = text_from(bytes, key.n);
	memmove(&t->rows[i + 1], &t->rows[i], (t->n - i) * sizeof(struct shared_row *));
	t->rows[i] = row;
	t->n++;
	return row;
}

static const struct shared_version *seen(const struct shared_row *row, size_t slot, uint64_t view)
{
	const struct shared_version *v = row->slots[slot];
	while (v != NULL && v->seq > view)
		v = v->older;
	return v == NULL || v->deleted ? NULL : v;
}

static uint64_t newest(const struct shared_row *row)
{
	uint64_t seq = 0;
	for (size_t i = 0; i < SHARED_NODES; i++)
		if (row->slots[i] != NULL && row->slots[i]->seq > seq)
			seq = row->slots[i]->seq;
	return seq;
}

static uint64_t oldest_view(const struct shared_state *state)
{
	uint64_t view = state->seq;
	for (size_t i = 0; i < SHARED_NODES; i++)
		if (state->nodes[i].open && state->nodes[i].view < view)
			view = state->nodes[i].view;
	return view;
}

/* Adds a version, and frees the versions that no snapshot shows. */
static void put_version(struct shared_row *row, size_t slot, uint64_t seq, uint64_t oldest,
			bool deleted, struct text value)
{
	struct shared_version *v = must(malloc(sizeof *v + value.n + 1));
	*v = (struct shared_version){row->slots[slot], seq, deleted, value.n};
	if (value.n > 0)
		memcpy(v->bytes, value.p, value.n);
	row->slots[slot] = v;
	while (v != NULL && v->seq > oldest)
		v = v->older;
	if (v != NULL) {
		free_versions(v->older);
		v->older = NULL;
	}
}

/* ---- counters ---- */

/* Adds up two stored values with number fields only. */
static struct text add_values(struct text key, struct text a, struct text b, struct arena *arena)
{
	uint64_t sums[256] = {0};
	const struct text both[] = {a, b};
	struct buf out = {0};
	struct text kept, parts;
	struct record_part part;
	for (size_t i = 0; i < 2; i++) {
		if (record_open(key, both[i], &parts) != ERR_OK)
			abort();
		while (parts.n > 0) {
			if (record_take_part(&parts, &part) != ERR_OK || part.is_bytes ||
			    part.tag >= 256)
				abort(); /* not a counter */
			sums[part.tag] += part.number;
		}
	}
	record_begin(&out);
	for (size_t tag = 0; tag < 256; tag++)
		if (sums[tag] != 0)
			record_add_number(&out, tag, sums[tag]);
	record_seal(&out, key);
	if (buf_keep(&out, arena, &kept) != ERR_OK)
		abort();
	return kept;
}

static bool value_of(const struct shared_row *row, uint64_t view, struct arena *arena,
		     struct text *value)
{
	bool found = false;
	for (size_t i = 0; i < SHARED_NODES; i++) {
		const struct shared_version *v = seen(row, i, view);
		if (v == NULL)
			continue;
		struct text one = text_from(v->bytes, v->n);
		*value = found ? add_values(row->key, *value, one, arena) : one;
		found = true;
	}
	return found;
}

enum err shared_get(struct shared_state *state, uint8_t kind, struct text key, uint64_t view,
		    struct arena *arena, struct text *value)
{
	const struct shared_row *row = find(&state->tables[kind], key);
	return row != NULL && value_of(row, view, arena, value) ? ERR_OK : ERR_NOT_FOUND;
}

static bool show(const struct shared_row *row, const struct engine_scan *scan, uint64_t view,
		 struct arena *arena, engine_row_fn *take, void *arg)
{
	struct text value;
	if (!text_starts(row->key, scan->prefix))
		return false;
	return !value_of(row, view, arena, &value) || take(arg, row->key, value);
}

void shared_scan(struct shared_state *state, const struct engine_scan *scan, uint64_t view,
		 struct arena *arena, engine_row_fn *take, void *arg)
{
	const struct shared_table *t = &state->tables[scan->kind];
	size_t i = lower_bound(t, scan->from);
	bool exact = i < t->n && text_eq(t->rows[i]->key, scan->from);
	if (scan->reverse) {
		/* i becomes the index of the first row plus one. */
		for (i += exact && !scan->after; i > 0; i--)
			if (!show(t->rows[i - 1], scan, view, arena, take, arg))
				return;
		return;
	}
	for (i += exact && scan->after; i < t->n; i++)
		if (!show(t->rows[i], scan, view, arena, take, arg))
			return;
}

/* ---- commits ---- */

static bool has_changed(struct shared_state *state, const struct engine_read *read, uint64_t view)
{
	struct shared_row *row = find(&state->tables[read->kind], read->key);
	if (row == NULL)
		return false;
	row->read_at = state->check;
	return newest(row) > view;
}

static void write_value(struct shared_row *row, const struct shared_commit *commit, uint64_t seq,
			uint64_t oldest, const struct engine_write *w)
{
	for (size_t i = 0; i < SHARED_NODES; i++)
		if (i != commit->node && row->slots[i] != NULL && !row->slots[i]->deleted)
			put_version(row, i, seq, oldest, true, (struct text){0});
	put_version(row, commit->node, seq, oldest, w->deleted, w->value);
}

/* Removes the rows that no snapshot shows any more. */
static void sweep(struct shared_table *t, uint64_t oldest)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->n; i++) {
		bool live = newest(t->rows[i]) > oldest;
		for (size_t slot = 0; slot < SHARED_NODES && !live; slot++)
			live = t->rows[i]->slots[slot] != NULL && !t->rows[i]->slots[slot]->deleted;
		if (live)
			t->rows[kept++] = t->rows[i];
		else
			free_row(t->rows[i]);
	}
	t->n = kept;
	t->deletions = 0;
	t->sweep_at = 64 + kept / 4;
}

static void count_blind(struct shared_state *state, const struct shared_commit *commit,
			const struct shared_row *row, uint8_t kind)
{
	if (row->read_at == state->check || row->writer == commit->node ||
	    newest(row) <= commit->view)
		return;
	state->counts.blind++;
	state->counts.blind_kind = kind;
}

static void store_write(struct shared_state *state, const struct shared_commit *commit,
			const struct engine_write *w, uint64_t oldest)
{
	struct shared_table *t = &state->tables[w->kind];
	struct shared_row *row = find_or_add(t, w->key);
	count_blind(state, commit, row, w->kind);
	write_value(row, commit, state->seq, oldest, w);
	row->writer = commit->node;
	t->deletions += w->deleted;
	if (t->deletions > t->sweep_at)
		sweep(t, oldest);
}

enum err shared_apply(struct shared_state *state, const struct shared_commit *commit,
		      const struct engine_batch *batch)
{
	struct shared_node *node = &state->nodes[commit->node];
	state->check++;
	if (node->fence != commit->fence) {
		state->counts.fenced++;
		return ERR_REFUSED;
	}
	if (state->epoch != commit->epoch) {
		state->counts.late++;
		return ERR_CONFLICT;
	}
	for (size_t i = 0; i < batch->n_reads; i++)
		if (has_changed(state, &batch->reads[i], commit->view)) {
			state->counts.conflicts++;
			return ERR_CONFLICT;
		}
	uint64_t oldest = oldest_view(state);
	state->seq += batch->n_writes > 0;
	for (size_t i = 0; i < batch->n_writes; i++)
		store_write(state, commit, &batch->writes[i], oldest);
	state->epoch += batch->config;
	state->counts.commits++;
	node->position = ++state->position;
	node->last_commit = commit->number;
	return ERR_OK;
}

/* ---- commits on their way ---- */

static struct text keep(struct arena *arena, struct text t)
{
	struct text copy = arena_copy(arena, t);
	if (t.n > 0)
		must((void *)(uintptr_t)copy.p);
	return copy;
}

static const struct engine_write *keep_writes(struct arena *arena,
					      const struct engine_write *writes, size_t n)
{
	struct engine_write *kept = must(arena_alloc(arena, n * sizeof *kept + 1));
	for (size_t i = 0; i < n; i++) {
		kept[i] = writes[i];
		kept[i].key = keep(arena, writes[i].key);
		kept[i].value = keep(arena, writes[i].value);
	}
	return kept;
}

bool shared_delay_commit(struct shared_state *state, const struct shared_commit *commit,
			 const struct engine_batch *batch)
{
	size_t i = 0;
	while (i < SHARED_STRAGGLERS && state->stragglers[i] != NULL)
		i++;
	if (i == SHARED_STRAGGLERS)
		return false;
	struct shared_straggler *s = state->stragglers[i] = must(calloc(1, sizeof *s));
	size_t n_reads = batch->n_reads;
	struct engine_read *reads = must(arena_alloc(&s->arena, n_reads * sizeof *reads + 1));
	for (size_t k = 0; k < n_reads; k++)
		reads[k] = (struct engine_read){batch->reads[k].kind,
						keep(&s->arena, batch->reads[k].key)};
	s->commit = *commit;
	s->batch = *batch;
	s->batch.writes = keep_writes(&s->arena, batch->writes, batch->n_writes);
	s->batch.adds = keep_writes(&s->arena, batch->adds, batch->n_adds);
	s->batch.reads = reads;
	return true;
}

void shared_arrive(struct shared_state *state)
{
	size_t i = (size_t)seeded_below(&state->random, SHARED_STRAGGLERS);
	struct shared_straggler *s = state->stragglers[i];
	if (s == NULL)
		return;
	enum err err = shared_apply(state, &s->commit, &s->batch);
	(void)err; /* the node asks for the outcome */
	state->stragglers[i] = NULL;
	free_straggler(s);
}
