/*
 * Owns the tests of the tables that PostgreSQL gets for each record kind: every value comes back
 * byte for byte, and rows sort as keys do. Never opens a store. Run by make test.
 */
#include "core/records.h"
#include "rows_world.h"

enum { RECORDS = 40 };

/* ---- a model: the records of one kind, in the order of their keys ---- */

struct model {
	const struct pg_table *table;
	struct record records[RECORDS];
	size_t n;
};

static int by_key(const void *a, const void *b)
{
	return text_order(buf_view(&((const struct record *)a)->key),
			  buf_view(&((const struct record *)b)->key));
}

/* Random keys may be equal: then the later record is left out. */
static void fill(struct world *w, struct model *m, const struct pg_table *table)
{
	*m = (struct model){.table = table};
	for (size_t i = 0; i < RECORDS; i++) {
		struct record *r = &m->records[m->n];
		random_key(w, table->kind, true, &r->key);
		bool is_new = true;
		for (size_t j = 0; j < m->n && is_new; j++)
			is_new = by_key(r, &m->records[j]) != 0;
		random_value(w, table->kind, buf_view(&r->key), &r->value);
		m->n += is_new;
	}
}

static void sort(struct model *m)
{
	qsort(m->records, m->n, sizeof *m->records, by_key);
}

static void drop(struct model *m)
{
	for (size_t i = 0; i < RECORDS; i++) {
		buf_free(&m->records[i].key);
		buf_free(&m->records[i].value);
	}
}

/* ---- statements on the model ---- */

static void finish_write(struct world *w, const struct pg_version *version, size_t n)
{
	char count[32];
	assert_int_equal(pg_params_finish(&w->params, version, 1), ERR_OK);
	PGresult *result = run(w);
	(void)snprintf(count, sizeof count, "%zu", n);
	if (w->params.statement != PG_UPDATE) /* it checks the number itself */
		assert_string_equal(PQcmdTuples(result), count);
	PQclear(result);
}

/* Keys that no row can have are in no row: the model leaves the record out. */
static void insert(struct world *w, struct model *m, const struct pg_version *version)
{
	size_t kept = 0;
	pg_params_begin(&w->params, m->table, PG_INSERT);
	for (size_t i = 0; i < m->n; i++) {
		struct record *r = &m->records[i], other = m->records[kept];
		enum err err = pg_params_add(&w->params, buf_view(&r->key), buf_view(&r->value));
		if (err == ERR_INVALID)
			continue;
		assert_int_equal(err, ERR_OK);
		m->records[kept++] = *r;
		if (r != &m->records[kept - 1])
			*r = other;
	}
	m->n = kept;
	finish_write(w, version, m->n);
	sort(m);
}

static void assert_row(struct world *w, const struct model *m, size_t i,
		       const struct pg_version *version)
{
	const struct record *r = &m->records[i];
	const char *name = m->table->name;
	if (!text_eq(buf_view(&w->row.key), buf_view(&r->key)))
		fail_msg("%s: record %zu has another key", name, i);
	if (w->params.statement >= PG_GET_FOR_SHARE &&
	    w->params.statement <= PG_GET_FOR_UPDATE_SKIP)
		assert_int_equal(w->row.value.n, 0);
	else if (!text_eq(buf_view(&w->row.value), buf_view(&r->value)))
		fail_msg("%s: record %zu has another value", name, i);
	assert_int_equal(w->row.version.generation, version->generation);
	assert_int_equal(w->row.version.batch, version->batch);
}

static void assert_all(struct world *w, const struct model *m, const struct pg_version *version)
{
	const struct engine_scan scan = {.kind = m->table->kind_id};
	assert_int_equal(pg_params_scan(&w->params, m->table, &scan, RECORDS + 1), ERR_OK);
	PGresult *result = run(w);
	assert_int_equal(PQntuples(result), m->n);
	for (size_t i = 0; i < m->n; i++) {
		take_row(w, result, (int)i);
		assert_row(w, m, i, version);
	}
	PQclear(result);
}

static void assert_gets(struct world *w, const struct model *m, enum pg_statement s,
			const struct pg_version *version)
{
	size_t asked[RECORDS], n = 0;
	pg_params_begin(&w->params, m->table, s);
	/* In the reverse order, and with a missing key between two others. */
	for (size_t i = 0; i < m->n; i += 1 + (size_t)below(w, 3))
		asked[n++] = i;
	for (size_t i = n; i-- > 0;)
		assert_int_equal(pg_params_add_key(&w->params, buf_view(&m->records[asked[i]].key)),
				 ERR_OK);
	assert_int_equal(pg_params_finish(&w->params, version, 0), ERR_OK);
	PGresult *result = run(w);
	assert_int_equal(PQntuples(result), n);
	for (size_t i = 0; i < n; i++) {
		take_row(w, result, (int)i);
		assert_row(w, m, asked[i], version);
	}
	PQclear(result);
}

static void update(struct world *w, struct model *m, const struct pg_version *version)
{
	pg_params_begin(&w->params, m->table, PG_UPDATE);
	for (size_t i = 0; i < m->n; i++) {
		struct record *r = &m->records[i];
		random_value(w, m->table->kind, buf_view(&r->key), &r->value);
		assert_int_equal(pg_params_add(&w->params, buf_view(&r->key), buf_view(&r->value)),
				 ERR_OK);
	}
	finish_write(w, version, m->n);
}

static void delete_half(struct world *w, struct model *m)
{
	size_t kept = 0;
	pg_params_begin(&w->params, m->table, PG_DELETE);
	for (size_t i = 0; i < m->n; i++) {
		struct record r = m->records[i];
		if (i % 2 == 0) {
			assert_int_equal(pg_params_add_key(&w->params, buf_view(&r.key)), ERR_OK);
			continue;
		}
		m->records[i] = m->records[kept];
		m->records[kept++] = r;
	}
	size_t n = m->n - kept;
	m->n = kept;
	sort(m);
	finish_write(w, NULL, n);
}

/* Writes all records of the model, of which one is not in the state that the statement expects. */
static void assert_refused(struct world *w, const struct model *m, enum pg_statement s,
			   const char *state)
{
	const struct pg_version version = {9, 9};
	struct pg_params *p = &w->params;
	pg_params_begin(p, m->table, s);
	for (size_t i = 0; i < m->n; i++)
		assert_int_equal(
		    pg_params_add(p, buf_view(&m->records[i].key), buf_view(&m->records[i].value)),
		    ERR_OK);
	assert_int_equal(pg_params_finish(p, &version, 1), ERR_OK);
	PGresult *result = PQexecParams(w->conn, m->table->sql[s], p->n, NULL, p->values,
					p->lengths, p->formats, 1);
	const char *met = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (met == NULL || strcmp(met, state) != 0)
		fail_msg("%s: statement %d gives %s, not %s", m->table->name, (int)s,
			 met == NULL ? "no error" : met, state);
	PQclear(result);
}

/* A batch that misses a row, or meets an unexpected row, must not be stored. */
static void a_write_that_misses_a_row_fails(void **state)
{
	const struct pg_version version = {3, 7};
	struct world *w = begin(state);
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		struct model m;
		fill(w, &m, w->tables->by_kind[RECORD_KINDS_ALL[i]->id]);
		sql(w, "BEGIN");
		insert(w, &m, &version);
		sql(w, "SAVEPOINT whole");
		assert_refused(w, &m, PG_INSERT, "23505");
		sql(w, "ROLLBACK TO whole");
		pg_params_begin(&w->params, m.table, PG_DELETE);
		assert_int_equal(pg_params_add_key(&w->params, buf_view(&m.records[0].key)),
				 ERR_OK);
		finish_write(w, NULL, 1);
		if (!m.table->counter)
			assert_refused(w, &m, PG_UPDATE, "22012");
		sql(w, "ROLLBACK");
		drop(&m);
	}
}

/* ---- round trips ---- */

static void try_kind(struct world *w, const struct pg_table *table)
{
	const struct pg_version first = {3, 7}, second = {4, UINT32_MAX};
	struct model m;
	fill(w, &m, table);
	sql(w, "BEGIN");
	insert(w, &m, &first);
	assert_all(w, &m, &first);
	assert_gets(w, &m, PG_GET, &first);
	assert_gets(w, &m, PG_GET_FOR_SHARE, &first);
	assert_gets(w, &m, PG_GET_FOR_UPDATE, &first);
	assert_gets(w, &m, PG_GET_FOR_SHARE_NOWAIT, &first);
	assert_gets(w, &m, PG_GET_FOR_UPDATE_NOWAIT, &first);
	assert_gets(w, &m, PG_GET_FOR_SHARE_SKIP, &first);
	assert_gets(w, &m, PG_GET_FOR_UPDATE_SKIP, &first);
	if (!table->counter) {
		update(w, &m, &second);
		assert_all(w, &m, &second);
	}
	delete_half(w, &m);
	assert_all(w, &m, table->counter ? &first : &second);
	sql(w, "ROLLBACK");
	drop(&m);
}

static void values_of_every_kind_come_back_byte_for_byte(void **state)
{
	struct world *w = begin(state);
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		try_kind(w, w->tables->by_kind[RECORD_KINDS_ALL[i]->id]);
}

/* ---- scans ---- */

static void random_scan(struct world *w, const struct model *m, struct engine_scan *scan,
			struct buf *from)
{
	const struct record_kind *kind = m->table->kind;
	random_key(w, kind, below(w, 2) == 0, from);
	if (m->n > 0 && below(w, 2) == 0) {
		const struct record *r = &m->records[below(w, m->n)];
		buf_reset(from);
		buf_text(from, buf_view(&r->key));
	}
	from->n -= from->n > 0 && below(w, 4) == 0 ? (size_t)below(w, from->n) : 0;
	size_t prefix = below(w, 2) == 0 ? 0 : (size_t)below(w, from->n + 1);
	if (below(w, 2) == 0 && prefix > 8)
		prefix = 8;
	*scan = (struct engine_scan){.kind = kind->id,
				     .from = buf_view(from),
				     .prefix = text_from(from->p, prefix),
				     .after = below(w, 2) == 0,
				     .reverse = below(w, 2) == 0};
}

static bool is_in(const struct engine_scan *scan, struct text key)
{
	int order = text_order(key, scan->from);
	return text_starts(key, scan->prefix) && !(order == 0 && scan->after) &&
	       (scan->reverse ? order <= 0 : order >= 0);
}

static void assert_scan(struct world *w, const struct model *m, const struct engine_scan *scan)
{
	size_t n = 0;
	assert_int_equal(pg_params_scan(&w->params, m->table, scan, RECORDS + 1), ERR_OK);
	PGresult *result = run(w);
	int rows = PQntuples(result), at = 0;
	for (size_t k = 0; k < m->n; k++) {
		size_t i = scan->reverse ? m->n - 1 - k : k;
		if (!is_in(scan, buf_view(&m->records[i].key)))
			continue;
		do {
			if (at == rows)
				fail_msg("%s: the scan lacks record %zu", m->table->name, i);
			take_row(w, result, at++);
		} while (pg_scan_place(scan, buf_view(&w->row.key)) == PG_BEFORE);
		assert_true(text_eq(buf_view(&w->row.key), buf_view(&m->records[i].key)));
		n++;
	}
	for (; at < rows; at++) {
		take_row(w, result, at);
		assert_int_not_equal(pg_scan_place(scan, buf_view(&w->row.key)), PG_INSIDE);
	}
	PQclear(result);
}

static void scans_see_the_order_of_the_bytes(void **state)
{
	struct world *w = begin(state);
	const struct pg_version version = {1, 1};
	struct buf from = {0};
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		struct model m;
		struct engine_scan scan;
		fill(w, &m, w->tables->by_kind[RECORD_KINDS_ALL[i]->id]);
		sql(w, "BEGIN");
		insert(w, &m, &version);
		for (size_t n = 0; n < 12; n++) {
			random_scan(w, &m, &scan, &from);
			assert_scan(w, &m, &scan);
		}
		sql(w, "ROLLBACK");
		drop(&m);
	}
	buf_free(&from);
}

static void a_text_that_no_column_holds_bounds_a_scan(void **state)
{
	struct world *w = begin(state);
	const struct pg_table *t = w->tables->by_kind[KIND_SETTING.id];
	const struct engine_scan scan = {
	    .kind = t->kind_id, .from = TEXT("ab\xff"), .reverse = true};
	sql(w, "BEGIN");
	put(w, &KIND_SETTING, &(struct setting){.name = TEXT("abc"), .value = TEXT("1")});
	assert_int_equal(pg_params_scan(&w->params, t, &scan, 1), ERR_OK);
	PGresult *result = run(w);
	assert_int_equal(PQntuples(result), 1);
	take_row(w, result, 0);
	assert_true(text_eq(buf_view(&w->row.key), TEXT("abc")));
	PQclear(result);
	sql(w, "ROLLBACK");
}

/* Commands leave zeros out, but a dump may have one. */
static void a_stored_zero_stays(void **state)
{
	struct world *w = begin(state);
	const struct pg_table *t = w->tables->by_kind[KIND_CHAIN.id];
	struct text key = TEXT("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2");
	struct buf value = {0};
	record_begin(&value);
	record_add_number(&value, 1, 0);
	record_seal(&value, key);
	sql(w, "BEGIN");
	put_bytes(w, t, key, buf_view(&value));
	pg_params_begin(&w->params, t, PG_GET);
	assert_int_equal(pg_params_add_key(&w->params, key), ERR_OK);
	assert_int_equal(pg_params_finish(&w->params, NULL, 0), ERR_OK);
	PGresult *result = run(w);
	take_row(w, result, 0);
	assert_true(text_eq(buf_view(&w->row.value), buf_view(&value)));
	PQclear(result);
	sql(w, "ROLLBACK");
	buf_free(&value);
}

/* ---- plans ---- */

/* Finds the plan of a statement, as a node with `force_generic_plan` makes it: without parameters.
 */
static void explain(struct world *w, const struct pg_table *t, enum pg_statement s,
		    struct buf *plan)
{
	struct buf text = {0};
	PGresult *described;
	PQclear(expect(w, PQprepare(w->conn, t->names[s], t->sql[s], 0, NULL)));
	described = expect(w, PQdescribePrepared(w->conn, t->names[s]));
	buf_printf(&text, "EXPLAIN EXECUTE \"%s\"", t->names[s]);
	for (int i = 0; i < PQnparams(described); i++)
		buf_str(&text, i == 0 ? "(NULL" : ", NULL");
	buf_add(&text, ")", 2);
	PGresult *result = expect(w, PQexec(w->conn, text.p));
	buf_reset(plan);
	for (int i = 0; i < PQntuples(result); i++)
		buf_printf(plan, "%s\n", PQgetvalue(result, i, 0));
	buf_add(plan, "", 1);
	PQclear(result);
	PQclear(described);
	buf_free(&text);
}

/* Also in an empty database: a plan is kept while the table grows. */
static void every_statement_finds_its_rows_by_the_primary_key(void **state)
{
	struct world *w = begin(state);
	struct buf plan = {0};
	sql(w, "SET plan_cache_mode = force_generic_plan");
	sql(w, "SET enable_seqscan = off");
	sql(w, "SET enable_hashjoin = off");
	sql(w, "SET enable_mergejoin = off");
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct pg_table *t = w->tables->by_kind[RECORD_KINDS_ALL[i]->id];
		for (enum pg_statement s = PG_GET; s < PG_STATEMENTS; s++) {
			if (t->sql[s] == NULL)
				continue;
			explain(w, t, s, &plan);
			bool scan = s >= PG_SCAN_FROM && s <= PG_SCAN_LAST;
			if (strstr(plan.p, "Seq Scan") != NULL)
				fail_msg("%s reads the whole table:\n%s", t->names[s], plan.p);
			if (scan && !t->counter && strstr(plan.p, "Sort") != NULL)
				fail_msg("%s sorts:\n%s", t->names[s], plan.p);
		}
	}
	sql(w, "RESET ALL");
	buf_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_of_every_kind_come_back_byte_for_byte),
	    cmocka_unit_test(a_write_that_misses_a_row_fails),
	    cmocka_unit_test(scans_see_the_order_of_the_bytes),
	    cmocka_unit_test(a_text_that_no_column_holds_bounds_a_scan),
	    cmocka_unit_test(a_stored_zero_stays),
	    cmocka_unit_test(every_statement_finds_its_rows_by_the_primary_key),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}
