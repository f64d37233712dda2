/*
 * Owns the search for deliveries: which index is walked, what is checked on each record, where a
 * page ends. Never writes. Called by the API's delivery calls.
 */
#include "core/delivery_list.h"

enum {
	CHUNK = 64,         /* rows read at a time */
	WEBHOOKS_KNOWN = 8, /* whose state is remembered within a page */
	/* Deliveries are numbered in the order of time, but for results that are recorded some
	 * milliseconds after they were timed: so many ids around a time are looked at too. */
	SLACK = 128,
};

/* Is the webhook disabled? Asked for each pending delivery, and mostly about the same ones. */
struct known_webhook {
	uint64_t id;
	bool disabled;
};

struct walk {
	struct tx *tx;
	struct delivery_list *list;
	uint64_t by,
	    number; /* the index (enum delivery_index), or by 0: the deliveries themselves */
	uint64_t low, high; /* ids, both included */
	struct delivery *chunk;
	struct delivery_by *rows;
	struct known_webhook known[WEBHOOKS_KNOWN];
	bool ended;
};

static enum err read_disabled(struct tx *tx, struct known_webhook *known, uint64_t webhook_id,
			      bool *disabled)
{
	struct known_webhook *k = &known[webhook_id % WEBHOOKS_KNOWN];
	if (k->id != webhook_id) {
		struct webhook webhook = {.id = webhook_id};
		enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		*k = (struct known_webhook){webhook_id, webhook.disabled_ms != 0};
	}
	*disabled = k->disabled;
	return ERR_OK;
}

static enum err mark_held(struct tx *tx, struct known_webhook *known, struct delivery *d)
{
	bool disabled = false;
	if (d->status != DELIVERY_PENDING)
		return ERR_OK;
	enum err err = read_disabled(tx, known, d->webhook_id, &disabled);
	if (disabled)
		d->status = DELIVERY_HELD;
	return err;
}

/* ---- where to walk ---- */

/* The first id whose delivery was made at or after `ms`: half of what is left is left out with each
 * look. Ids whose delivery is gone count as the next one that is there. */
static enum err find_time(struct tx *tx, uint64_t ms, uint64_t *first)
{
	uint64_t low = 1, high = tx_last_id(tx, &KIND_DELIVERY) + 1;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const struct delivery from = {.id = middle};
		struct delivery found = {0};
		struct tx_scan scan = {.from = &from, .max = 1, .records = &found};
		enum err err = tx_scan(tx, &KIND_DELIVERY, &scan);
		if (err != ERR_OK)
			return err;
		if (scan.n == 0 || found.created_ms >= ms)
			high = middle;
		else
			low = found.id + 1;
	}
	*first = low;
	return ERR_OK;
}

/* The ids between since, until and the cursor. */
static enum err find_range(struct walk *w)
{
	const struct delivery_list *l = w->list;
	enum err err = ERR_OK;
	w->low = 1;
	w->high = tx_last_id(w->tx, &KIND_DELIVERY);
	if (l->filter.since_ms != 0) {
		if ((err = find_time(w->tx, l->filter.since_ms, &w->low)) != ERR_OK)
			return err;
		w->low = w->low > SLACK ? w->low - SLACK : 1;
	}
	if (l->filter.until_ms != 0) {
		uint64_t end;
		if ((err = find_time(w->tx, l->filter.until_ms, &end)) != ERR_OK)
			return err;
		if (end - 1 + SLACK < w->high)
			w->high = end - 1 + SLACK;
	}
	if (l->from != 0 && l->reverse && l->from < w->high)
		w->high = l->from;
	if (l->from != 0 && !l->reverse && l->from > w->low)
		w->low = l->from;
	return err;
}

static void choose_index(struct walk *w)
{
	const struct delivery_filter *f = &w->list->filter;
	uint64_t status = f->status == DELIVERY_HELD ? DELIVERY_PENDING : f->status;
	const struct {
		uint64_t by, number;
	} narrowest_first[] = {
	    {BY_USER, f->user_id},
	    /* Delivered ones are nearly all there are, and have no index (delivery.c). */
	    {BY_STATUS, status == DELIVERY_DELIVERED ? 0 : status},
	    {BY_WEBHOOK, f->webhook_id},
	    {BY_EVENT_TYPE, f->event_type},
	};
	for (size_t i = 0; i < sizeof narrowest_first / sizeof *narrowest_first; i++) {
		if (narrowest_first[i].number == 0)
			continue;
		w->by = narrowest_first[i].by;
		w->number = narrowest_first[i].number;
		return;
	}
}

/* ---- the walk ---- */

/* The next rows of the index from `id` on; their ids go into the chunk. */
static enum err read_index(struct walk *w, uint64_t id, size_t *n)
{
	const struct delivery_by from = {w->by, w->number, id};
	struct tx_scan scan = {.from = &from,
			       .prefix = 2,
			       .reverse = w->list->reverse,
			       .max = CHUNK,
			       .records = w->rows};
	enum err err = tx_scan(w->tx, &KIND_DELIVERY_BY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		w->chunk[i] = (struct delivery){.id = w->rows[i].delivery_id};
	*n = scan.n;
	return err;
}

static enum err read_chunk(struct walk *w, uint64_t id, size_t *n)
{
	if (w->by != 0)
		return read_index(w, id, n);
	const struct delivery from = {.id = id};
	struct tx_scan scan = {
	    .from = &from, .reverse = w->list->reverse, .max = CHUNK, .records = w->chunk};
	enum err err = tx_scan(w->tx, &KIND_DELIVERY, &scan);
	*n = scan.n;
	return err;
}

static bool same(uint64_t wanted, uint64_t value)
{
	return wanted == 0 || wanted == value;
}

static bool fits(const struct delivery_filter *f, const struct delivery *d)
{
	return same(f->webhook_id, d->webhook_id) && same(f->user_id, d->user_id) &&
	       same(f->event_type, d->event_type) && same(f->status, d->status) &&
	       d->created_ms >= f->since_ms && (f->until_ms == 0 || d->created_ms < f->until_ms);
}

/* One row. The page ends before a record that would be one too many. */
static enum err look_at(struct walk *w, struct delivery *d)
{
	struct delivery_list *l = w->list;
	enum err err = ERR_OK;
	if (l->looked_at == DELIVERY_LIST_LOOK_MAX) {
		l->next = d->id;
		return ERR_OK;
	}
	l->looked_at++;
	if (w->by != 0)
		err = tx_get(w->tx, &KIND_DELIVERY, d);
	if (err == ERR_OK)
		err = mark_held(w->tx, w->known, d);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (!fits(&l->filter, d))
		return ERR_OK;
	if (l->n == l->max)
		l->next = d->id;
	else
		l->deliveries[l->n++] = *d;
	return ERR_OK;
}

static enum err look_at_chunk(struct walk *w, uint64_t *id)
{
	size_t n;
	enum err err = read_chunk(w, *id, &n);
	if (err != ERR_OK)
		return err;
	w->ended = n < CHUNK;
	for (size_t i = 0; i < n; i++) {
		struct delivery *d = &w->chunk[i];
		*id = w->list->reverse ? d->id - 1 : d->id + 1;
		w->ended = w->ended || d->id < w->low || d->id > w->high;
		if (d->id < w->low || d->id > w->high)
			return ERR_OK;
		if ((err = look_at(w, d)) != ERR_OK || w->list->next != 0)
			return err;
	}
	return ERR_OK;
}

enum err delivery_list_decide(struct command *command, struct tx *tx)
{
	struct delivery_list *l = (struct delivery_list *)command;
	struct walk w = {.tx = tx, .list = l};
	l->n = l->looked_at = 0;
	l->next = 0;
	w.chunk = arena_alloc(tx_arena(tx), CHUNK * sizeof *w.chunk);
	w.rows = arena_alloc(tx_arena(tx), CHUNK * sizeof *w.rows);
	if (w.chunk == NULL || w.rows == NULL)
		return ERR_NO_MEMORY;
	choose_index(&w);
	enum err err = find_range(&w);
	uint64_t id = l->reverse ? w.high : w.low;
	while (err == ERR_OK && !w.ended && l->next == 0 && id >= w.low && id <= w.high)
		err = look_at_chunk(&w, &id);
	return err;
}

/* ---- one ---- */

/* The last attempts: they are read backwards, and turned round. */
static enum err read_attempts(struct delivery_read *r, struct tx *tx)
{
	const struct attempt last = {.delivery_id = r->id, .number = UINT64_MAX};
	struct tx_scan scan = {.from = &last,
			       .prefix = 1,
			       .reverse = true,
			       .max = DELIVERY_LOG_MAX,
			       .records = r->attempts};
	enum err err = tx_scan(tx, &KIND_ATTEMPT, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n / 2; i++) {
		struct attempt swap = r->attempts[i];
		r->attempts[i] = r->attempts[scan.n - 1 - i];
		r->attempts[scan.n - 1 - i] = swap;
	}
	r->n_attempts = scan.n;
	return err;
}

enum err delivery_read_decide(struct command *command, struct tx *tx)
{
	struct delivery_read *r = (struct delivery_read *)command;
	struct known_webhook known[WEBHOOKS_KNOWN] = {{0}};
	r->delivery = (struct delivery){.id = r->id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &r->delivery);
	if (err == ERR_OK)
		err = mark_held(tx, known, &r->delivery);
	return err == ERR_OK ? read_attempts(r, tx) : err;
}
