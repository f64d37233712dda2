/* Owns the tests of the pace of background work, in virtual time: one slice at a time, jobs in
 * turn, what wakes a job, and what a failure and a drain stop. The jobs of the test delete rows,
 * one in each slice. Run by make test. */
#include "upkeep/upkeep.h"

#include "../core/core_world.h"
#include "base/log.h"

enum { HOUR_MS = 3600 * 1000, TURNS = 50, TRACE_MAX = 256 };
enum { FIRST_MS = 1000, PACE_MS = 20, AGAIN_MS = 500 }; /* of paced_jobs */

struct upkeep_world {
	struct world *core;
	struct clock_manual clock;
	struct loop *loop;
	struct upkeep *upkeep;
};

/* A letter for each step of a job: lower case for a query, upper case for a command. */
static struct trace {
	char letters[TRACE_MAX];
	size_t n;
	bool fails; /* the commands of job a are refused */
	size_t reports;
} trace;

static void note(char letter)
{
	assert_true(trace.n < TRACE_MAX - 1);
	trace.letters[trace.n++] = letter;
	trace.letters[trace.n] = '\0';
}

static void assert_trace(const char *letters)
{
	assert_string_equal(trace.letters, letters);
	trace.n = 0;
	trace.letters[0] = '\0';
}

struct eat_replay {
	struct slice slice;
	struct replay found;
};

static enum err find_replay(struct command *command, struct tx *tx)
{
	struct eat_replay *eat = (struct eat_replay *)command;
	const struct replay first = {0};
	struct tx_scan scan = {.from = &first, .max = 1, .records = &eat->found};
	enum err err = tx_scan(tx, &KIND_REPLAY, &scan);
	eat->slice.n = scan.n;
	if (err == ERR_OK)
		note('a');
	return err;
}

static enum err eat_replay(struct command *command, struct tx *tx)
{
	struct eat_replay *eat = (struct eat_replay *)command;
	if (trace.fails)
		return ERR_REFUSED;
	note('A');
	tx_delete(tx, &KIND_REPLAY, &eat->found);
	return ERR_OK;
}

struct eat_due {
	struct slice slice;
	struct due found;
};

static enum err find_due(struct command *command, struct tx *tx)
{
	struct eat_due *eat = (struct eat_due *)command;
	const struct due first = {0};
	struct tx_scan scan = {.from = &first, .max = 1, .records = &eat->found};
	enum err err = tx_scan(tx, &KIND_DUE, &scan);
	eat->slice.n = scan.n;
	if (err == ERR_OK)
		note('b');
	return err;
}

static enum err eat_due(struct command *command, struct tx *tx)
{
	struct eat_due *eat = (struct eat_due *)command;
	note('B');
	tx_delete(tx, &KIND_DUE, &eat->found);
	return ERR_OK;
}

static const struct upkeep_job jobs[] = {
    {.name = "a",
     .size = sizeof(struct eat_replay),
     .find = find_replay,
     .change = eat_replay,
     .every_ms = HOUR_MS,
     .watch = &KIND_REPLAY},
    {.name = "b",
     .size = sizeof(struct eat_due),
     .find = find_due,
     .change = eat_due,
     .every_ms = 2 * HOUR_MS},
    {.name = NULL},
};

/* A job whose command writes the kind that it watches: each row becomes the next one, up to 3. */
static enum err advance_replay(struct command *command, struct tx *tx)
{
	const struct eat_replay *eat = (struct eat_replay *)command;
	const struct replay next = {.id = eat->found.id + 1};
	enum err err = eat_replay(command, tx);
	if (err == ERR_OK && next.id <= 3)
		tx_put(tx, &KIND_REPLAY, &next);
	return err;
}

/* Asks for another look before the interval of the job has passed. */
static enum err find_replay_soon(struct command *command, struct tx *tx)
{
	struct slice *slice = (struct slice *)command;
	enum err err = find_replay(command, tx);
	if (err == ERR_OK && slice->n == 0)
		slice->look_again_ms = AGAIN_MS;
	return err;
}

static void count_report(const struct slice *slice)
{
	assert_int_equal(slice->n, 1);
	trace.reports++;
}

static const struct upkeep_job paced_jobs[] = {
    {.name = "a",
     .size = sizeof(struct eat_replay),
     .find = find_replay_soon,
     .change = advance_replay,
     .first_ms = FIRST_MS,
     .pace_ms = PACE_MS,
     .every_ms = HOUR_MS,
     .watch = &KIND_REPLAY,
     .report = count_report},
    {.name = "b",
     .size = sizeof(struct eat_due),
     .find = find_due,
     .change = eat_due,
     .every_ms = 2 * HOUR_MS},
    {.name = NULL},
};

struct put_rows {
	struct command command;
	uint64_t first, n;
	const struct record_kind *kind;
};

static enum err put_rows(struct command *command, struct tx *tx)
{
	struct put_rows *put = (struct put_rows *)command;
	for (uint64_t i = put->first; i < put->first + put->n; i++) {
		const struct replay replay = {.id = i};
		const struct due due = {.delivery_id = i};
		tx_put(tx, put->kind, put->kind == &KIND_DUE ? (const void *)&due : &replay);
	}
	return ERR_OK;
}

static void put(struct upkeep_world *w, const struct record_kind *kind, uint64_t n)
{
	struct put_rows rows = {{.decide = put_rows}, 1, n, kind};
	assert_int_equal(world_run(w->core, &rows.command), ERR_OK);
}

static void on_world_turn(void *arg)
{
	struct upkeep_world *w = arg;
	store_wait(w->core->store);
}

static void turn(struct upkeep_world *w)
{
	for (int i = 0; i < TURNS; i++) {
		loop_again(w->loop);
		loop_turn(w->loop);
	}
}

static void pass(struct upkeep_world *w, uint64_t ms)
{
	clock_manual_advance(&w->clock, ms);
	turn(w);
}

static int open_on(void **state, int open_core(void **), const struct upkeep_job *table)
{
	struct upkeep_world *w = calloc(1, sizeof *w);
	void *core = NULL;
	assert_non_null(w);
	assert_int_equal(open_core(&core), 0);
	w->core = core;
	log_set_level(LOG_ERROR);
	trace = (struct trace){0};
	clock_manual_init(&w->clock, UINT64_C(1000000000), WORLD_NOW);
	w->loop = loop_new(&w->clock.clock);
	assert_non_null(w->loop);
	loop_add_hook(w->loop, on_world_turn, w);
	const struct upkeep_config config = {.loop = w->loop,
					     .store = w->core->store,
					     .public_url = "https://refer.example",
					     .jobs = table};
	assert_int_equal(upkeep_open(&config, &w->upkeep), ERR_OK);
	*state = w;
	return 0;
}

static int open_on_memory(void **state)
{
	return open_on(state, world_on_memory, jobs);
}

static int open_on_lmdb(void **state)
{
	return open_on(state, world_on_lmdb, jobs);
}

static int open_on_paced(void **state)
{
	return open_on(state, world_on_memory, paced_jobs);
}

static int close_world(void **state)
{
	struct upkeep_world *w = *state;
	void *core = w->core;
	upkeep_close(w->upkeep);
	loop_free(w->loop);
	world_close(&core);
	free(w);
	return 0;
}

static void every_job_runs_once_at_the_start(void **state)
{
	struct upkeep_world *w = *state;
	turn(w);
	assert_trace("a"); /* b rests for the pace */
	pass(w, UPKEEP_PACE_MS);
	assert_trace("b");
	pass(w, HOUR_MS - UPKEEP_PACE_MS - 1);
	assert_trace("");
	pass(w, 1);
	assert_trace("a");
	pass(w, HOUR_MS + UPKEEP_PACE_MS);
	pass(w, UPKEEP_PACE_MS);
	assert_trace("ab");
}

static void a_write_wakes_the_job_that_watches_it(void **state)
{
	struct upkeep_world *w = *state;
	turn(w);
	pass(w, UPKEEP_PACE_MS);
	assert_trace("ab");
	put(w, &KIND_DUE, 1);
	pass(w, HOUR_MS / 2);
	assert_trace("");
	put(w, &KIND_REPLAY, 1);
	turn(w);
	assert_trace("aA");
	pass(w,
	     UPKEEP_PACE_MS); /* its own removal wakes no job, but the job checks for more rows */
	pass(w, UPKEEP_PACE_MS);
	assert_trace("a");
}

static void jobs_take_turns_with_pauses(void **state)
{
	struct upkeep_world *w = *state;
	put(w, &KIND_REPLAY, 3);
	put(w, &KIND_DUE, 3);
	turn(w);
	assert_trace("aA");
	pass(w, UPKEEP_PACE_MS - 1);
	assert_trace("");
	for (int i = 0; i < 8; i++)
		pass(w, UPKEEP_PACE_MS);
	assert_trace("bBaAbBaAbBab");
	assert_int_equal(world_count(w->core, &KIND_REPLAY), 0);
	assert_int_equal(world_count(w->core, &KIND_DUE), 0);
}

static void a_failed_job_waits_and_does_not_stop_others(void **state)
{
	struct upkeep_world *w = *state;
	put(w, &KIND_REPLAY, 1);
	put(w, &KIND_DUE, 2);
	trace.fails = true;
	turn(w);
	for (int i = 0; i < 4; i++)
		pass(w, UPKEEP_PACE_MS);
	assert_trace("abBbBb");
	pass(w, UPKEEP_FAILED_MS - 4 * UPKEEP_PACE_MS - 1);
	assert_trace("");
	trace.fails = false;
	pass(w, 1);
	assert_trace("aA");
}

static void a_drain_starts_no_slice(void **state)
{
	struct upkeep_world *w = *state;
	put(w, &KIND_REPLAY, 2);
	turn(w);
	assert_trace("aA");
	upkeep_drain(w->upkeep);
	put(w, &KIND_DUE, 1);
	pass(w, 3 * (uint64_t)HOUR_MS);
	assert_trace("");
	assert_true(store_idle(w->core->store));
}

static void a_job_starts_after_its_first_delay(void **state)
{
	struct upkeep_world *w = *state;
	turn(w);
	pass(w, FIRST_MS - 1);
	assert_trace("b");
	pass(w, 1);
	assert_trace("a");
}

static void a_job_that_wakes_itself_keeps_its_pace(void **state)
{
	struct upkeep_world *w = *state;
	put(w, &KIND_REPLAY, 1);
	put(w, &KIND_DUE, 5);
	turn(w);
	assert_trace("aA"); /* the write woke it before its delay */
	for (int i = 0; i < 14; i++)
		pass(w, UPKEEP_PACE_MS);
	assert_trace("bBbBbBbBaAbBbaAa"); /* b works while a rests */
	assert_int_equal(trace.reports, 3);
}

static void a_query_can_ask_for_an_earlier_look(void **state)
{
	struct upkeep_world *w = *state;
	pass(w, FIRST_MS);
	pass(w, UPKEEP_PACE_MS);
	assert_trace("ba");
	pass(w, AGAIN_MS - 1);
	assert_trace("");
	pass(w, 1);
	assert_trace("a");
}

#define ON(engine, f)                                                                              \
	{                                                                                          \
#f " (" #engine ")", f, open_on_##engine, close_world, NULL                        \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(memory, every_job_runs_once_at_the_start),
	    ON(memory, a_write_wakes_the_job_that_watches_it),
	    ON(memory, jobs_take_turns_with_pauses),
	    ON(lmdb, jobs_take_turns_with_pauses),
	    ON(memory, a_failed_job_waits_and_does_not_stop_others),
	    ON(lmdb, a_drain_starts_no_slice),
	    ON(paced, a_job_starts_after_its_first_delay),
	    ON(paced, a_job_that_wakes_itself_keeps_its_pace),
	    ON(paced, a_query_can_ask_for_an_earlier_look),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
