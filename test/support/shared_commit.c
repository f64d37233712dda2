/* Owns the check of each commit to a shared memory engine, its writes, and the commits that are on
 * their way. Never knows a store: a node is a number with a snapshot and a fence. Called by
 * engine_shared.c. */
#include "shared_rows.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static struct shared_row *find_or_add(struct shared_table *t, struct text key)
{
	size_t i = shared_lower_bound(t, key);
	if (i < t->n && text_eq(t->rows[i]->key, key))
		return t->rows[i];
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->rows = shared_must(realloc(t->rows, t->cap * sizeof(struct shared_row *)));
	}
	struct shared_row *row = shared_must(calloc(1, sizeof *row + key.n));
	char *bytes = (char *)(row + 1);
	if (key.n > 0)
		memcpy(bytes, key.p, key.n);
	row->key = text_from(bytes, key.n);
	memmove(&t->rows[i + 1], &t->rows[i], (t->n - i) * sizeof(struct shared_row *));
	t->rows[i] = row;
	t->n++;
	return row;
}

static uint64_t oldest_view(const struct shared_state *state)
{
	uint64_t view = state->seq;
	for (size_t i = 0; i < SHARED_NODES; i++) {
		const struct shared_node *node = &state->nodes[i];
		if (node->open && node->view < view)
			view = node->view;
		if (node->open && node->reader_view < view)
			view = node->reader_view;
	}
	return view;
}

static uint64_t newest(const struct shared_row *row)
{
	uint64_t seq = 0;
	for (size_t i = 0; i < SHARED_NODES; i++)
		if (row->slots[i] != NULL && row->slots[i]->seq > seq)
			seq = row->slots[i]->seq;
	return seq;
}

/* Adds a version, and frees the versions that no snapshot shows. */
static void put_version(struct shared_row *row, size_t slot, uint64_t seq, uint64_t oldest,
			bool deleted, struct text value)
{
	struct shared_version *v = shared_must(malloc(sizeof *v + value.n + 1));
	*v = (struct shared_version){row->slots[slot], seq, deleted, value.n};
	if (value.n > 0)
		memcpy(v->bytes, value.p, value.n);
	row->slots[slot] = v;
	while (v != NULL && v->seq > oldest)
		v = v->older;
	if (v != NULL) {
		shared_versions_free(v->older);
		v->older = NULL;
	}
}

/* ---- commits ---- */

static bool has_changed(struct shared_state *state, const struct engine_read *read, uint64_t view)
{
	struct shared_row *row = shared_find(&state->tables[read->kind], read->key);
	if (row == NULL)
		return false;
	row->read_at = state->check;
	return newest(row) > view;
}

/* Each node adds to its own slot only. */
static void store_add(struct shared_state *state, const struct shared_commit *commit,
		      const struct engine_write *w, uint64_t oldest)
{
	struct shared_row *row = find_or_add(&state->tables[w->kind], w->key);
	const struct shared_version *own = row->slots[commit->node];
	struct arena arena = {0};
	struct text sum = w->value;
	if (own != NULL && !own->deleted)
		sum = shared_sum(w->key, text_from(own->bytes, own->n), sum, &arena);
	put_version(row, commit->node, state->seq, oldest, false, sum);
	row->writer = commit->node;
	state->counts.adds++;
	arena_free(&arena);
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
			shared_row_free(t->rows[i]);
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
	/* A deletion may be blind: a record that another row implies goes with this row. */
	if (!w->deleted)
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
	state->seq += batch->n_writes + batch->n_adds > 0;
	for (size_t i = 0; i < batch->n_writes; i++)
		store_write(state, commit, &batch->writes[i], oldest);
	for (size_t i = 0; i < batch->n_adds; i++)
		store_add(state, commit, &batch->adds[i], oldest);
	state->epoch += batch->config;
	state->counts.commits++;
	node->position = ++state->position;
	node->last_commit = commit->number;
	return ERR_OK;
}

/* ---- commits on their way ---- */

void shared_straggler_free(struct shared_straggler *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s);
}

static struct text keep(struct arena *arena, struct text t)
{
	struct text copy = arena_copy(arena, t);
	if (t.n > 0)
		shared_must((void *)(uintptr_t)copy.p);
	return copy;
}

static const struct engine_write *keep_writes(struct arena *arena,
					      const struct engine_write *writes, size_t n)
{
	struct engine_write *kept = shared_must(arena_alloc(arena, n * sizeof *kept + 1));
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
	struct shared_straggler *s = state->stragglers[i] = shared_must(calloc(1, sizeof *s));
	size_t n_reads = batch->n_reads;
	struct engine_read *reads =
	    shared_must(arena_alloc(&s->arena, n_reads * sizeof *reads + 1));
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
	for (size_t n = 0; n < SHARED_STRAGGLERS && state->stragglers[i] == NULL; n++)
		i = (i + 1) % SHARED_STRAGGLERS;
	struct shared_straggler *s = state->stragglers[i];
	if (s == NULL || !shared_happens(state, 2))
		return;
	enum err err = shared_apply(state, &s->commit, &s->batch);
	(void)err; /* the node asks for the outcome */
	state->stragglers[i] = NULL;
	shared_straggler_free(s);
}
