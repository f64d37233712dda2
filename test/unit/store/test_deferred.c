/* Owns the tests of scattered writes, which are logged first and merged later, without a visible
 * difference, even after a restart.
 * Never reads the table or the log: reads are compared with a plain array.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/scratch.h"
#include "../../support/seeded.h"
#include "store/engine_ops.h"

/* MANY exceeds the 262,144 entries at which merging begins. */
enum { SCATTERED = 6, PLAIN = 7, KEYS = 500, EACH = 4000, MANY = 400000 };

struct world {
	struct engine *engine;
	char dir[SCRATCH_PATH];
	struct seeded seed;
	/* By key number: the length of the value and its byte. Length 0 means no value. */
	size_t length[KEYS];
	char byte[KEYS];
};

static void open_engine(struct world *w)
{
	const struct engine_lmdb_config config = {.dir = w->dir};
	const char *why = NULL;
	struct engine *lmdb = NULL;
	assert_int_equal(engine_lmdb_open(&config, &lmdb, &why), ERR_OK);
	assert_int_equal(engine_deferred_open(lmdb, 1u << SCATTERED, &w->engine), ERR_OK);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static void reopen(struct world *w)
{
	engine_close(w->engine);
	open_engine(w);
}

static int start(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	*state = w;
	assert_true(scratch_make(w->dir));
	open_engine(w);
	return 0;
}

static int finish(void **state)
{
	struct world *w = *state;
	engine_close(w->engine);
	scratch_remove(w->dir);
	free(w);
	return 0;
}

/* Evenly spread, as a keyed hash is. */
static struct text key_of(uint64_t number, char room[8])
{
	struct seeded hash = {.state = number};
	uint64_t key = seeded_next(&hash);
	memcpy(room, &key, 8);
	return text_from(room, 8);
}

static void commit(struct world *w, const struct engine_write *writes, size_t n)
{
	const struct engine_batch batch = {.writes = writes, .n_writes = n};
	assert_int_equal(w->engine->ops->commit(w->engine, &batch), ERR_OK);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static void compare(struct world *w)
{
	char room[8];
	for (size_t i = 0; i < KEYS; i++) {
		struct text value = {0};
		enum err err = w->engine->ops->get(w->engine, SCATTERED, key_of(i, room), &value);
		assert_int_equal(err, w->length[i] == 0 ? ERR_NOT_FOUND : ERR_OK);
		assert_int_equal(value.n, w->length[i]);
		for (size_t at = 0; at < value.n; at++)
			assert_int_equal(value.p[at], w->byte[i]);
	}
}

/* A walk in pages, each of which begins after the last key of the previous page. */
struct page {
	struct world *w;
	char last[8];
	size_t n, max, seen;
};

static size_t number_of(struct text key)
{
	char room[8];
	size_t number = 0;
	while (number < KEYS && !text_eq(key_of(number, room), key))
		number++;
	assert_true(number < KEYS);
	return number;
}

static bool take_row(void *arg, struct text key, struct text value)
{
	struct page *p = arg;
	size_t number = number_of(key);
	assert_true(p->seen == 0 || memcmp(key.p, p->last, 8) > 0);
	assert_true(value.n > 0);
	assert_int_equal(value.n, p->w->length[number]);
	assert_int_equal(value.p[value.n - 1], p->w->byte[number]);
	memcpy(p->last, key.p, 8);
	p->seen++;
	return ++p->n < p->max;
}

static void compare_scan(struct world *w, size_t max)
{
	struct page p = {.w = w, .max = max};
	size_t kept = 0;
	for (size_t i = 0; i < KEYS; i++)
		kept += w->length[i] > 0;
	do {
		const struct engine_scan scan = {
		    .kind = SCATTERED, .from = text_from(p.last, 8), .after = p.seen > 0};
		p.n = 0;
		assert_int_equal(w->engine->ops->scan(w->engine, &scan, take_row, &p), ERR_OK);
	} while (p.n == max);
	assert_int_equal(p.seen, kept);
}

/* Short values stay in memory; long ones (over 26 bytes) are written at once. */
static size_t random_length(struct world *w)
{
	size_t kind = seeded_below(&w->seed, 10);
	if (kind < 3)
		return 0;
	return kind == 9 ? 27 + seeded_below(&w->seed, 300) : 1 + seeded_below(&w->seed, 26);
}

static void random_batch(struct world *w)
{
	enum { BATCH = 60 };
	static char keys[BATCH][8], values[BATCH][400];
	struct engine_write writes[BATCH];
	size_t n = 1 + seeded_below(&w->seed, BATCH - 1), scattered = n - n / 4;
	for (size_t i = 0; i < n; i++) {
		uint64_t number = seeded_below(&w->seed, KEYS);
		size_t length = random_length(w);
		char byte = (char)seeded_next(&w->seed);
		memset(values[i], byte, sizeof values[i]);
		writes[i] = (struct engine_write){
		    i < scattered ? SCATTERED : PLAIN, length == 0, key_of(number, keys[i]),
		    length == 0 ? (struct text){0} : text_from(values[i], length)};
		if (i >= scattered)
			continue;
		w->length[number] = length;
		w->byte[number] = byte;
	}
	commit(w, writes, n);
}

static void random_operations_match_the_model(void **state)
{
	struct world *w = *state;
	w->seed = seeded_start("deferred", 31);
	for (int i = 0; i < 400; i++) {
		random_batch(w);
		if (i % 5 == 0)
			compare(w);
		if (i % 20 == 0)
			compare_scan(w, 1 + seeded_below(&w->seed, KEYS));
		if (i % 40 == 39) {
			reopen(w);
			compare(w);
		}
	}
}

static void put_many(struct world *w, uint64_t from, uint64_t n, char byte)
{
	static struct engine_write writes[EACH];
	static char keys[EACH][8];
	char value[15];
	memset(value, byte, sizeof value);
	for (uint64_t at = from; at < from + n; at += EACH) {
		for (uint64_t i = 0; i < EACH; i++)
			writes[i] = (struct engine_write){SCATTERED, false, key_of(at + i, keys[i]),
							  text_from(value, sizeof value)};
		commit(w, writes, EACH);
	}
}

static void assert_many(struct world *w, uint64_t from, uint64_t to, char byte)
{
	char room[8];
	for (uint64_t i = from; i < to; i++) {
		struct text value = {0};
		enum err err = w->engine->ops->get(w->engine, SCATTERED, key_of(i, room), &value);
		if (err != ERR_OK || value.n != 15 || value.p[0] != byte)
			fail_msg("key %llu: %s", (unsigned long long)i, err_name(err));
	}
}

/* Exceeds the threshold, so that a sweep completes. Some keys are written again before they are
 * merged, some after. Then a restart replays the rest of the log. */
static void merging_changes_no_result(void **state)
{
	struct world *w = *state;
	put_many(w, 0, MANY, 'a');
	assert_many(w, 0, MANY, 'a');
	put_many(w, 0, 40000, 'b');
	put_many(w, MANY - 40000, 40000, 'b');
	for (int times = 0; times < 2; times++) {
		assert_many(w, 0, 40000, 'b');
		assert_many(w, 40000, MANY - 40000, 'a');
		assert_many(w, MANY - 40000, MANY, 'b');
		reopen(w);
	}
	put_many(w, MANY, MANY, 'c');
	reopen(w);
	assert_many(w, 0, 40000, 'b');
	assert_many(w, 40000, MANY - 40000, 'a');
	assert_many(w, MANY, 2 * (uint64_t)MANY, 'c');
}

/* ---- the log ---- */

static bool count_row(void *arg, struct text key, struct text value)
{
	(void)key;
	(void)value;
	(*(size_t *)arg)++;
	return true;
}

static size_t log_rows(struct world *w)
{
	const struct engine_scan all = {.kind = RECORD_KIND_LOG};
	size_t n = 0;
	assert_int_equal(w->engine->ops->scan(w->engine, &all, count_row, &n), ERR_OK);
	return n;
}

static void a_server_at_rest_empties_the_log(void **state)
{
	struct world *w = *state;
	put_many(w, 0, EACH, 'a');
	put_many(w, 0, EACH, 'b');
	assert_true(log_rows(w) > 0);
	for (int times = 0; times < 100 && log_rows(w) > 0; times++) {
		w->engine->ops->tend(w->engine);
		assert_many(w, 0, EACH, 'b');
	}
	assert_int_equal(log_rows(w), 0);
	reopen(w);
	assert_many(w, 0, EACH, 'b');
}

/* The memory stays small, so only the length of the log can begin the merging. */
static void keys_that_are_written_often_do_not_fill_the_log(void **state)
{
	enum { HOT = 10, LENGTH = 1000, COMMITS = 6, LOG_MAX = 8192 + 2 * EACH };
	struct world *w = *state;
	static struct engine_write writes[EACH];
	static char keys[HOT][8], value[LENGTH];
	size_t most = 0;
	put_many(w, 0, EACH, 'a');
	for (int times = 0; times < COMMITS; times++) {
		memset(value, 'b' + times, sizeof value);
		for (size_t i = 0; i < EACH; i++)
			writes[i] =
			    (struct engine_write){SCATTERED, false, key_of(i % HOT, keys[i % HOT]),
						  text_from(value, sizeof value)};
		commit(w, writes, EACH);
		most = log_rows(w) > most ? log_rows(w) : most;
	}
	assert_true(most > EACH && most <= LOG_MAX);
	for (size_t i = 0; i < HOT; i++) {
		struct text found = {0};
		assert_int_equal(
		    w->engine->ops->get(w->engine, SCATTERED, key_of(i, keys[i]), &found), ERR_OK);
		assert_true(text_eq(found, text_from(value, sizeof value)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(random_operations_match_the_model, start, finish),
	    cmocka_unit_test_setup_teardown(merging_changes_no_result, start, finish),
	    cmocka_unit_test_setup_teardown(a_server_at_rest_empties_the_log, start, finish),
	    cmocka_unit_test_setup_teardown(keys_that_are_written_often_do_not_fill_the_log, start,
					    finish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
