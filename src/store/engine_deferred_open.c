/* Owns the opening of the deferred engine: it replays the log and reads the highest keys. Never
 * writes. Called by the commands and by tests.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "store/engine_deferred_parts.h"
#include "store/scatter_log.h"

struct replay {
	struct deferred *d;
	struct scatter_pile piles[RECORD_KINDS];
	enum err err;
};

static bool replay_row(void *arg, struct text key, struct text value)
{
	struct replay *r = arg;
	struct deferred *d = r->d;
	uint64_t number;
	r->err = ERR_CORRUPT;
	if (!scatter_log_open(key, &value, &number))
		return false;
	if (d->now.log_first == 0)
		d->now.log_first = number;
	else if (number != d->now.log_last + 1)
		return false; /* a row is missing */
	d->now.log_last = number;
	r->err = scatter_log_replay(r->piles, &d->table, value);
	return r->err == ERR_OK;
}

static enum err read_log(struct replay *r)
{
	const char zero[8] = {0};
	const struct engine_scan all = {.kind = KIND_DEFERRED,
					.from = text_from(zero, sizeof zero)};
	struct engine *inner = r->d->inner;
	enum err err = inner->ops->view(inner);
	if (err == ERR_OK)
		err = inner->ops->scan(inner, &all, replay_row, r);
	return err != ERR_OK ? err : r->err;
}

static enum err replay_log(struct deferred *d)
{
	struct replay r = {.d = d};
	enum err err = read_log(&r);
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		if (err == ERR_OK && !scatter_pile_build(&r.piles[kind], &d->table, (uint8_t)kind))
			err = ERR_NO_MEMORY;
		scatter_pile_free(&r.piles[kind]);
	}
	/* If the log is empty, its row numbers start again at 1. */
	if (d->now.log_first == 0)
		d->now.log_first = 1;
	return err;
}

static bool take_highest(void *arg, struct text key, struct text value)
{
	struct place *highest = arg;
	(void)value;
	if (key.n <= RECORD_KEY_MAX)
		place_set(highest, highest->kind, key);
	return false;
}

/* Reads the highest key of a kind, in its key space and in the log. A log can hold kinds that this
 * version does not defer. */
static enum err read_highest(struct deferred *d, uint8_t kind)
{
	char above[RECORD_KEY_MAX] = {0};
	const struct engine_scan last = {
	    .kind = kind, .from = text_from(above, sizeof above), .reverse = true};
	memset(above, 0xff, sizeof above);
	d->highest[kind].kind = kind;
	if (d->table.kinds[kind].n > 0)
		d->kinds |= (uint64_t)1 << kind;
	if (!deferred_has(d, kind))
		return ERR_OK;
	/* A deletion is an entry too: without the merging, its key would not count. */
	struct scatter_at at = {.kind = kind, .place = d->table.kinds[kind].n};
	enum err err = d->inner->ops->scan(d->inner, &last, take_highest, &d->highest[kind]);
	if (err == ERR_OK && scatter_back(&d->table, &at)) {
		struct text key = scatter_key(*scatter_at(&d->table, at));
		if (text_order(key, place_key(&d->highest[kind])) > 0)
			place_set(&d->highest[kind], kind, key);
	}
	return err;
}

static enum err start(struct deferred *d)
{
	enum err err = replay_log(d);
	for (size_t kind = 0; err == ERR_OK && kind < RECORD_KINDS; kind++)
		err = read_highest(d, (uint8_t)kind);
	return err;
}

enum err engine_deferred_open(struct engine *inner, uint64_t kinds, struct engine **out)
{
	struct deferred *d = calloc(1, sizeof *d);
	if (d == NULL) {
		engine_close(inner);
		return ERR_NO_MEMORY;
	}
	d->engine.ops = &engine_deferred_ops;
	d->inner = inner;
	d->kinds = kinds;
	enum err err = start(d);
	if (err != ERR_OK) {
		engine_close(&d->engine);
		return err;
	}
	*out = &d->engine;
	return ERR_OK;
}
