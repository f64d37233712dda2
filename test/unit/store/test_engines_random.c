/* Owns the test of random operations on every engine, compared with a plain array.
 * Never knows a record: keys and values are bytes here. REFERD_SEED repeats a run.
 * Run by make test. */
#include "engine_world.h"

/* ---- random operations against a plain array ---- */

enum { MODEL_KEYS = 4 * 4 * 4 * 4, MODEL_ROUNDS = 250, BATCH = 24 };

/* Values by key number; length 0 means no value. Keys are "w" to "z" in one to four letters. */
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

/* The first number with this key, because several numbers make the same key. */
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
		int kind = i * 2 >= n; /* writes of one kind are adjacent */
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
						 .from = reverse ? TEXT("zzzzz") : TEXT(""),
						 .reverse = reverse};
		for (size_t i = 0; i < MODEL_KEYS; i++)
			there += m->there[kind][i];
		enum err err;
		while ((err = w->engine->ops->scan(w->engine, &scan, walk_row, &walk)) ==
		       ERR_PENDING) {
			w->engine->ops->wait(w->engine);
			walk.n = 0;
		}
		assert_int_equal(err, ERR_OK);
		assert_int_equal(walk.n, there);
	}
}

static void random_operations_match_the_model(void **state)
{
	struct world *w = *state;
	struct seeded seed = seeded_start("engine", 11);
	struct model *m = calloc(1, sizeof *m);
	char room[4];
	assert_non_null(m);
	for (int round = 0; round < MODEL_ROUNDS; round++) {
		struct text value, expected;
		model_batch(w, &seed, m);
		/* Merges a part of the deferred writes. */
		if (w->engine->ops->tend != NULL && round % 3 == 0)
			w->engine->ops->tend(w->engine);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_ALL(random_operations_match_the_model),
	    ON(tiny_lmdb, random_operations_match_the_model),
	};
	const struct CMUnitTest on_server[] = {
	    ON(postgresql, random_operations_match_the_model),
	};
	if (wants_postgresql())
		return cmocka_run_group_tests(on_server, start_cluster, stop_cluster);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
