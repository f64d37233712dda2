/* Owns the blocks of ids of two nodes. Never keeps a row (engine_memory.c). Called by the store of
 * tests about ids. */
#include "engine_disorder.h"

#include <stdlib.h>

#include "store/engine_ops.h"

enum { NODES = 2, GAP_MIN = 8, GAP_MAX = 40 };

/* What a node has reserved, and has not given yet. */
struct reserve {
	uint64_t next, end;
};

struct engine_disorder {
	struct engine engine, *inner;
	struct seeded random;
	struct reserve reserves[RECORD_KINDS][NODES];
	uint64_t next_id[RECORD_KINDS];
	uint64_t turns[RECORD_KINDS];
	uint64_t blocks;
};

static struct engine_disorder *self(struct engine *engine)
{
	return (struct engine_disorder *)engine;
}

static enum err take_ids(struct engine *engine, uint8_t kind, uint64_t n, uint64_t *first)
{
	struct engine_disorder *e = self(engine);
	struct reserve *r = &e->reserves[kind][e->turns[kind]++ % NODES];
	if (r->end - r->next < n) {
		r->next = e->next_id[kind] + 1;
		e->next_id[kind] += 4 * n + GAP_MIN + seeded_below(&e->random, GAP_MAX);
		r->end = e->next_id[kind] + 1;
	}
	*first = r->next;
	r->next += n;
	e->blocks++;
	return ERR_OK;
}

static enum err view(struct engine *engine)
{
	struct engine *inner = self(engine)->inner;
	return inner->ops->view(inner);
}

static enum err get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct engine *inner = self(engine)->inner;
	return inner->ops->get(inner, kind, key, value);
}

static enum err scan(struct engine *engine, const struct engine_scan *s, engine_row_fn *take,
		     void *arg)
{
	struct engine *inner = self(engine)->inner;
	return inner->ops->scan(inner, s, take, arg);
}

/* The memory engine does not expect a batch without writes. */
static enum err commit(struct engine *engine, const struct engine_batch *batch)
{
	struct engine *inner = self(engine)->inner;
	return batch->n_writes + batch->n_adds > 0 ? inner->ops->commit(inner, batch) : ERR_OK;
}

static void close_both(struct engine *engine)
{
	engine_close(self(engine)->inner);
	free(engine);
}

struct engine *engine_disorder_open(struct seeded random)
{
	static const struct engine_ops ops = {
	    .view = view,
	    .get = get,
	    .scan = scan,
	    .commit = commit,
	    .take_ids = take_ids,
	    .close = close_both,
	};
	struct engine_disorder *e = calloc(1, sizeof *e);
	if (e == NULL)
		return NULL;
	e->engine.ops = &ops;
	e->random = random;
	e->inner = engine_memory_open(false);
	if (e->inner != NULL)
		return &e->engine;
	free(e);
	return NULL;
}

uint64_t engine_disorder_gets(const struct engine *engine, uint8_t kind)
{
	return engine_memory_gets(((const struct engine_disorder *)engine)->inner, kind);
}

uint64_t engine_disorder_blocks(const struct engine *engine)
{
	return ((const struct engine_disorder *)engine)->blocks;
}
