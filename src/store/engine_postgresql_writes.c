/* Owns the statements of a commit about rows: the locks, the inserts of missing rows, the writes.
 * Never begins or ends a transaction. Called by the commit.
 */
#include <libpq-fe.h>

#include "store/engine_postgresql_parts.h"

/* ---- locks ---- */

static void on_locked(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	for (int i = 0; i < PQntuples(result); i++) {
		enum err err = pg_take(e, answer->table, result, i, true);
		struct pg_key *key =
		    err != ERR_OK ? NULL
				  : pg_keys_find(e, answer->table->kind_id, buf_view(&e->row.key));
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

/* Which keys of a mode a statement locks. */
enum which { ALL_KEYS, READ_KEYS, BLIND_KEYS };

/* A transaction that holds locks already must not wait for further locks: they would be out of
 * order, so two transactions could wait for each other. */
static enum pg_statement lock_statement(const struct engine_pg *e, enum pg_mode mode,
					enum which which)
{
	bool update = mode == MODE_UPDATE;
	if (e->commit.holds)
		return update ? PG_GET_FOR_UPDATE_NOWAIT : PG_GET_FOR_SHARE_NOWAIT;
	if (which == READ_KEYS)
		return update ? PG_GET_FOR_UPDATE_SKIP : PG_GET_FOR_SHARE_SKIP;
	return update ? PG_GET_FOR_UPDATE : PG_GET_FOR_SHARE;
}

static bool is_among(const struct pg_key *key, enum which which)
{
	return which == ALL_KEYS || key->read == (which == READ_KEYS);
}

/* Locks the keys of this mode between keys[from] and keys[to - 1], which have one kind. */
static void send_locks(struct engine_pg *e, size_t from, size_t to, enum pg_mode mode,
		       enum which which)
{
	struct pg_params *p = &e->params;
	const struct pg_table *table = e->tables->by_kind[e->commit.keys[from].kind];
	const struct pg_answer answer = {.fn = on_locked, .table = table};
	if (table == NULL)
		return; /* a kind without a table has no rows */
	pg_params_begin(p, table, lock_statement(e, mode, which));
	for (size_t i = from; i < to; i++) {
		if (e->commit.keys[i].mode != mode || !is_among(&e->commit.keys[i], which))
			continue;
		enum err err = pg_params_add_key(p, e->commit.keys[i].key);
		(void)err; /* no row can have this key, so there is nothing to lock */
	}
	if (pg_params_finish(p, NULL, 0) != ERR_OK)
		e->writer.broken = true;
	else if (p->rows > 0)
		pg_link_run(&e->writer, p, &answer);
}

/* Only the first statement of a kind waits for locks. It locks the rows that the batch writes
 * without reading them, because the commit must know whether they exist. So all batches wait for
 * locks in the order of the keys. */
static void lock_free_rows(struct engine_pg *e)
{
	const struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		to = pg_keys_end(c, from);
		send_locks(e, from, to, MODE_UPDATE, BLIND_KEYS);
		send_locks(e, from, to, MODE_UPDATE, READ_KEYS);
		send_locks(e, from, to, MODE_SHARE, READ_KEYS);
	}
}

/* Statements lock one after another, so runs of keys keep the order of all keys of a kind. */
void pg_writes_lock(struct engine_pg *e)
{
	const struct pg_commit *c = &e->commit;
	if (c->batch.avoids_locked && !c->holds) {
		lock_free_rows(e);
		return;
	}
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		enum pg_mode mode = c->keys[from].mode;
		to = from + 1;
		if (mode != MODE_SHARE && mode != MODE_UPDATE)
			continue;
		for (; to < c->n_keys && c->keys[to].kind == c->keys[from].kind; to++)
			if (c->keys[to].mode + mode == MODE_SHARE + MODE_UPDATE)
				break;
		send_locks(e, from, to, mode, ALL_KEYS);
	}
}

/* ---- writes ---- */

/* Is the row inserted only to be deleted again? */
static bool is_claim(const struct pg_key *key)
{
	return key->mode == MODE_INSERT && (key->write == NULL || key->write->deleted);
}

static bool belongs(const struct pg_table *table, const struct pg_key *key, enum pg_statement s)
{
	const struct engine_write *w = key->write;
	if (key->mode == MODE_INSERT)
		return s == PG_DELETE && is_claim(key);
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

static enum err add_row(struct pg_params *p, enum pg_statement s, const struct pg_key *key)
{
	return s == PG_DELETE ? pg_params_add_key(p, key->key)
			      : pg_params_add(p, key->key, key->write->value);
}

static enum err send_writes(struct engine_pg *e, size_t from, size_t to, enum pg_statement s)
{
	const struct pg_table *table = e->tables->by_kind[e->commit.keys[from].kind];
	if (table == NULL)
		return ERR_FORMAT;
	pg_params_begin(&e->params, table, s);
	for (size_t i = from; i < to; i++) {
		const struct pg_key *key = &e->commit.keys[i];
		enum err err = belongs(table, key, s) ? add_row(&e->params, s, key) : ERR_OK;
		if (err != ERR_OK)
			return err;
	}
	send_params(e, table);
	return ERR_OK;
}

/* Inserts the missing rows of one kind. */
static enum err send_missing(struct engine_pg *e, size_t from, size_t to)
{
	const struct pg_table *table = e->tables->by_kind[e->commit.keys[from].kind];
	pg_params_begin(&e->params, table, PG_INSERT);
	for (size_t i = from; i < to; i++) {
		struct pg_key *key = &e->commit.keys[i];
		if (key->mode != MODE_INSERT)
			continue;
		enum err err = is_claim(key)
				   ? pg_params_add_nothing(&e->params, key->key)
				   : pg_params_add(&e->params, key->key, key->write->value);
		if (err == ERR_NOT_FOUND)
			key->mode = MODE_NONE; /* no row can have this key */
		else if (err != ERR_OK)
			return err;
	}
	send_params(e, table);
	return ERR_OK;
}

enum err pg_writes_insert(struct engine_pg *e)
{
	const struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		bool any = false;
		to = pg_keys_end(c, from);
		for (size_t i = from; i < to; i++)
			any |= c->keys[i].mode == MODE_INSERT;
		enum err err = any ? send_missing(e, from, to) : ERR_OK;
		if (err != ERR_OK)
			return err;
	}
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

enum err pg_writes_send(struct engine_pg *e)
{
	static const enum pg_statement order[] = {PG_DELETE, PG_INSERT, PG_UPDATE};
	const struct pg_commit *c = &e->commit;
	for (size_t from = 0, to; from < c->n_keys; from = to) {
		bool writes = false;
		to = pg_keys_end(c, from);
		for (size_t i = from; i < to; i++)
			writes |= c->keys[i].write != NULL || is_claim(&c->keys[i]);
		for (size_t i = 0; writes && i < sizeof order / sizeof *order; i++) {
			enum err err = send_writes(e, from, to, order[i]);
			if (err != ERR_OK)
				return err;
		}
	}
	return send_adds(e);
}
