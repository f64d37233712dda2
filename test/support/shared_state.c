/* Owns the rows of a shared memory engine and their versions. Never changes a row
 * (shared_commit.c). Called by engine_shared.c. */
#include "shared_rows.h"

#include <stdlib.h>
#include <string.h>

#include "store/counter.h"

void *shared_must(void *p)
{
	if (p == NULL)
		abort(); /* an engine for tests cannot roll back */
	return p;
}

struct shared_state *shared_state_new(uint64_t seed)
{
	struct shared_state *state = shared_must(calloc(1, sizeof *state));
	state->random.state = seed;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		state->next_id[kind] = 1;
	return state;
}

void shared_versions_free(struct shared_version *v)
{
	while (v != NULL) {
		struct shared_version *older = v->older;
		free(v);
		v = older;
	}
}

void shared_row_free(struct shared_row *row)
{
	for (size_t i = 0; i < SHARED_NODES; i++)
		shared_versions_free(row->slots[i]);
	free(row);
}

void shared_state_free(struct shared_state *state)
{
	if (state == NULL)
		return;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		struct shared_table *t = &state->tables[kind];
		for (size_t i = 0; i < t->n; i++)
			shared_row_free(t->rows[i]);
		free(t->rows);
	}
	for (size_t i = 0; i < SHARED_STRAGGLERS; i++)
		shared_straggler_free(state->stragglers[i]);
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

/* The first row whose key is not below `key`. */
size_t shared_lower_bound(const struct shared_table *t, struct text key)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_order(t->rows[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct shared_row *shared_find(const struct shared_table *t, struct text key)
{
	size_t i = shared_lower_bound(t, key);
	return i < t->n && text_eq(t->rows[i]->key, key) ? t->rows[i] : NULL;
}

static const struct shared_version *seen(const struct shared_row *row, size_t slot, uint64_t view)
{
	const struct shared_version *v = row->slots[slot];
	while (v != NULL && v->seq > view)
		v = v->older;
	return v == NULL || v->deleted ? NULL : v;
}

/* ---- counters ---- */

struct text shared_sum(struct text key, struct text a, struct text b, struct arena *arena)
{
	struct buf out = {0};
	struct text kept;
	if (counter_merge(key, a, b, &out) != ERR_OK || buf_keep(&out, arena, &kept) != ERR_OK)
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
		*value = found ? shared_sum(row->key, *value, one, arena) : one;
		found = true;
	}
	return found;
}

enum err shared_get(struct shared_state *state, uint8_t kind, struct text key, uint64_t view,
		    struct arena *arena, struct text *value)
{
	const struct shared_row *row = shared_find(&state->tables[kind], key);
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
	size_t i = shared_lower_bound(t, scan->from);
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
