/* Owns the conversion of the rows that arrive: from PostgreSQL's form to the entries of a view.
 * Never sends anything. Called by the link for each result, and by the commit for the rows of its
 * locks.
 */
#include <libpq-fe.h>

#include "store/counter.h"
#include "store/engine_postgresql_parts.h"

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

static struct text keep(struct arena *arena, struct text bytes)
{
	return bytes.n == 0 ? TEXT("") : arena_copy(arena, bytes);
}

/* The value of the row, or the sum of this slot and the slots before it. */
static enum err add_value(struct engine_pg *e, const struct pg_table *table, bool first,
			  struct arena *arena, struct text *value)
{
	struct text bytes = buf_view(&e->row.value);
	if (!first && table->counter) {
		enum err err = counter_merge(buf_view(&e->row.key), *value, bytes, &e->sum);
		if (err != ERR_OK)
			return err;
		bytes = buf_view(&e->sum);
	}
	*value = keep(arena, bytes);
	return value->p == NULL ? ERR_NO_MEMORY : ERR_OK;
}

static void take_key_row(struct engine_pg *e, const struct pg_table *table, struct pg_reads *reads)
{
	struct pg_read *r = pg_reads_entry(reads, table->kind_id, buf_view(&e->row.key));
	if (r == NULL || r->err != ERR_OK)
		return;
	r->err = add_value(e, table, !r->here, &reads->arena, &r->value);
	if (table->counter)
		pg_version_add(&r->version, &e->row);
	else
		r->version = e->row.version;
	r->here = true;
}

void pg_answers_keys(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	struct pg_reads *reads = answer->link->reads;
	enum err err = ERR_OK;
	if (answer->number != reads->view)
		return; /* the entries are gone */
	for (int i = 0; i < PQntuples(result) && err == ERR_OK; i++)
		if ((err = pg_take(e, answer->table, result, i, false)) == ERR_OK)
			take_key_row(e, answer->table, reads);
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
		return add_value(e, table, false, &r->own, &r->last->value);
	struct pg_line *row = arena_zalloc(&r->own, sizeof *row);
	if (row == NULL || (row->key = keep(&r->own, key)).p == NULL)
		return ERR_NO_MEMORY;
	if (r->last == NULL)
		r->rows = row;
	else
		r->last->next = row;
	r->last = row;
	r->n_rows++;
	return add_value(e, table, true, &r->own, &row->value);
}

void pg_answers_page(struct engine_pg *e, const struct pg_answer *answer, const PGresult *result)
{
	struct pg_read *r = answer->what;
	if (answer->number != answer->link->reads->view)
		return;
	for (int i = 0; i < PQntuples(result) && r->err == ERR_OK; i++)
		if ((r->err = pg_take(e, answer->table, result, i, false)) == ERR_OK)
			r->err = take_page_row(e, answer->table, r);
	r->full = r->n_rows >= r->limit;
	r->here = true;
}
