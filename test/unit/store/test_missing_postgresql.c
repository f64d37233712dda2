/* Owns the tests of decisions that rest on missing rows, on several stores of one PostgreSQL
 * database: if two nodes decide on one missing row, one node waits for the other, or decides again.
 * REFERD_SEED repeats a run, and REFERD_JOINS sets the number of joins. Run by make
 * test-postgresql.
 *
 * A mutation that was tried: with MODE_SHARE in place of MODE_INSERT in choose_mode, a commit only
 * looks for the missing row, and two_decisions_on_missing_rows_exclude_each_other fails. */
#include "nodes_world.h"

enum { PAIRS = 6, ROUNDS = 25 };

/* ---- one row for many ---- */

/* Gives the code of an address. A new address gets a new code. */
struct join {
	struct command command;
	uint64_t address, code;
	int done;
};

static enum err decide_join(struct command *command, struct tx *tx)
{
	struct join *j = (struct join *)command;
	struct hot address = {.id = j->address};
	enum err err = tx_get(tx, &HOT, &address);
	if (err == ERR_NOT_FOUND) {
		address.count = tx_next_id(tx, &ENTRY);
		tx_put(tx, &HOT, &address);
		tx_put(tx, &ENTRY, &(struct hot){.id = address.count, .count = j->address});
		err = tx_add(tx, &TALLY, &(struct hot){.id = 1, .count = 1});
	}
	j->code = address.count;
	return err;
}

static void join_done(struct command *command, enum err err)
{
	assert_int_equal(err, ERR_OK);
	((struct join *)command)->done++;
}

static void joins_with_one_address_give_one_code(void **state)
{
	struct world *w = begin(state);
	const char *text = getenv("REFERD_JOINS");
	size_t n = text == NULL ? 1000 : strtoull(text, NULL, 10);
	struct join *joins = calloc(n, sizeof *joins);
	assert_non_null(joins);
	for (size_t i = 0; i < n; i++) {
		joins[i] = (struct join){.command = {.decide = decide_join, .done = join_done},
					 .address = 1};
		assert_int_equal(store_submit(w->stores[i % NODES], &joins[i].command), ERR_OK);
	}
	settle(w);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(joins[i].done, 1);
		assert_int_equal(joins[i].code, joins[0].code);
	}
	struct look *l = malloc(sizeof *l);
	assert_non_null(l);
	look(w, 0, 1, l);
	assert_int_equal(l->n_entries, 1);
	assert_int_equal(l->tally.count, 1);
	free(l);
	free(joins);
	end(w);
}

/* ---- write skew ---- */

/* Writes the row `mine` if the row `other` is missing, or if its count is 0. */
struct claim {
	struct command command;
	uint64_t mine, other;
	bool looks; /* at its own row too */
	bool wrote;
	int done;
};

static enum err decide_claim(struct command *command, struct tx *tx)
{
	struct claim *c = (struct claim *)command;
	struct hot mine = {.id = c->mine, .count = 1}, other = {.id = c->other}, own = mine;
	enum err err = tx_get(tx, &HOT, &other);
	c->wrote = err == ERR_NOT_FOUND || (err == ERR_OK && other.count == 0);
	if (c->looks && (err == ERR_OK || err == ERR_NOT_FOUND))
		err = tx_get(tx, &HOT, &own);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (c->wrote)
		tx_put(tx, &HOT, &mine);
	return ERR_OK;
}

static void claim_done(struct command *command, enum err err)
{
	assert_int_equal(err, ERR_OK);
	((struct claim *)command)->done++;
}

static enum err decide_zero(struct command *command, struct tx *tx)
{
	const struct claim *c = (const struct claim *)command;
	tx_put(tx, &HOT, &(struct hot){.id = c->mine});
	return ERR_OK;
}

static void put_zero(struct world *w, uint64_t id)
{
	struct claim zero = {.command = {.decide = decide_zero, .done = claim_done}, .mine = id};
	assert_int_equal(store_submit(w->stores[0], &zero.command), ERR_OK);
	settle(w);
}

/* Each pair of rows is claimed by two nodes, from both sides. */
static void submit_pair(struct world *w, struct claim pair[2], uint64_t id)
{
	size_t node = (size_t)seeded_below(&w->random, NODES);
	if (seeded_below(&w->random, 3) == 0)
		put_zero(w, id);
	for (size_t i = 0; i < 2; i++) {
		pair[i] = (struct claim){.command = {.decide = decide_claim, .done = claim_done},
					 .mine = id + i,
					 .other = id + 1 - i,
					 .looks = seeded_below(&w->random, 3) == 0};
		assert_int_equal(store_submit(w->stores[(node + i) % NODES], &pair[i].command),
				 ERR_OK);
		for (uint64_t turns = seeded_below(&w->random, 4); turns > 0; turns--)
			(void)run_turn(w);
	}
}

static void two_decisions_on_missing_rows_exclude_each_other(void **state)
{
	struct world *w = begin(state);
	struct claim pairs[PAIRS][2];
	size_t first = 0, second = 0;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < PAIRS; i++)
			submit_pair(w, pairs[i], 1 + 2 * (round * PAIRS + i));
		settle(w);
		for (size_t i = 0; i < PAIRS; i++) {
			assert_int_equal(pairs[i][0].done + pairs[i][1].done, 2);
			assert_int_equal(pairs[i][0].wrote + pairs[i][1].wrote, 1);
			first += pairs[i][0].wrote;
			second += pairs[i][1].wrote;
		}
	}
	assert_true(first > 0 && second > 0);
	end(w);
}

/* ---- what a batch costs ---- */

static void a_batch_of_joins_costs_few_statements(void **state)
{
	struct world *w = begin(state);
	struct join joins[17];
	uint64_t before[2], after[2];
	for (size_t i = 0; i < 17; i++)
		joins[i] = (struct join){.command = {.decide = decide_join, .done = join_done},
					 .address = 1 + i};
	/* The first join takes a block of ids and learns the statements. */
	assert_int_equal(store_submit(w->stores[NODES - 1], &joins[16].command), ERR_OK);
	settle(w);
	engine_postgresql_cost(w->newest, &before[0], &before[1]);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(store_submit(w->stores[NODES - 1], &joins[i].command), ERR_OK);
	settle(w);
	engine_postgresql_cost(w->newest, &after[0], &after[1]);
	print_message("16 joins: %llu statements in %llu round trips\n",
		      (unsigned long long)(after[0] - before[0]),
		      (unsigned long long)(after[1] - before[1]));
	assert_in_range(after[0] - before[0], 1, 20);
	assert_in_range(after[1] - before[1], 1, 8);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(joins_with_one_address_give_one_code),
	    cmocka_unit_test(two_decisions_on_missing_rows_exclude_each_other),
	    cmocka_unit_test(a_batch_of_joins_costs_few_statements),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
