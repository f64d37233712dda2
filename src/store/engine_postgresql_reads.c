/* Owns the answers of the current view: keys and pages of scans, fetched in rounds within one
 * read-only transaction. Never writes. Called by the store through engine_ops, and by the link when
 * rows arrive.
 */
#include <libpq-fe.h>
#include <string.h>

#include "base/log.h"
#include "store/counter.h"
#include "store/engine_postgresql_parts.h"
#include "store/overlay.h"

enum { PAGE_ROWS = 256, FAILURES_MAX = 3 };

/* ---- the table of answers ---- */

static struct pg_read *find(const struct engine_pg *e, uint8_t kind, bool is_scan, struct text key,
			    uint32_t hash)
{
	struct pg_read *r = e->reads.buckets[hash % READ_BUCKETS];
	while (r != NULL && (r->hash != hash || r->kind != kind || r->is_scan != is_scan ||
			     !text_eq(r->key, key)))
		r = r->next_in_bucket;
	return r;
}

const struct pg_read *pg_reads_find(const struct engine_pg *e, uint8_t kind, struct text key)
{
	const struct pg_read *r = find(e, kind, false, key, overlay_hash(kind, key));
	return r != NULL && r->here && r->err == ERR_OK ? r : NULL;
}

/* Adds an entry that the next round asks for. */
static struct pg_read *ask(struct engine_pg *e, uint8_t kind, bool is_scan, struct text key,
			   uint32_t hash)
{
	struct pg_reads *reads = &e->reads;
	struct pg_read *r = arena_zalloc(&reads->arena, sizeof *r);
	struct text copy = arena_copy(&reads->arena, key);
	if (r == NULL || (copy.p == NULL && key.n > 0))
		return NULL;
	*r = (struct pg_read){.next_in_bucket = reads->buckets[hash % READ_BUCKETS],
			      .next_asked = reads->asked,
			      .hash = hash,
			      .kind = kind,
			      .is_scan = is_scan,
			      .key = copy};
	reads->buckets[hash % READ_BUCKETS] = reads->asked = r;
	reads->n++;
	reads->n_unsent++;
	pg_send_later(e);
	return r;
}

enum err pg_reads_get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct engine_pg *e = pg_self(engine);
	uint32_t hash = overlay_hash(kind, key);
	if (e->tables->by_kind[kind] == NULL)
		return ERR_NOT_FOUND;
	const struct pg_read *r = find(e, kind, false, key, hash);
	if (r == NULL)
		return ask(e, kind, false, key, hash) != NULL ? ERR_PENDING : ERR_NO_MEMORY;
	if (!r->here)
		return ERR_PENDING;
	if (r->err != ERR_OK)
		return r->err;
	if (r->missing)
		return ERR_NOT_FOUND;
	*value = r->value;
	return ERR_OK;
}

/* ---- scans ---- */

/* The page that begins at scan->from, or NULL if memory runs out. The length of the prefix tells
 * where it ends in the name of the page. */
static struct pg_read *find_page(struct engine_pg *e, const struct engine_scan *scan,
				 uint64_t limit)
{
	char name[2 + 2 * RECORD_KEY_MAX];
	name[0] = (char)(scan->after | scan->reverse << 1);
	name[1] = (char)scan->prefix.n;
	if (scan->prefix.n > 0)
		memcpy(name + 2, scan->prefix.p, scan->prefix.n);
	if (scan->from.n > 0)
		memcpy(name + 2 + scan->prefix.n, scan->from.p, scan->from.n);
	struct text key = text_from(name, 2 + scan->prefix.n + scan->from.n);
	uint32_t hash = overlay_hash(scan->kind, key);
	struct pg_read *r = find(e, scan->kind, true, key, hash);
	if (r != NULL || (r = ask(e, scan->kind, true, key, hash)) == NULL)
		return r;
	r->scan = *scan;
	r->scan.prefix = text_from(r->key.p + 2, scan->prefix.n);
	r->scan.from = text_from(r->key.p + 2 + scan->prefix.n, scan->from.n);
	r->limit = limit;
	return r;
}

/* False at the end of the scan. */
static bool give_rows(const struct pg_read *page, engine_row_fn *take, void *arg)
{
	for (const struct pg_line *row = page->rows; row != NULL; row = row->next) {
		enum pg_place place = pg_scan_place(&page->scan, row->key);
		if (place == PG_BEYOND || (place == PG_INSIDE && !take(arg, row->key, row->value)))
			return false;
	}
	return page->full;
}

enum err pg_reads_scan(struct engine *engine, const struct engine_scan *scan, engine_row_fn *take,
		       void *arg)
{
	struct engine_pg *e = pg_self(engine);
	struct engine_scan next = *scan;
	if (e->tables->by_kind[scan->kind] == NULL)
		return ERR_OK;
	uint64_t limit = scan->most > 0 && scan->most < PAGE_ROWS ? scan->most : PAGE_ROWS;
	for (;;) {
		const struct pg_read *page = find_page(e, &next, limit);
		if (page == NULL)
			return ERR_NO_MEMORY;
		if (!page->here)
			return ERR_PENDING;
		if (page->err != ERR_OK)
			return page->err;
		if (!give_rows(page, take, arg))
			return ERR_OK;
		next.from = page->last->key;
		next.after = true;
		limit = PAGE_ROWS;
	}
}

/* ---- rows that arrive ---- */

enum err pg_take(struct engine_pg *e, const struct pg_table *table, const PGresult *result, int i,
		 bool locked)
{
	struct pg_cell cells[PG_COLUMNS_MAX + 3];
	size_t width = locked ? table->n_keys + 2 + table->counter : pg_row_width(table);
	if ((size_t)PQnfields(result) != width)
		return ERR_CORRUPT;
	for (int c = 0; (size_t)c < width; c++) {
		bool null = PQgetisnull(result, i, c) != 0;
		cells[c] = (struct pg_cell){PQgetvalue(result, i, c),
					    null ? -1 : PQgetlength(result, i, c)};
	}
	return locked ? pg_lock_take(table, cells, &e->row) : pg_row_take(table, cells, &e->row);
}

void pg_version_add(struct pg_version *sum, const struct pg_row *row)
{
	const uint64_t parts[] = {row->slot, row->version.generation, row->version.batch};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		sum->generation = (sum->generation ^ parts[i]) * 0x9e3779b97f4a7c15u;
	sum->batch++;
}

static struct text keep(struct engine_pg *e, struct text bytes)
{
	return bytes.n == 0 ? TEXT("") : arena_copy(&e->reads.arena, bytes);
}

/* The value of the row, or the sum of this slot and the slots before it. */
static enum err add_value(struct engine_pg *e, const struct pg_table *table, bool first,
			  struct text *value)
{
	struct text bytes = buf_view(&e->row.value);
	if (!first && table->counter) {
		enum err err = counter_merge(buf_view(&e->row.key), *value, bytes, &e->sum);
		if (err != ERR_OK)
			return err;
		bytes = buf_view(&e->sum);
	}
	*value = keep(e, bytes);
	return value->p == NULL ? ERR_NO_MEMORY : ERR_OK;
}

static void take_key_row(struct engine_pg *e, const struct pg_table *table)
{
	struct text key = buf_view(&e->row.key);
	struct pg_read *r = find(e, table->kind_id, false, key, overlay_hash(table->kind_id, key));
	if (r == NULL || r->err != ERR_OK)
		return;
	r->err = add_value(e, table, !r->here, &r->value);
	if (table->counter)
		pg_version_add(&r->version, &e->row);
	else
		r->version = e->row.version;
	r->here = true;
}

static void on_keys(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	enum err err = ERR_OK;
	if (answer->number != e->reads.view)
		return; /* the entries are gone */
	for (int i = 0; i < PQntuples(result) && err == ERR_OK; i++)
		if ((err = pg_take(e, answer->table, result, i, false)) == ERR_OK)
			take_key_row(e, answer->table);
	for (struct pg_read *r = answer->what; r != NULL; r = r->next_in_round) {
		if (!r->here) {
			r->missing = true;
			r->err = err;
		}
		r->here = true;
	}
}

static enum err take_page_row(struct engine_pg *e, const struct pg_table *table, struct pg_read *r)
{
	struct text key = buf_view(&e->row.key);
	if (r->last != NULL && text_eq(r->last->key, key))
		return add_value(e, table, false, &r->last->value);
	struct pg_line *row = arena_zalloc(&e->reads.arena, sizeof *row);
	if (row == NULL || (row->key = keep(e, key)).p == NULL)
		return ERR_NO_MEMORY;
	if (r->last == NULL)
		r->rows = row;
	else
		r->last->next = row;
	r->last = row;
	r->n_rows++;
	return add_value(e, table, true, &row->value);
}

static void on_page(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	struct pg_read *r = answer->what;
	if (answer->number != e->reads.view)
		return;
	for (int i = 0; i < PQntuples(result) && r->err == ERR_OK; i++)
		if ((r->err = pg_take(e, answer->table, result, i, false)) == ERR_OK)
			r->err = take_page_row(e, answer->table, r);
	r->full = r->n_rows >= r->limit;
	r->here = true;
}

static void on_epoch(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	uint64_t epoch;
	(void)answer;
	if (PQntuples(result) == 1 && pg_number(result, 0, &epoch))
		e->node.epoch = epoch;
}

/* ---- rounds ---- */

/* Removes the entries that are here from the list. With `again`, the others are asked once more;
 * with `err`, they get this error. */
static void sort_asked(struct engine_pg *e, bool again, enum err err)
{
	struct pg_read **place = &e->reads.asked;
	while (*place != NULL) {
		struct pg_read *r = *place;
		if (!r->here && err != ERR_OK) {
			r->err = err;
			r->here = true;
		}
		if (r->here) {
			*place = r->next_asked;
			continue;
		}
		e->reads.n_unsent += again && r->sent;
		r->sent = r->sent && !again;
		place = &r->next_asked;
	}
}

static void on_round(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	(void)result;
	struct pg_reads *reads = &e->reads;
	if (e->reader.failed) {
		e->reader.failed = false;
		if (++reads->failures >= FAILURES_MAX && answer->number == reads->view)
			sort_asked(e, false, ERR_IO);
		pg_link_lose(&e->reader, "a read has failed");
		return;
	}
	reads->failures = 0;
	if (answer->number != reads->view)
		return;
	sort_asked(e, false, ERR_OK);
	pg_wake(e);
}

static void send_keys(struct engine_pg *e, const struct pg_table *table, struct pg_read *first)
{
	struct pg_params *p = &e->params;
	pg_params_begin(p, table, PG_GET);
	for (struct pg_read *r = first; r != NULL; r = r->next_in_round)
		if (pg_params_add_key(p, r->key) == ERR_NOT_FOUND)
			r->here = r->missing = true;
	if (pg_params_finish(p, NULL, 0) != ERR_OK)
		e->reader.broken = true;
	const struct pg_answer answer = {
	    .fn = on_keys, .table = table, .what = first, .number = e->reads.view};
	if (p->rows > 0)
		pg_link_run(&e->reader, p, &answer);
}

static void send_page(struct engine_pg *e, const struct pg_table *table, struct pg_read *r)
{
	enum err err = pg_params_scan(&e->params, table, &r->scan, r->limit);
	const struct pg_answer answer = {
	    .fn = on_page, .table = table, .what = r, .number = e->reads.view};
	if (err == ERR_OK)
		pg_link_run(&e->reader, &e->params, &answer);
	else if (err == ERR_NOT_FOUND)
		r->here = true;
	else
		e->reader.broken = true;
}

static void begin_snapshot(struct engine_pg *e)
{
	char id[24];
	const char *const values[] = {pg_decimal(e->node.id, id)};
	if (e->reads.snapshot == SNAPSHOT_OLD)
		pg_link_own(&e->reader, OWN_COMMIT, NULL, 0, NULL, 0);
	pg_link_own(&e->reader, OWN_BEGIN_READ, NULL, 0, NULL, 0);
	pg_link_own(&e->reader, OWN_EPOCH, values, 1, on_epoch, 0);
	e->reads.snapshot = SNAPSHOT_OPEN;
}

void pg_reads_send(struct engine_pg *e)
{
	struct pg_read *first[RECORD_KINDS] = {0};
	if (e->reader.state != LINK_READY || e->reads.n_unsent == 0)
		return;
	if (e->reads.snapshot != SNAPSHOT_OPEN)
		begin_snapshot(e);
	for (struct pg_read *r = e->reads.asked; r != NULL; r = r->next_asked) {
		if (r->sent)
			continue;
		r->sent = true;
		if (r->is_scan) {
			send_page(e, e->tables->by_kind[r->kind], r);
		} else {
			r->next_in_round = first[r->kind];
			first[r->kind] = r;
		}
	}
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (first[kind] != NULL)
			send_keys(e, e->tables->by_kind[kind], first[kind]);
	e->reads.n_unsent = 0;
	pg_link_sync(&e->reader, on_round, e->reads.view);
}

/* ---- views ---- */

enum err pg_reads_view(struct engine *engine)
{
	struct engine_pg *e = pg_self(engine);
	struct pg_reads *reads = &e->reads;
	reads->view++;
	if (reads->snapshot == SNAPSHOT_OPEN)
		reads->snapshot = SNAPSHOT_OLD;
	if (reads->n > 0)
		memset(reads->buckets, 0, sizeof reads->buckets);
	reads->n = reads->n_unsent = 0;
	reads->asked = NULL;
	arena_reset(&reads->arena);
	return ERR_OK;
}

void pg_reads_tend(struct engine_pg *e)
{
	if (e->reads.snapshot == SNAPSHOT_NONE || e->reads.asked != NULL ||
	    e->reader.state != LINK_READY)
		return;
	pg_link_own(&e->reader, OWN_COMMIT, NULL, 0, NULL, 0);
	e->reads.snapshot = SNAPSHOT_NONE;
	pg_link_sync(&e->reader, NULL, 0);
}

/* Answers that were on their way are requested again, from a new snapshot. */
void pg_reads_on_lost(struct engine_pg *e)
{
	e->reads.snapshot = SNAPSHOT_NONE;
	sort_asked(e, true, ERR_OK);
	pg_wake_later(e);
}

void pg_reads_free(struct engine_pg *e)
{
	arena_free(&e->reads.arena);
}
