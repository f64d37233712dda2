/* One conformance suite for every engine: what store.c and tx.c rely on, and nothing more.
 * Never knows a record: keys and values are bytes here.
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

enum { KIND_A = 3, KIND_B = 30 };

struct world {
	struct engine *engine;
	bool pending;
	char dir[SCRATCH_PATH];
	size_t map_size;
	struct arena arena;
};

/* ---- fixture ---- */

static void open_lmdb(struct world *w)
{
	const struct engine_lmdb_config config = {.dir = w->dir, .map_size = w->map_size};
	const char *why = NULL;
	if (engine_lmdb_open(&config, &w->engine, &why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static int start(void **state, bool memory, bool pending, size_t map_size)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->pending = pending;
	w->map_size = map_size;
	*state = w;
	if (memory) {
		w->engine = engine_memory_open(pending);
		assert_non_null(w->engine);
		return 0;
	}
	assert_true(scratch_make(w->dir));
	open_lmdb(w);
	return 0;
}

static int on_memory(void **state)
{
	return start(state, true, false, 0);
}

static int on_pending(void **state)
{
	return start(state, true, true, 0);
}

static int on_lmdb(void **state)
{
	return start(state, false, false, 0);
}

static int on_tiny_lmdb(void **state)
{
	return start(state, false, false, 1 << 20);
}

static int finish(void **state)
{
	struct world *w = *state;
	engine_close(w->engine);
	if (w->dir[0] != '\0')
		scratch_remove(w->dir);
	arena_free(&w->arena);
	free(w);
	return 0;
}

/* ---- calls that wait for an engine that fetches ---- */

static void commit_without_view(struct world *w, const struct engine_write *writes, size_t n)
{
	enum err err = w->engine->ops->commit(w->engine, writes, n);
	if (w->pending) {
		assert_int_equal(err, ERR_PENDING);
		err = w->engine->ops->commit(w->engine, writes, n);
	}
	assert_int_equal(err, ERR_OK);
}

static void commit(struct world *w, const struct engine_write *writes, size_t n)
{
	commit_without_view(w, writes, n);
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static void put(struct world *w, uint8_t kind, struct text key, struct text value)
{
	commit(w, &(struct engine_write){kind, false, key, value}, 1);
}

static void remove_key(struct world *w, uint8_t kind, struct text key)
{
	commit(w, &(struct engine_write){kind, true, key, {0}}, 1);
}

static enum err get(struct world *w, uint8_t kind, struct text key, struct text *value)
{
	enum err err = w->engine->ops->get(w->engine, kind, key, value);
	if (err == ERR_PENDING && w->pending)
		err = w->engine->ops->get(w->engine, kind, key, value);
	return err;
}

static void assert_value(struct world *w, uint8_t kind, struct text key, struct text expected)
{
	struct text value;
	assert_int_equal(get(w, kind, key, &value), ERR_OK);
	assert_true(text_eq(value, expected));
}

static void assert_missing(struct world *w, uint8_t kind, struct text key)
{
	struct text value = {0};
	assert_int_equal(get(w, kind, key, &value), ERR_NOT_FOUND);
	assert_null(value.p);
}

/* The keys of a scan, joined by blanks: "aa ab ac". */
struct listing {
	struct buf keys;
	size_t max;
};

static bool take_key(void *arg, struct text key, struct text value)
{
	struct listing *l = arg;
	assert_true(value.n > 0);
	if (l->keys.n > 0)
		buf_char(&l->keys, ' ');
	buf_text(&l->keys, key);
	return --l->max > 0;
}

static void assert_scan(struct world *w, struct engine_scan scan, size_t max, const char *expected)
{
	struct listing l = {.max = max};
	scan.kind = KIND_A;
	assert_int_equal(w->engine->ops->scan(w->engine, &scan, take_key, &l), ERR_OK);
	if (!text_eq(buf_view(&l.keys), text_of(expected)))
		fail_msg("\"%.*s\", not \"%s\"", TEXT_ARGS(buf_view(&l.keys)), expected);
	buf_free(&l.keys);
}

/* ---- get, put, delete ---- */

static void what_was_put_is_there(void **state)
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

static void big_values(void **state)
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

/* ---- views ---- */

static void a_view_stands_still(void **state)
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
		assert_int_equal(w->engine->ops->get(w->engine, KIND_A, TEXT("k"), &value), ERR_OK);
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

static void scans_go_both_ways(void **state)
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

/* ---- random operations against a plain array ---- */

enum { MODEL_KEYS = 4 * 4 * 4 * 4, MODEL_ROUNDS = 250, BATCH = 24 };

/* Values by key number: length 0 is none. Keys are "w" to "z" in one to four letters. */
struct model {
	struct text values[2][MODEL_KEYS];
	bool there[2][MODEL_KEYS];
};

static struct text model_key(unsigned number, char room[4])
{
	size_t n = 1 + number % 4;
	for (size_t i = 0; i < n; i++, number /= 4)
		room[i] = (char)('w' + number / 4 % 4);
	return text_from(room, n);
}

static void model_find(const struct model *m, int kind, struct text key, struct text *value)
{
	char room[4];
	*value = (struct text){0};
	for (unsigned i = 0; i < MODEL_KEYS; i++)
		if (m->there[kind][i] && text_eq(model_key(i, room), key))
			*value = m->values[kind][i];
}

/* The first number whose key is these bytes: several numbers make the same key. */
static unsigned canonical(unsigned number)
{
	char a[4], b[4];
	struct text key = model_key(number, a);
	for (unsigned i = 0; i < number; i++)
		if (text_eq(model_key(i, b), key))
			return i;
	return number;
}

static struct text random_value(struct world *w, struct seeded *seed)
{
	size_t n = 1 + seeded_below(seed, seeded_below(seed, 20) == 0 ? 6000 : 40);
	char *p = arena_alloc(&w->arena, n);
	assert_non_null(p);
	memset(p, (int)('a' + seeded_below(seed, 26)), n);
	return text_from(p, n);
}

static void model_batch(struct world *w, struct seeded *seed, struct model *m)
{
	struct engine_write writes[BATCH];
	char rooms[BATCH][4];
	size_t n = 1 + seeded_below(seed, BATCH);
	for (size_t i = 0; i < n; i++) {
		int kind = i * 2 >= n; /* those of one kind stand together */
		unsigned number = canonical((unsigned)seeded_below(seed, MODEL_KEYS));
		bool deleted = seeded_below(seed, 3) == 0;
		struct text value = deleted ? (struct text){0} : random_value(w, seed);
		m->there[kind][number] = !deleted;
		m->values[kind][number] = value;
		writes[i] = (struct engine_write){kind == 0 ? KIND_A : KIND_B, deleted,
		    model_key(number, rooms[i]), value};
	}
	commit(w, writes, n);
}

struct walk {
	const struct model *model;
	int kind;
	bool reverse;
	char last[8];
	struct text last_key;
	size_t n;
};

static bool walk_row(void *arg, struct text key, struct text value)
{
	struct walk *walk = arg;
	struct text expected;
	model_find(walk->model, walk->kind, key, &expected);
	assert_true(text_eq(value, expected));
	if (walk->n++ > 0) {
		size_t shared = key.n < walk->last_key.n ? key.n : walk->last_key.n;
		int order = memcmp(key.p, walk->last, shared);
		if (order == 0)
			order = key.n > walk->last_key.n ? 1 : -1;
		assert_true(walk->reverse ? order < 0 : order > 0);
	}
	memcpy(walk->last, key.p, key.n);
	walk->last_key = text_from(walk->last, key.n);
	return true;
}

static void compare_with_model(struct world *w, const struct model *m, bool reverse)
{
	for (int kind = 0; kind < 2; kind++) {
		size_t there = 0;
		struct walk walk = {.model = m, .kind = kind, .reverse = reverse};
		const struct engine_scan scan = {.kind = kind == 0 ? KIND_A : KIND_B,
		    .from = reverse ? TEXT("zzzzz") : TEXT(""), .reverse = reverse};
		for (size_t i = 0; i < MODEL_KEYS; i++)
			there += m->there[kind][i];
		assert_int_equal(w->engine->ops->scan(w->engine, &scan, walk_row, &walk), ERR_OK);
		assert_int_equal(walk.n, there);
	}
}

static void random_operations(void **state)
{
	struct world *w = *state;
	struct seeded seed = seeded_start("engine", 11);
	struct model *m = calloc(1, sizeof *m);
	char room[4];
	assert_non_null(m);
	for (int round = 0; round < MODEL_ROUNDS; round++) {
		struct text value, expected;
		model_batch(w, &seed, m);
		compare_with_model(w, m, round % 2 == 1);
		for (unsigned i = 0; i < 8; i++) {
			int kind = (int)(i & 1);
			struct text key =
			    model_key((unsigned)seeded_below(&seed, MODEL_KEYS), room);
			model_find(m, kind, key, &expected);
			enum err err = get(w, kind == 0 ? KIND_A : KIND_B, key, &value);
			assert_int_equal(err, expected.p == NULL ? ERR_NOT_FOUND : ERR_OK);
			assert_true(err != ERR_OK || text_eq(value, expected));
		}
		if (w->dir[0] != '\0' && round % 50 == 49) {
			engine_close(w->engine);
			w->engine = NULL;
			open_lmdb(w);
			compare_with_model(w, m, false);
		}
	}
	free(m);
}

/* ---- LMDB alone ---- */

/* 40,000 rows of 100 bytes in a map that begins at 1 MiB: half ascend, half are scattered. */
static void the_map_grows_unseen(void **state)
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
			    text_from(keys[i], 8), text_from(value, sizeof value)};
		}
		commit(w, writes, EACH);
	}
	engine_close(w->engine);
	w->engine = NULL;
	open_lmdb(w); /* with the tiny size again: it takes what it needs */
	commit(w, writes, EACH);
	size_t n = 0;
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t key = row % 2 == 0 ? row : row * 0x9e3779b97f4a7c15u;
		for (size_t at = 0; at < 8; at++)
			keys[0][at] = (char)(key >> (56 - 8 * at));
		struct text found;
		n += get(w, row % 2 == 0 ? KIND_A : KIND_B, text_from(keys[0], 8), &found) == ERR_OK;
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
	put(w, KIND_A, TEXT("k"), TEXT("v")); /* the first one is none the worse */
	assert_value(w, KIND_A, TEXT("k"), TEXT("v"));
	engine_close(w->engine);
	open_lmdb(w);
	assert_value(w, KIND_A, TEXT("k"), TEXT("v"));
}

static void directories_that_cannot_be(void **state)
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

/* What sorts above every key ever given is appended: also where that key has gone since. */
static void a_deleted_end_can_be_appended_to(void **state)
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

#define ON(engine, f) {#f " (" #engine ")", f, on_##engine, finish, NULL}
#define ON_ALL(f) ON(memory, f), ON(pending, f), ON(lmdb, f)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_ALL(what_was_put_is_there),
	    ON_ALL(keys_are_any_bytes),
	    ON_ALL(one_commit_takes_many_writes),
	    ON_ALL(big_values),
	    ON_ALL(a_view_stands_still),
	    ON_ALL(the_first_read_is_pending),
	    ON_ALL(scans_go_both_ways),
	    ON_ALL(random_operations),
	    ON(tiny_lmdb, random_operations),
	    ON(tiny_lmdb, big_values),
	    ON(tiny_lmdb, the_map_grows_unseen),
	    ON(lmdb, a_directory_has_one_owner),
	    ON(lmdb, directories_that_cannot_be),
	    ON_ALL(a_deleted_end_can_be_appended_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
