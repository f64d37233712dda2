/* Owns one node's side of the shared memory engine: its snapshot, what it waits for, and the steps
 * of its commit. Never keeps a row (shared_state.c). Called by the store of the node. */
#include "engine_shared.h"

#include <stdlib.h>
#include <string.h>

/* A query runs again from the start for each key that is late. A slice of `verify` reads thousands
 * of keys, so only some of them are late. */
enum { ASKED_MAX = 1 << 12, READER_LATE_MAX = 16 };

/* The steps of a commit. Another store may run before each of them. */
enum step { STEP_NONE, STEP_SEND, STEP_DECIDE, STEP_LOST, STEP_ANSWER };

/* A request to the engine: a key, a scan, a block of ids, or a step of a commit. */
struct asked {
	uint64_t hash;
	uint64_t round;   /* an entry of an earlier round is a free place */
	uint64_t arrival; /* it is here as soon as so many arrivals have been */
};

/* What a reader has asked for since its view, or the commands since their last commit. */
struct asks {
	struct asked table[ASKED_MAX]; /* a hash table */
	size_t n, late, late_max;
	uint64_t round;
};

/* The view of the queries. */
struct reader {
	struct engine engine;
	struct engine_shared *node;
	uint64_t epoch;
	struct arena bytes;
	struct asks asks;
	bool opens;
};

struct engine_shared {
	struct engine engine;
	struct engine_ops ops;
	struct shared_state *state;
	unsigned node;
	uint64_t fence, epoch;
	uint64_t number; /* of the last commit that was begun */
	enum step step;
	enum err answer;
	bool tried;         /* the last commit had a conflict without a reason */
	struct arena bytes; /* the results of reads since the view */
	struct asks asks;
	struct reader reader;
	uint64_t arrivals;
	uint8_t blocks[RECORD_KINDS]; /* given to this node */
	engine_wake_fn *wake;
	void *wake_arg;
};

static struct engine_shared *self(struct engine *engine)
{
	return (struct engine_shared *)engine;
}

static struct shared_node *row_of(struct engine_shared *e)
{
	return &e->state->nodes[e->node];
}

/* ---- what is pending ---- */

static uint64_t hash_of(char what, uint8_t kind, struct text key)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)what << 8 ^ kind;
	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (uint8_t)key.p[i]) * 0x100000001b3u;
	return h;
}

/* True if the answer is here. Nothing is late without faults. */
static bool is_here(struct engine_shared *e, struct asks *asks, char what, uint8_t kind,
		    struct text key)
{
	struct shared_state *state = e->state;
	if (state->faults.delays == 0)
		return true;
	uint64_t hash = hash_of(what, kind, key);
	struct asked *a = &asks->table[hash % ASKED_MAX];
	while (a->round == asks->round && a->hash != hash)
		a = a == &asks->table[ASKED_MAX - 1] ? asks->table : a + 1;
	if (a->round == asks->round)
		return a->arrival <= e->arrivals;
	if (asks->n == ASKED_MAX / 2)
		return true;
	bool late = asks->late < asks->late_max && shared_happens(state, state->faults.delays);
	*a = (struct asked){hash, asks->round, e->arrivals + late};
	asks->n++;
	asks->late += late;
	state->counts.delays += late;
	return !late;
}

static void forget_asks(struct asks *asks)
{
	asks->round++;
	asks->n = asks->late = 0;
}

void engine_shared_arrive(struct engine *engine)
{
	struct engine_shared *e = self(engine);
	e->arrivals++;
	if (e->wake != NULL)
		e->wake(e->wake_arg);
}

static void engine_set_wake(struct engine *engine, engine_wake_fn *wake, void *arg)
{
	self(engine)->wake = wake;
	self(engine)->wake_arg = arg;
}

/* ---- reads ---- */

static enum err engine_view(struct engine *engine)
{
	struct engine_shared *e = self(engine);
	row_of(e)->view = e->state->seq;
	if (!shared_happens(e->state, e->state->faults.late))
		e->epoch = e->state->epoch;
	arena_free(&e->bytes);
	return ERR_OK;
}

static uint64_t engine_epoch(struct engine *engine)
{
	return self(engine)->epoch;
}

/* The bytes are copied, so that a sanitizer finds a use of them after the next view. */
static enum err engine_get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct engine_shared *e = self(engine);
	struct text found;
	/* A store reads its sequences (kind 0) with the view, and waits for them. */
	if (kind != 0)
		shared_switch(e->state);
	if (kind != 0 && !is_here(e, &e->asks, 'g', kind, key))
		return ERR_PENDING;
	enum err err = shared_get(e->state, kind, key, row_of(e)->view, &e->bytes, &found);
	if (err == ERR_OK)
		*value = found.n > 0 ? arena_copy(&e->bytes, found) : TEXT("");
	return err;
}

static enum err engine_scan(struct engine *engine, const struct engine_scan *scan,
			    engine_row_fn *take, void *arg)
{
	struct engine_shared *e = self(engine);
	shared_switch(e->state);
	if (!is_here(e, &e->asks, scan->reverse ? 'r' : 's', scan->kind, scan->from))
		return ERR_PENDING;
	shared_scan(e->state, scan, row_of(e)->view, &e->bytes, take, arg);
	return ERR_OK;
}

/* ---- the reader ---- */

static struct reader *reader_of(struct engine *engine)
{
	return (struct reader *)engine;
}

static enum err reader_view(struct engine *engine)
{
	struct reader *r = reader_of(engine);
	struct engine_shared *e = r->node;
	if (!r->opens) {
		/* A database may take the snapshot long before its answer arrives. */
		forget_asks(&r->asks);
		row_of(e)->reader_view = e->state->seq;
		r->epoch = e->state->epoch;
		arena_free(&r->bytes);
	}
	r->opens = !is_here(e, &r->asks, 'v', 0, TEXT(""));
	return r->opens ? ERR_PENDING : ERR_OK;
}

static uint64_t reader_epoch(struct engine *engine)
{
	return reader_of(engine)->epoch;
}

static enum err reader_get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct reader *r = reader_of(engine);
	struct shared_state *state = r->node->state;
	shared_switch(state);
	if (!is_here(r->node, &r->asks, 'g', kind, key))
		return ERR_PENDING;
	return shared_get(state, kind, key, row_of(r->node)->reader_view, &r->bytes, value);
}

static enum err reader_scan(struct engine *engine, const struct engine_scan *scan,
			    engine_row_fn *take, void *arg)
{
	struct reader *r = reader_of(engine);
	struct shared_state *state = r->node->state;
	shared_switch(state);
	if (!is_here(r->node, &r->asks, scan->reverse ? 'r' : 's', scan->kind, scan->from))
		return ERR_PENDING;
	shared_scan(state, scan, row_of(r->node)->reader_view, &r->bytes, take, arg);
	return ERR_OK;
}

static struct engine *engine_reader(struct engine *engine)
{
	static const struct engine_ops ops = {
	    .view = reader_view, .get = reader_get, .scan = reader_scan, .epoch = reader_epoch};
	struct engine_shared *e = self(engine);
	e->reader.engine.ops = &ops;
	e->reader.node = e;
	e->reader.asks.round = 1;
	e->reader.asks.late_max = READER_LATE_MAX;
	return &e->reader.engine;
}

/* ---- commits ---- */

static struct shared_commit describe(struct engine_shared *e)
{
	return (struct shared_commit){e->node, e->fence, e->number, e->epoch, row_of(e)->view};
}

/* The connection breaks: either the commit has happened, or it is still on its way. */
static bool lose(struct engine_shared *e, const struct shared_commit *commit,
		 const struct engine_batch *batch)
{
	if (!shared_happens(e->state, e->state->faults.lost))
		return false;
	if (shared_happens(e->state, 2))
		return shared_delay_commit(e->state, commit, batch);
	e->answer = shared_apply(e->state, commit, batch);
	return true;
}

/* Raises the node's fence, so that the lost commit can no longer happen, and then reads whether it
 * has happened. */
static enum step resolve(struct engine_shared *e)
{
	struct shared_node *row = row_of(e);
	e->fence = ++row->fence;
	bool stored = row->last_commit == e->number;
	e->state->counts.lost_stored += stored;
	e->state->counts.lost_dropped += !stored;
	e->answer = stored ? ERR_OK : ERR_CONFLICT;
	return STEP_ANSWER;
}

static bool try_again(struct engine_shared *e)
{
	e->tried = !e->tried && shared_happens(e->state, e->state->faults.again);
	e->answer = ERR_CONFLICT;
	return e->tried;
}

static enum step take_step(struct engine_shared *e, const struct engine_batch *batch)
{
	const struct shared_commit commit = describe(e);
	switch (e->step) {
	case STEP_SEND:
		return STEP_DECIDE;
	case STEP_DECIDE:
		if (try_again(e))
			return STEP_ANSWER;
		if (lose(e, &commit, batch))
			return STEP_LOST;
		e->answer = shared_apply(e->state, &commit, batch);
		return STEP_ANSWER;
	case STEP_LOST:
		return resolve(e);
	case STEP_NONE:
	case STEP_ANSWER:
		break;
	}
	return STEP_ANSWER;
}

static void finish(struct engine_shared *e, const struct engine_batch *batch)
{
	e->step = STEP_NONE;
	forget_asks(&e->asks);
	if (e->answer == ERR_OK)
		e->epoch += batch->config;
	else if (e->answer == ERR_CONFLICT)
		e->epoch = e->state->epoch;
	else
		e->answer = ERR_IO; /* another engine has taken over the node */
}

static enum err engine_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct engine_shared *e = self(engine);
	if (e->step == STEP_NONE) {
		e->step = STEP_SEND;
		e->number++;
	}
	do {
		const char number[] = {(char)e->step, (char)e->number, (char)(e->number >> 8)};
		shared_switch(e->state);
		if (!is_here(e, &e->asks, 'c', 0, text_from(number, sizeof number)))
			return ERR_PENDING;
		shared_arrive(e->state);
		e->step = take_step(e, batch);
	} while (e->step != STEP_ANSWER);
	finish(e, batch);
	return e->answer;
}

uint64_t engine_shared_position(const struct engine *engine)
{
	const struct engine_shared *e = (const struct engine_shared *)engine;
	return e->state->nodes[e->node].position;
}

/* ---- ids ---- */

/* A node that takes a block just before another node gets a higher block, so blocks are out of the
 * order of time by chance. Gaps between blocks are ids that a node has lost. */
static enum err engine_take_ids(struct engine *engine, uint8_t kind, uint64_t n, uint64_t *first)
{
	struct engine_shared *e = self(engine);
	const char number[] = {(char)e->blocks[kind]};
	shared_switch(e->state);
	if (!is_here(e, &e->asks, 'i', kind, text_from(number, sizeof number)))
		return ERR_PENDING;
	*first = e->state->next_id[kind];
	e->state->next_id[kind] += n;
	e->state->counts.blocks++;
	e->blocks[kind]++;
	return ERR_OK;
}

/* ---- nodes and time ---- */

static uint64_t engine_node(const struct engine *engine)
{
	return ((const struct engine_shared *)engine)->node + 1;
}

static uint64_t engine_now_ms(const struct engine *engine, uint64_t own_ms)
{
	struct shared_state *state = ((const struct engine_shared *)engine)->state;
	bool expired = shared_happens(state, state->faults.expired);
	state->counts.expired += expired;
	return own_ms + (expired ? 3600000 : 0);
}

/* ---- opening and closing ---- */

static void engine_close_node(struct engine *engine)
{
	struct engine_shared *e = self(engine);
	if (row_of(e)->fence == e->fence)
		row_of(e)->open = false;
	arena_free(&e->bytes);
	arena_free(&e->reader.bytes);
	free(e);
}

struct engine *engine_shared_open(struct shared_state *state, unsigned node)
{
	static const struct engine_ops with_blocks = {
	    .adds = true,
	    .view = engine_view,
	    .reader = engine_reader,
	    .get = engine_get,
	    .scan = engine_scan,
	    .commit = engine_commit,
	    .set_wake = engine_set_wake,
	    .wait = engine_shared_arrive,
	    .epoch = engine_epoch,
	    .take_ids = engine_take_ids,
	    .node = engine_node,
	    .now_ms = engine_now_ms,
	    .close = engine_close_node,
	};
	struct engine_shared *e = calloc(1, sizeof *e);
	if (e == NULL)
		return NULL;
	e->ops = with_blocks;
	if (state->alone)
		e->ops.take_ids = NULL; /* the store keeps sequences */
	e->engine.ops = &e->ops;
	e->state = state;
	e->node = node;
	e->epoch = state->epoch;
	e->asks.round = 1;
	e->asks.late_max = ASKED_MAX;
	struct shared_node *row = row_of(e);
	e->fence = ++row->fence;
	e->number = row->last_commit;
	row->open = true;
	row->view = state->seq;
	row->reader_view = UINT64_MAX; /* no query has begun */
	return &e->engine;
}
