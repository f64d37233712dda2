/* Owns the steps of a commit: locks in the order of keys, the comparison of versions, the writes,
 * and COMMIT. Never resolves a lost outcome (engine_postgresql_node.c). Called by the store through
 * engine_ops, and by the link when answers arrive.
 */
#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "store/engine_postgresql_parts.h"

void pg_commit_end(struct engine_pg *e, enum err answer)
{
	if (e->commit.step == STEP_IDLE)
		return;
	e->commit.answer = answer;
	e->commit.step = STEP_DONE;
	pg_wake(e);
}

/* ---- the keys of a batch ---- */

static int compare(const void *first, const void *second)
{
	const struct pg_key *a = first, *b = second;
	return a->kind != b->kind ? a->kind - b->kind : text_order(a->key, b->key);
}

/* Of equal keys, the later write of the batch comes last. */
static int in_order(const void *first, const void *second)
{
	const struct pg_key *a = first, *b = second;
	int order = compare(a, b);
	if (order != 0)
		return order;
	return (a->write > b->write) - (a->write < b->write);
}

static void merge_equal(struct pg_commit *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_keys; i++) {
		struct pg_key *kept = n == 0 ? NULL : &c->keys[n - 1];
		if (kept == NULL || compare(kept, &c->keys[i]) != 0)
			c->keys[n++] = c->keys[i];
		else
			kept->write = c->keys[i].write;
	}
	c->n_keys = n;
}

static bool collect_keys(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	size_t n = c->batch.n_writes + c->batch.n_reads;
	struct pg_key *keys = array_room(c->keys, &c->keys_cap, n + 1, sizeof *keys);
	if (keys == NULL)
		return false;
	c->keys = keys;
	c->n_keys = 0;
	for (size_t i = 0; i < c->batch.n_reads; i++) {
		const struct engine_read *r = &c->batch.reads[i];
		const struct pg_read *known = pg_reads_find(&e->reads, r->kind, r->key);
		if (known != NULL)
			keys[c->n_keys++] = (struct pg_key){.kind = r->kind,
							    .read = true,
							    .was_missing = known->missing,
							    .key = r->key,
							    .was = known->version};
	}
	for (size_t i = 0; i < c->batch.n_writes; i++) {
		const struct engine_write *w = &c->batch.writes[i];
		keys[c->n_keys++] = (struct pg_key){.kind = w->kind, .key = w->key, .write = w};
	}
	qsort(keys, c->n_keys, sizeof *keys, in_order);
	merge_equal(c);
	return true;
}

/* ---- locks ---- */

static struct pg_key *find_key(struct engine_pg *e, uint8_t kind, struct text key)
{
	const struct pg_key wanted = {.kind = kind, .key = key};
	const struct pg_commit *c = &e->commit;
	return bsearch(&wanted, c->keys, c->n_keys, sizeof wanted, compare);
}

static void on_locked(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	for (int i = 0; i < PQntuples(result); i++) {
		enum err err = pg_take(e, answer->table, result, i, true);
		struct pg_key *key =
		    err != ERR_OK ? NULL
				  : find_key(e, answer->table->kind_id, buf_view(&e->row.key));
		if (key == NULL) {
			e->writer.failed = true;
			e->writer.error = err != ERR_OK ? err : ERR_CORRUPT;
			return;
		}
		key->exists = true;
		if (answer->table->counter)
			pg_version_add(&key->now, &e->row);
		else
			key->now = e->row.version;
	}
}

/* Locks keys[from] to keys[to - 1], which have one kind and one mode. */
static void send_locks(struct engine_pg *e, size_t from, size_t to, bool update)
{
	struct pg_params *p = &e->params;
	const struct pg_table *table = e->tables->by_kind[e->commit.keys[from].kind];
	const struct pg_answer answer = {.fn = on_locked, .table = table};
	if (table == NULL)
		return; /* a kind without a table has no rows */
	pg_params_begin(p, table, update ? PG_GET_FOR_UPDATE : PG_GET_FOR_SHARE);
	for (size_t i = from; i < to; i++) {
		enum err err = pg_params_add_key(p, e->commit.keys[i].key);
		(void)err; /* no row can have this key, so there is nothing to lock */
	}
	if (pg_params_finish(p, NULL, 0) != ERR_OK)
		e->writer.broken = true;
	else if (p->rows > 0)
		pg_link_run(&e->writer, p, &answer);
}

/* Statements lock one after another, so runs of keys keep the order of all keys of a kind. */
static void send_all_locks(struct engine_pg *e)
{
	const struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		bool update = c->keys[from].write != NULL;
		for (to = from + 1; to < c->n_keys && c->keys[to].kind == c->keys[from].kind &&
				    (c->keys[to].write != NULL) == update;)
			to++;
		send_locks(e, from, to, update);
	}
}

static void on_touched(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	(void)answer;
	e->commit.touched = strcmp(PQcmdTuples((PGresult *)(uintptr_t)result), "1") == 0;
}

/* A change of the configuration locks the cluster first, then all nodes in the order of their ids.
 */
static void touch(struct engine_pg *e)
{
	char number[24], id[24], generation[24], fence[24], epoch[24];
	const char *const values[] = {
	    pg_decimal(e->commit.number, number), pg_decimal(e->node.id, id),
	    pg_decimal(e->node.generation, generation), pg_decimal(e->node.fence, fence),
	    pg_decimal(e->commit.epoch, epoch)};
	struct pg_link *link = &e->writer;
	bool config = e->commit.batch.config;
	if (config) {
		pg_link_own(link, OWN_LOCK_CLUSTER, NULL, 0, NULL, 0);
		pg_link_own(link, OWN_LOCK_NODES, NULL, 0, NULL, 0);
	}
	pg_link_own(link, config ? OWN_TOUCH_CONFIG : OWN_TOUCH, values, 5, on_touched, 0);
	if (config) {
		pg_link_own(link, OWN_BUMP_CLUSTER, NULL, 0, NULL, 0);
		pg_link_own(link, OWN_BUMP_NODES, &values[1], 1, NULL, 0);
	}
}

/* ---- writes ---- */

static bool belongs(const struct pg_table *table, const struct pg_key *key, enum pg_statement s)
{
	const struct engine_write *w = key->write;
	if (w == NULL)
		return false;
	if (s == PG_DELETE)
		return key->exists && (w->deleted || table->counter);
	if (w->deleted)
		return false;
	return (s == PG_INSERT) == (!key->exists || table->counter);
}

static void send_params(struct engine_pg *e, const struct pg_table *table)
{
	struct pg_params *p = &e->params;
	const struct pg_version version = {e->node.generation, e->commit.number};
	if (pg_params_finish(p, &version, e->node.id) != ERR_OK) {
		e->writer.broken = true;
		return;
	}
	/* PG_UPDATE fails if it misses a row that the batch has locked. */
	const struct pg_answer answer = {.table = table};
	if (p->rows > 0)
		pg_link_run(&e->writer, p, &answer);
}

static enum err add_row(struct pg_params *p, enum pg_statement s, const struct engine_write *w)
{
	return s == PG_DELETE ? pg_params_add_key(p, w->key) : pg_params_add(p, w->key, w->value);
}

static enum err send_writes(struct engine_pg *e, size_t from, size_t to, enum pg_statement s)
{
	const struct pg_table *table = e->tables->by_kind[e->commit.keys[from].kind];
	if (table == NULL)
		return ERR_FORMAT;
	pg_params_begin(&e->params, table, s);
	for (size_t i = from; i < to; i++) {
		const struct pg_key *key = &e->commit.keys[i];
		enum err err = belongs(table, key, s) ? add_row(&e->params, s, key->write) : ERR_OK;
		if (err != ERR_OK)
			return err;
	}
	send_params(e, table);
	return ERR_OK;
}

static enum err send_adds(struct engine_pg *e)
{
	const struct engine_batch *b = &e->commit.batch;
	for (size_t from = 0, to = 0; from < b->n_adds; from = to) {
		const struct pg_table *table = e->tables->by_kind[b->adds[from].kind];
		pg_params_begin(&e->params, table, PG_ADD);
		for (; to < b->n_adds && b->adds[to].kind == b->adds[from].kind; to++) {
			enum err err =
			    pg_params_add(&e->params, b->adds[to].key, b->adds[to].value);
			if (err != ERR_OK)
				return err;
		}
		send_params(e, table);
	}
	return ERR_OK;
}

static enum err send_all_writes(struct engine_pg *e)
{
	static const enum pg_statement order[] = {PG_DELETE, PG_INSERT, PG_UPDATE};
	const struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		bool writes = false;
		for (to = from; to < c->n_keys && c->keys[to].kind == c->keys[from].kind; to++)
			writes |= c->keys[to].write != NULL;
		for (size_t i = 0; writes && i < sizeof order / sizeof *order; i++) {
			enum err err = send_writes(e, from, to, order[i]);
			if (err != ERR_OK)
				return err;
		}
	}
	return send_adds(e);
}

/* ---- the steps ---- */

static void on_rolled_back(struct engine_pg *e, const struct pg_answer *answer,
			   const PGresult *result)
{
	(void)answer;
	(void)result;
	e->writer.failed = e->writer.warned = false;
	pg_commit_end(e, e->commit.answer);
}

static void roll_back(struct engine_pg *e, enum err answer)
{
	e->commit.step = STEP_ROLL_BACK;
	e->commit.answer = answer;
	e->writer.failed = false;
	pg_link_own(&e->writer, OWN_ROLLBACK, NULL, 0, NULL, 0);
	if (!e->commit.touched)
		pg_node_look(e);
	pg_link_sync(&e->writer, on_rolled_back, 0);
}

static void on_committed(struct engine_pg *e, const struct pg_answer *answer,
			 const PGresult *result)
{
	(void)answer;
	/* COMMIT of a transaction that has failed answers ROLLBACK. */
	if (strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT") != 0) {
		e->writer.failed = true;
		e->writer.error = ERR_IO;
	}
}

static void on_write_sync(struct engine_pg *e, const struct pg_answer *answer,
			  const PGresult *result)
{
	(void)answer;
	(void)result;
	if (e->writer.failed) {
		roll_back(e, e->writer.error);
	} else if (e->writer.warned) {
		/* The server has stopped waiting for its standby: a failover may lose the batch. */
		e->commit.step = STEP_UNKNOWN;
		pg_node_ask_outcome(e);
	} else {
		pg_node_hear(e, e->commit.epoch + e->commit.batch.config);
		pg_commit_end(e, ERR_OK);
	}
}

static bool has_changed(const struct pg_key *key)
{
	return key->read &&
	       (key->was_missing == key->exists || key->was.generation != key->now.generation ||
		key->was.batch != key->now.batch);
}

static bool any_changed(const struct pg_commit *c)
{
	for (size_t i = 0; i < c->n_keys; i++)
		if (has_changed(&c->keys[i]))
			return true;
	return false;
}

static void on_lock_sync(struct engine_pg *e, const struct pg_answer *answer,
			 const PGresult *result)
{
	(void)answer;
	(void)result;
	struct pg_commit *c = &e->commit;
	if (e->writer.failed || !c->touched || any_changed(c)) {
		roll_back(e, e->writer.failed ? e->writer.error : ERR_CONFLICT);
		return;
	}
	e->writer.warned = false;
	enum err err = send_all_writes(e);
	if (err != ERR_OK) {
		/* Statements that are already sent end with this transaction. */
		e->commit.touched = true;
		roll_back(e, err);
		return;
	}
	c->step = STEP_WRITE;
	pg_link_own(&e->writer, OWN_COMMIT, NULL, 0, on_committed, 0);
	pg_link_sync(&e->writer, on_write_sync, 0);
}

static void send_begin(struct engine_pg *e)
{
	e->commit.step = STEP_LOCK;
	e->writer.failed = e->writer.warned = false;
	pg_link_own(&e->writer, OWN_BEGIN, NULL, 0, NULL, 0);
	touch(e);
	send_all_locks(e);
	pg_link_sync(&e->writer, on_lock_sync, 0);
}

void pg_commit_go_on(struct engine_pg *e)
{
	if (e->writer.state != LINK_READY)
		return;
	if (e->commit.step == STEP_UNKNOWN)
		pg_node_ask_outcome(e);
	else if (e->commit.step == STEP_WAIT)
		send_begin(e);
}

static enum err begin(struct engine_pg *e, const struct engine_batch *batch)
{
	struct pg_commit *c = &e->commit;
	if (e->node.replaced)
		return ERR_IO;
	c->batch = *batch;
	c->number++;
	c->epoch = e->node.told;
	c->touched = false;
	if (!collect_keys(e))
		return ERR_NO_MEMORY;
	c->step = STEP_WAIT;
	pg_commit_go_on(e);
	return ERR_PENDING;
}

enum err pg_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct engine_pg *e = pg_self(engine);
	if (e->commit.step == STEP_IDLE)
		return begin(e, batch);
	if (e->commit.step != STEP_DONE)
		return ERR_PENDING;
	e->commit.step = STEP_IDLE;
	if (e->node.n_wanted > 0)
		pg_send_later(e);
	return e->commit.answer;
}

/* Nothing can have been stored before COMMIT was sent. */
void pg_commit_on_lost(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	c->asks_outcome = false;
	if (c->step == STEP_WRITE) {
		c->step = STEP_UNKNOWN;
	} else if (c->step == STEP_LOCK || c->step == STEP_ROLL_BACK) {
		c->answer = c->step == STEP_LOCK ? ERR_CONFLICT : c->answer;
		c->step = STEP_DONE;
		pg_wake_later(e);
	}
}

void pg_commit_free(struct engine_pg *e)
{
	free(e->commit.keys);
}
