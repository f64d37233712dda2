/* Owns one conformance suite for every engine: everything that store.c and tx.c rely on, and
 * nothing more.
 * Never knows a record: keys and values are bytes here.
 * Run by make test. */
#include "engine_world.h"

/* ---- get, put, delete ---- */

static void written_values_are_read_back(void **state)
{
	struct world *w = *state;
	assert_missing(w, KIND_A, TEXT("k"));
	put(w, KIND_A, TEXT("k"), TEXT("one"));
	assert_value(w, KIND_A, TEXT("k"), TEXT("one"));
	assert_missing(w, KIND_B, TEXT("k"));
	assert_missing(w, KIND_A, TEXT("k1"));
	assert_missing(w, KIND_A, TEXT(""));
	put(w, KIND_A, TEXT("k"), TEXT("a longer value"));
	assert_value(w, KIND_A, TEXT("k"), TEXT("a longer value"));
	remove_key(w, KIND_A, TEXT("k"));
	assert_missing(w, KIND_A, TEXT("k"));
	remove_key(w, KIND_A, TEXT("k"));
	put(w, KIND_A, TEXT("k"), TEXT("back"));
	assert_value(w, KIND_A, TEXT("k"), TEXT("back"));
}

static void keys_are_any_bytes(void **state)
{
	struct world *w = *state;
	char longest[RECORD_KEY_MAX];
	memset(longest, 0xff, sizeof longest);
	put(w, KIND_A, text_from(longest, sizeof longest), TEXT("longest"));
	put(w, KIND_A, text_from(longest, sizeof longest - 1), TEXT("shorter"));
	put(w, KIND_A, TEXT("\0"), TEXT("zero"));
	put(w, KIND_A, TEXT("\0\0"), TEXT("two zeros"));
	assert_value(w, KIND_A, text_from(longest, sizeof longest), TEXT("longest"));
	assert_value(w, KIND_A, text_from(longest, sizeof longest - 1), TEXT("shorter"));
	assert_value(w, KIND_A, TEXT("\0"), TEXT("zero"));
	assert_value(w, KIND_A, TEXT("\0\0"), TEXT("two zeros"));
}

static void one_commit_takes_many_writes(void **state)
{
	struct world *w = *state;
	put(w, KIND_A, TEXT("old"), TEXT("x"));
	const struct engine_write writes[] = {
	    {KIND_A, false, TEXT("b"), TEXT("1")}, {KIND_A, false, TEXT("a"), TEXT("2")},
	    {KIND_A, true, TEXT("old"), {0}},      {KIND_A, true, TEXT("never"), {0}},
	    {KIND_B, false, TEXT("a"), TEXT("3")},
	};
	commit(w, writes, sizeof writes / sizeof *writes);
	assert_value(w, KIND_A, TEXT("a"), TEXT("2"));
	assert_value(w, KIND_A, TEXT("b"), TEXT("1"));
	assert_value(w, KIND_B, TEXT("a"), TEXT("3"));
	assert_missing(w, KIND_A, TEXT("old"));
}

static void large_values_are_stored(void **state)
{
	struct world *w = *state;
	static const size_t sizes[] = {1, 2000, 4096, 70000, 1 << 20};
	char *bytes = malloc(1 << 20);
	assert_non_null(bytes);
	for (size_t i = 0; i < 1 << 20; i++)
		bytes[i] = (char)(i * 31 >> 3);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		put(w, KIND_A, TEXT("big"), text_from(bytes, sizes[i]));
		assert_value(w, KIND_A, TEXT("big"), text_from(bytes, sizes[i]));
	}
	put(w, KIND_A, TEXT("big"), TEXT("small"));
	assert_value(w, KIND_A, TEXT("big"), TEXT("small"));
	free(bytes);
}

static void rows_of_a_logged_kind_are_rows(void **state)
{
	struct world *w = *state;
	const struct engine_write writes[] = {
	    {KIND_HASH, false, TEXT("88888888"), TEXT("b")},
	    {KIND_HASH, false, TEXT("11111111"), TEXT("a")},
	};
	commit(w, writes, 2);
	put(w, KIND_HASH, TEXT("11111111"), TEXT("c"));
	remove_key(w, KIND_HASH, TEXT("88888888"));
	assert_value(w, KIND_HASH, TEXT("11111111"), TEXT("c"));
	assert_missing(w, KIND_HASH, TEXT("88888888"));
	assert_missing(w, KIND_HASH, TEXT("22222222"));
}

/* ---- views ---- */

static void a_view_does_not_change(void **state)
{
	struct world *w = *state;
	struct text before, again;
	put(w, KIND_A, TEXT("k"), TEXT("old"));
	put(w, KIND_A, TEXT("gone"), TEXT("still seen"));
	assert_int_equal(get(w, KIND_A, TEXT("k"), &before), ERR_OK);
	const struct engine_write writes[] = {
	    {KIND_A, true, TEXT("gone"), {0}},
	    {KIND_A, false, TEXT("k"), TEXT("new")},
	    {KIND_A, false, TEXT("more"), TEXT("new")},
	};
	commit_without_view(w, writes, 3);
	assert_true(text_eq(before, TEXT("old")));
	assert_int_equal(get(w, KIND_A, TEXT("k"), &again), ERR_OK);
	assert_true(text_eq(again, TEXT("old")));
	assert_value(w, KIND_A, TEXT("gone"), TEXT("still seen"));
	assert_missing(w, KIND_A, TEXT("more"));
	assert_scan(w, (struct engine_scan){.from = {0}}, 9, "gone k");
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
	assert_value(w, KIND_A, TEXT("k"), TEXT("new"));
	assert_scan(w, (struct engine_scan){.from = {0}}, 9, "k more");
}

static void the_first_read_is_pending(void **state)
{
	struct world *w = *state;
	struct text value;
	put(w, KIND_A, TEXT("k"), TEXT("v"));
	for (int commits = 0; commits < 2; commits++) {
		enum err first = w->pending ? ERR_PENDING : ERR_OK;
		assert_int_equal(w->engine->ops->get(w->engine, KIND_A, TEXT("k"), &value), first);
		assert_int_equal(w->engine->ops->get(w->engine, KIND_A, TEXT("k"), &value), first);
		assert_int_equal(get(w, KIND_A, TEXT("k"), &value), ERR_OK);
		put(w, KIND_B, TEXT("other"), TEXT("v"));
	}
}

/* ---- scans ---- */

static void put_scanned(struct world *w)
{
	const struct engine_write writes[] = {
	    {KIND_A, false, TEXT("ab"), TEXT("v")}, {KIND_A, false, TEXT("aa"), TEXT("v")},
	    {KIND_A, false, TEXT("b"), TEXT("v")},  {KIND_A, false, TEXT("ba"), TEXT("v")},
	    {KIND_A, false, TEXT("bb"), TEXT("v")}, {KIND_A, false, TEXT("d"), TEXT("v")},
	};
	commit(w, writes, sizeof writes / sizeof *writes);
}

static void scans_run_in_both_directions(void **state)
{
	static const struct {
		struct engine_scan scan;
		size_t max;
		const char *expected;
	} cases[] = {
	    {{.from = {0}}, 9, "aa ab b ba bb d"},
	    {{.from = {0}}, 2, "aa ab"},
	    {{.from = {0}, .after = true}, 9, "aa ab b ba bb d"},
	    {{.from = {0}, .reverse = true}, 9, ""},
	    {{.from = {"ab", 2}}, 9, "ab b ba bb d"},
	    {{.from = {"ab", 2}, .after = true}, 9, "b ba bb d"},
	    {{.from = {"ac", 2}}, 9, "b ba bb d"},
	    {{.from = {"ac", 2}, .after = true}, 9, "b ba bb d"},
	    {{.from = {"z", 1}}, 9, ""},
	    {{.from = {"z", 1}, .after = true}, 9, ""},
	    {{.from = {"d", 1}, .after = true}, 9, ""},
	    {{.from = {"z", 1}, .reverse = true}, 9, "d bb ba b ab aa"},
	    {{.from = {"z", 1}, .reverse = true, .after = true}, 3, "d bb ba"},
	    {{.from = {"d", 1}, .reverse = true}, 1, "d"},
	    {{.from = {"d", 1}, .reverse = true, .after = true}, 1, "bb"},
	    {{.from = {"c", 1}, .reverse = true}, 2, "bb ba"},
	    {{.from = {"aa", 2}, .reverse = true}, 9, "aa"},
	    {{.from = {"aa", 2}, .reverse = true, .after = true}, 9, ""},
	    {{.from = {"a", 1}, .reverse = true}, 9, ""},
	    {{.from = {"b", 1}, .prefix = {"b", 1}}, 9, "b ba bb"},
	    {{.from = {"b", 1}, .prefix = {"b", 1}, .after = true}, 9, "ba bb"},
	    {{.from = {"bz", 2}, .prefix = {"b", 1}, .reverse = true}, 9, "bb ba b"},
	    {{.from = {"ba", 2}, .prefix = {"b", 1}, .reverse = true}, 9, "ba b"},
	    {{.from = {"b", 1}, .prefix = {"c", 1}}, 9, ""},
	    {{.from = {"c", 1}, .prefix = {"c", 1}}, 9, ""},
	    {{.from = {"cz", 2}, .prefix = {"c", 1}, .reverse = true}, 9, ""},
	};
	struct world *w = *state;
	assert_scan(w, (struct engine_scan){.from = {0}}, 9, "");
	assert_scan(w, (struct engine_scan){.from = TEXT("x"), .reverse = true}, 9, "");
	put_scanned(w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_scan(w, cases[i].scan, cases[i].max, cases[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_ALL(written_values_are_read_back),   ON_ALL(keys_are_any_bytes),
	    ON_ALL(one_commit_takes_many_writes),   ON_ALL(large_values_are_stored),
	    ON(tiny_lmdb, large_values_are_stored), ON_ALL(a_view_does_not_change),
	    ON_ALL(rows_of_a_logged_kind_are_rows), ON_ALL(the_first_read_is_pending),
	    ON_ALL(scans_run_in_both_directions),
	};
	const struct CMUnitTest on_server[] = {
	    ON(postgresql, written_values_are_read_back),
	    ON(postgresql, keys_are_any_bytes),
	    ON(postgresql, one_commit_takes_many_writes),
	    ON(postgresql, large_values_are_stored),
	    ON(postgresql, a_view_does_not_change),
	    ON(postgresql, rows_of_a_logged_kind_are_rows),
	    ON(postgresql, the_first_read_is_pending),
	    ON(postgresql, scans_run_in_both_directions),
	};
	if (wants_postgresql())
		return cmocka_run_group_tests(on_server, start_cluster, stop_cluster);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
