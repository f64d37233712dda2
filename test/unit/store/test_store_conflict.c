/* Owns the tests of a store whose engine has other writers: conflicts, the reads of a batch, and
 * data that another writer commits.
 * Never has a second store: the other writer is a plain commit to the engine.
 * Run by make test. */
#include "store_world.h"

/* Stores the item as another writer does. */
static void write_elsewhere(struct world *w, uint64_t id, uint64_t count)
{
	const struct item item = {.group = 1, .id = id, .count = count, .word = TEXT("other")};
	uint8_t key_room[RECORD_KEY_MAX], value_room[256];
	assert_true(record_value_bound(&ITEM, &item) <= sizeof value_room);
	struct text key = text_from(key_room, record_encode_key(&ITEM, &item, key_room));
	size_t n = record_encode_value(&ITEM, &item, key, value_room);
	const struct engine_write write = {ITEM.id, false, key, text_from(value_room, n)};
	const struct engine_batch batch = {.writes = &write, .n_writes = 1};
	struct engine *inner = w->engine->inner;
	assert_int_equal(engine_commit_blocking(inner, &batch), ERR_OK);
}

static void other_writer_is_faster(void *arg)
{
	write_elsewhere(arg, 1, 100);
}

static void let_next_commit_conflict(struct world *w)
{
	w->engine->fail_at = w->engine->commits + 1;
	w->engine->fail_with = ERR_CONFLICT;
	w->engine->on_failure = other_writer_is_faster;
	w->engine->arg = w;
}

static void a_conflict_decides_the_commands_again(void **state)
{
	struct world *w = *state;
	let_next_commit_conflict(w);
	struct job *first = submit(w, add_decide, 1), *made = submit(w, make_decide, 0);
	struct job *refused = submit(w, add_decide, 1), *last = submit(w, add_decide, 1);
	refused->verdict = ERR_REFUSED;
	run(w);
	assert_true(first->seen == 100 && last->seen == 101 && made->id == 1);
	assert_true(refused->err == ERR_REFUSED && last->err == ERR_OK);
	for (size_t i = 0; i < 4; i++) {
		assert_true(w->jobs[i].done == 1 && w->jobs[i].decided >= 2);
		assert_ptr_equal(w->order[i], &w->jobs[i]);
	}
	assert_int_equal(stored_count(w, 1), 102);
	struct store_counters c = store_counters(w->store);
	assert_true(c.conflicts == 1 && c.failed_commits == 0);
	assert_int_equal(c.commands, 4);
}

static void watches_see_nothing_of_a_conflict(void **state)
{
	struct world *w = *state;
	let_next_commit_conflict(w);
	struct job *add = submit(w, add_decide, 1);
	while (store_counters(w->store).conflicts == 0)
		store_wait(w->store);
	assert_true(add->done == 0 && !store_idle(w->store));
	struct job *later = submit(w, add_decide, 1);
	run(w);
	assert_true(add->seen == 100 && later->seen == 101);
	assert_ptr_equal(w->order[0], add);
}

/* After a second conflict the batch has half as many commands, and a commit doubles the limit. */
static void batches_shrink_after_a_second_conflict(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 8; i++)
		submit(w, add_decide, 1);
	for (int i = 0; i < 2; i++) {
		let_next_commit_conflict(w);
		assert_true(store_turn(w->store));
		assert_int_equal(w->n_done, 0);
	}
	assert_true(store_turn(w->store));
	assert_int_equal(w->n_done, 4);
	assert_false(store_turn(w->store));
	assert_int_equal(w->n_done, 8);
	for (size_t i = 0; i < 8; i++)
		assert_ptr_equal(w->order[i], &w->jobs[i]);
	assert_int_equal(stored_count(w, 1), 108);
}

static void one_command_is_decided_until_it_succeeds(void **state)
{
	struct world *w = *state;
	struct job *add = submit(w, add_decide, 1);
	for (int i = 0; i < 5; i++) {
		let_next_commit_conflict(w);
		assert_true(store_turn(w->store));
	}
	run(w);
	assert_true(add->done == 1 && add->seen == 100 && add->decided == 6);
	assert_int_equal(store_counters(w->store).conflicts, 5);
}

static void the_engine_gets_every_key_that_was_read(void **state)
{
	struct world *w = *state;
	submit(w, add_decide, 1);
	submit(w, add_decide, 1);
	submit(w, look_decide, 2);
	submit(w, make_decide, 0); /* reads nothing */
	run(w);
	assert_int_equal(w->engine->last_reads, w->engine->engine.ops->single_writer ? 0 : 2);
	assert_int_equal(w->engine->last_writes, 3); /* two items and one sequence */
}

/* The answer "known already" rests on what the command has read. */
static void answers_without_writes_are_committed(void **state)
{
	struct world *w = *state;
	struct job *look = submit(w, look_decide, 5);
	run(w);
	assert_true(look->done == 1 && look->found == ERR_NOT_FOUND);
	assert_true(w->engine->commits == 1 && w->engine->last_writes == 0);
	assert_int_equal(w->engine->last_reads, 1);
}

static void every_turn_sees_what_others_committed(void **state)
{
	struct world *w = *state;
	for (uint64_t count = 5; count < 8; count++) {
		write_elsewhere(w, 1, count);
		assert_int_equal(stored_count(w, 1), count);
	}
	struct job *add = submit(w, add_decide, 1);
	write_elsewhere(w, 1, 50);
	run(w);
	assert_int_equal(add->seen, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(shared, a_conflict_decides_the_commands_again),
	    ON(shared_pending, a_conflict_decides_the_commands_again),
	    ON(shared, watches_see_nothing_of_a_conflict),
	    ON(shared_pending, watches_see_nothing_of_a_conflict),
	    ON(shared, batches_shrink_after_a_second_conflict),
	    ON(shared, one_command_is_decided_until_it_succeeds),
	    ON(memory, the_engine_gets_every_key_that_was_read),
	    ON(shared, the_engine_gets_every_key_that_was_read),
	    ON(shared, answers_without_writes_are_committed),
	    ON(shared, every_turn_sees_what_others_committed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
