/* Owns the proof that no power loss loses or doubles a deferred write: at each sync point, images
 * of the disk are opened and compared with a plain array. Never tests a real disk. REFERD_SEED
 * repeats a run, and REFERD_IMAGES is the number of images. Run by make test, and with 10,000
 * images by make test-long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../support/power.h"
#include "../../support/scratch.h"
#include "store/engine_ops.h"

/* The keys of each kind have another shape, like users, counters, hashes and orders. */
enum { KINDS = 4, KEYS = 400, BATCH = 40, PATH = SCRATCH_PATH + 16, SHORT_IMAGES = 400 };
static const uint8_t NUMBERS[KINDS] = {4, 5, 6, 19};

struct model {
	uint32_t versions[KINDS][KEYS]; /* of the values; 0: no value */
};

struct world {
	struct engine *engine;
	char dir[SCRATCH_PATH], image_dir[SCRATCH_PATH], image[PATH];
	struct seeded seed;
	struct model before, after;
	uint64_t images, before_seen, after_seen;
};

static uint64_t kinds_mask(void)
{
	uint64_t kinds = 0;
	for (size_t i = 0; i < KINDS; i++)
		kinds |= (uint64_t)1 << NUMBERS[i];
	return kinds;
}

/* ---- keys and values ---- */

static struct text key_of(size_t kind, size_t number, char room[24])
{
	struct seeded hash = {.state = number * KINDS + kind};
	uint64_t id = kind == 2 ? seeded_next(&hash) : kind == 3 ? number / 4 + 1 : number + 1;
	for (size_t i = 0; i < 8; i++)
		room[i] = (char)(id >> (56 - 8 * i));
	for (size_t i = 8; i < 24; i += 8) {
		uint64_t bits = seeded_next(&hash);
		memcpy(room + i, &bits, 8);
	}
	return text_from(room, kind == 3 ? 24 : 8);
}

enum { VALUE_ROOM = 2500 };

static struct text value_of(size_t kind, size_t number, uint32_t version, char room[VALUE_ROOM])
{
	struct seeded hash = {.state = version * 1000003u + number * KINDS + kind};
	size_t n = seeded_below(&hash, 12) == 0 ? VALUE_ROOM : 300;
	n = 8 + seeded_below(&hash, seeded_below(&hash, 3) == 0 ? 18 : n - 8);
	memset(room, (int)seeded_below(&hash, 256), n);
	memcpy(room, &version, sizeof version);
	return text_from(room, n);
}

/* ---- comparing ---- */

struct walk {
	const struct model *model;
	size_t kind, n;
	bool same;
};

static bool walk_row(void *arg, struct text key, struct text value)
{
	struct walk *w = arg;
	uint32_t version;
	memcpy(&version, value.p, sizeof version);
	w->same = false;
	for (size_t number = 0; number < KEYS && !w->same; number++) {
		char key_room[24], room[VALUE_ROOM];
		w->same = w->model->versions[w->kind][number] == version &&
			  text_eq(key_of(w->kind, number, key_room), key) &&
			  text_eq(value_of(w->kind, number, version, room), value);
	}
	w->n++;
	return w->same;
}

static bool has_all(struct engine *engine, const struct model *model, size_t kind)
{
	struct walk walk = {.model = model, .kind = kind, .same = true};
	const struct engine_scan all = {.kind = NUMBERS[kind]};
	size_t n = 0;
	for (size_t number = 0; number < KEYS; number++) {
		char key_room[24], room[VALUE_ROOM];
		uint32_t version = model->versions[kind][number];
		struct text value, key = key_of(kind, number, key_room);
		enum err err = engine->ops->get(engine, NUMBERS[kind], key, &value);
		n += version != 0;
		if (err != (version != 0 ? ERR_OK : ERR_NOT_FOUND) ||
		    (version != 0 && !text_eq(value_of(kind, number, version, room), value)))
			return false;
	}
	assert_int_equal(engine->ops->scan(engine, &all, walk_row, &walk), ERR_OK);
	return walk.same && walk.n == n;
}

static bool is_like(struct engine *engine, const struct model *model)
{
	for (size_t kind = 0; kind < KINDS; kind++)
		if (!has_all(engine, model, kind))
			return false;
	return true;
}

/* ---- the engines ---- */

static struct engine *open_engine(const char *dir, bool read_only)
{
	const struct engine_lmdb_config config = {
	    .dir = dir, .map_size = 64 << 20, .read_only = read_only};
	const char *why = NULL;
	struct engine *engine = NULL;
	if (engine_lmdb_open(&config, &engine, &why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(engine_deferred_open(engine, kinds_mask(), &engine), ERR_OK);
	assert_int_equal(engine->ops->view(engine), ERR_OK);
	return engine;
}

/* The engine that a power loss leaves behind goes on: it merges all writes, and loses none. */
static void go_on(struct world *w, const struct model *model)
{
	struct engine *engine = open_engine(w->image_dir, false);
	for (int i = 0; i < 8; i++)
		engine->ops->tend(engine);
	assert_true(is_like(engine, model));
	engine_close(engine);
}

static void look_at_image(void *arg, enum power_part part, bool atomic)
{
	struct world *w = arg;
	assert_true(power_image(w->image, part, atomic, &w->seed));
	struct engine *engine = open_engine(w->image_dir, true);
	/* Only the write of the meta page brings the new state, and brings it completely. */
	bool may_be_old = !atomic || part != POWER_ALL, may_be_new = atomic && part != POWER_NONE;
	const struct model *model = &w->before;
	if (memcmp(&w->before, &w->after, sizeof w->before) == 0)
		may_be_old = true; /* only merging */
	if (!may_be_old || !is_like(engine, model))
		model = &w->after;
	if (model == &w->after && (!may_be_new || !is_like(engine, model)))
		fail_msg("image %llu: a write was lost, torn or doubled",
			 (unsigned long long)w->images);
	engine_close(engine);
	w->images++;
	w->before_seen += model == &w->before;
	w->after_seen += model == &w->after;
	if (w->images % 8 == 0)
		go_on(w, model);
}

/* ---- the load ---- */

static void random_write(struct world *w, size_t kind, struct engine_write *out, char *key,
			 char *value)
{
	/* New keys come at the end, as users do; most writes are about the keys that exist. */
	size_t number = seeded_below(&w->seed, 1 + (w->images + KEYS / 2) % KEYS);
	uint32_t version = (uint32_t)seeded_below(&w->seed, 1 << 30) + 1;
	bool deleted = seeded_below(&w->seed, 5) == 0;
	if (deleted)
		version = 0;
	w->after.versions[kind][number] = version;
	*out = (struct engine_write){NUMBERS[kind], deleted, key_of(kind, number, key),
				     deleted ? (struct text){0}
					     : value_of(kind, number, version, value)};
}

static void random_commit(struct world *w)
{
	static char keys[BATCH][24], values[BATCH][VALUE_ROOM];
	struct engine_write writes[BATCH];
	size_t n = 0, each = 1 + seeded_below(&w->seed, BATCH / KINDS);
	for (size_t kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < each; i++, n++)
			random_write(w, kind, &writes[n], keys[n], values[n]);
	const struct engine_batch batch = {.writes = writes, .n_writes = n};
	assert_int_equal(w->engine->ops->commit(w->engine, &batch), ERR_OK);
	w->before = w->after;
	assert_int_equal(w->engine->ops->view(w->engine), ERR_OK);
}

static void a_power_loss_loses_no_write(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	const char *wanted = getenv("REFERD_IMAGES");
	uint64_t images = wanted != NULL ? strtoull(wanted, NULL, 0) : SHORT_IMAGES;
	char path[PATH];
	(void)state;
	assert_non_null(w);
	w->seed = seeded_start("power", 5);
	assert_true(scratch_make(w->dir) && scratch_make(w->image_dir));
	(void)snprintf(w->image, sizeof w->image, "%s/referd.mdb", w->image_dir);
	(void)snprintf(path, sizeof path, "%s/referd.mdb", w->dir);
	w->engine = open_engine(w->dir, false);
	assert_true(power_begin(path));
	power.look = look_at_image;
	power.arg = w;
	while (w->images < images) {
		random_commit(w);
		if (seeded_below(&w->seed, 2) == 0)
			w->engine->ops->tend(w->engine);
		assert_true(is_like(w->engine, &w->after));
	}
	printf("%llu images: %llu before their commit, %llu after it\n",
	       (unsigned long long)w->images, (unsigned long long)w->before_seen,
	       (unsigned long long)w->after_seen);
	assert_true(w->before_seen > images / 4 && w->after_seen > images / 10);
	power_end();
	engine_close(w->engine);
	scratch_remove(w->dir);
	scratch_remove(w->image_dir);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_power_loss_loses_no_write)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
