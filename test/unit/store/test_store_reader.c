/* Owns the tests of queries on an engine that gives them a view of their own: their snapshots,
 * their end, and the configuration cache. Never has an event loop. Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../support/nodes.h"
#include "kinds.h"

enum { ITEMS = 12 };

/* The records of this kind are configuration. */
static const struct field rate_keys[] = {FIELD(0, TEXT, label, name)};
static const struct field rate_values[] = {FIELD(1, U64, label, n)};
static const struct record_kind RATE = {
    .id = 31,
    .name = "rate",
    .size = sizeof(struct label),
    .keys = rate_keys,
    .n_keys = 1,
    .values = rate_values,
    .n_values = 1,
    .class = RECORD_CONFIG,
};

/* Writes `n` to all items and to the rate, or reads them one after another. A job that looks at the
 * rate only passes over the items. */
struct job {
	struct command command;
	uint64_t n, seen[ITEMS], rate;
	bool rate_only, done;
};

static enum err write_decide(struct command *command, struct tx *tx)
{
	const struct job *job = (struct job *)command;
	const struct label rate = {.name = TEXT("rate"), .n = job->n};
	for (uint64_t i = 0; i < ITEMS; i++) {
		const struct item item = {.group = 1, .id = i, .count = job->n};
		tx_put(tx, &ITEM, &item);
	}
	tx_put(tx, &RATE, &rate);
	return ERR_OK;
}

static enum err read_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct label rate = {.name = TEXT("rate")};
	enum err err = ERR_OK;
	for (uint64_t i = 0; err == ERR_OK && i < ITEMS && !job->rate_only; i++) {
		struct item item = {.group = 1, .id = i};
		err = tx_get(tx, &ITEM, &item);
		job->seen[i] = item.count;
	}
	if (err == ERR_OK)
		err = tx_get(tx, &RATE, &rate);
	job->rate = rate.n;
	return err;
}

static void job_done(struct command *command, enum err err)
{
	assert_int_equal(err, ERR_OK);
	((struct job *)command)->done = true;
}

static struct job job_of(command_decide_fn *decide, uint64_t n)
{
	return (struct job){.command = {.decide = decide, .done = job_done}, .n = n};
}

/* Every answer of the engine arrives with the next round. */
static void open_late(struct nodes *nodes, size_t n)
{
	const struct shared_faults late = {.delays = 1};
	assert_true(nodes_open(nodes, n, 1, &late));
}

/* Lets one round arrive at the store. */
static void step(struct nodes *nodes, size_t store)
{
	engine_shared_arrive(nodes->engines[store]);
	while (store_turn(nodes->stores[store]))
		;
}

static void submit(struct nodes *nodes, size_t store, struct job *job)
{
	assert_int_equal(store_submit(nodes->stores[store], &job->command), ERR_OK);
}

static void query(struct nodes *nodes, size_t store, struct job *job)
{
	assert_int_equal(store_query(nodes->stores[store], &job->command), ERR_OK);
	(void)store_turn(nodes->stores[store]);
}

static void write_now(struct nodes *nodes, size_t store, uint64_t n)
{
	struct job write = job_of(write_decide, n);
	submit(nodes, store, &write);
	while (!write.done)
		step(nodes, store);
}

static void assert_saw(const struct job *job, uint64_t n)
{
	assert_true(job->done && job->rate == n);
	for (size_t i = 0; i < ITEMS; i++)
		assert_int_equal(job->seen[i], n);
}

static void commits_do_not_move_the_view_of_a_query(void **state)
{
	struct nodes nodes;
	(void)state;
	open_late(&nodes, 1);
	write_now(&nodes, 0, 1);
	struct job read = job_of(read_decide, 0);
	query(&nodes, 0, &read);
	step(&nodes, 0);
	step(&nodes, 0);
	uint64_t n = 1;
	while (!read.done)
		write_now(&nodes, 0, ++n);
	assert_saw(&read, 1);
	assert_true(n >= 3); /* commits happened in the meantime */
	nodes_close(&nodes);
}

/* Another node commits between two queries, when so many answers have arrived for the first query.
 */
static void check_second_query(int arrived)
{
	struct nodes nodes;
	open_late(&nodes, 2);
	write_now(&nodes, 0, 1);
	struct job first = job_of(read_decide, 0), second = job_of(read_decide, 0);
	query(&nodes, 0, &first);
	for (int i = 0; i < arrived; i++)
		step(&nodes, 0);
	write_now(&nodes, 1, 2);
	query(&nodes, 0, &second);
	while (!second.done)
		step(&nodes, 0);
	assert_saw(&first, 1);
	assert_saw(&second, 2);
	nodes_close(&nodes);
}

static void a_query_is_never_older_than_its_submission(void **state)
{
	(void)state;
	check_second_query(2);
}

/* The snapshot of the first view is taken, but its answer is still on its way. */
static void a_query_that_comes_while_a_view_opens_waits_for_the_next_view(void **state)
{
	(void)state;
	check_second_query(0);
}

/* The cache has the new rate when the query comes to the rate, and must not keep the old rate. */
static void an_old_view_neither_reads_nor_fills_the_cache(void **state)
{
	struct nodes nodes;
	(void)state;
	open_late(&nodes, 1);
	write_now(&nodes, 0, 1);
	struct job read = job_of(read_decide, 0);
	query(&nodes, 0, &read);
	step(&nodes, 0);
	step(&nodes, 0);
	write_now(&nodes, 0, 2);
	for (int i = 0; i < 2; i++) {
		struct job look = job_of(read_decide, 0);
		look.rate_only = true;
		submit(&nodes, 0, &look);
		assert_true(read.done == (i == 1));
		while (!look.done)
			step(&nodes, 0);
		assert_int_equal(look.rate, 2);
		while (!read.done)
			step(&nodes, 0);
	}
	assert_saw(&read, 1);
	nodes_close(&nodes);
}

static void a_query_sees_the_configuration_of_another_node(void **state)
{
	struct nodes nodes;
	(void)state;
	open_late(&nodes, 2);
	for (uint64_t n = 1; n <= 5; n++) {
		struct job read = job_of(read_decide, 0);
		write_now(&nodes, n % 2, n);
		query(&nodes, 1 - n % 2, &read);
		while (!read.done)
			step(&nodes, 1 - n % 2);
		assert_saw(&read, n);
	}
	nodes_close(&nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commits_do_not_move_the_view_of_a_query),
	    cmocka_unit_test(a_query_is_never_older_than_its_submission),
	    cmocka_unit_test(a_query_that_comes_while_a_view_opens_waits_for_the_next_view),
	    cmocka_unit_test(an_old_view_neither_reads_nor_fills_the_cache),
	    cmocka_unit_test(a_query_sees_the_configuration_of_another_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
