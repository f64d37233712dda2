/* Owns the commit of a batch: the writes and reads that the engine gets, the watches, the done()
 * functions, and the return of the commands after a conflict. Never decides a command. Called by
 * store.c.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/store_parts.h"

static enum err collect_adds(struct store *s)
{
	struct engine_write *adds =
	    array_room(s->adds, &s->adds_cap, s->tx.sums.n_dirty, sizeof *adds);
	if (adds == NULL)
		return ERR_NO_MEMORY;
	s->adds = adds;
	return tx_write_counters(&s->tx, s->adds, &s->n_adds);
}

/* Collects the writes of the overlay in one array, kind after kind, and within a kind in the order
 * in which they were made. So neighbours in the tree are written one after another. */
static enum err collect_writes(struct store *s)
{
	s->n_writes = 0;
	/* The sequences come first: an id that was given stays used, even if no record has it. */
	enum err err = tx_write_sequences(&s->tx);
	if (err == ERR_OK)
		err = collect_adds(s);
	if (err != ERR_OK || s->overlay.n_dirty == 0)
		return err;
	struct engine_write *writes =
	    array_room(s->writes, &s->writes_cap, s->overlay.n_dirty, sizeof *writes);
	if (writes == NULL)
		return ERR_NO_MEMORY;
	s->writes = writes;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		const struct overlay_entry *e = s->overlay.first[kind];
		for (; e != NULL; e = e->next_of_kind)
			s->writes[s->n_writes++] =
			    (struct engine_write){e->kind, e->missing, e->key, e->value};
	}
	return ERR_OK;
}

/* Every key that the batch has read from the engine, also for commands that are not decided yet. */
static enum err collect_reads(struct store *s)
{
	struct engine_read *reads =
	    array_room(s->reads, &s->reads_cap, s->overlay.n_entries, sizeof *reads);
	s->n_reads = 0;
	if (reads == NULL)
		return ERR_NO_MEMORY;
	s->reads = reads;
	for (size_t i = 0; i < s->overlay.n_buckets; i++)
		for (const struct overlay_entry *e = s->overlay.buckets[i]; e != NULL;
		     e = e->next_in_bucket)
			if (e->read)
				s->reads[s->n_reads++] = (struct engine_read){e->kind, e->key};
	return ERR_OK;
}

static void tell_watches(struct store *s)
{
	max_align_t record[RECORD_SIZE_MAX / sizeof(max_align_t)];
	for (size_t i = 0; i < s->n_watches; i++) {
		const struct watch *w = &s->watches[i];
		assert(w->kind->size <= sizeof record);
		const struct overlay_entry *e = s->overlay.first[w->kind->id];
		for (; e != NULL; e = e->next_of_kind) {
			enum err err = e->missing
					   ? record_decode_key(w->kind, e->key, record)
					   : record_decode(w->kind, e->key, e->value, record);
			if (err == ERR_OK)
				w->fn(w->arg, w->kind, record, e->missing);
		}
		for (size_t n = 0; n < s->n_adds; n++)
			if (s->adds[n].kind == w->kind->id &&
			    record_decode(w->kind, s->adds[n].key, s->adds[n].value, record) ==
				ERR_OK)
				w->fn(w->arg, w->kind, record, false);
	}
}

/* Logs at most once a second, because a full disk fails every batch. */
static void log_failure(struct store *s, enum err err)
{
	const uint64_t second_ns = 1000000000;
	if (s->logged_ns != 0 && s->commit_ended_ns - s->logged_ns < second_ns)
		return;
	s->logged_ns = s->commit_ended_ns;
	log_error("store.commit_failed", LOG_STR("error", err_name(err)),
		  LOG_U64("commands", s->decided.n),
		  LOG_U64("failed_commits", s->counters.failed_commits));
}

static void count_commit(struct store *s, enum err err)
{
	s->commit_ended_ns = clock_system.mono_ns(&clock_system);
	s->last_batch = s->decided.n;
	uint64_t took = s->commit_ended_ns - s->commit_began_ns;
	if (err != ERR_OK) {
		s->counters.failed_commits++;
		log_failure(s, err);
		return;
	}
	s->counters.commits++;
	s->counters.writes += s->n_writes + s->n_adds;
	histogram_add(&s->counters.commit_durations, took);
}

/* If the commit failed, every command of the batch has failed. Even a command without writes may
 * have read the writes of another command. */
static void pay_debts(struct store *s, enum err err)
{
	struct queue owed = s->decided;
	struct command *cmd;
	s->decided = (struct queue){0};
	while ((cmd = queue_pop(&owed)) != NULL) {
		s->counters.commands++;
		s->counters.refused += cmd->err != ERR_OK;
		cmd->done(cmd, err != ERR_OK ? err : cmd->err);
	}
}

void store_drop_config(struct store *s)
{
	config_cache_drop(&s->cache);
	s->cache.version++;
}

void store_sweep_cache(struct store *s)
{
	if (s->decided.n == 0)
		config_cache_free_dropped(&s->cache);
}

void store_empty_batch(struct store *s)
{
	store_sweep_cache(s);
	overlay_clear(&s->overlay);
	overlay_clear(&s->tx.sums);
	arena_reset(&s->tx.arena);
	s->tx.broken = s->tx.batch_announces = false;
}

static void finish_batch(struct store *s, enum err err)
{
	s->committing = false;
	s->stale = true; /* also after a failure, because the engine may have reset its view */
	tx_settle(&s->tx, err == ERR_OK);
	if (err != ERR_OK)
		tx_drop_blocks(&s->tx, true);
	if (err == ERR_OK && s->n_writes + s->n_adds > 0) {
		memcpy(s->query_tx.last_id, s->tx.last_id, sizeof s->tx.last_id);
		if (tx_writes_config(&s->tx))
			store_drop_config(s);
		tell_watches(s);
	}
	pay_debts(s, err);
	store_empty_batch(s);
}

/* After the first conflict, the engine may hold the locks of the batch, or the commands that met
 * locked rows go to the second store. If the batch fails again, a smaller batch has read less, so
 * it is less likely to meet another writer. The next commits let the batches grow. */
static void decide_again(struct store *s)
{
	size_t half = s->decided.n / 2;
	if (s->retries)
		s->batch_limit = half > 0 ? half : 1;
	s->retries = true;
	s->counters.conflicts++;
	store_avoid_locked(s);
	s->committing = false;
	s->stale = true;
	tx_settle(&s->tx, false);
	for (struct command *cmd = s->decided.first; cmd != NULL; cmd = cmd->next)
		cmd->err = ERR_PENDING;
	queue_prepend(&s->waiting, &s->decided);
	s->last_batch = 0; /* the commands have waited: store_wait_ns lets them go on at once */
	store_empty_batch(s);
}

static void grow_limit(struct store *s)
{
	s->batch_limit *= 2;
	if (s->batch_limit > s->config.batch_max)
		s->batch_limit = s->config.batch_max;
}

/* With other writers, a batch without writes is committed too: its answers rest on what it read. */
static bool needs_commit(const struct store *s)
{
	return s->n_writes + s->n_adds > 0 || !s->engine->ops->single_writer;
}

void store_commit_batch(struct store *s)
{
	enum err err = ERR_OK;
	if (!s->committing) {
		err = s->tx.broken ? ERR_NO_MEMORY : collect_writes(s);
		if (err == ERR_OK && !s->engine->ops->single_writer)
			err = collect_reads(s);
		s->commit_began_ns = clock_system.mono_ns(&clock_system);
	}
	if (err == ERR_OK && needs_commit(s)) {
		const struct engine_batch batch = {.writes = s->writes,
						   .n_writes = s->n_writes,
						   .adds = s->adds,
						   .n_adds = s->n_adds,
						   .reads = s->reads,
						   .n_reads = s->n_reads,
						   .config = tx_writes_config(&s->tx),
						   .avoids_locked = !s->tx.waits_for_locks};
		err = s->engine->ops->commit(s->engine, &batch);
		s->committing = err == ERR_PENDING;
		if (s->committing)
			return;
		if (err == ERR_CONFLICT) {
			decide_again(s);
			return;
		}
		s->retries = false;
		count_commit(s, err);
		grow_limit(s);
	}
	finish_batch(s, err);
}
