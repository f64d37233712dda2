/*
 * Owns the searches for the bounds of ids: the newest, the next, the first and last of a period.
 * Never reads a sequence. Called by lists, replays and background jobs.
 */
#include "id_bounds.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "core/disorder.h"

union row {
	uint64_t id;
	max_align_t room[RECORD_SIZE_MAX / sizeof(max_align_t)];
};

static enum err find(struct tx *tx, const struct record_kind *kind, uint64_t from, bool reverse,
		     union row *row)
{
	union row key;
	assert(kind->n_keys == 1 && kind->keys[0].offset == 0 && kind->size <= sizeof key);
	memset(&key, 0, kind->size);
	key.id = from;
	struct tx_scan scan = {.from = &key, .reverse = reverse, .max = 1, .records = row};
	enum err err = tx_scan(tx, kind, &scan);
	return err == ERR_OK && scan.n == 0 ? ERR_NOT_FOUND : err;
}

enum err id_newest(struct tx *tx, const struct record_kind *kind, uint64_t *id)
{
	union row row;
	enum err err = find(tx, kind, ID_NEWEST, true, &row);
	*id = err == ERR_OK ? row.id : 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err id_next(struct tx *tx, const struct record_kind *kind, uint64_t from, uint64_t *id)
{
	union row row;
	enum err err = find(tx, kind, from, false, &row);
	*id = err == ERR_OK ? row.id : 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static uint64_t slack_of(const struct tx *tx)
{
	return tx_shared(tx) ? ID_DISORDER_MS : ID_DISORDER_OWN_MS;
}

static uint64_t time_of(const union row *row, size_t offset)
{
	uint64_t ms;
	memcpy(&ms, (const char *)row + offset, sizeof ms);
	return ms;
}

/* Binary search as if ids were in the order of time. The search goes to higher ids only after a
 * record before `ms`, and to lower ids only after a record since `ms`. So records on the wrong side
 * of *first are at most the slack away from `ms`. */
static enum err search(struct tx *tx, const struct record_kind *kind, size_t offset, uint64_t ms,
		       uint64_t *first)
{
	uint64_t low = 1, high;
	enum err err = id_newest(tx, kind, &high);
	high++;
	while (err == ERR_OK && low < high) {
		uint64_t middle = low + (high - low) / 2;
		union row row;
		err = find(tx, kind, middle, false, &row);
		if (err == ERR_NOT_FOUND || (err == ERR_OK && time_of(&row, offset) >= ms)) {
			high = middle;
			err = ERR_OK;
		} else if (err == ERR_OK) {
			low = row.id + 1;
		}
	}
	*first = low;
	return err;
}

enum err id_since(struct tx *tx, const struct record_kind *kind, size_t offset, uint64_t ms,
		  uint64_t *first)
{
	uint64_t slack = slack_of(tx);
	return search(tx, kind, offset, ms > slack ? ms - slack : 0, first);
}

enum err id_until(struct tx *tx, const struct record_kind *kind, size_t offset, uint64_t ms,
		  uint64_t *last)
{
	uint64_t slack = slack_of(tx);
	enum err err =
	    search(tx, kind, offset, ms < UINT64_MAX - slack ? ms + slack : UINT64_MAX, last);
	*last -= 1;
	return err;
}
