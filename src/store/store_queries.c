/* Owns the queue of queries, their answers, and the views that queries and commands read. Never
 * decides a command (store.c). Called by api, delivery and upkeep for their queries, and by
 * store.c.
 */
#include "store/store_parts.h"

enum err store_query(struct store *s, struct command *cmd)
{
	if (s->queries.n + s->parked.n >= s->config.queue_max)
		return ERR_BUSY;
	queue_push(&s->queries, cmd);
	return ERR_OK;
}

/* If the epoch of the view is older than the epoch of the cache, the view is read without the
 * cache. */
static void follow_epoch(struct store *s, struct engine *engine, struct tx *tx)
{
	uint64_t epoch = engine->ops->epoch == NULL ? 0 : engine->ops->epoch(engine);
	if (epoch > s->cache.epoch) {
		store_drop_config(s);
		s->cache.epoch = epoch;
	}
	tx->config_version = epoch == s->cache.epoch ? s->cache.version : UINT64_MAX;
}

/* If the queries share this view, their answers end with the old view, so the parked queries run
 * again. */
bool store_refresh_view(struct store *s)
{
	/* Commands must not be decided on an old view: they would overwrite newer commits. */
	if (s->stale && s->engine->ops->view(s->engine) == ERR_OK) {
		s->stale = false;
		follow_epoch(s, s->engine, &s->tx);
		if (s->reader == s->engine) {
			s->query_tx.config_version = s->tx.config_version;
			s->answered = s->parked.n > 0;
		}
	}
	return !s->stale;
}

bool store_queries_go_on(const struct store *s)
{
	if (s->parked.n > 0 && s->answered)
		return true;
	return s->queries.n > 0 && !s->reader_opens && (s->parked.n == 0 || s->reader == s->engine);
}

/* Puts the queries that run now into `todo`. */
static void pick_queries(struct store *s, struct queue *todo)
{
	bool shares = s->reader == s->engine, begins = shares || s->parked.n == 0;
	if (shares && !store_refresh_view(s))
		return;
	if (!shares && begins) {
		/* The snapshot may be older than a query that comes while the view opens. */
		if (s->opening == 0)
			s->opening = s->queries.n;
		enum err err = s->reader->ops->view(s->reader);
		s->reader_opens = err == ERR_PENDING;
		if (err != ERR_OK)
			return;
		follow_epoch(s, s->reader, &s->query_tx);
	}
	for (size_t n = !begins ? 0 : shares ? s->queries.n : s->opening; n > 0; n--)
		queue_push(todo, queue_pop(&s->queries));
	if (begins)
		s->opening = 0;
	if (s->answered)
		queue_prepend(todo, &s->parked);
	s->answered = false;
}

/* The result of a query that has run. If the view was lost, the query starts over with the next
 * view, whatever else it waits for. */
static enum err finish_query(struct tx *tx, enum err err)
{
	if (err != ERR_PENDING && tx->failed != ERR_OK)
		err = tx->failed;
	if (tx->unsure && err != ERR_CONFLICT)
		err = ERR_PENDING;
	tx->failed = ERR_OK;
	tx->unsure = false;
	return err;
}

static void run_queries(struct store *s)
{
	struct queue todo = {0}, answered = {0};
	struct command *cmd;
	pick_queries(s, &todo);
	while ((cmd = queue_pop(&todo)) != NULL) {
		cmd->err = finish_query(&s->query_tx, cmd->decide(cmd, &s->query_tx));
		queue_push(cmd->err == ERR_PENDING    ? &s->parked
			   : cmd->err == ERR_CONFLICT ? &s->queries
						      : &answered,
			   cmd);
	}
	while ((cmd = queue_pop(&answered)) != NULL) {
		s->counters.queries++;
		cmd->done(cmd, cmd->err);
	}
	arena_reset(&s->query_tx.arena);
	store_sweep_cache(s);
}

void store_answer_queries(struct store *s)
{
	if (store_queries_go_on(s))
		run_queries(s);
}
