/* Owns the queues of commands and queries, and the decisions of a batch. Never commits
 * (store_commit.c), and never knows what a record means or which engine it uses. Called by api,
 * delivery and upkeep for their commands, and by the composition root once in each turn.
 */
#include "store/store.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/store_parts.h"

enum {
	BATCH_MAX = 1024,
	QUEUE_MAX = 16384,
	/* LMDB refuses a transaction with more than 131,071 dirty pages. A write dirties at most
	 * about six pages (a path down the tree, or a split), so a batch stops growing well below
	 * that. */
	BATCH_WRITES_MAX = 16384,
	GAP_MAX_NS = 2000000, /* the longest time that a batch waits for more commands */
};

enum err store_open(struct engine *engine, const struct store_config *config, struct store **out)
{
	enum err err = ERR_NO_MEMORY;
	struct store *s = calloc(1, sizeof *s);
	if (s == NULL) {
		engine_close(engine);
		return err;
	}
	s->engine = engine;
	s->config = *config;
	if (s->config.batch_max == 0)
		s->config.batch_max = BATCH_MAX;
	if (s->config.queue_max == 0)
		s->config.queue_max = QUEUE_MAX;
	s->batch_limit = s->config.batch_max;
	s->tx = (struct tx){.engine = engine, .overlay = &s->overlay};
	s->query_tx = (struct tx){.engine = engine};
	if (engine->ops->single_writer || engine->ops->epoch != NULL)
		s->tx.cache = s->query_tx.cache = &s->cache;
	if (!overlay_init(&s->overlay, &s->tx.arena) || !overlay_init(&s->tx.sums, &s->tx.arena))
		goto fail;
	if ((err = engine->ops->view(engine)) != ERR_OK)
		goto fail;
	if ((err = tx_load_sequences(&s->tx)) != ERR_OK)
		goto fail;
	if (!config->unfinished && (err = tx_refuse_unfinished(&s->tx)) != ERR_OK)
		goto fail;
	memcpy(s->query_tx.last_id, s->tx.last_id, sizeof s->tx.last_id);
	*out = s;
	return ERR_OK;
fail:
	store_close(s);
	return err;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	engine_close(s->engine);
	overlay_free(&s->overlay);
	overlay_free(&s->tx.sums);
	arena_free(&s->tx.arena);
	arena_free(&s->query_tx.arena);
	config_cache_free(&s->cache);
	free(s->tx.stage);
	free(s->writes);
	free(s->adds);
	free(s->reads);
	free(s);
}

void store_set_steady_ms(struct store *s, uint64_t steady_ms)
{
	s->tx.steady_ms = steady_ms;
}

enum err store_submit(struct store *s, struct command *cmd)
{
	if (s->waiting.n >= s->config.queue_max)
		return ERR_BUSY;
	queue_push(&s->waiting, cmd);
	return ERR_OK;
}

enum err store_query(struct store *s, struct command *cmd)
{
	if (s->queries.n >= s->config.queue_max)
		return ERR_BUSY;
	queue_push(&s->queries, cmd);
	return ERR_OK;
}

void store_watch(struct store *s, const struct record_kind *kind, store_watch_fn *fn, void *arg)
{
	assert(s->n_watches < WATCHES_MAX);
	s->watches[s->n_watches++] = (struct watch){kind, fn, arg};
}

void store_unwatch(struct store *s, const void *arg)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->n_watches; i++)
		if (s->watches[i].arg != arg)
			s->watches[kept++] = s->watches[i];
	s->n_watches = kept;
}

/* Drops the cache if another writer has changed the configuration. */
static void follow_epoch(struct store *s)
{
	if (s->engine->ops->epoch == NULL)
		return;
	uint64_t epoch = s->engine->ops->epoch(s->engine);
	if (epoch != s->cache.epoch)
		config_cache_drop(&s->cache);
	s->cache.epoch = epoch;
}

/* Commands must not be decided over an old view: they would overwrite newer commits. */
static bool refresh_view(struct store *s)
{
	if (s->stale && s->engine->ops->view(s->engine) == ERR_OK) {
		s->stale = false;
		follow_epoch(s);
	}
	return !s->stale;
}

static void run_queries(struct store *s)
{
	struct queue todo = s->queries, answered = {0};
	struct command *cmd;
	s->queries = (struct queue){0};
	while ((cmd = queue_pop(&todo)) != NULL) {
		cmd->err = cmd->decide(cmd, &s->query_tx);
		if (cmd->err != ERR_PENDING && s->query_tx.failed != ERR_OK)
			cmd->err = s->query_tx.failed;
		s->query_tx.failed = ERR_OK;
		queue_push(cmd->err == ERR_PENDING ? &s->queries : &answered, cmd);
	}
	while ((cmd = queue_pop(&answered)) != NULL) {
		s->counters.queries++;
		cmd->done(cmd, cmd->err);
	}
	arena_reset(&s->query_tx.arena);
	store_sweep_cache(s);
}

/* Decides a command. If it needs ids, it gets new blocks and is decided again: the second time it
 * may come to ids of other kinds, so it may need blocks again. */
static enum err decide(struct store *s, struct command *cmd)
{
	enum err err = ERR_OK;
	for (;;) {
		enum err decided = cmd->decide(cmd, &s->tx);
		bool starved = s->tx.starved;
		decided = tx_finish(&s->tx, decided);
		if (!starved)
			return decided;
		if ((err = tx_take_blocks(&s->tx)) != ERR_OK)
			return err;
	}
}

/* Decides the waiting commands, up to one batch. Pending commands stay in the queue, in their
 * order. */
static void decide_batch(struct store *s)
{
	struct queue todo = s->waiting;
	struct command *cmd;
	s->waiting = (struct queue){0};
	tx_drop_blocks(&s->tx, false);
	while ((cmd = queue_pop(&todo)) != NULL) {
		bool full = s->decided.n >= s->batch_limit ||
			    s->overlay.n_dirty + s->tx.sums.n_dirty >= BATCH_WRITES_MAX ||
			    s->tx.broken;
		cmd->err = full ? ERR_PENDING : decide(s, cmd);
		queue_push(cmd->err == ERR_PENDING ? &s->waiting : &s->decided, cmd);
	}
}

/* The latest time at which the waiting batch is decided if no more commands come. */
static uint64_t batch_due_ns(const struct store *s)
{
	if (!s->config.paced || s->waiting.n >= s->last_batch)
		return 0;
	uint64_t gap_ns = (s->commit_ended_ns - s->commit_began_ns) / 2;
	return s->commit_ended_ns + (gap_ns < GAP_MAX_NS ? gap_ns : GAP_MAX_NS);
}

uint64_t store_wait_ns(const struct store *s)
{
	if (s->waiting.n == 0 || s->committing)
		return 0;
	uint64_t due_ns = batch_due_ns(s), now_ns = clock_system.mono_ns(&clock_system);
	return due_ns > now_ns ? due_ns - now_ns : 0;
}

void store_answer_queries(struct store *s)
{
	if (s->queries.n > 0 && refresh_view(s))
		run_queries(s);
}

bool store_turn(struct store *s)
{
	/* Other writers commit without telling this store. */
	if (!s->engine->ops->single_writer && s->overlay.n_entries == 0 && !s->committing)
		s->stale = true;
	store_answer_queries(s);
	bool waits = store_wait_ns(s) > 0;
	if (!s->committing && s->waiting.n > 0 && !waits && refresh_view(s))
		decide_batch(s);
	if (s->decided.n > 0)
		store_commit_batch(s);
	return s->queries.n > 0 || (s->waiting.n > 0 && !waits);
}

static bool note_row(void *arg, struct text key, struct text value)
{
	(void)key;
	(void)value;
	*(bool *)arg = true;
	return false;
}

/* Without sequences, only the rows tell. */
static bool has_rows(const struct store *s)
{
	bool found = false;
	for (uint8_t kind = 1; kind < RECORD_KINDS && !found; kind++) {
		const struct engine_scan scan = {.kind = kind};
		while (s->engine->ops->scan(s->engine, &scan, note_row, &found) == ERR_PENDING)
			; /* only at the start */
	}
	return found;
}

bool store_is_new(const struct store *s)
{
	if (s->engine->ops->take_ids != NULL)
		return !has_rows(s);
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (s->tx.saved_last_id[kind] != 0)
			return false;
	return true;
}

bool store_will_commit(const struct store *s)
{
	return s->waiting.n > 0;
}

void store_tend(struct store *s)
{
	if (s->engine->ops->tend != NULL)
		s->engine->ops->tend(s->engine);
}

bool store_idle(const struct store *s)
{
	return s->queries.n == 0 && s->waiting.n == 0 && s->decided.n == 0;
}

struct store_counters store_counters(const struct store *s)
{
	struct store_counters counters = s->counters;
	counters.queued = s->queries.n + s->waiting.n + s->decided.n;
	return counters;
}
