/* Owns the tests of a store whose engine fetches records: parked work, rounds, and the order and
 * the end of a batch. Never has an event loop: store_wait takes the place of the engine's event.
 * Run by make test. */
#include "store_world.h"

static uint64_t rounds(const struct world *w)
{
	return engine_memory_rounds(w->engine->inner);
}

/* ---- parked work ---- */

static void parked_work_waits_for_the_engine(void **state)
{
	struct world *w = *state;
	struct job *add = submit(w, add_decide, 1), *look = job_new(w, look_decide, 2);
	assert_int_equal(store_query(w->store, &look->command), ERR_OK);
	assert_false(store_turn(w->store));
	for (int i = 0; i < 5; i++)
		assert_false(store_turn(w->store));
	assert_true(add->decided == 1 && look->done == 0 && !store_idle(w->store));
	assert_int_equal(w->engine->gets, w->gets_at_open + 2);
	assert_int_equal(store_counters(w->store).queued, 2);
	run(w);
	assert_true(add->decided == 2 && add->err == ERR_OK && look->err == ERR_OK);
}

static void a_pending_commit_is_called_again_after_the_engine_woke_the_store(void **state)
{
	struct world *w = *state;
	struct job *made = submit(w, make_decide, 0);
	for (int i = 0; i < 5; i++)
		assert_false(store_turn(w->store));
	assert_true(made->decided == 1 && made->done == 0 && w->engine->commit_calls == 1);
	store_wait(w->store);
	assert_true(made->done == 1 && w->engine->commit_calls == 2);
}

static void new_queries_do_not_wait_for_parked_work(void **state)
{
	struct world *w = *state;
	submit(w, add_decide, 1);
	struct job *first = job_new(w, look_decide, 2), *second = job_new(w, look_decide, 3);
	assert_int_equal(store_query(w->store, &first->command), ERR_OK);
	assert_false(store_turn(w->store));
	assert_int_equal(store_query(w->store, &second->command), ERR_OK);
	assert_true(store_has_work(w->store));
	assert_false(store_turn(w->store));
	store_wait(w->store); /* one round has fetched the keys of all three */
	assert_true(first->done == 1 && second->done == 1);
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
}

/* Its answer ends with the old view. */
static void a_parked_query_asks_again_after_a_commit(void **state)
{
	struct world *w = *state;
	struct job *look = job_new(w, look_decide, 1), *made = submit(w, make_decide, 0);
	store_turn(w->store); /* the commit has begun */
	assert_int_equal(store_query(w->store, &look->command), ERR_OK);
	assert_false(store_turn(w->store));
	run(w);
	assert_true(made->done == 1 && look->done == 1 && look->found == ERR_NOT_FOUND);
}

/* The view moves in almost every turn there, but not before the answer was used. */
static void a_parked_query_is_answered_where_others_write(void **state)
{
	struct world *w = *state;
	struct job *look = job_new(w, look_decide, 1);
	assert_int_equal(store_query(w->store, &look->command), ERR_OK);
	assert_false(store_turn(w->store));
	store_wait(w->store);
	assert_true(look->done == 1 && look->found == ERR_NOT_FOUND);
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
}

static void a_failed_fetch_fails_its_command(void **state)
{
	struct world *w = *state;
	struct job *add = submit(w, add_decide, 1), *made = submit(w, make_decide, 0);
	store_turn(w->store);
	w->engine->get_fails_with = ERR_IO;
	run(w);
	assert_true(add->err == ERR_IO && made->err == ERR_OK);
	w->engine->get_fails_with = ERR_OK;
	assert_int_equal(stored_count(w, 1), UINT64_MAX);
}

/* ---- batches ---- */

static void one_round_and_one_commit_serve_a_batch(void **state)
{
	struct world *w = *state;
	for (uint64_t i = 0; i < JOBS; i++)
		submit(w, add_decide, 1 + i);
	run(w);
	for (size_t i = 0; i < JOBS; i++) {
		assert_ptr_equal(w->order[i], &w->jobs[i]);
		assert_int_equal(w->jobs[i].decided, 2);
	}
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
	assert_int_equal(store_counters(w->store).commits, 1);
	/* The store asks for each key once and gets each answer once. */
	assert_int_equal(w->engine->gets, w->gets_at_open + 2 * (size_t)JOBS);
}

/* Reads `add` items one after another, so each needs a round of its own. */
static enum err chase_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	job->decided++;
	for (uint64_t i = 0; i < job->add; i++) {
		struct item item = {.group = 5, .id = job->id * 100 + i};
		enum err err = tx_get(tx, &ITEM, &item);
		if (err != ERR_NOT_FOUND)
			return err;
	}
	return ERR_OK;
}

static void commands_keep_their_order(void **state)
{
	struct world *w = *state;
	struct job *slow = submit(w, chase_decide, 1);
	slow->add = 4;
	for (int i = 0; i < 6; i++)
		submit(w, i % 2 == 0 ? add_decide : make_decide, 1);
	run(w);
	for (size_t i = 0; i < 7; i++)
		assert_ptr_equal(w->order[i], &w->jobs[i]);
	assert_true(w->jobs[1].seen == 0 && w->jobs[3].seen == 1 && w->jobs[5].seen == 2);
	assert_true(w->jobs[2].id == 1 && w->jobs[4].id == 2 && w->jobs[6].id == 3);
	assert_int_equal(rounds(w), w->rounds_at_open + 4);
	assert_int_equal(slow->decided, 5);
	assert_true(w->jobs[1].decided == 3 && w->jobs[2].decided == 2);
	assert_int_equal(store_counters(w->store).commits, 1);
}

static void later_commands_go_into_the_next_batch(void **state)
{
	struct world *w = *state;
	struct job *first = submit(w, add_decide, 1);
	store_turn(w->store);
	struct job *second = submit(w, make_decide, 0);
	assert_false(store_turn(w->store));
	assert_true(first->decided == 1 && second->decided == 0);
	store_wait(w->store); /* decided, and the commit has begun */
	assert_true(first->decided == 2 && first->done == 0 && second->decided == 0);
	store_wait(w->store);
	assert_true(first->done == 1 && second->decided == 0 && store_has_work(w->store));
	run(w);
	assert_true(second->id == 1 && second->err == ERR_OK);
	assert_int_equal(store_counters(w->store).commits, 2);
}

/* Takes an id, then reads the record with this id. */
static enum err follow_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = 1};
	job->decided++;
	enum err err = tx_get(tx, &ITEM, &item);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	item = (struct item){.group = 6, .id = job->id = tx_next_id(tx, &ITEM)};
	err = tx_get(tx, &ITEM, &item);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	tx_put(tx, &ITEM, &item);
	return job->verdict;
}

/* Commands behind a pending command foresee the ids that they will get. */
static void one_round_fetches_the_keys_of_all_new_ids(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 20; i++)
		submit(w, follow_decide, 0);
	run(w);
	for (size_t i = 0; i < 20; i++)
		assert_true(w->jobs[i].id == i + 1 && w->jobs[i].decided == 3);
	assert_int_equal(rounds(w), w->rounds_at_open + 2);
	assert_int_equal(store_counters(w->store).commits, 1);
}

/* A refusal moves the ids of the commands behind it. */
static void refused_commands_leave_no_gap(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 12; i++)
		submit(w, follow_decide, 0)->verdict = i % 3 == 0 ? ERR_REFUSED : ERR_OK;
	run(w);
	uint64_t id = 0;
	for (size_t i = 0; i < 12; i++) {
		assert_int_equal(w->jobs[i].id, id + 1);
		id += i % 3 != 0;
	}
	assert_int_equal(store_counters(w->store).commits, 1);
}

/* Writes an item with a word of 1 MiB, after it has read the item. */
static enum err write_large_decide(struct command *command, struct tx *tx)
{
	static const char word[1 << 20];
	struct job *job = (struct job *)command;
	struct item item = {.group = 1, .id = job->id};
	enum err err = tx_get(tx, &ITEM, &item);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	item.count++;
	item.word = text_from(word, sizeof word);
	tx_put(tx, &ITEM, &item);
	return ERR_OK;
}

static void a_batch_has_limited_memory(void **state)
{
	struct world *w = *state;
	for (uint64_t i = 0; i < 40; i++)
		submit(w, write_large_decide, 1 + i);
	run(w);
	assert_int_equal(w->n_done, 40);
	for (size_t i = 0; i < 40; i++)
		assert_ptr_equal(w->order[i], &w->jobs[i]);
	assert_true(store_counters(w->store).commits == 2);
}

/* ---- keys that a command names ahead ---- */

/* Reads `add` items without waiting for any of them, and counts the missing items in job->seen. */
static enum err count_missing(struct job *job, struct tx *tx)
{
	job->decided++;
	job->seen = 0;
	for (uint64_t i = 0; i < job->add; i++) {
		struct item item = {.group = 1, .id = job->id + i, .count = 99};
		enum err err = tx_get_ahead(tx, &ITEM, &item);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		assert_int_equal(item.count, err == ERR_OK ? 1 : 0);
		job->seen += err == ERR_NOT_FOUND;
	}
	job->found = tx_is_unsure(tx) ? ERR_PENDING : ERR_OK;
	return job->seen > 0 ? job->verdict : ERR_OK;
}

/* Makes an item, and counts the missing items. */
static enum err ahead_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	const struct item made = {.group = 2, .id = job->last_id = tx_next_id(tx, &ITEM)};
	tx_put(tx, &ITEM, &made);
	return count_missing(job, tx);
}

static enum err ask_ahead_decide(struct command *command, struct tx *tx)
{
	return count_missing((struct job *)command, tx);
}

static void add_items(struct world *w, uint64_t n)
{
	for (uint64_t i = 1; i <= n; i++)
		submit(w, add_decide, i);
	run(w);
	w->rounds_at_open = rounds(w);
}

/* In the first run, all items look missing, so the command refuses. */
static void nothing_of_a_run_ahead_is_kept(void **state)
{
	struct world *w = *state;
	add_items(w, 5);
	for (int i = 0; i < 3; i++) {
		struct job *job = submit(w, ahead_decide, 1);
		job->add = 5;
		job->verdict = ERR_REFUSED;
	}
	run(w);
	for (size_t i = 5; i < 8; i++) {
		const struct job *job = &w->jobs[i];
		assert_true(job->err == ERR_OK && job->seen == 0 && job->found == ERR_OK);
		assert_true(job->decided == 2 && job->last_id == i - 4);
	}
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
	assert_int_equal(store_counters(w->store).commits, 2);
}

static void missing_records_are_missing_in_the_run_that_counts(void **state)
{
	struct world *w = *state;
	add_items(w, 5);
	struct job *job = submit(w, ahead_decide, 4);
	job->add = 5;
	job->verdict = ERR_REFUSED;
	run(w);
	assert_true(job->err == ERR_REFUSED && job->seen == 3 && job->found == ERR_OK);
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
}

static void a_query_names_keys_ahead(void **state)
{
	struct world *w = *state;
	add_items(w, 5);
	struct job *job = job_new(w, ask_ahead_decide, 1);
	job->add = 5;
	assert_int_equal(store_query(w->store, &job->command), ERR_OK);
	run(w);
	assert_true(job->err == ERR_OK && job->seen == 0 && job->decided == 2);
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
}

static void a_failed_fetch_ahead_fails_its_command(void **state)
{
	struct world *w = *state;
	struct job *ahead = submit(w, ahead_decide, 1);
	store_turn(w->store);
	w->engine->get_fails_with = ERR_IO;
	run(w);
	assert_true(ahead->err == ERR_IO && ahead->done == 1);
}

/* Wants all items, and then reads them one after another. */
static enum err want_decide(struct command *command, struct tx *tx)
{
	struct job *job = (struct job *)command;
	for (uint64_t i = 0; i < job->add; i++) {
		const struct item item = {.group = 5, .id = job->id * 100 + i};
		tx_want(tx, &ITEM, &item);
	}
	return chase_decide(command, tx);
}

static void wanted_records_arrive_in_one_round(void **state)
{
	struct world *w = *state;
	struct job *job = submit(w, want_decide, 1);
	job->add = 6;
	run(w);
	assert_true(job->err == ERR_OK && job->decided == 2);
	assert_int_equal(rounds(w), w->rounds_at_open + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(pending, parked_work_waits_for_the_engine),
	    ON(pending, a_pending_commit_is_called_again_after_the_engine_woke_the_store),
	    ON(pending, new_queries_do_not_wait_for_parked_work),
	    ON(pending, a_parked_query_asks_again_after_a_commit),
	    ON(shared_pending, a_parked_query_is_answered_where_others_write),
	    ON(pending, a_failed_fetch_fails_its_command),
	    ON(pending, one_round_and_one_commit_serve_a_batch),
	    ON(pending, commands_keep_their_order),
	    ON(pending, later_commands_go_into_the_next_batch),
	    ON(pending, one_round_fetches_the_keys_of_all_new_ids),
	    ON(pending, refused_commands_leave_no_gap),
	    ON_BOTH(a_batch_has_limited_memory),
	    ON(pending, nothing_of_a_run_ahead_is_kept),
	    ON(shared_pending, nothing_of_a_run_ahead_is_kept),
	    ON(pending, missing_records_are_missing_in_the_run_that_counts),
	    ON(pending, a_query_names_keys_ahead),
	    ON(pending, a_failed_fetch_ahead_fails_its_command),
	    ON(pending, wanted_records_arrive_in_one_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
