/* Owns the queue of commands, the decisions of a batch, and the turn of the store. Never answers a
 * query (store_queries.c) or commits (store_commit.c), and never knows what a record means or which
 * engine it uses. Called by api, delivery and upkeep for their commands, and by the composition
 * root once in each turn.
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
	BATCH_BYTES_MAX = 32 << 20, /* what its commands may read and write, roughly */
	/* The commands of a paced batch run for this time at most, because every client waits for
	 * the turn. The commit and the replies take about four times as long. On a slow disk, the
	 * commands may run for half as long as the last commit took, because small batches would
	 * only make more commits. */
	DECIDE_NS = 2000000,
	LOOK_EACH = 32,       /* commands between two looks at the clock */
	GAP_MAX_NS = 2000000, /* the longest time that a batch waits for more commands */
};

/* Something that was pending may be there now. */
static void on_wake(void *arg)
{
	struct store *s = arg;
	s->woken = true;
	s->answered = s->parked.n > 0;
	s->reader_opens = false;
}

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
	s->tx = (struct tx){.engine = engine,
			    .shared = !engine->ops->single_writer,
			    .has_blocks = engine->ops->take_ids != NULL,
			    .waits = engine->ops->wait != NULL,
			    .overlay = &s->overlay};
	s->reader = engine->ops->reader == NULL ? engine : engine->ops->reader(engine);
	s->query_tx = (struct tx){.engine = s->reader,
				  .shared = s->tx.shared,
				  .has_blocks = s->tx.has_blocks,
				  .waits = s->tx.waits};
	if (engine->ops->single_writer || engine->ops->epoch != NULL)
		s->tx.cache = s->query_tx.cache = &s->cache;
	if (!overlay_init(&s->overlay, &s->tx.arena) || !overlay_init(&s->tx.sums, &s->tx.arena))
		goto fail;
	if (engine->ops->set_wake != NULL)
		engine->ops->set_wake(engine, on_wake, s);
	if ((err = engine->ops->view(engine)) != ERR_OK)
		goto fail;
	if ((err = tx_load_sequences(&s->tx)) != ERR_OK)
		goto fail;
	if (!config->unfinished && (err = tx_refuse_unfinished(&s->tx)) != ERR_OK)
		goto fail;
	memcpy(s->query_tx.last_id, s->tx.last_id, sizeof s->tx.last_id);
	if ((err = store_open_second(s)) != ERR_OK)
		goto fail;
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
	store_close_second(s);
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
	if (s->second != NULL)
		store_set_steady_ms(s->second, steady_ms);
}

enum err store_submit(struct store *s, struct command *cmd)
{
	size_t handed_over = s->second == NULL ? 0 : s->second->waiting.n;
	if (s->waiting.n + handed_over >= s->config.queue_max)
		return ERR_BUSY;
	cmd->err = ERR_PENDING;
	queue_push(&s->waiting, cmd);
	return ERR_OK;
}

void store_watch(struct store *s, const struct record_kind *kind, store_watch_fn *fn, void *arg)
{
	assert(s->n_watches < WATCHES_MAX);
	s->watches[s->n_watches++] = (struct watch){kind, fn, arg};
	if (s->second != NULL)
		store_watch(s->second, kind, fn, arg);
}

void store_unwatch(struct store *s, const void *arg)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->n_watches; i++)
		if (s->watches[i].arg != arg)
			s->watches[kept++] = s->watches[i];
	s->n_watches = kept;
	if (s->second != NULL)
		store_unwatch(s->second, arg);
}

/* Decides a command. If it needs ids, it gets new blocks and is decided again: the second time it
 * may come to ids of other kinds, so it may need blocks again. */
static enum err decide(struct store *s, struct command *cmd)
{
	enum err err = ERR_OK;
	for (;;) {
		enum err decided = cmd->decide(cmd, &s->tx);
		if (s->tx.met_avoided) {
			tx_look_ahead_end(&s->tx);
			tx_forget_ids(&s->tx);
			return ERR_PENDING;
		}
		bool starved = s->tx.starved;
		decided = tx_finish(&s->tx, decided);
		if (!starved)
			return decided;
		err = tx_take_blocks(&s->tx);
		if (err == ERR_PENDING)
			return err;
		tx_forget_ids(&s->tx);
		if (err != ERR_OK)
			return err;
	}
}

static bool is_full(const struct store *s, size_t n_run)
{
	return s->overlay.n_dirty + s->tx.sums.n_dirty >= BATCH_WRITES_MAX || s->tx.broken ||
	       (s->tx.arena.allocated >= BATCH_BYTES_MAX && n_run > 0);
}

/* Have the commands of the batch run for too long? */
static bool is_late(const struct store *s, size_t n_run, uint64_t began_ns)
{
	if (began_ns == 0 || n_run == 0 || n_run % LOOK_EACH != 0)
		return false;
	uint64_t half_commit_ns = (s->commit_ended_ns - s->commit_began_ns) / 2;
	uint64_t limit_ns = half_commit_ns > DECIDE_NS ? half_commit_ns : DECIDE_NS;
	return clock_system.mono_ns(&clock_system) - began_ns > limit_ns;
}

/* The command waits for a command before it. It runs only to name the keys that it needs, which the
 * engine then fetches in the same round. */
static void look_ahead(struct store *s, struct command *cmd)
{
	bool is_ready = cmd->err != ERR_PENDING; /* its last run found every key and id */
	if (!is_ready && cmd->decide(cmd, &s->tx) != ERR_PENDING && !s->tx.unsure && !s->tx.starved)
		cmd->err = ERR_OK;
	tx_look_ahead_end(&s->tx);
}

/* The blocks that look_ahead has missed come in the same round, too. A command that is decided
 * later gets the error of a block itself. */
static void take_blocks_ahead(struct store *s)
{
	enum err err = tx_take_blocks(&s->tx);
	(void)err;
}

/* Decides the commands of the batch in the order in which they were submitted. A batch takes the
 * commands that wait when it begins, and ends when all of them are decided, so the rounds and the
 * commit serve all of them. If it is full or late, the rest of its commands begin the next batch.
 */
static void decide_batch(struct store *s)
{
	struct queue undecided = {0};
	tx_drop_blocks(&s->tx, false);
	if (s->members == 0) {
		s->members = s->waiting.n < s->batch_limit ? s->waiting.n : s->batch_limit;
		s->tx.waits_for_locks = store_waits_for_locks(s, s->members);
	}
	/* With several writers, a batch that is closed early loses the keys that it waits for. */
	uint64_t began_ns =
	    s->config.paced && !s->tx.shared ? clock_system.mono_ns(&clock_system) : 0;
	size_t n_run = 0;
	for (; n_run < s->members && !is_full(s, n_run) && !is_late(s, n_run, began_ns); n_run++) {
		struct command *cmd = queue_pop(&s->waiting);
		struct queue *to = &undecided;
		if (undecided.n > 0) {
			look_ahead(s, cmd);
		} else {
			cmd->err = decide(s, cmd);
			to = cmd->err == ERR_PENDING ? &undecided : &s->decided;
		}
		if (!store_hand_over(s, cmd))
			queue_push(to, cmd);
	}
	bool full = n_run < s->members && s->decided.n > 0;
	s->cut = full;
	s->members = full ? 0 : undecided.n + (s->members - n_run);
	for (struct command *cmd = full ? undecided.first : NULL; cmd != NULL; cmd = cmd->next)
		cmd->err = ERR_PENDING; /* the next batch has other answers */
	queue_prepend(&s->waiting, &undecided);
	tx_forget_ids(&s->tx);
	if (s->members > 0)
		take_blocks_ahead(s);
	s->fetching = s->members > 0 && (s->overlay.n_asked > 0 || s->tx.awaits_blocks);
}

/* The latest time at which the waiting batch is decided if no more commands come. */
static uint64_t batch_due_ns(const struct store *s)
{
	if (!s->config.paced || s->cut || s->waiting.n >= s->last_batch)
		return 0;
	uint64_t gap_ns = (s->commit_ended_ns - s->commit_began_ns) / 2;
	return s->commit_ended_ns + (gap_ns < GAP_MAX_NS ? gap_ns : GAP_MAX_NS);
}

uint64_t store_wait_ns(const struct store *s)
{
	if (s->waiting.n == 0 || s->members > 0 || s->committing)
		return 0;
	uint64_t due_ns = batch_due_ns(s), now_ns = clock_system.mono_ns(&clock_system);
	return due_ns > now_ns ? due_ns - now_ns : 0;
}

/* Is there work on commands that a turn can do now? */
static bool can_go_on(const struct store *s)
{
	if (s->committing)
		return s->woken;
	return s->fetching ? s->woken : s->waiting.n > 0;
}

static bool has_work(const struct store *s)
{
	return store_queries_go_on(s) || (can_go_on(s) && store_wait_ns(s) == 0);
}

bool store_has_work(const struct store *s)
{
	return has_work(s) || (s->second != NULL && has_work(s->second));
}

static void run_commands(struct store *s)
{
	if (s->fetching && tx_take_answers(&s->tx))
		s->fetching = false;
	if (!s->committing && !s->fetching && s->waiting.n > 0 && store_refresh_view(s))
		decide_batch(s);
	s->woken = false;
	if (s->committing || (s->decided.n > 0 && s->members == 0))
		store_commit_batch(s);
	else if (s->members == 0)
		store_empty_batch(s); /* all commands went to the second store */
}

static bool turn(struct store *s, bool paced)
{
	/* Other writers commit without telling this store. */
	if (!s->engine->ops->single_writer && s->overlay.n_entries == 0 && !s->committing &&
	    (s->parked.n == 0 || s->reader != s->engine))
		s->stale = true;
	store_stop_avoiding(s);
	store_answer_queries(s);
	if (can_go_on(s) && (!paced || store_wait_ns(s) == 0))
		run_commands(s);
	if (s->second != NULL)
		(void)turn(s->second, false);
	return store_has_work(s);
}

bool store_turn(struct store *s)
{
	return turn(s, true);
}

void store_wait(struct store *s)
{
	if (s->second != NULL && !store_idle(s->second))
		store_wait(s->second);
	bool pends = s->parked.n > 0 || s->reader_opens || s->fetching || s->committing;
	if (pends && !store_queries_go_on(s) && !can_go_on(s))
		s->engine->ops->wait(s->engine);
	(void)turn(s, false);
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
			s->engine->ops->wait(s->engine);
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
	if (s->second != NULL)
		store_tend(s->second);
}

bool store_idle(const struct store *s)
{
	return s->queries.n == 0 && s->parked.n == 0 && s->waiting.n == 0 && s->decided.n == 0 &&
	       (s->second == NULL || store_idle(s->second));
}
