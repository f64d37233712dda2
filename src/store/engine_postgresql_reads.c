/* Owns the answers of a view: keys and pages of scans, fetched in rounds within one read-only
 * transaction. Never writes. Called by the store through engine_ops, and by the link when
 * a round has ended.
 */
#include <libpq-fe.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/engine_postgresql_parts.h"
#include "store/overlay.h"

enum { PAGE_ROWS = 256, WALK_ROWS = 1024, FAILURES_MAX = 3 };

/* ---- the table of answers ---- */

static struct pg_read *find(const struct pg_reads *reads, uint8_t kind, bool is_scan,
			    struct text key, uint32_t hash)
{
	struct pg_read *r = reads->buckets[hash % READ_BUCKETS];
	while (r != NULL && (r->hash != hash || r->kind != kind || r->is_scan != is_scan ||
			     !text_eq(r->key, key)))
		r = r->next_in_bucket;
	return r;
}

struct pg_read *pg_reads_entry(const struct pg_reads *reads, uint8_t kind, struct text key)
{
	return find(reads, kind, false, key, overlay_hash(kind, key));
}

const struct pg_read *pg_reads_find(const struct pg_reads *reads, uint8_t kind, struct text key)
{
	const struct pg_read *r = pg_reads_entry(reads, kind, key);
	return r != NULL && r->here && r->err == ERR_OK ? r : NULL;
}

/* Adds an entry that the next round asks for. */
static struct pg_read *ask(struct pg_reads *reads, uint8_t kind, bool is_scan, struct text key,
			   uint32_t hash)
{
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
	pg_send_later(reads->e);
	return r;
}

enum err pg_reads_get(struct pg_reads *reads, uint8_t kind, struct text key, struct text *value)
{
	uint32_t hash = overlay_hash(kind, key);
	if (reads->e->tables->by_kind[kind] == NULL)
		return ERR_NOT_FOUND;
	const struct pg_read *r = find(reads, kind, false, key, hash);
	if ((r == NULL || !r->here) && reads->ended)
		return reads->end;
	if (r == NULL)
		return ask(reads, kind, false, key, hash) != NULL ? ERR_PENDING : ERR_NO_MEMORY;
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
static struct pg_read *find_page(struct pg_reads *reads, const struct engine_scan *scan,
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
	struct pg_read *r = find(reads, scan->kind, true, key, hash);
	if (r != NULL || (r = ask(reads, scan->kind, true, key, hash)) == NULL)
		return r;
	r->scan = *scan;
	r->scan.prefix = text_from(r->key.p + 2, scan->prefix.n);
	r->scan.from = text_from(r->key.p + 2 + scan->prefix.n, scan->from.n);
	r->limit = limit;
	r->next_in_round = reads->pages;
	reads->pages = r;
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

/* Frees a page of a walk: the caller continues after the last row and never reads the page again.
 */
static void drop_page(struct pg_reads *reads, struct pg_read *page)
{
	struct pg_read **place = &reads->buckets[page->hash % READ_BUCKETS];
	while (*place != page)
		place = &(*place)->next_in_bucket;
	*place = page->next_in_bucket;
	arena_free(&page->own);
	page->rows = page->last = NULL;
}

enum err pg_reads_scan(struct pg_reads *reads, const struct engine_scan *scan, engine_row_fn *take,
		       void *arg)
{
	struct engine_scan next = *scan;
	if (reads->e->tables->by_kind[scan->kind] == NULL)
		return ERR_OK;
	bool walks = scan->most == 0;
	uint64_t most = walks ? WALK_ROWS : PAGE_ROWS;
	uint64_t limit = !walks && scan->most < PAGE_ROWS ? scan->most : most;
	for (struct pg_read *page, *before = NULL;; before = page) {
		page = reads->ended ? NULL : find_page(reads, &next, limit);
		if (walks && before != NULL)
			drop_page(reads, before);
		if (page == NULL)
			return reads->ended ? reads->end : ERR_NO_MEMORY;
		if (!page->here)
			return ERR_PENDING;
		if (page->err != ERR_OK)
			return page->err;
		if (!give_rows(page, take, arg))
			return ERR_OK;
		next.from = page->last->key;
		next.after = true;
		limit = most;
	}
}

/* ---- rounds ---- */

/* Removes the entries that are here from the list. With `again`, the others are asked once more;
 * with `err`, they get this error. */
static void sort_asked(struct pg_reads *reads, bool again, enum err err)
{
	struct pg_read **place = &reads->asked;
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
		reads->n_unsent += again && r->sent;
		r->sent = r->sent && !again;
		place = &r->next_asked;
	}
}

static void on_round(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	(void)result;
	struct pg_reads *reads = answer->link->reads;
	if (answer->link->failed) {
		answer->link->failed = false;
		if (++reads->failures >= FAILURES_MAX && answer->number == reads->view)
			sort_asked(reads, false, ERR_IO);
		pg_link_lose(answer->link, "a read has failed");
		return;
	}
	reads->failures = 0;
	if (answer->number != reads->view)
		return;
	sort_asked(reads, false, ERR_OK);
	pg_wake(e);
}

static void send_keys(struct pg_reads *reads, const struct pg_table *table, struct pg_read *first)
{
	struct pg_params *p = &reads->e->params;
	pg_params_begin(p, table, PG_GET);
	for (struct pg_read *r = first; r != NULL; r = r->next_in_round)
		if (pg_params_add_key(p, r->key) == ERR_NOT_FOUND)
			r->here = r->missing = true;
	if (pg_params_finish(p, NULL, 0) != ERR_OK)
		reads->link->broken = true;
	const struct pg_answer answer = {
	    .fn = pg_answers_keys, .table = table, .what = first, .number = reads->view};
	if (p->rows > 0)
		pg_link_run(reads->link, p, &answer);
}

static void send_page(struct pg_reads *reads, const struct pg_table *table, struct pg_read *r)
{
	struct pg_params *p = &reads->e->params;
	enum err err = pg_params_scan(p, table, &r->scan, r->limit);
	const struct pg_answer answer = {
	    .fn = pg_answers_page, .table = table, .what = r, .number = reads->view};
	if (err == ERR_OK)
		pg_link_run(reads->link, p, &answer);
	else if (err == ERR_NOT_FOUND)
		r->here = true;
	else
		reads->link->broken = true;
}

static void on_epoch(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	struct pg_reads *reads = answer->link->reads;
	uint64_t epoch, now_ms;
	if (PQntuples(result) != 1 || !pg_number(result, 0, &epoch))
		return;
	if (answer->number == reads->view)
		reads->epoch = epoch;
	pg_node_hear(e, epoch);
	if (answer->number == reads->view && pg_number(result, 1, &now_ms))
		pg_clock_note(e, reads->asked_ns, now_ms);
}

/* The first statement of the transaction takes its snapshot, so the epoch belongs to it. */
static void begin_snapshot(struct pg_reads *reads)
{
	char id[24];
	const char *const values[] = {pg_decimal(reads->e->node.id, id)};
	reads->asked_ns = clock_system.mono_ns(&clock_system);
	if (reads->snapshot == SNAPSHOT_OLD)
		pg_link_own(reads->link, OWN_COMMIT, NULL, 0, NULL, 0);
	pg_link_own(reads->link, OWN_BEGIN_READ, NULL, 0, NULL, 0);
	pg_link_own(reads->link, OWN_EPOCH, values, 1, on_epoch, reads->view);
	reads->snapshot = SNAPSHOT_OPEN;
}

static void on_opened(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	struct pg_reads *reads = answer->link->reads;
	(void)result;
	if (answer->link->failed) {
		answer->link->failed = false;
		pg_link_lose(answer->link, "a snapshot could not be taken");
		return;
	}
	reads->opened = true;
	pg_wake(e);
}

void pg_reads_send(struct pg_reads *reads)
{
	struct pg_read *first[RECORD_KINDS] = {0};
	if (reads->link->state != LINK_READY || reads->ended)
		return;
	if (reads->opens && !reads->opened && reads->snapshot != SNAPSHOT_OPEN) {
		begin_snapshot(reads);
		pg_link_sync(reads->link, on_opened, reads->view);
	}
	if (reads->n_unsent == 0)
		return;
	reads->used = true;
	if (reads->snapshot != SNAPSHOT_OPEN && reads->link != &reads->e->writer)
		begin_snapshot(reads);
	for (struct pg_read *r = reads->asked; r != NULL; r = r->next_asked) {
		if (r->sent)
			continue;
		r->sent = true;
		if (r->is_scan) {
			send_page(reads, reads->e->tables->by_kind[r->kind], r);
		} else {
			r->next_in_round = first[r->kind];
			first[r->kind] = r;
		}
	}
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (first[kind] != NULL)
			send_keys(reads, reads->e->tables->by_kind[kind], first[kind]);
	reads->n_unsent = 0;
	pg_link_sync(reads->link, on_round, reads->view);
}

/* ---- views ---- */

enum err pg_reads_view(struct pg_reads *reads)
{
	reads->view++;
	if (reads->snapshot == SNAPSHOT_OPEN)
		reads->snapshot = SNAPSHOT_OLD;
	if (reads->n > 0)
		memset(reads->buckets, 0, sizeof reads->buckets);
	for (struct pg_read *r = reads->pages; r != NULL; r = r->next_in_round)
		arena_free(&r->own);
	reads->n = reads->n_unsent = 0;
	reads->asked = reads->pages = NULL;
	reads->ended = false;
	reads->used = true;
	arena_reset(&reads->arena);
	return ERR_OK;
}

/* An idle view ends, and with it its transaction. The commands only pause: a later read of their
 * view begins a new snapshot. */
void pg_reads_tend(struct pg_reads *reads)
{
	bool idle = reads->asked == NULL && !reads->used && !reads->opens &&
		    reads->link != &reads->e->writer;
	reads->used = false;
	if (!idle || reads->snapshot == SNAPSHOT_NONE || reads->link->state != LINK_READY)
		return;
	pg_link_own(reads->link, OWN_COMMIT, NULL, 0, NULL, 0);
	reads->snapshot = SNAPSHOT_NONE;
	reads->ended = reads->end != ERR_OK;
	pg_link_sync(reads->link, NULL, 0);
}

/* The engine requests the missing answers again, from a new snapshot, or the view ends. */
void pg_reads_on_lost(struct pg_link *link)
{
	struct pg_reads *reads = link->reads;
	if (reads->opens)
		reads->opened = false;
	else if (reads->snapshot == SNAPSHOT_OPEN)
		reads->ended = reads->end != ERR_OK;
	if (link != &reads->e->writer)
		reads->snapshot = SNAPSHOT_NONE;
	if (link == reads->link)
		sort_asked(reads, true, ERR_OK);
	pg_wake_later(reads->e);
}

void pg_reads_free(struct pg_reads *reads)
{
	(void)pg_reads_view(reads);
	arena_free(&reads->arena);
}

/* ---- the view of queries ---- */

static struct pg_reads *queries_of(struct engine *engine)
{
	return (struct pg_reads *)engine;
}

/* A node learns of a changed configuration only through an epoch that a server reports. So a set of
 * queries begins only after the epoch of its snapshot has arrived. */
static enum err queries_view(struct engine *engine)
{
	struct pg_reads *reads = queries_of(engine);
	if (!reads->opens) {
		enum err err = pg_reads_view(reads);
		reads->opens = err == ERR_OK;
		reads->opened = false;
		pg_send_later(reads->e);
		return err != ERR_OK ? err : ERR_PENDING;
	}
	if (!reads->opened)
		return ERR_PENDING;
	reads->opens = false;
	return ERR_OK;
}

static enum err queries_get(struct engine *engine, uint8_t kind, struct text key,
			    struct text *value)
{
	return pg_reads_get(queries_of(engine), kind, key, value);
}

static enum err queries_scan(struct engine *engine, const struct engine_scan *scan,
			     engine_row_fn *take, void *arg)
{
	return pg_reads_scan(queries_of(engine), scan, take, arg);
}

static uint64_t queries_epoch(struct engine *engine)
{
	return queries_of(engine)->epoch;
}

const struct engine_ops pg_queries_ops = {
    .view = queries_view,
    .get = queries_get,
    .scan = queries_scan,
    .epoch = queries_epoch,
};
