/* Owns the tests of what only LMDB has: a map that grows, a directory with one owner, appending.
 * Never knows a record: keys and values are bytes here.
 * Run by make test. */
#include "engine_world.h"

/* 40,000 rows of 100 bytes in a map that begins at 1 MiB: half ascend, half are scattered. */
static void the_map_grows_during_commits(void **state)
{
	enum { ROWS = 40000, EACH = 500 };
	struct world *w = *state;
	static struct engine_write writes[EACH];
	static char keys[EACH][8], value[100];
	for (uint64_t row = 0; row < ROWS; row += EACH) {
		for (uint64_t i = 0; i < EACH; i++) {
			uint64_t n = row + i, key = n % 2 == 0 ? n : n * 0x9e3779b97f4a7c15u;
			for (size_t at = 0; at < 8; at++)
				keys[i][at] = (char)(key >> (56 - 8 * at));
			writes[i] = (struct engine_write){n % 2 == 0 ? KIND_A : KIND_B, false,
							  text_from(keys[i], 8),
							  text_from(value, sizeof value)};
		}
		commit(w, writes, EACH);
	}
	engine_close(w->engine);
	w->engine = NULL;
	open_lmdb(w); /* with the tiny size again: the map grows to the needed size */
	commit(w, writes, EACH);
	size_t n = 0;
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t key = row % 2 == 0 ? row : row * 0x9e3779b97f4a7c15u;
		for (size_t at = 0; at < 8; at++)
			keys[0][at] = (char)(key >> (56 - 8 * at));
		struct text found;
		n +=
		    get(w, row % 2 == 0 ? KIND_A : KIND_B, text_from(keys[0], 8), &found) == ERR_OK;
	}
	assert_int_equal(n, ROWS);
}

static void a_directory_has_one_owner(void **state)
{
	struct world *w = *state;
	const struct engine_lmdb_config config = {.dir = w->dir};
	struct engine *second = NULL;
	const char *why = NULL;
	assert_int_equal(engine_lmdb_open(&config, &second, &why), ERR_BUSY);
	assert_null(second);
	assert_non_null(strstr(why, "another referd"));
	put(w, KIND_A, TEXT("k"), TEXT("v")); /* the first one still works */
	assert_value(w, KIND_A, TEXT("k"), TEXT("v"));
	engine_close(w->engine);
	open_lmdb(w);
	assert_value(w, KIND_A, TEXT("k"), TEXT("v"));
}

static void unusable_directories_are_refused(void **state)
{
	struct world *w = *state;
	char path[SCRATCH_PATH + 32];
	struct engine *engine = NULL;
	const char *why = NULL;
	snprintf(path, sizeof path, "%s/no/such/parent", w->dir);
	struct engine_lmdb_config config = {.dir = path};
	assert_int_equal(engine_lmdb_open(&config, &engine, &why), ERR_IO);
	assert_non_null(why);
	snprintf(path, sizeof path, "%s/referd.mdb", w->dir);
	assert_int_equal(engine_lmdb_open(&config, &engine, &why), ERR_IO);
	assert_non_null(why);
	assert_null(engine);
}

/* A key above all earlier keys is appended, even if the last key has been deleted since. */
static void appending_works_after_the_last_key_is_deleted(void **state)
{
	struct world *w = *state;
	put(w, KIND_A, TEXT("a"), TEXT("1"));
	put(w, KIND_A, TEXT("z"), TEXT("2"));
	const struct engine_write writes[] = {
	    {KIND_A, true, TEXT("z"), {0}},        {KIND_A, false, TEXT("m"), TEXT("3")},
	    {KIND_A, false, TEXT("z"), TEXT("4")}, {KIND_A, true, TEXT("a"), {0}},
	    {KIND_A, true, TEXT("m"), {0}},        {KIND_A, true, TEXT("z"), {0}},
	    {KIND_A, false, TEXT("y"), TEXT("5")}, {KIND_A, false, TEXT("zz"), TEXT("6")},
	};
	commit(w, writes, sizeof writes / sizeof *writes);
	assert_scan(w, (struct engine_scan){.from = {0}}, 9, "y zz");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(tiny_lmdb, the_map_grows_during_commits),
	    ON(lmdb, a_directory_has_one_owner),
	    ON(lmdb, unusable_directories_are_refused),
	    ON_ALL(appending_works_after_the_last_key_is_deleted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
