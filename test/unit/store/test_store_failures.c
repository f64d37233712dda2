/* Owns the tests of the store's watchers and of commits that fail.
 * Never touches a disk: the engine is in memory and fails on request.
 * Run by make test. */
#include "store_world.h"

/* ---- watches ---- */

static void take_told(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct world *w = arg;
	const struct item *item = record;
	assert_ptr_equal(kind, &ITEM);
	assert_int_equal(w->n_done, 0); /* before done runs */
	assert_true(deleted == (item->word.n == 0));
	w->told[w->n_told++] = (struct told){item->id, item->count, deleted};
}

static void watchers_see_committed_records(void **state)
{
	struct world *w = *state;
	store_watch(w->store, &ITEM, take_told, w);
	struct job *refused = job_new(w, add_decide, 7);
	submit(w, add_decide, 4);
	submit(w, add_decide, 2);
	refused->verdict = ERR_REFUSED;
	assert_int_equal(store_submit(w->store, &refused->command), ERR_OK);
	submit(w, add_decide, 4);
	submit(w, look_decide, 9);
	submit(w, remove_decide, 2);
	run(w);
	assert_int_equal(w->n_told, 2); /* each record once, in its final state */
	assert_true(w->told[0].id == 4 && w->told[0].count == 2 && !w->told[0].deleted);
	assert_true(w->told[1].id == 2 && w->told[1].deleted);
}

static void watchers_see_nothing_of_a_failed_commit(void **state)
{
	struct world *w = *state;
	store_watch(w->store, &ITEM, take_told, w);
	w->engine->fail_at = 1;
	w->engine->fail_with = ERR_NO_SPACE;
	submit(w, add_decide, 4);
	run(w);
	assert_int_equal(w->n_told, 0);
	assert_int_equal(w->n_done, 1);
}

/* ---- commits that fail ---- */

static void fail_and_recover(struct world *w, enum err with)
{
	submit(w, add_decide, 1);
	submit(w, make_decide, 0);
	run(w);
	w->engine->fail_at = w->engine->commits + 1;
	w->engine->fail_with = with;
	struct job *add = submit(w, add_decide, 1), *look = submit(w, look_decide, 1);
	struct job *make = submit(w, make_decide, 0), *refused = submit(w, add_decide, 1);
	refused->verdict = ERR_REFUSED;
	run(w);
	/* The whole batch fails: a command that only read may have read another one's lost
	 * write. */
	assert_true(add->err == with && look->err == with && make->err == with);
	assert_int_equal(refused->err, with);
	assert_int_equal(make->id, 2);
	assert_int_equal(stored_count(w, 1), 1);
	struct job *again = submit(w, add_decide, 1), *made = submit(w, make_decide, 0);
	run(w);
	assert_true(again->err == ERR_OK && again->seen == 1 && made->id == 2);
	assert_int_equal(stored_count(w, 1), 2);
	assert_int_equal(store_counters(w->store).failed_commits, 1);
	assert_int_equal(store_counters(w->store).commits, 2);
}

static void a_full_disk_refuses_the_batch(void **state)
{
	fail_and_recover(*state, ERR_NO_SPACE);
}

static void a_lack_of_memory_refuses_the_batch(void **state)
{
	fail_and_recover(*state, ERR_NO_MEMORY);
}

static void every_second_commit_may_fail(void **state)
{
	struct world *w = *state;
	uint64_t kept = 0;
	for (size_t i = 0; i < 30; i++) {
		w->engine->fail_at = i % 2 == 0 ? w->engine->commits + 1 : 0;
		w->engine->fail_with = ERR_NO_SPACE;
		struct job *job = submit(w, add_decide, 1), *make = submit(w, make_decide, 0);
		run(w);
		assert_int_equal(job->err, i % 2 == 0 ? ERR_NO_SPACE : ERR_OK);
		assert_int_equal(job->seen, kept);
		kept += i % 2;
		assert_int_equal(make->id, i / 2 + 1);
		w->n_jobs = w->n_done = 0;
	}
	assert_int_equal(stored_count(w, 1), kept);
}

/* Without a view no command is decided, because it would see old data. */
static void a_failed_view_delays_commands(void **state)
{
	struct world *w = *state;
	submit(w, add_decide, 1);
	run(w);
	w->engine->view_fails_with = ERR_IO;
	struct job *add = submit(w, add_decide, 1), *look = job_new(w, look_decide, 1);
	assert_int_equal(store_query(w->store, &look->command), ERR_OK);
	for (int i = 0; i < 5; i++)
		assert_true(store_turn(w->store));
	assert_true(add->decided == 0 && look->done == 0);
	w->engine->view_fails_with = ERR_OK;
	run(w);
	assert_true(add->seen == 1 && look->done == 1 && add->err == ERR_OK);
}

static void a_pending_commit_may_fail(void **state)
{
	struct world *w = *state;
	struct job *lost = submit(w, add_decide, 1);
	w->engine->fail_at = 1;
	w->engine->fail_with = ERR_NO_SPACE;
	run(w);
	struct job *kept = submit(w, add_decide, 1);
	run(w);
	assert_true(lost->err == ERR_NO_SPACE && kept->err == ERR_OK && kept->seen == 0);
	assert_int_equal(stored_count(w, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(memory, watchers_see_committed_records),
	    ON_BOTH(watchers_see_nothing_of_a_failed_commit),
	    ON(memory, a_full_disk_refuses_the_batch),
	    ON(memory, a_lack_of_memory_refuses_the_batch),
	    ON(memory, every_second_commit_may_fail),
	    ON(memory, a_failed_view_delays_commands),
	    ON(pending, a_pending_commit_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
