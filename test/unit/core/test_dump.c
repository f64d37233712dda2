/* Owns the tests of dumps: every kind survives a dump and a load on every engine, except for what
 * belongs to running nodes, and two dumps of
 * the same records have the same bytes.
 * Never damages a dump: test_dump_damage.c does.
 * Run by make test. */
#include "dump_world.h"

static void every_kind_survives_a_dump_and_a_load(void **state)
{
	struct world *w = *state;
	static const enum place pairs[][2] = {
	    {MEMORY, PENDING}, {PENDING, LMDB}, {LMDB, DEFERRED}, {DEFERRED, MEMORY}};
	struct buf first = {0}, second = {0}, before = {0}, after = {0};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct engine *from = open_engine(w, pairs[i][0]);
		struct engine *to = open_engine(w, pairs[i][1]);
		for (size_t k = 0; k < RECORD_KINDS_COUNT; k++)
			for (int n = 0; n < 12; n++)
				put_random(w, from, RECORD_KINDS_ALL[k]);
		dump(from, &first);
		load(to, buf_view(&first));
		dump(to, &second);
		assert_same(&first, &second);
		for (size_t k = 0; k < RECORD_KINDS_COUNT; k++) {
			const struct record_kind *kind = RECORD_KINDS_ALL[k];
			rows_of(from, kind->id, &before);
			rows_of(to, kind->id, &after);
			if (kind->class == RECORD_NODES) {
				assert_true(before.n > 0 && after.n == 0);
				continue;
			}
			if (before.n == 0 || !text_eq(buf_view(&before), buf_view(&after)))
				fail_msg("a dump does not carry the records of %s", kind->name);
		}
		engine_close(from);
		engine_close(to);
	}
	buf_free(&first);
	buf_free(&second);
	buf_free(&before);
	buf_free(&after);
}

/* The index is in the log, in the tree, or in both, and the dump shows none of that. */
static void the_state_of_the_log_is_not_in_a_dump(void **state)
{
	struct world *w = *state;
	struct engine *plain = open_engine(w, MEMORY), *deferred = open_engine(w, LMDB);
	struct buf one = {0}, other = {0};
	struct email_index row = {0};
	for (int round = 0; round < 3; round++) {
		/* The first round writes to the tree, the other rounds write to the log. */
		for (uint64_t n = 0; n < 200; n++) {
			row.hash = seeded_below(&w->seed, 300) << 55 | seeded_below(&w->seed, 2);
			row.user_ids = random_text(w, true);
			put(w, plain, &KIND_EMAIL_INDEX, &row, n % 50 == 7);
			put(w, deferred, &KIND_EMAIL_INDEX, &row, n % 50 == 7);
			if (n % 3 != 0)
				continue;
			uint8_t key[RECORD_KEY_MAX];
			size_t size = record_encode_key(&KIND_EMAIL_INDEX, &row, key);
			write_row(plain, KIND_EMAIL_INDEX.id, text_from(key, size),
				  (struct text){0});
			write_row(deferred, KIND_EMAIL_INDEX.id, text_from(key, size),
				  (struct text){0});
		}
		engine_close(deferred);
		deferred = open_dir(w->dirs[0], true);
		dump(plain, &one);
		dump(deferred, &other);
		assert_same(&one, &other);
	}
	engine_close(plain);
	engine_close(deferred);
	buf_free(&one);
	buf_free(&other);
}

static bool has(const struct buf *dump, const char *said)
{
	return memmem(dump->p, dump->n, said, strlen(said)) != NULL;
}

static void the_highest_ids_are_kept(void **state)
{
	struct world *w = *state;
	struct engine *from = open_engine(w, MEMORY), *to = open_engine(w, LMDB);
	struct buf first = {0}, before = {0}, after = {0};
	put_id(from, KIND_USER.id, 7);
	put_id(from, KIND_EVENT.id, UINT64_MAX);
	dump(from, &first);
	assert_true(has(&first, "\"ids\":{\"user\":7,\"event\":18446744073709551615}"));
	load(to, buf_view(&first));
	rows_of(from, KIND_SEQUENCES, &before);
	rows_of(to, KIND_SEQUENCES, &after);
	assert_same(&before, &after);
	engine_close(from);
	engine_close(to);
	buf_free(&first);
	buf_free(&before);
	buf_free(&after);
}

static void a_record_has_the_documented_form(void **state)
{
	struct world *w = *state;
	struct engine *from = open_engine(w, MEMORY);
	struct buf meta = {0}, out = {0};
	pairs_add(&meta, TEXT("size"), TEXT("\"M\""));
	pairs_add(&meta, TEXT("colour"), TEXT(""));
	const struct user user = {.id = 7,
				  .campaign_id = 2,
				  .first_name = TEXT("Zo\xc3\xab\n"),
				  .email = TEXT("\xff"),
				  .meta = {buf_view(&meta)}};
	put(w, from, &KIND_USER, &user, true);
	dump(from, &out);
	assert_true(has(&out, "\n{\"_kind\":\"user\",\"id\":7,\"campaign_id\":2,"
			      "\"first_name\":\"Zo\xc3\xab\\u000a\",\"email\":{\"hex\":\"ff\"},"
			      "\"meta\":[\"size\",\"\\\"M\\\"\",\"colour\",\"\"],"
			      "\"#201\":18446744073709551615,"
			      "\"#202\":\"from a \\\"newer\\\" version\\u000a\",\"_sum\":\""));
	assert_true(has(&out, "\n{\"_end\":1,\"_sum\":\""));
	engine_close(from);
	buf_free(&meta);
	buf_free(&out);
}

static void a_load_refuses_a_database_with_data(void **state)
{
	struct world *w = *state;
	struct engine *empty = open_engine(w, MEMORY);
	struct buf out = {0};
	const char *why = "";
	dump(empty, &out);
	engine_close(empty);
	for (size_t k = 0; k < RECORD_KINDS_COUNT; k++) {
		struct engine *to = open_engine(w, MEMORY);
		put_random(w, to, RECORD_KINDS_ALL[k]);
		assert_int_equal(try_load(to, &ALL_KINDS, buf_view(&out), &why), ERR_REFUSED);
		assert_non_null(strstr(why, "holds data already"));
		engine_close(to);
	}
	struct engine *to = open_engine(w, MEMORY);
	put_id(to, KIND_USER.id, 1); /* all of its users were removed */
	assert_int_equal(try_load(to, &ALL_KINDS, buf_view(&out), &why), ERR_REFUSED);
	engine_close(to);
	buf_free(&out);
}

static void no_store_opens_an_unfinished_load(void **state)
{
	struct world *w = *state;
	const struct store_config usual = {0}, unfinished = {.unfinished = true};
	struct engine *from = open_engine(w, MEMORY), *to = open_engine(w, LMDB);
	struct store *store = NULL;
	struct buf out = {0}, again = {0};
	const char *why = "";
	put_random(w, from, &KIND_USER);
	dump(from, &out);
	assert_int_equal(try_load(to, &ALL_KINDS, buf_view(&out), &why), ERR_OK);
	assert_int_equal(store_open(to, &usual, &store), ERR_REFUSED);
	to = open_dir(w->dirs[0], false);
	assert_int_equal(try_dump(to, &ALL_KINDS, &again, &why), ERR_REFUSED);
	assert_int_equal(try_load(to, &ALL_KINDS, buf_view(&out), &why), ERR_REFUSED);
	assert_non_null(strstr(why, "unfinished load"));
	assert_int_equal(store_open(to, &unfinished, &store), ERR_OK);
	store_close(store);
	to = open_dir(w->dirs[0], false);
	assert_int_equal(load_finish(to), ERR_OK);
	assert_int_equal(store_open(to, &usual, &store), ERR_OK);
	store_close(store);
	engine_close(from);
	buf_free(&out);
	buf_free(&again);
}

#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, world_start, world_finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_WORLD(every_kind_survives_a_dump_and_a_load),
	    IN_WORLD(the_state_of_the_log_is_not_in_a_dump),
	    IN_WORLD(the_highest_ids_are_kept),
	    IN_WORLD(a_record_has_the_documented_form),
	    IN_WORLD(a_load_refuses_a_database_with_data),
	    IN_WORLD(no_store_opens_an_unfinished_load),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
