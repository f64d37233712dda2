/* Owns the row of this node in the database: its fence, its epoch, the outcome of a lost commit,
 * and the blocks of ids. Never touches a record. Called by the commit, and by the store through
 * engine_ops.
 */
#include <libpq-fe.h>

#include "base/log.h"
#include "store/engine_postgresql_parts.h"

/* ---- fence and epoch ---- */

void pg_node_hear(struct engine_pg *e, uint64_t epoch)
{
	if (e->node.epoch < epoch)
		e->node.epoch = epoch;
}

uint64_t pg_node_epoch(struct engine *engine)
{
	struct engine_pg *e = pg_self(engine);
	e->node.told = e->node.epoch;
	return e->node.told;
}

uint64_t pg_node_number(const struct engine *engine)
{
	const struct engine_pg *e = (const struct engine_pg *)engine;
	return e->first != NULL ? e->first->node.id : e->node.id;
}

static void note_replaced(struct engine_pg *e)
{
	if (!e->node.replaced)
		log_error("store.node_replaced", LOG_STR("node", e->node_name));
	e->node.replaced = true;
	pg_commit_end(e, ERR_IO);
}

/* After the fence was raised, the old connection can commit nothing. So last_batch is the outcome,
 * and the answer covers all that was written before it. */
static void on_fence(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	uint64_t fence, last_batch, epoch;
	(void)answer;
	if (PQntuples(result) != 1 || !pg_number(result, 0, &fence) ||
	    !pg_number(result, 1, &last_batch) || !pg_number(result, 2, &epoch)) {
		note_replaced(e);
		return;
	}
	e->node.fence = fence;
	pg_node_hear(e, epoch);
	e->commit.answer = last_batch == e->commit.number ? ERR_OK : ERR_CONFLICT;
}

static void on_outcome(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	(void)answer;
	(void)result;
	bool known = !e->writer.failed && !e->writer.warned;
	e->writer.failed = e->writer.warned = false;
	e->commit.asks_outcome = false;
	if (e->node.replaced)
		return;
	if (!known) {
		pg_link_lose(&e->writer, "the outcome of a commit could not be read");
		return;
	}
	e->node.outcomes[e->commit.answer == ERR_OK]++;
	log_info("store.outcome_resolved", LOG_U64("batch", e->commit.number),
		 LOG_STR("outcome", e->commit.answer == ERR_OK ? "stored" : "not stored"));
	pg_commit_end(e, e->commit.answer);
}

void pg_node_ask_outcome(struct engine_pg *e)
{
	char id[24], generation[24];
	const char *const values[] = {pg_decimal(e->node.id, id),
				      pg_decimal(e->node.generation, generation)};
	if (e->commit.asks_outcome || e->writer.state != LINK_READY)
		return;
	e->commit.asks_outcome = true;
	e->writer.warned = false;
	pg_link_own(&e->writer, OWN_FENCE, values, 2, on_fence, 0);
	pg_link_sync(&e->writer, on_outcome, 0);
}

static void on_look(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	uint64_t generation, fence, epoch;
	(void)answer;
	bool found = PQntuples(result) == 1 && pg_number(result, 0, &generation) &&
		     pg_number(result, 1, &fence) && pg_number(result, 2, &epoch);
	if (!found || generation != e->node.generation || fence != e->node.fence)
		note_replaced(e);
	else
		pg_node_hear(e, epoch);
}

void pg_node_look(struct engine_pg *e)
{
	char id[24];
	const char *const values[] = {pg_decimal(e->node.id, id)};
	pg_link_own(&e->writer, OWN_LOOK, values, 1, on_look, 0);
}

uint64_t engine_postgresql_outcomes(const struct engine *engine, bool stored)
{
	return ((const struct engine_pg *)engine)->node.outcomes[stored];
}

void engine_postgresql_cost(const struct engine *engine, uint64_t *statements, uint64_t *rounds)
{
	const struct engine_pg *e = (const struct engine_pg *)engine;
	*statements = e->writer.statements + e->reader.statements;
	*rounds = e->writer.rounds + e->reader.rounds;
}

/* ---- ids ---- */

static void on_block(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	struct pg_block *b = &e->node.blocks[answer->number];
	uint64_t last;
	if (PQntuples(result) != 1 || !pg_number(result, 0, &last) || last < b->n)
		return;
	b->first = last - b->n + 1;
	b->step = BLOCK_READY;
}

/* A block that may be lost in a failover is not used. */
static void on_blocks(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	bool sure = !e->writer.failed && !e->writer.warned;
	(void)answer;
	(void)result;
	e->writer.failed = e->writer.warned = false;
	if (!sure) {
		pg_link_lose(&e->writer, "a block of ids could not be taken");
		return;
	}
	pg_wake(e);
}

static void send_block(struct engine_pg *e, size_t kind)
{
	char number[24], n[24];
	struct pg_block *b = &e->node.blocks[kind];
	const char *const values[] = {pg_decimal(kind, number), pg_decimal(b->n, n)};
	pg_link_own(&e->writer, OWN_TAKE_IDS, values, 2, on_block, kind);
	b->step = BLOCK_SENT;
}

void pg_node_send(struct engine_pg *e)
{
	struct pg_node *node = &e->node;
	if (node->n_wanted == 0 || e->writer.state != LINK_READY || e->commit.step != STEP_IDLE)
		return;
	pg_commit_release(e); /* a block must be committed at once */
	if (e->writer.state != LINK_READY)
		return; /* the release has lost the connection: the next one asks */
	node->n_wanted = 0;
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (node->blocks[kind].step == BLOCK_WANTED)
			send_block(e, kind);
	pg_link_sync(&e->writer, on_blocks, 0);
}

enum err pg_node_take_ids(struct engine *engine, uint8_t kind, uint64_t n, uint64_t *first)
{
	struct engine_pg *e = pg_self(engine);
	struct pg_block *b = &e->node.blocks[kind];
	if (b->step == BLOCK_READY && b->n >= n) {
		*first = b->first;
		b->step = BLOCK_NONE;
		return ERR_OK;
	}
	if (b->step == BLOCK_WANTED || b->step == BLOCK_SENT)
		return ERR_PENDING;
	*b = (struct pg_block){.step = BLOCK_WANTED, .n = n};
	e->node.n_wanted++;
	pg_send_later(e);
	return ERR_PENDING;
}

void pg_node_on_lost(struct engine_pg *e)
{
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (e->node.blocks[kind].step == BLOCK_SENT ||
		    e->node.blocks[kind].step == BLOCK_READY) {
			e->node.blocks[kind].step = BLOCK_WANTED;
			e->node.n_wanted++;
		}
}

/* ---- signs of life ---- */

void pg_node_tend(struct engine_pg *e)
{
	char id[24], generation[24];
	const char *const values[] = {pg_decimal(e->node.id, id),
				      pg_decimal(e->node.generation, generation)};
	if (e->commit.step != STEP_IDLE || e->commit.holds || e->writer.state != LINK_READY ||
	    e->writer.n_answers > 0)
		return;
	pg_link_own(&e->writer, OWN_SEEN, values, 2, NULL, 0);
	pg_link_sync(&e->writer, NULL, 0);
}
