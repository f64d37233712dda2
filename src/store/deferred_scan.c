/* Owns the merging of a scan's rows with the entries in memory. Never changes the table. Called by
 * engine_deferred.c.
 */
#include "store/deferred_scan.h"

struct merge {
	const struct scatter_table *table;
	const struct engine_scan *scan;
	struct scatter_at at; /* of the next entry in memory */
	bool has_next;
	engine_row_fn *take;
	void *arg;
	bool ended; /* `take` has ended the scan */
};

static struct text next_key(const struct merge *m)
{
	return scatter_key(*scatter_at(m->table, m->at));
}

/* Is there an entry at the position, with the scan's prefix? */
static void look(struct merge *m)
{
	m->has_next = m->has_next && scatter_at(m->table, m->at) != NULL &&
		      text_starts(next_key(m), m->scan->prefix);
}

static void advance(struct merge *m)
{
	if (m->scan->reverse)
		m->has_next = scatter_back(m->table, &m->at);
	else
		scatter_forward(m->table, &m->at);
	look(m);
}

static void begin(struct merge *m)
{
	const struct engine_scan *scan = m->scan;
	m->has_next = true;
	if (!scan->reverse) {
		m->at = scatter_from(m->table, scan->kind, scan->from, scan->after);
	} else {
		/* The entry before the first entry that is above the beginning. */
		m->at = scatter_from(m->table, scan->kind, scan->from, !scan->after);
		m->has_next = scan->from.n > 0 && scatter_back(m->table, &m->at);
	}
	look(m);
}

static void give_entry(struct merge *m)
{
	const struct scatter_item *item = scatter_at(m->table, m->at);
	if (item->entry->n != SCATTER_DELETED)
		m->ended = !m->take(m->arg, next_key(m), scatter_value(*item));
	advance(m);
}

/* Below zero if the entry comes before the row in the order of the scan. */
static int order_of_next(const struct merge *m, struct text key)
{
	int order = text_order(next_key(m), key);
	return m->scan->reverse ? -order : order;
}

static bool merge_row(void *arg, struct text key, struct text value)
{
	struct merge *m = arg;
	int order = 1;
	while (!m->ended && m->has_next && (order = order_of_next(m, key)) < 0)
		give_entry(m);
	if (m->ended)
		return false;
	if (m->has_next && order == 0)
		give_entry(m);
	else
		m->ended = !m->take(m->arg, key, value);
	return !m->ended;
}

enum err deferred_scan_merge(struct engine *inner, const struct scatter_table *table,
			     const struct engine_scan *scan, engine_row_fn *take, void *arg)
{
	struct merge m = {.table = table, .scan = scan, .take = take, .arg = arg};
	begin(&m);
	if (!m.has_next)
		return inner->ops->scan(inner, scan, take, arg);
	enum err err = inner->ops->scan(inner, scan, merge_row, &m);
	while (err == ERR_OK && !m.ended && m.has_next)
		give_entry(&m);
	return err;
}
