/* Owns the tests of additions to counters, on engines that add themselves and on engines for which
 * the store adds: both give the same sums.
 * Never knows a counter of core.
 * Run by make test. REFERD_SEED repeats a run. */
#include "../../support/nodes.h"
#include "counter_world.h"

/* ---- additions ---- */

static void additions_of_a_batch_and_of_several_batches_are_summed(void **state)
{
	struct world *w = *state;
	const struct step first[] = {{ADD, 1, 2, 1}, {ADD, 1, 3, 0}, {ADD, 2, 0, -4}, {0}};
	const struct step second[] = {{ADD, 1, -1, 0}, {ADD, 2, 0, 4}, {0}};
	struct script scripts[] = {{.steps = first}, {.steps = second}, {.steps = second}};
	run(w, scripts, 3);
	assert_stored(w, 1, 3, 1);
	assert_stored(w, 2, 0, 4);
	run_steps(w, first);
	assert_stored(w, 1, 8, 2);
	assert_stored(w, 2, 0, 0);
}

static void a_command_sees_the_additions_of_its_batch_and_its_own(void **state)
{
	struct world *w = *state;
	const struct step before[] = {{SEE_NONE, 1, 0, 0}, {ADD, 1, 5, 0}, {0}};
	const struct step own[] = {{ADD, 1, 2, -3}, {SEE, 1, 7, -3}, {SEE_BEFORE, 1, 5, 0}, {0}};
	struct script scripts[] = {{.steps = before}, {.steps = own}};
	run_in_order(w, scripts, 2);
	assert_int_equal(scripts[1].err, ERR_OK);
	assert_stored(w, 1, 7, -3);
}

static void a_refused_command_adds_nothing(void **state)
{
	struct world *w = *state;
	const struct step refused[] = {{ADD, 1, 2, 0}, {REFUSE, 0, 0, 0}, {0}};
	const struct step added[] = {{ADD, 1, 1, 0}, {0}};
	struct script scripts[] = {{.steps = refused}, {.steps = added}, {.steps = refused}};
	run(w, scripts, 3);
	assert_int_equal(scripts[0].err, ERR_REFUSED);
	assert_stored(w, 1, 1, 0);
}

static void a_write_replaces_what_was_added_before(void **state)
{
	struct world *w = *state;
	const struct step add[] = {{ADD, 1, 2, 2}, {ADD, 2, 2, 2}, {ADD, 3, 2, 2}, {0}};
	const struct step replace[] = {{ADD, 1, 1, 1},
				       {PUT, 1, 10, 0},
				       {SEE, 1, 10, 0},
				       {ADD, 1, 5, 0},
				       {SEE, 1, 15, 0},
				       {DELETE, 2, 0, 0},
				       {SEE_NONE, 2, 0, 0},
				       {DELETE, 3, 0, 0},
				       {ADD, 3, 1, 0},
				       {SEE, 3, 1, 0},
				       {0}};
	struct script scripts[] = {{.steps = add}, {.steps = replace}, {.steps = add}};
	run_steps(w, add);
	run_in_order(w, scripts, 3);
	assert_int_equal(scripts[1].err, ERR_OK);
	assert_stored(w, 1, 17, 2);
	assert_stored(w, 2, 2, 2);
	assert_stored(w, 3, 3, 2);
}

static enum err tally_with_note_decide(struct command *command, struct tx *tx)
{
	const struct tally t = {.id = 1, .up = 4, .note = TEXT("kept")};
	(void)command;
	tx_put(tx, &TALLY, &t);
	return ERR_OK;
}

static enum err note_is_kept_decide(struct command *command, struct tx *tx)
{
	struct tally t = {.id = 1};
	(void)command;
	enum err err = tx_get(tx, &TALLY, &t);
	if (err != ERR_PENDING)
		assert_true(err == ERR_OK && t.up == 5 && text_eq(t.note, TEXT("kept")));
	return err;
}

static void texts_of_older_rows_stay(void **state)
{
	struct world *w = *state;
	const struct step add[] = {{ADD, 1, 1, 0}, {0}};
	struct script put = {.command = {.decide = tally_with_note_decide, .done = script_done}};
	struct script look = {.command = {.decide = note_is_kept_decide, .done = script_done}};
	assert_int_equal(store_submit(w->store, &put.command), ERR_OK);
	settle(w);
	run_steps(w, add);
	assert_int_equal(store_query(w->store, &look.command), ERR_OK);
	settle(w);
	assert_int_equal(look.err, ERR_OK);
}

/* With several writers, a read of a hot counter would make every batch conflict. */
static void an_engine_that_adds_is_not_asked_for_the_sum(void **state)
{
	struct world *w = *state;
	const struct step add[] = {{ADD, 1, 1, 0}, {ADD, 1, 1, 0}, {0}};
	const struct step look[] = {{ADD, 1, 1, 0}, {SEE, 1, 5, 0}, {0}};
	struct script scripts[] = {{.steps = add}, {.steps = add}};
	run(w, scripts, 2);
	size_t reads = w->engine->ops->adds ? 0 : 1;
	assert_int_equal(engine_memory_gets(w->engine, TALLY.id), reads);
	run_steps(w, look);
	assert_int_equal(engine_memory_gets(w->engine, TALLY.id), reads + 1);
}

static void on_tally(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	const struct tally *t = record;
	assert_true(kind == &TALLY && !deleted && t->id == 9);
	((struct world *)arg)->told += t->up;
}

static void watches_see_additions(void **state)
{
	struct world *w = *state;
	const struct step add[] = {{ADD, 9, 3, 0}, {ADD, 9, 1, 0}, {0}};
	store_watch(w->store, &TALLY, on_tally, w);
	run_steps(w, add);
	assert_int_equal(w->told, 4);
}

static void write_damage(struct world *w)
{
	const struct engine_write write = {TALLY.id, false, TEXT("\0\0\0\0\0\0\0\1"), TEXT("x")};
	const struct engine_batch batch = {.writes = &write, .n_writes = 1};
	assert_int_equal(w->engine->ops->commit(w->engine, &batch), ERR_OK);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static void a_damaged_counter_fails_only_its_own_command(void **state)
{
	struct world *w = *state;
	const struct step damaged[] = {{ADD, 2, 1, 0}, {ADD, 1, 1, 0}, {0}};
	const struct step sound[] = {{ADD, 2, 1, 0}, {0}};
	struct script scripts[] = {{.steps = damaged}, {.steps = sound}};
	write_damage(w);
	run(w, scripts, 2);
	assert_int_equal(scripts[0].err, ERR_CORRUPT);
	assert_int_equal(scripts[1].err, ERR_OK);
	assert_stored(w, 2, 1, 0);
}

/* ---- random additions against plain numbers ---- */

enum { IDS = 6, SCRIPTS = 8, STEPS = 6, ROUNDS = 150 };

struct model {
	int64_t up[IDS], down[IDS];
	bool there[IDS];
};

static struct step random_step(struct seeded *seed, struct model *m)
{
	uint64_t id = seeded_below(seed, IDS);
	struct step s = {ADD, id, (int64_t)seeded_below(seed, 9) - 4,
			 (int64_t)seeded_below(seed, 9) - 4};
	switch (seeded_below(seed, 8)) {
	case 0:
		s.what = PUT;
		m->up[id] = m->down[id] = 0;
		break;
	case 1:
		m->up[id] = m->down[id] = 0;
		m->there[id] = false;
		return (struct step){DELETE, id, 0, 0};
	case 2:
		return (struct step){m->there[id] ? SEE : SEE_NONE, id, m->up[id], m->down[id]};
	default:
		break;
	}
	m->there[id] = true;
	m->up[id] += s.up;
	m->down[id] += s.down;
	return s;
}

static void random_additions_match_plain_numbers(void **state)
{
	struct world *w = *state;
	struct seeded seed = seeded_start("counters", 5);
	struct model m = {0};
	for (int round = 0; round < ROUNDS; round++) {
		struct step steps[SCRIPTS][STEPS + 2] = {0};
		struct script scripts[SCRIPTS] = {0};
		for (size_t i = 0; i < SCRIPTS; i++) {
			struct model before = m;
			for (size_t n = 0; n < STEPS; n++)
				steps[i][n] = random_step(&seed, &m);
			scripts[i].steps = steps[i];
			if (seeded_below(&seed, 4) == 0) {
				steps[i][STEPS].what = REFUSE;
				m = before;
			}
		}
		run_in_order(w, scripts, SCRIPTS);
		for (uint64_t id = 0; id < IDS; id++)
			if (m.there[id])
				assert_stored(w, id, m.up[id], m.down[id]);
	}
}

/* ---- stored values ---- */

static void stored_values_are_added_without_their_kind(void **state)
{
	uint8_t a[64], b[64];
	const struct tally sum = {.id = 1, .up = 2, .note = TEXT("old")};
	const struct tally delta = {.id = 1, .up = (uint64_t)-5, .down = 7, .note = TEXT("no")};
	const struct text key = TEXT("\0\0\0\0\0\0\0\1");
	struct buf out = {0};
	struct tally t;
	(void)state;
	assert_int_equal(counter_merge(key, stored(&sum, a), stored(&delta, b), &out), ERR_OK);
	assert_int_equal(record_decode(&TALLY, key, buf_view(&out), &t), ERR_OK);
	assert_true((int64_t)t.up == -3 && t.down == 7 && text_eq(t.note, TEXT("old")));
	b[1] ^= 1;
	assert_int_equal(counter_merge(key, stored(&sum, a), text_from(b, 20), &out), ERR_CORRUPT);
	buf_free(&out);
}

static void fields_that_cancel_out_are_left_out(void **state)
{
	uint8_t a[64], b[64];
	const struct tally sum = {.id = 1, .up = 2}, delta = {.id = 1, .up = (uint64_t)-2};
	const struct text key = TEXT("\0\0\0\0\0\0\0\1");
	struct buf out = {0};
	(void)state;
	assert_int_equal(counter_merge(key, stored(&sum, a), stored(&delta, b), &out), ERR_OK);
	assert_true(text_eq(buf_view(&out), stored(&(struct tally){.id = 1}, a)));
	buf_free(&out);
}

/* ---- the contract of an engine that adds (engine_ops.h) ---- */

static void commit_add(struct engine *engine, uint64_t id, int64_t up)
{
	uint8_t room[64], key[RECORD_KEY_MAX];
	const struct tally t = {.id = id, .up = (uint64_t)up};
	const struct engine_write add = {
	    TALLY.id, false, text_from(key, record_encode_key(&TALLY, &t, key)), stored(&t, room)};
	const struct engine_batch batch = {.adds = &add, .n_adds = 1};
	assert_int_equal(engine->ops->commit(engine, &batch), ERR_OK);
}

struct seen_rows {
	uint64_t id;
	int64_t up;
	size_t n;
};

static bool see_row(void *arg, struct text key, struct text value)
{
	struct seen_rows *seen = arg;
	struct tally t;
	assert_int_equal(record_decode(&TALLY, key, value, &t), ERR_OK);
	seen->id = t.id;
	seen->up = (int64_t)t.up;
	seen->n++;
	return true;
}

static void an_engine_that_adds_shows_sums_in_get_and_scan(void **state)
{
	struct engine *engine = ((struct world *)*state)->engine;
	const struct engine_scan scan = {.kind = TALLY.id};
	const struct text key = TEXT("\0\0\0\0\0\0\0\4");
	struct seen_rows seen = {0};
	struct text value;
	commit_add(engine, 4, 2);
	assert_int_equal(engine->ops->get(engine, TALLY.id, key, &value), ERR_NOT_FOUND);
	commit_add(engine, 4, -5);
	assert_int_equal(engine->ops->view(engine), ERR_OK);
	assert_int_equal(engine->ops->get(engine, TALLY.id, key, &value), ERR_OK);
	(void)see_row(&seen, key, value);
	assert_true(seen.id == 4 && seen.up == -3);
	assert_int_equal(engine->ops->scan(engine, &scan, see_row, &seen), ERR_OK);
	assert_true(seen.id == 4 && seen.up == -3 && seen.n == 2);
}

/* ---- several nodes ---- */

enum { NODES = 3, EACH = 30 };

/* What an addition replaces. */
static enum err rewrite_decide(struct command *command, struct tx *tx)
{
	struct tally t = {.id = 1};
	enum err err = tx_get(tx, &TALLY, &t);
	(void)command;
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	t.up++;
	tx_put(tx, &TALLY, &t);
	return ERR_OK;
}

static uint64_t conflicts_of(const struct nodes *nodes)
{
	uint64_t conflicts = 0;
	for (size_t i = 0; i < nodes->n; i++)
		conflicts += store_counters(nodes->stores[i]).conflicts;
	return conflicts;
}

/* Every node changes the counter at the same time. Returns the number of conflicts. */
static uint64_t change_on_all_nodes(command_decide_fn *decide, uint64_t seed)
{
	static const struct shared_faults faults = {.switches = 2, .delays = 4};
	const struct step add[] = {{ADD, 1, 1, 0}, {0}}, look[] = {{SEE, 1, NODES * EACH, 0}, {0}};
	struct script scripts[NODES][EACH] = {0};
	struct script seen = {.command = {.decide = script_decide, .done = script_done},
			      .steps = look};
	struct nodes nodes;
	assert_true(nodes_open(&nodes, NODES, seed, &faults));
	for (size_t n = 0; n < EACH; n++) {
		for (size_t i = 0; i < NODES; i++) {
			struct script *s = &scripts[i][n];
			*s = (struct script){{.decide = decide, .done = script_done}, add, ERR_OK};
			assert_int_equal(store_submit(nodes.stores[i], &s->command), ERR_OK);
		}
		assert_true(nodes_settle(&nodes));
	}
	assert_int_equal(store_query(nodes.stores[0], &seen.command), ERR_OK);
	assert_true(nodes_settle(&nodes));
	assert_int_equal(seen.err, ERR_OK);
	uint64_t conflicts = conflicts_of(&nodes);
	nodes_print(&nodes);
	nodes_close(&nodes);
	return conflicts;
}

static void nodes_that_add_to_one_counter_never_conflict(void **state)
{
	struct seeded seed = seeded_start("nodes", 8);
	(void)state;
	assert_int_equal(change_on_all_nodes(script_decide, seeded_next(&seed)), 0);
	assert_true(change_on_all_nodes(rewrite_decide, seeded_next(&seed)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_ALL(additions_of_a_batch_and_of_several_batches_are_summed),
	    ON_ALL(a_command_sees_the_additions_of_its_batch_and_its_own),
	    ON_ALL(a_refused_command_adds_nothing),
	    ON_ALL(a_write_replaces_what_was_added_before),
	    ON_ALL(texts_of_older_rows_stay),
	    ON(memory, an_engine_that_adds_is_not_asked_for_the_sum),
	    ON(adding, an_engine_that_adds_is_not_asked_for_the_sum),
	    ON_ALL(watches_see_additions),
	    ON(memory, a_damaged_counter_fails_only_its_own_command),
	    ON(lmdb, a_damaged_counter_fails_only_its_own_command),
	    ON_ALL(random_additions_match_plain_numbers),
	    ON(adding, an_engine_that_adds_shows_sums_in_get_and_scan),
	    cmocka_unit_test(nodes_that_add_to_one_counter_never_conflict),
	    cmocka_unit_test(stored_values_are_added_without_their_kind),
	    cmocka_unit_test(fields_that_cancel_out_are_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
