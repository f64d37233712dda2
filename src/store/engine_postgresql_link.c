/* Owns the pipeline of a connection to PostgreSQL: the statements that are sent, the answers that
 * are expected, and the prepared statements. Never knows what a statement is for. Called by the
 * other files of the engine.
 */
#include <event2/event.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "store/engine_postgresql_parts.h"

/* The session makes the planner use the indexes, also while the statistics say that a table is
 * empty. A table without a usable index then seems so expensive that the server would compile the
 * query (jit), which takes 400 ms.
 */
static const char *const OWN_SQL[OWN_STATEMENTS] = {
    [OWN_SESSION] =
	"SELECT set_config('plan_cache_mode', 'force_generic_plan', false), "
	"set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false), "
	"set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false), "
	"set_config('lock_timeout', '5s', false), "
	"set_config('statement_timeout', '30s', false), "
	"set_config('idle_in_transaction_session_timeout', $1, false), "
	"set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
	"WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)",
    [OWN_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [OWN_EPOCH] = "SELECT epoch, (extract(epoch FROM clock_timestamp()) * 1000)::bigint "
		  "FROM referd_node WHERE id = $1::bigint",
    [OWN_BEGIN] = "BEGIN ISOLATION LEVEL READ COMMITTED",
    [OWN_COMMIT] = "COMMIT",
    [OWN_ROLLBACK] = "ROLLBACK",
    [OWN_TOUCH] = "UPDATE referd_node SET last_batch = $1::bigint, seen_at = clock_timestamp() "
		  "WHERE id = $2::bigint AND generation = $3::bigint AND fence = $4::bigint "
		  "AND epoch = $5::bigint",
    [OWN_LOCK_CLUSTER] = "SELECT epoch FROM referd_cluster FOR UPDATE",
    [OWN_LOCK_NODES] = "SELECT id FROM referd_node ORDER BY id FOR UPDATE",
    [OWN_TOUCH_CONFIG] =
	"UPDATE referd_node SET last_batch = $1::bigint, seen_at = clock_timestamp(), "
	"epoch = epoch + 1 WHERE id = $2::bigint AND generation = $3::bigint "
	"AND fence = $4::bigint AND epoch = $5::bigint",
    [OWN_BUMP_CLUSTER] = "UPDATE referd_cluster SET epoch = epoch + 1",
    [OWN_BUMP_NODES] = "UPDATE referd_node SET epoch = epoch + 1 WHERE id <> $1::bigint",
    [OWN_FENCE] = "UPDATE referd_node SET fence = fence + 1, seen_at = clock_timestamp() "
		  "WHERE id = $1::bigint AND generation = $2::bigint "
		  "RETURNING fence, last_batch, epoch",
    [OWN_LOOK] = "SELECT generation, fence, epoch FROM referd_node WHERE id = $1::bigint",
    [OWN_SEEN] = "UPDATE referd_node SET seen_at = clock_timestamp() "
		 "WHERE id = $1::bigint AND generation = $2::bigint",
    [OWN_TAKE_IDS] = "INSERT INTO sequences (kind, last_id, row_generation, row_batch) "
		     "VALUES ($1::bigint, $2::bigint, 0, 0) ON CONFLICT (kind) DO UPDATE "
		     "SET last_id = coalesce(sequences.last_id, 0) + $2::bigint RETURNING last_id",
};

/* ---- the answers in the pipeline ---- */

static void expect(struct pg_link *link, struct pg_answer answer)
{
	if (link->first > 0 && link->first + link->n_answers == link->answers_cap) {
		memmove(link->answers, &link->answers[link->first],
			link->n_answers * sizeof *link->answers);
		link->first = 0;
	}
	struct pg_answer *answers = array_room(link->answers, &link->answers_cap,
					       link->first + link->n_answers + 1, sizeof *answers);
	if (answers == NULL) {
		link->broken = true;
		return;
	}
	link->answers = answers;
	if (link->n_answers == 0)
		pg_link_heard(link);
	answer.link = link;
	answers[link->first + link->n_answers++] = answer;
}

static void drop_answer(struct pg_link *link)
{
	link->first = --link->n_answers == 0 ? 0 : link->first + 1;
	link->answered = false;
}

static void must(struct pg_link *link, int sent, struct pg_answer answer)
{
	link->statements += answer.prepares == 0 && !answer.sync;
	link->rounds += answer.sync;
	if (sent == 1)
		expect(link, answer);
	else
		link->broken = true;
}

/* ---- sending ---- */

void pg_link_own(struct pg_link *link, enum pg_own own, const char *const *values, int n,
		 pg_answer_fn *fn, uint64_t number)
{
	char name[16];
	(void)snprintf(name, sizeof name, "own_%d", (int)own);
	const uint64_t bit = UINT64_C(1) << own;
	if (link->conn == NULL || link->broken)
		return;
	if ((link->known_own & bit) == 0) {
		must(link, PQsendPrepare(link->conn, name, OWN_SQL[own], 0, NULL),
		     (struct pg_answer){.prepares_kind = RECORD_KINDS,
					.prepares = (uint8_t)(own + 1)});
		link->known_own |= bit;
	}
	must(link, PQsendQueryPrepared(link->conn, name, n, values, NULL, NULL, 0),
	     (struct pg_answer){.fn = fn, .number = number});
}

void pg_link_run(struct pg_link *link, const struct pg_params *params,
		 const struct pg_answer *answer)
{
	const struct pg_table *table = params->table;
	const uint64_t bit = UINT64_C(1) << params->statement;
	const char *name = table->names[params->statement];
	if (link->conn == NULL || link->broken)
		return;
	if ((link->known[table->kind_id] & bit) == 0) {
		const char *sql = table->sql[params->statement];
		must(link, PQsendPrepare(link->conn, name, sql, 0, NULL),
		     (struct pg_answer){.prepares_kind = table->kind_id,
					.prepares = (uint8_t)(params->statement + 1)});
		link->known[table->kind_id] |= bit;
	}
	must(link,
	     PQsendQueryPrepared(link->conn, name, params->n, params->values, params->lengths,
				 params->formats, 1),
	     *answer);
}

void pg_link_watch_writes(struct pg_link *link, bool wants)
{
	if (wants && !link->wants_write && link->writable != NULL)
		(void)event_add(link->writable, NULL);
	link->wants_write = wants;
}

void pg_link_flush(struct pg_link *link)
{
	int left = link->broken ? -1 : PQflush(link->conn);
	if (left < 0)
		pg_link_lose(link, PQerrorMessage(link->conn));
	else
		pg_link_watch_writes(link, left > 0);
}

void pg_link_sync(struct pg_link *link, pg_answer_fn *fn, uint64_t number)
{
	if (link->conn == NULL)
		return;
	if (!link->broken)
		must(link, PQpipelineSync(link->conn),
		     (struct pg_answer){.fn = fn, .number = number, .sync = true});
	pg_link_flush(link);
}

/* ---- receiving ---- */

bool pg_number(const PGresult *result, int column, uint64_t *value)
{
	return text_to_u64(text_of(PQgetvalue(result, 0, column)), value);
}

static enum err translate(const PGresult *result)
{
	static const struct {
		const char *state;
		enum err err;
	} known[] = {
	    {"23505", ERR_CONFLICT}, {"40", ERR_CONFLICT},    {"55P03", ERR_CONFLICT},
	    {"57014", ERR_CONFLICT}, {"53100", ERR_NO_SPACE}, {"53200", ERR_NO_MEMORY},
	};
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	for (size_t i = 0; state != NULL && i < sizeof known / sizeof *known; i++)
		if (strncmp(state, known[i].state, strlen(known[i].state)) == 0)
			return known[i].err;
	return ERR_IO;
}

static void note_failure(struct pg_link *link, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	link->failed = true;
	link->error = translate(result);
	if (link->error != ERR_CONFLICT && state != NULL) /* without a state: a lost connection */
		log_warn("store.statement_failed", LOG_STR("connection", link->name),
			 LOG_STR("sqlstate", state), LOG_STR("message", text == NULL ? "" : text));
}

/* A statement that failed, or was skipped after a failure, did not become known. */
static void forget_prepared(struct pg_link *link, const struct pg_answer *answer)
{
	if (answer->prepares == 0)
		return;
	const uint64_t bit = UINT64_C(1) << (answer->prepares - 1);
	if (answer->prepares_kind == RECORD_KINDS)
		link->known_own &= ~bit;
	else
		link->known[answer->prepares_kind] &= ~bit;
}

static void take(struct pg_link *link, const PGresult *result)
{
	const struct pg_answer answer = link->answers[link->first];
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_FATAL_ERROR && !link->failed)
		note_failure(link, result);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		forget_prepared(link, &answer);
	else if (answer.fn != NULL)
		answer.fn(link->engine, &answer, result);
}

/* Takes one result. False if none is there. */
static bool take_next(struct pg_link *link)
{
	if (link->n_answers == 0 || PQisBusy(link->conn) != 0)
		return false;
	PGresult *result = PQgetResult(link->conn);
	struct pg_answer answer = link->answers[link->first];
	if (result == NULL) { /* the end of a statement */
		bool ended = link->answered;
		if (ended)
			drop_answer(link);
		return ended;
	}
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
		drop_answer(link);
		if (answer.fn != NULL)
			answer.fn(link->engine, &answer, NULL);
	} else {
		link->answered = true;
		take(link, result);
	}
	PQclear(result);
	pg_link_heard(link);
	return link->conn != NULL;
}

void pg_link_receive(struct pg_link *link)
{
	bool alive = PQconsumeInput(link->conn) == 1;
	while (take_next(link))
		;
	if (link->conn == NULL)
		return;
	if (!alive || PQstatus(link->conn) == CONNECTION_BAD)
		pg_link_lose(link, PQerrorMessage(link->conn));
}
