/*
 * Owns the walk along ids that fills a page: its chunks, its bounds, and the end of the page. Never
 * knows the filter. Called by the lists of deliveries, users, rewards, rules and campaigns.
 */
#include "id_walk.h"

#include <assert.h>
#include <string.h>

enum { CHUNK = 64 /* rows in one read */ };

/* The rows of every index of ids have these three members. */
struct row {
	uint64_t by, number, id;
};

struct chunk {
	char *records; /* `room` records */
	struct row *rows;
	size_t n, room;
	bool last;
};

static uint64_t *id_of(const struct id_walk *w, const struct chunk *c, size_t i)
{
	return (uint64_t *)(void *)(c->records + i * w->kind->size);
}

/* Reads the next rows of the index from `id` on, and makes records of them that have only their
 * ids. */
static enum err read_index(struct tx *tx, const struct id_walk *w, uint64_t id, struct chunk *c)
{
	const struct row from = {w->by, w->number, id};
	struct tx_scan scan = {.from = &from,
			       .prefix = 2,
			       .reverse = w->page->reverse,
			       .max = CHUNK,
			       .records = c->rows};
	assert(w->index->size == sizeof from);
	enum err err = tx_scan(tx, w->index, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		*id_of(w, c, c->n++) = c->rows[i].id;
	c->last = scan.n < CHUNK;
	return err;
}

/* Takes the next ids of the list, starting with `id`. */
static void read_list(const struct id_walk *w, uint64_t id, struct chunk *c)
{
	for (size_t i = 0; i < w->n_ids && c->n < c->room; i++) {
		uint64_t each = w->ids[w->page->reverse ? w->n_ids - 1 - i : i];
		assert(i == 0 || w->ids[i - 1] < w->ids[i]);
		if (w->page->reverse ? each <= id : each >= id)
			*id_of(w, c, c->n++) = each;
	}
	c->last = c->n < c->room;
}

static void insert_id(const struct id_walk *w, struct chunk *c, uint64_t id)
{
	size_t at = c->n++;
	for (; at > 0; at--) {
		uint64_t before = *id_of(w, c, at - 1);
		if (w->page->reverse ? before > id : before < id)
			break;
		*id_of(w, c, at) = before;
	}
	*id_of(w, c, at) = id;
}

/* Reads an index whose last rows are in a list instead. Nodes give ids out of order, so the list
 * may have lower ids than the rows: its ids join the chunk in which they belong. */
static enum err read_both(struct tx *tx, const struct id_walk *w, uint64_t id, struct chunk *c)
{
	bool reverse = w->page->reverse;
	enum err err = read_index(tx, w, id, c);
	if (err != ERR_OK)
		return err;
	uint64_t last = c->n > 0 ? *id_of(w, c, c->n - 1) : 0;
	for (size_t i = 0; i < w->n_ids; i++) {
		uint64_t each = w->ids[i];
		bool passed = reverse ? each > id : each < id;
		bool later = !c->last && (reverse ? each < last : each > last);
		if (!passed && !later)
			insert_id(w, c, each);
	}
	return ERR_OK;
}

static enum err read_records(struct tx *tx, const struct id_walk *w, uint64_t id, struct chunk *c)
{
	/* The first record holds the key at which the scan begins, until the scan fills it. */
	struct tx_scan scan = {
	    .from = c->records, .reverse = w->page->reverse, .max = CHUNK, .records = c->records};
	*id_of(w, c, 0) = id;
	enum err err = tx_scan(tx, w->kind, &scan);
	c->n = scan.n;
	c->last = scan.n < CHUNK;
	return err;
}

static enum err read_chunk(struct tx *tx, const struct id_walk *w, uint64_t id, struct chunk *c)
{
	memset(c->records, 0, c->room * w->kind->size);
	c->n = 0;
	if (w->ids != NULL && w->index != NULL)
		return read_both(tx, w, id, c);
	if (w->index != NULL)
		return read_index(tx, w, id, c);
	if (w->ids == NULL)
		return read_records(tx, w, id, c);
	read_list(w, id, c);
	return ERR_OK;
}

/* Makes room for a whole chunk of rows and, after it, a list. */
static bool make_chunk(struct tx *tx, const struct id_walk *w, struct chunk *c)
{
	c->room = CHUNK + (w->index != NULL && w->ids != NULL ? w->n_ids : 0);
	c->records = arena_alloc(tx_arena(tx), c->room * w->kind->size);
	c->rows = arena_alloc(tx_arena(tx), CHUNK * sizeof *c->rows);
	return c->records != NULL && c->rows != NULL;
}

enum err id_walk_look(struct tx *tx, struct id_walk *w, uint64_t *record)
{
	struct id_page *p = w->page;
	size_t stride = w->stride != 0 ? w->stride : w->kind->size;
	bool fits = false;
	enum err err = ERR_OK;
	if (p->looked_at == w->look_max || w->work > ID_WALK_WORK_MAX) {
		p->next = *record;
		return ERR_OK;
	}
	p->looked_at++;
	if (w->index != NULL || w->ids != NULL)
		err = tx_get(tx, w->kind, record);
	if (err == ERR_OK)
		err = w->fits(w->arg, tx, record, &fits);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (!fits)
		return ERR_OK;
	if (p->skipped < p->skip)
		p->skipped++;
	else if (p->n == p->max)
		p->next = *record;
	else
		memcpy((char *)w->records + p->n++ * stride, record, w->kind->size);
	return ERR_OK;
}

/* Limits the walk to the ids from the beginning of the page on. */
static void narrow(struct id_walk *w)
{
	uint64_t from = w->page->from;
	if (from == 0)
		return;
	if (w->page->reverse && from < w->high)
		w->high = from;
	if (!w->page->reverse && from > w->low)
		w->low = from;
}

void id_walk_restart(struct id_walk *w)
{
	struct id_page *p = w->page;
	assert(p->max > 0 && p->max <= ID_PAGE_MAX && w->look_max > 0);
	assert(w->kind->n_keys == 1 && w->kind->keys[0].offset == 0);
	p->n = p->skipped = p->looked_at = 0;
	p->next = 0;
}

enum err id_walk_run(struct tx *tx, struct id_walk *w)
{
	struct id_page *p = w->page;
	struct chunk c = {0};
	if (!make_chunk(tx, w, &c))
		return ERR_NO_MEMORY;
	id_walk_restart(w);
	narrow(w);
	uint64_t id = p->reverse ? w->high : w->low;
	while (id >= w->low && id <= w->high) {
		enum err err = read_chunk(tx, w, id, &c);
		for (size_t i = 0; err == ERR_OK && i < c.n; i++) {
			uint64_t *record = id_of(w, &c, i);
			id = *record;
			if (id < w->low || id > w->high)
				return ERR_OK;
			if ((err = id_walk_look(tx, w, record)) == ERR_OK && p->next != 0)
				return ERR_OK;
		}
		if (err != ERR_OK || c.last)
			return err;
		id = p->reverse ? id - 1 : id + 1;
	}
	return ERR_OK;
}
