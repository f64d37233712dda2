/* Owns the steps of a commit: locks, the comparison of versions, writes, COMMIT, and the locks that
 * stay after a conflict. Never resolves a lost outcome (engine_postgresql_node.c). Called by the
 * store through engine_ops, and by the link when answers arrive.
 */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "store/engine_postgresql_parts.h"

void pg_commit_end(struct engine_pg *e, enum err answer)
{
	if (e->commit.step == STEP_IDLE)
		return;
	e->commit.answer = answer;
	e->commit.step = STEP_DONE;
	pg_wake(e);
}

/* ---- the node's own row ---- */

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

/* ---- the steps ---- */

/* While a transaction holds locks after a conflict, the commands read in this transaction. */
static void set_holds(struct engine_pg *e, bool holds)
{
	e->commit.holds = holds;
	e->commit.held_before = false;
	e->reads.link = holds ? &e->writer : &e->reader;
}

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
	set_holds(e, false);
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
		return;
	}
	set_holds(e, false);
	if (e->writer.warned) {
		/* The server has stopped waiting for its standby: a failover may lose the batch. */
		e->commit.step = STEP_UNKNOWN;
		pg_node_ask_outcome(e);
		return;
	}
	pg_node_hear(e, e->commit.epoch + e->commit.batch.config);
	pg_commit_end(e, ERR_OK);
}

static void begin_transaction(struct engine_pg *e, enum pg_step step)
{
	e->commit.step = step;
	e->commit.touched = false;
	e->writer.failed = e->writer.warned = false;
	if (!e->commit.holds)
		pg_link_own(&e->writer, OWN_BEGIN, NULL, 0, NULL, 0);
	touch(e);
	pg_writes_lock(e);
}

static void on_held(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	(void)answer;
	(void)result;
	if (e->writer.failed || !e->commit.touched || pg_keys_mark_locked(e)) {
		roll_back(e, e->writer.failed ? e->writer.error : ERR_CONFLICT);
		return;
	}
	set_holds(e, true);
	pg_commit_end(e, ERR_CONFLICT);
}

/* Takes the locks in a new transaction, in their order, and keeps them while the commands are
 * decided again. So the commands then succeed, unless they need rows that are not locked. A change
 * of the configuration must lock all nodes before any row, so it starts over without locks. */
static void hold_locks(struct engine_pg *e)
{
	if (e->commit.batch.config) {
		roll_back(e, ERR_CONFLICT);
		return;
	}
	pg_link_own(&e->writer, OWN_ROLLBACK, NULL, 0, NULL, 0);
	set_holds(e, false);
	pg_keys_lock_all(e);
	begin_transaction(e, STEP_HOLD);
	pg_link_sync(&e->writer, on_held, 0);
}

static void on_lock_sync(struct engine_pg *e, const struct pg_answer *answer,
			 const PGresult *result)
{
	(void)answer;
	(void)result;
	struct pg_commit *c = &e->commit;
	bool refused = c->refused != ERR_OK, failed = e->writer.failed;
	bool met = (failed && e->writer.error == ERR_CONFLICT) || (!failed && pg_keys_changed(c));
	if (refused || !c->touched || (failed && !met)) {
		roll_back(e, refused ? c->refused : failed ? e->writer.error : ERR_CONFLICT);
		return;
	}
	if (!failed && !c->holds && pg_keys_mark_locked(e)) {
		roll_back(e, ERR_CONFLICT);
		return;
	}
	if (met) {
		hold_locks(e);
		return;
	}
	e->writer.warned = false;
	enum err err = pg_writes_send(e);
	if (err != ERR_OK) {
		/* Statements that are already sent end with this transaction. */
		roll_back(e, err);
		return;
	}
	c->step = STEP_WRITE;
	pg_link_own(&e->writer, OWN_COMMIT, NULL, 0, on_committed, 0);
	pg_link_sync(&e->writer, on_write_sync, 0);
}

static void send_begin(struct engine_pg *e)
{
	if (e->commit.holds && e->commit.batch.config) {
		pg_link_own(&e->writer, OWN_ROLLBACK, NULL, 0, NULL, 0);
		set_holds(e, false);
	}
	begin_transaction(e, STEP_LOCK);
	e->commit.refused = pg_writes_insert(e);
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
	c->batch.avoids_locked &= !batch->config; /* it locks all nodes, and then waits for rows */
	c->number++;
	c->epoch = e->node.told;
	if (!pg_keys_collect(e))
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

void pg_commit_locked(struct engine *engine, engine_locked_fn *fn, void *arg)
{
	const struct pg_commit *c = &pg_self(engine)->commit;
	for (size_t i = 0; i < c->n_keys; i++)
		if (c->keys[i].is_locked)
			fn(arg, c->keys[i].kind, c->keys[i].key);
}

void pg_commit_release(struct engine_pg *e)
{
	if (!e->commit.holds || e->commit.step != STEP_IDLE)
		return;
	set_holds(e, false);
	pg_link_own(&e->writer, OWN_ROLLBACK, NULL, 0, NULL, 0);
	pg_link_sync(&e->writer, NULL, 0);
}

void pg_commit_tend(struct engine_pg *e)
{
	if (e->commit.held_before)
		pg_commit_release(e);
	e->commit.held_before = e->commit.holds;
}

/* Nothing can have been stored before COMMIT was sent. */
void pg_commit_on_lost(struct engine_pg *e)
{
	struct pg_commit *c = &e->commit;
	c->asks_outcome = false;
	if (c->holds) {
		pg_reads_on_lost(&e->writer);
		set_holds(e, false);
	}
	if (c->step == STEP_WRITE) {
		c->step = STEP_UNKNOWN;
	} else if (c->step == STEP_LOCK || c->step == STEP_HOLD || c->step == STEP_ROLL_BACK) {
		c->answer = c->step == STEP_ROLL_BACK ? c->answer : ERR_CONFLICT;
		c->step = STEP_DONE;
		pg_wake_later(e);
	}
}

void pg_commit_free(struct engine_pg *e)
{
	free(e->commit.keys);
}
