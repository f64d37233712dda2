/* Owns the tests of several stores on one shared state: snapshots, conflicts, fences and lost
 * answers, and thousands of random commands on three stores. Never opens a file. Run by make test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../support/nodes.h"
#include "kinds.h"

enum { KIND_A = 3 };

struct pair {
	struct shared_state *state;
	struct engine *a, *b;
};

static int two_nodes(void **state)
{
	struct pair *p = calloc(1, sizeof *p);
	assert_non_null(p);
	p->state = shared_state_new(1);
	p->a = engine_shared_open(p->state, 0);
	p->b = engine_shared_open(p->state, 1);
	*state = p;
	return 0;
}

static int close_nodes(void **state)
{
	struct pair *p = *state;
	engine_close(p->a);
	engine_close(p->b);
	shared_state_free(p->state);
	free(p);
	return 0;
}

static void view(struct engine *engine)
{
	assert_int_equal(engine->ops->view(engine), ERR_OK);
}

/* Writes `value` (NULL: deletes) after reading `read` (NULL: nothing). */
static enum err write_after(struct engine *engine, const char *read, const char *key,
			    const char *value)
{
	const struct engine_write write = {KIND_A, value == NULL, text_of(key), text_of(value)};
	const struct engine_read one = {KIND_A, text_of(read)};
	const struct engine_batch batch = {
	    .writes = &write, .n_writes = 1, .reads = &one, .n_reads = read != NULL};
	return engine->ops->commit(engine, &batch);
}

static void put(struct engine *engine, const char *key, const char *value)
{
	assert_int_equal(write_after(engine, NULL, key, value), ERR_OK);
	view(engine);
}

static void assert_sees(struct engine *engine, const char *key, const char *expected)
{
	struct text value = {0};
	enum err err = engine->ops->get(engine, KIND_A, text_of(key), &value);
	assert_int_equal(err, expected == NULL ? ERR_NOT_FOUND : ERR_OK);
	assert_true(expected == NULL || text_eq(value, text_of(expected)));
}

static void each_node_keeps_its_snapshot(void **state)
{
	struct pair *p = *state;
	put(p->a, "k", "old");
	view(p->b);
	put(p->a, "k", "new");
	put(p->a, "more", "new");
	assert_sees(p->b, "k", "old");
	assert_sees(p->b, "more", NULL);
	assert_int_equal(write_after(p->a, NULL, "k", NULL), ERR_OK);
	view(p->a);
	assert_sees(p->a, "k", NULL);
	assert_sees(p->b, "k", "old");
	view(p->b);
	assert_sees(p->b, "k", NULL);
	assert_sees(p->b, "more", "new");
}

static void a_changed_row_is_a_conflict(void **state)
{
	struct pair *p = *state;
	put(p->a, "k", "1");
	put(p->a, "other", "1");
	view(p->b);
	put(p->a, "k", "2");
	assert_int_equal(write_after(p->b, "k", "k", "3"), ERR_CONFLICT);
	assert_int_equal(write_after(p->b, "other", "k", "3"), ERR_OK);
	view(p->a);
	assert_sees(p->a, "k", "3");
	view(p->b);
	assert_int_equal(write_after(p->b, "k", "k", "4"), ERR_OK);
	assert_int_equal(p->state->counts.conflicts, 1);
}

static void rows_that_appear_and_vanish_are_conflicts(void **state)
{
	struct pair *p = *state;
	put(p->a, "there", "1");
	view(p->b);
	put(p->a, "new", "1");
	assert_int_equal(write_after(p->a, NULL, "there", NULL), ERR_OK);
	assert_int_equal(write_after(p->b, "new", "k", "1"), ERR_CONFLICT);
	assert_int_equal(write_after(p->b, "there", "k", "1"), ERR_CONFLICT);
	assert_int_equal(write_after(p->b, "never", "k", "1"), ERR_OK);
	view(p->a);
	assert_sees(p->a, "k", "1");
}

/* Rows that were deleted long ago are swept away, and a snapshot that shows them keeps them. */
static void deleted_rows_stay_in_old_snapshots(void **state)
{
	struct pair *p = *state;
	char key[8];
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof key, "%d", i);
		put(p->a, key, "v");
	}
	view(p->b);
	for (int i = 0; i < 400; i++) {
		snprintf(key, sizeof key, "%d", i);
		assert_int_equal(write_after(p->a, NULL, key, NULL), ERR_OK);
		view(p->a);
		assert_sees(p->a, key, NULL);
	}
	assert_sees(p->b, "7", "v");
	assert_int_equal(write_after(p->b, "7", "k", "1"), ERR_CONFLICT);
	view(p->b);
	for (int i = 0; i < 200; i++) {
		put(p->a, "short", "v");
		assert_int_equal(write_after(p->a, NULL, "short", NULL), ERR_OK);
	}
	assert_true(p->state->tables[KIND_A].n < 200);
}

static void a_moved_epoch_refuses_the_next_commit(void **state)
{
	struct pair *p = *state;
	const struct engine_write write = {KIND_A, false, TEXT("setting"), TEXT("on")};
	const struct engine_batch batch = {.writes = &write, .n_writes = 1, .config = true};
	view(p->b);
	assert_int_equal(p->a->ops->commit(p->a, &batch), ERR_OK);
	assert_int_equal(write_after(p->b, NULL, "k", "1"), ERR_CONFLICT);
	view(p->a);
	assert_sees(p->a, "k", NULL);
	view(p->b);
	assert_int_equal(write_after(p->b, NULL, "k", "1"), ERR_OK);
	assert_int_equal(write_after(p->a, NULL, "k", "2"), ERR_OK);
	assert_int_equal(p->state->counts.late, 1);
}

/* The view moves, but the node does not learn the new epoch. */
static void a_late_epoch_refuses_the_next_commit(void **state)
{
	struct pair *p = *state;
	const struct engine_batch batch = {.config = true};
	assert_int_equal(p->a->ops->commit(p->a, &batch), ERR_OK);
	p->state->faults.late = 1;
	view(p->b);
	assert_int_equal(write_after(p->b, NULL, "k", "1"), ERR_CONFLICT);
	view(p->b);
	assert_int_equal(write_after(p->b, NULL, "k", "1"), ERR_OK);
}

static void a_commit_from_before_the_fence_stores_nothing(void **state)
{
	struct pair *p = *state;
	const struct engine_write write = {KIND_A, false, TEXT("k"), TEXT("late")};
	const struct engine_batch batch = {.writes = &write, .n_writes = 1};
	const struct shared_commit commit = {
	    .node = 0, .fence = p->state->nodes[0].fence, .number = 1, .view = p->state->seq};
	assert_true(shared_delay_commit(p->state, &commit, &batch));
	struct engine *next = engine_shared_open(p->state, 0);
	while (p->state->stragglers[0] != NULL)
		shared_arrive(p->state);
	view(p->b);
	assert_sees(p->b, "k", NULL);
	assert_int_equal(p->state->counts.fenced, 1);
	assert_int_equal(write_after(p->a, NULL, "k", "stale"), ERR_IO);
	put(next, "k", "new");
	view(p->b);
	assert_sees(p->b, "k", "new");
	engine_close(next);
}

/* Half of the lost commits have happened. Each of them counts once. */
static void lost_answers_are_resolved(void **state)
{
	struct pair *p = *state;
	char last[16] = "", next[16];
	p->state->faults.lost = 2;
	for (int i = 0; i < 200; i++) {
		snprintf(next, sizeof next, "%d", i);
		enum err err;
		while ((err = write_after(p->a, "k", "k", next)) == ERR_CONFLICT) {
			view(p->b);
			assert_sees(p->b, "k", last[0] == '\0' ? NULL : last);
			view(p->a);
		}
		assert_int_equal(err, ERR_OK);
		view(p->a);
		view(p->b);
		assert_sees(p->b, "k", next);
		strcpy(last, next);
	}
	const struct shared_counts *c = &p->state->counts;
	assert_true(c->lost_stored > 20 && c->lost_dropped > 20 && c->fenced > 20);
}

/* ---- several stores ---- */

enum { STORES = 3, ITEMS = 6, JOBS = 60, ROUNDS = 40 };

/* Adds one to an item that it reads first. */
struct job {
	struct command command;
	uint64_t item, seen;
	bool done;
};

static enum err job_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->item};
	enum err err = tx_get(tx, &ITEM, &item);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	job->seen = item.count++;
	tx_put(tx, &ITEM, &item);
	return ERR_OK;
}

static void job_done(struct command *command, enum err err)
{
	struct job *job = (struct job *)command;
	assert_false(job->done);
	assert_int_equal(err, ERR_OK);
	job->done = true;
}

static enum err look_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->item};
	enum err err = tx_get(tx, &ITEM, &item);
	job->seen = item.count;
	return err;
}

static void check_counts(struct nodes *nodes, const uint64_t expected[ITEMS])
{
	for (uint64_t item = 0; item < ITEMS; item++)
		for (size_t store = 0; store < nodes->n; store++) {
			struct job look = {
			    {.decide = look_decide, .done = job_done}, item, 0, false};
			assert_int_equal(store_query(nodes->stores[store], &look.command), ERR_OK);
			assert_true(nodes_settle(nodes));
			assert_int_equal(look.seen, expected[item]);
		}
}

/* Each number of an item is seen by one job only: no update is lost, and none happens twice. */
static void random_stores_lose_no_update(void **state)
{
	(void)state;
	static struct job jobs[JOBS];
	struct seeded seed = seeded_start("shared stores", 5);
	struct nodes nodes;
	uint64_t counts[ITEMS] = {0};
	assert_true(nodes_open(&nodes, STORES, seeded_next(&seed), &NODES_FAULTS));
	for (int round = 0; round < ROUNDS; round++) {
		bool seen[ITEMS][JOBS] = {0};
		uint64_t before[ITEMS];
		memcpy(before, counts, sizeof before);
		for (size_t i = 0; i < JOBS; i++) {
			jobs[i] = (struct job){{.decide = job_decide, .done = job_done},
					       seeded_below(&seed, ITEMS),
					       0,
					       false};
			counts[jobs[i].item]++;
			size_t store = (size_t)seeded_below(&seed, STORES);
			assert_int_equal(store_submit(nodes.stores[store], &jobs[i].command),
					 ERR_OK);
		}
		assert_true(nodes_settle(&nodes));
		for (size_t i = 0; i < JOBS; i++) {
			uint64_t item = jobs[i].item, nth = jobs[i].seen - before[item];
			assert_true(jobs[i].done && nth < JOBS && !seen[item][nth]);
			seen[item][nth] = true;
		}
	}
	check_counts(&nodes, counts);
	nodes_print(&nodes);
	const struct shared_counts *c = &nodes.state->counts;
	assert_true(c->switches > 0 && c->delays > 0 && c->conflicts > 0 && c->fenced > 0);
	assert_true(c->lost_stored > 0 && c->lost_dropped > 0);
	assert_int_equal(c->blind, 0);
	nodes_close(&nodes);
}

int main(void)
{
#define TWO(f) cmocka_unit_test_setup_teardown(f, two_nodes, close_nodes)
	const struct CMUnitTest tests[] = {
	    TWO(each_node_keeps_its_snapshot),
	    TWO(a_changed_row_is_a_conflict),
	    TWO(rows_that_appear_and_vanish_are_conflicts),
	    TWO(deleted_rows_stay_in_old_snapshots),
	    TWO(a_moved_epoch_refuses_the_next_commit),
	    TWO(a_late_epoch_refuses_the_next_commit),
	    TWO(a_commit_from_before_the_fence_stores_nothing),
	    TWO(lost_answers_are_resolved),
	    cmocka_unit_test(random_stores_lose_no_update),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
