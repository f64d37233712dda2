/*
 * The fixture of the dump tests: engines, records of every kind, and dumps in memory.
 */
#ifndef TEST_CORE_DUMP_WORLD_H
#define TEST_CORE_DUMP_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../support/scratch.h"
#include "../../support/seeded.h"
#include "core/records.h"
#include "store/batch.h"
#include "store/dump.h"
#include "store/engine_ops.h"
#include "store/load_mark.h"
#include "store/record_parts.h"
#include "store/store.h"

enum place { MEMORY, PENDING, LMDB, DEFERRED, PLACES };

struct world {
	char dirs[4][SCRATCH_PATH];
	size_t n_dirs;
	struct seeded seed;
	struct arena arena;
	struct buf bytes; /* room for a record's value */
};

#define FINGERPRINT TEXT("\x01\xff the fingerprint")

static const struct dump_kinds ALL_KINDS = {RECORD_KINDS_ALL, RECORD_KINDS_COUNT};

static inline int world_start(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	w->seed = seeded_start("dump", 1);
	*state = w;
	return 0;
}

static inline int world_finish(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < w->n_dirs; i++)
		scratch_remove(w->dirs[i]);
	arena_free(&w->arena);
	buf_free(&w->bytes);
	free(w);
	return 0;
}

static inline struct engine *open_dir(const char *dir, bool deferred)
{
	const struct engine_lmdb_config config = {.dir = dir, .map_size = 16 << 20};
	const char *why = "";
	struct engine *engine = NULL;
	if (engine_lmdb_open(&config, &engine, &why) != ERR_OK)
		fail_msg("%s", why);
	if (deferred)
		assert_int_equal(engine_deferred_open(engine, record_kinds_scattered(), &engine),
				 ERR_OK);
	assert_int_equal(engine->ops->view(engine), ERR_OK);
	return engine;
}

static inline struct engine *open_engine(struct world *w, enum place place)
{
	if (place == MEMORY || place == PENDING)
		return engine_memory_open(place == PENDING);
	char *dir = w->dirs[w->n_dirs++];
	assert_true(w->n_dirs <= sizeof w->dirs / sizeof *w->dirs && scratch_make(dir));
	return open_dir(dir, place == DEFERRED);
}

/* ---- writing ---- */

static inline void write_row(struct engine *engine, uint8_t kind, struct text key,
			     struct text value)
{
	const struct engine_write write = {kind, value.p == NULL, key, value};
	const struct engine_batch batch = {.writes = &write, .n_writes = 1};
	assert_int_equal(engine_commit_blocking(engine, &batch), ERR_OK);
	assert_int_equal(engine->ops->view(engine), ERR_OK);
}

/* Writes the record, with the fields 201 and 202, which no version knows, if `strange`. */
static inline void put(struct world *w, struct engine *engine, const struct record_kind *kind,
		       const void *record, bool strange)
{
	uint8_t bytes[RECORD_KEY_MAX];
	struct text key = text_from(bytes, record_encode_key(kind, record, bytes));
	struct buf *out = &w->bytes;
	buf_reset(out);
	assert_true(buf_reserve(out, record_value_bound(kind, record)));
	out->n = record_encode_value(kind, record, key, (uint8_t *)out->p);
	if (strange) {
		out->n -= 4; /* the checksum */
		record_add_number(out, 201, UINT64_MAX);
		record_add_bytes(out, 202, TEXT("from a \"newer\" version\n"));
		record_seal(out, key);
	}
	write_row(engine, kind->id, key, buf_view(out));
}

static inline void put_id(struct engine *engine, uint8_t kind, uint64_t id)
{
	const char key[8] = {0, 0, 0, 0, 0, 0, 0, (char)kind};
	char value[8];
	for (int i = 7; i >= 0; i--, id >>= 8)
		value[i] = (char)id;
	write_row(engine, KIND_SEQUENCES, text_from(key, 8), text_from(value, 8));
}

static inline struct text random_text(struct world *w, bool any)
{
	static const char *const words[] = {"Jessica", "Zo\xc3\xab", "a \"b\" \\ c\t\x01\x1f\x7f",
					    "\xff\xfe\x00\x01 bytes", "{\"hex\":\"00\"}"};
	size_t which = (size_t)seeded_below(&w->seed, any ? 7 : 5);
	if (which < 5)
		return text_of(words[which]);
	size_t n = (size_t)seeded_below(&w->seed, 300);
	char *bytes = arena_alloc(&w->arena, n + 1);
	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)seeded_next(&w->seed);
	return text_from(bytes, n);
}

static inline uint64_t random_number(struct world *w)
{
	uint64_t bits = seeded_below(&w->seed, 65);
	return bits == 64 ? seeded_next(&w->seed) : seeded_below(&w->seed, (uint64_t)1 << bits);
}

static inline struct text random_pairs(struct world *w)
{
	struct buf list = {0};
	struct text kept;
	for (uint64_t n = seeded_below(&w->seed, 4); n > 0; n--)
		pairs_add(&list, random_text(w, true), random_text(w, true));
	if (seeded_below(&w->seed, 8) == 0)
		buf_str(&list, "\x05"
			       "cut"); /* a damaged list is carried as it is */
	assert_int_equal(buf_keep(&list, &w->arena, &kept), ERR_OK);
	return kept;
}

static inline void fill_field(struct world *w, const struct field *f, bool is_key, char *record)
{
	void *at = record + f->offset;
	if (f->type == FIELD_U64)
		*(uint64_t *)at = random_number(w);
	else if (f->type == FIELD_PAIRS)
		*(struct text *)at = random_pairs(w);
	else
		*(struct text *)at = random_text(w, !is_key);
}

/* Each field is empty every fourth time. */
static inline void put_random(struct world *w, struct engine *engine,
			      const struct record_kind *kind)
{
	max_align_t record[RECORD_SIZE_MAX / sizeof(max_align_t)];
	memset(record, 0, sizeof record);
	for (size_t i = 0; i < kind->n_keys; i++)
		fill_field(w, &kind->keys[i], true, (char *)record);
	for (size_t i = 0; i < kind->n_values; i++)
		if (seeded_below(&w->seed, 4) != 0)
			fill_field(w, &kind->values[i], false, (char *)record);
	put(w, engine, kind, record, seeded_below(&w->seed, 5) == 0);
}

/* ---- dumping and loading ---- */

static inline enum err try_dump(struct engine *engine, const struct dump_kinds *kinds,
				struct buf *out, const char **why)
{
	int fd = memfd_create("dump", MFD_CLOEXEC);
	uint64_t records;
	assert_true(fd >= 0);
	enum err err = dump_write(engine, kinds, FINGERPRINT, fd, &records, why);
	off_t size = lseek(fd, 0, SEEK_END);
	buf_reset(out);
	assert_true(buf_reserve(out, (size_t)size + 1));
	assert_int_equal(pread(fd, out->p, (size_t)size, 0), size);
	out->n = (size_t)size;
	out->p[size] = '\0';
	close(fd);
	return err;
}

static inline void dump(struct engine *engine, struct buf *out)
{
	const char *why = "";
	if (try_dump(engine, &ALL_KINDS, out, &why) != ERR_OK)
		fail_msg("%s", why);
}

static inline enum err try_load(struct engine *engine, const struct dump_kinds *kinds,
				struct text dump, const char **why)
{
	int fd = memfd_create("dump", MFD_CLOEXEC);
	struct load *load = NULL;
	struct text fingerprint;
	uint64_t records;
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, dump.p, dump.n, 0), dump.n);
	enum err err = load_open(kinds, fd, &load, &fingerprint, why);
	if (err == ERR_OK) {
		assert_true(text_eq(fingerprint, FINGERPRINT));
		err = load_into(load, engine, &records, why);
	}
	load_close(load);
	close(fd);
	return err;
}

static inline void load(struct engine *engine, struct text dump)
{
	const char *why = "";
	if (try_load(engine, &ALL_KINDS, dump, &why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(load_finish(engine), ERR_OK);
	assert_int_equal(engine->ops->view(engine), ERR_OK);
}

static inline void assert_same(const struct buf *a, const struct buf *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->p, b->p, a->n);
}

/* Copies of all rows of a kind, one after another. */
static inline bool copy_row(void *arg, struct text key, struct text value)
{
	pairs_add(arg, key, value);
	return true;
}

static inline void rows_of(struct engine *engine, uint8_t kind, struct buf *out)
{
	const struct engine_scan all = {.kind = kind};
	buf_reset(out);
	assert_int_equal(engine->ops->scan(engine, &all, copy_row, out), ERR_OK);
}

#endif
