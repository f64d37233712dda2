/*
 * Owns the tests of the generated schema: its names, its migrations, the sums of counters, and the
 * questions that people ask in SQL. Never opens a store. Run by make test.
 */
#include <stdio.h>

#include "core/records.h"
#include "core/reward_records.h"
#include "rows_world.h"

/* ---- rows ---- */

/* Reads the single row of a table into w->row. */
static void read_only_row(struct world *w, const struct pg_table *t)
{
	const struct engine_scan all = {.kind = t->kind_id};
	assert_int_equal(pg_params_scan(&w->params, t, &all, 10), ERR_OK);
	PGresult *result = run(w);
	assert_int_equal(PQntuples(result), 1);
	take_row(w, result, 0);
	PQclear(result);
}

/* ---- names ---- */

static void no_table_has_a_reserved_word_as_its_name(void **state)
{
	struct world *w = begin(state);
	assert_sql(w,
		   "SELECT count(*) FROM information_schema.tables JOIN pg_get_keywords() k"
		   " ON table_name = k.word WHERE table_schema = 'public' AND k.catcode <> 'U'",
		   "0");
}

/* People must quote these columns. */
static void few_columns_have_a_reserved_word_as_their_name(void **state)
{
	struct world *w = begin(state);
	assert_sql(w,
		   "SELECT string_agg(DISTINCT column_name, ' ') FROM information_schema.columns"
		   " JOIN pg_get_keywords() k ON column_name = k.word"
		   " WHERE table_schema = 'public' AND k.catcode = 'R'",
		   "order");
}

static void a_row_reads_well(void **state)
{
	struct world *w = begin(state);
	struct buf meta = {0};
	pairs_add(&meta, TEXT("city"), TEXT("Z\xc3\xbcrich"));
	pairs_add(&meta, TEXT("age"), TEXT("34"));
	const struct user user = {.id = 7,
				  .campaign_id = 1,
				  .type = USER_INVITED,
				  .source = SOURCE_WIDGET,
				  .joined_ms = 1767225600123,
				  .first_name = TEXT("Ann"),
				  .ip = TEXT("\x0a\x00\x00\x09"),
				  .meta = {buf_view(&meta)}};
	sql(w, "BEGIN");
	put(w, &KIND_USER, &user);
	sql(w, "SET LOCAL TimeZone = 'UTC'");
	assert_sql(w,
		   "SELECT concat_ws('|', id, campaign_id, referrer_id, type, source, joined_at,"
		   " qualified_at IS NULL, first_name, email, ip, test, meta->>'city') FROM users",
		   "7|1|person_invited|Widget|2026-01-01 00:00:00.123+00|t|Ann|10.0.0.9|f|"
		   "Z\xc3\xbcrich");
	sql(w, "ROLLBACK");
	buf_free(&meta);
}

/* ---- migrations ---- */

struct gadget {
	uint64_t id, size, made_ms, broken;
	struct text name;
};
#define GADGET_FIELD(number, type_name, member, means)                                             \
	{                                                                                          \
		.tag = (number), .type = FIELD_##type_name,                                        \
		.offset = offsetof(struct gadget, member), .name = #member,                        \
		.meaning = MEANS_##means,                                                          \
	}
static const struct field gadget_keys[] = {GADGET_FIELD(0, U64, id, PLAIN)};
static const struct field gadget_values[] = {
    GADGET_FIELD(1, U64, size, PLAIN),
    GADGET_FIELD(2, U64, made_ms, TIME),
    GADGET_FIELD(3, U64, broken, FLAG),
    GADGET_FIELD(4, TEXT, name, PLAIN),
};
static const struct record_kind GADGET = {.id = 60,
					  .name = "gadget",
					  .table = "gadgets",
					  .size = sizeof(struct gadget),
					  .keys = gadget_keys,
					  .n_keys = 1,
					  .values = gadget_values,
					  .n_values = 4};

static void a_complete_database_needs_no_migration(void **state)
{
	struct world *w = begin(state);
	struct buf missing = {0};
	sql(w, "BEGIN");
	migrate(w, w->tables, &missing);
	assert_int_equal(missing.n, 0);
	sql(w, "ROLLBACK");
	buf_free(&missing);
}

/* A node of an older version knows one field less of the same table. */
static void an_older_version_leaves_newer_columns_alone(void **state)
{
	struct world *w = begin(state);
	struct record_kind old_kind = GADGET;
	old_kind.n_values = 2;
	const struct record_kind *kind_old = &old_kind, *kind_new = &GADGET;
	struct pg_tables *old = pg_tables_new(&kind_old, 1, 0);
	struct pg_tables *new = pg_tables_new(&kind_new, 1, 0);
	struct buf missing = {0};
	struct gadget gadget = {.id = 1, .size = 2, .broken = 1, .name = TEXT("lamp")}, read;
	sql(w, "BEGIN");
	migrate(w, old, &missing);
	buf_reset(&missing);
	migrate(w, new, &missing);
	assert_non_null(strstr(missing.p, "ADD COLUMN \"name\" text"));
	write_record(w, PG_INSERT, new->by_kind[60], &gadget, 0);
	gadget.size = 3;
	write_record(w, PG_UPDATE, old->by_kind[60], &gadget, 0);
	read_only_row(w, new->by_kind[60]);
	assert_int_equal(
	    record_decode(&GADGET, buf_view(&w->row.key), buf_view(&w->row.value), &read), ERR_OK);
	assert_int_equal(read.size, 3);
	assert_int_equal(read.broken, 1);
	assert_true(text_eq(read.name, TEXT("lamp")));
	/* It also inserts rows, whose newer columns are zero. */
	gadget.id = 2;
	write_record(w, PG_INSERT, old->by_kind[60], &gadget, 0);
	assert_sql(w, "SELECT concat_ws('|', broken, name IS NULL) FROM gadgets WHERE id = 2",
		   "f|t");
	sql(w, "ROLLBACK");
	pg_tables_free(old);
	pg_tables_free(new);
	buf_free(&missing);
}

/* A dump of a later version brings such a field; a later start adds the column. */
static void a_field_without_a_column_moves_to_its_column_later(void **state)
{
	struct world *w = begin(state);
	struct record_kind old_kind = GADGET;
	old_kind.n_values = 2;
	const struct record_kind *kind_old = &old_kind, *kind_new = &GADGET;
	struct pg_tables *old = pg_tables_new(&kind_old, 1, 0);
	struct pg_tables *new = pg_tables_new(&kind_new, 1, 0);
	struct gadget gadget = {.id = 1, .size = 2, .made_ms = 5, .name = TEXT("lamp")};
	uint8_t key[RECORD_KEY_MAX], value[256];
	struct buf missing = {0};
	struct text k = text_from(key, record_encode_key(&GADGET, &gadget, key));
	struct text v = text_from(value, record_encode_value(&GADGET, &gadget, k, value));
	sql(w, "BEGIN");
	migrate(w, old, &missing);
	buf_reset(&missing);
	put_bytes(w, old->by_kind[60], k, v);
	migrate(w, new, &missing);
	for (int i = 0; i < 2; i++) {
		read_only_row(w, (i == 0 ? old : new)->by_kind[60]);
		assert_true(text_eq(buf_view(&w->row.value), v));
	}
	assert_sql(w, "SELECT concat_ws('|', name IS NULL, extra IS NULL) FROM gadgets", "t|f");
	write_record(w, PG_UPDATE, new->by_kind[60], &gadget, 0);
	assert_sql(w, "SELECT concat_ws('|', name, extra IS NULL) FROM gadgets", "lamp|t");
	sql(w, "ROLLBACK");
	pg_tables_free(old);
	pg_tables_free(new);
	buf_free(&missing);
}

/* ---- what the store refuses ---- */

static void a_key_that_no_column_holds_is_refused(void **state)
{
	struct world *w = begin(state);
	const struct setting setting = {.name = TEXT("a\xff"), .value = TEXT("v")};
	uint8_t key[RECORD_KEY_MAX], value[64];
	struct text k = text_from(key, record_encode_key(&KIND_SETTING, &setting, key));
	struct text v = text_from(value, record_encode_value(&KIND_SETTING, &setting, k, value));
	const struct pg_table *t = w->tables->by_kind[KIND_SETTING.id];
	pg_params_begin(&w->params, t, PG_INSERT);
	assert_int_equal(pg_params_add(&w->params, k, v), ERR_INVALID);
	value[v.n - 1] ^= 1;
	assert_int_equal(pg_params_add(&w->params, k, v), ERR_CORRUPT);
	pg_params_begin(&w->params, t, PG_GET);
	assert_int_equal(pg_params_add_key(&w->params, k), ERR_NOT_FOUND);
	t = w->tables->by_kind[KIND_USER.id];
	pg_params_begin(&w->params, t, PG_GET);
	assert_int_equal(pg_params_add_key(&w->params, TEXT("\x80\0\0\0\0\0\0\1")), ERR_NOT_FOUND);
	assert_int_equal(pg_params_add_key(&w->params, TEXT("\0\0\0\0\0\0\1")), ERR_NOT_FOUND);
	assert_int_equal(w->params.rows, 0);
}

static void an_update_of_a_missing_row_fails(void **state)
{
	struct world *w = begin(state);
	const struct setting setting = {.name = TEXT("missing"), .value = TEXT("v")};
	uint8_t key[RECORD_KEY_MAX], value[64];
	struct text k = text_from(key, record_encode_key(&KIND_SETTING, &setting, key));
	struct text v = text_from(value, record_encode_value(&KIND_SETTING, &setting, k, value));
	struct pg_params *p = &w->params;
	pg_params_begin(p, w->tables->by_kind[KIND_SETTING.id], PG_UPDATE);
	assert_int_equal(pg_params_add(p, k, v), ERR_OK);
	assert_int_equal(pg_params_finish(p, &VERSION, 0), ERR_OK);
	PGresult *result = PQexecParams(w->conn, p->table->sql[PG_UPDATE], p->n, NULL, p->values,
					p->lengths, p->formats, 1);
	assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "22012");
	PQclear(result);
}

/* ---- other key spaces ---- */

static void the_stores_own_keys_and_unknown_kinds_come_back(void **state)
{
	struct world *w = begin(state);
	struct pg_tables *tables = pg_tables_new(NULL, 0, (uint64_t)1 << 20);
	struct buf missing = {0};
	sql(w, "BEGIN");
	migrate(w, tables, &missing);
	put_bytes(w, tables->by_kind[20], TEXT("\0k\xff"), TEXT("v\0"));
	read_only_row(w, tables->by_kind[20]);
	assert_true(text_eq(buf_view(&w->row.key), TEXT("\0k\xff")));
	assert_true(text_eq(buf_view(&w->row.value), TEXT("v\0")));
	put_bytes(w, tables->by_kind[0], TEXT("\0\0\0\0\0\0\0\4"), TEXT("\0\0\0\0\0\0\2\1"));
	assert_sql(w, "SELECT concat_ws('|', kind, last_id) FROM sequences", "4|513");
	read_only_row(w, tables->by_kind[0]);
	assert_true(text_eq(buf_view(&w->row.value), TEXT("\0\0\0\0\0\0\2\1")));
	sql(w, "DELETE FROM sequences");
	put_bytes(w, tables->by_kind[0], TEXT("\0\0\0\0\0\0\0\0"), TEXT("load"));
	read_only_row(w, tables->by_kind[0]);
	assert_true(text_eq(buf_view(&w->row.value), TEXT("load")));
	sql(w, "ROLLBACK");
	pg_tables_free(tables);
	buf_free(&missing);
}

/* ---- counters ---- */

static void slots_are_added_and_summed(void **state)
{
	struct world *w = begin(state);
	const struct pg_table *t = w->tables->by_kind[KIND_DAY.id];
	struct day day = {.campaign_id = 1, .date = 20454, .joins = 5, .referrals = 1};
	sql(w, "BEGIN");
	write_record(w, PG_ADD, t, &day, 1);
	write_record(w, PG_ADD, t, &day, 2);
	day.joins = (uint64_t)-3;
	write_record(w, PG_ADD, t, &day, 2);
	day.date++;
	write_record(w, PG_ADD, t, &day, 2);
	assert_sql(w, "SELECT string_agg(concat_ws('|', date, joins, referrals), ' ') FROM days",
		   "2026-01-01|7|3 2026-01-02|0|1");
	/* The limit counts records, not slots. */
	const struct engine_scan all = {.kind = t->kind_id};
	assert_int_equal(pg_params_scan(&w->params, t, &all, 1), ERR_OK);
	PGresult *result = run(w);
	assert_int_equal(PQntuples(result), 2);
	for (int i = 0; i < 2; i++) {
		take_row(w, result, i);
		assert_int_equal(w->row.slot, i + 1);
	}
	PQclear(result);
	day.date--;
	write_record(w, PG_DELETE, t, &day, 0);
	assert_sql(w, "SELECT count(*) FROM days_slots", "1");
	sql(w, "ROLLBACK");
}

/* ---- questions ---- */

static const uint64_t MONDAY_MS = 1767571200000; /* 2026-01-05 */
enum { DAY_MS = 86400000 };

static void put_user(struct world *w, uint64_t id, uint64_t referrer_id, uint64_t day)
{
	const struct user user = {.id = id,
				  .campaign_id = 1,
				  .referrer_id = referrer_id,
				  .source = referrer_id != 0 ? SOURCE_REFERRED : SOURCE_DIRECT,
				  .joined_ms = MONDAY_MS + day * DAY_MS,
				  .qualified_ms = id == 4 ? MONDAY_MS : 0,
				  .first_name = TEXT("Ann"),
				  .email = TEXT("ann@example.org"),
				  .test = id == 6};
	put(w, &KIND_USER, &user);
}

static void put_order(struct world *w, uint64_t user_id, struct text hash, uint64_t amount_e4,
		      uint64_t refunded_e4)
{
	const struct order order = {.user_id = user_id,
				    .hash = hash,
				    .state = ORDER_STANDS,
				    .has_amount = 1,
				    .amount_e4 = amount_e4,
				    .refunded_e4 = refunded_e4,
				    .currency = TEXT("EUR")};
	put(w, &KIND_ORDER, &order);
}

static void put_delivery(struct world *w, uint64_t id, uint64_t status, uint64_t failure,
			 uint64_t http_status)
{
	const struct delivery delivery = {.id = id,
					  .webhook_id = 1,
					  .status = status,
					  .last_failure = failure,
					  .last_status = http_status,
					  .finished_ms = MONDAY_MS};
	put(w, &KIND_DELIVERY, &delivery);
}

static void fill(struct world *w)
{
	const struct webhook webhook = {.id = 1, .name = TEXT("CRM")};
	put_user(w, 1, 0, 0);
	put_user(w, 2, 0, 6);
	put_user(w, 3, 1, 6);
	put_user(w, 4, 1, 7);
	put_user(w, 5, 2, 8);
	put_user(w, 6, 2, 8);
	put_order(w, 3, TEXT("a"), 100000, 0);
	put_order(w, 4, TEXT("b"), 200000, 50000);
	put_order(w, 5, TEXT("c"), 123450, 0);
	put_order(w, 6, TEXT("d"), 990000, 0); /* a test */
	put(w, &KIND_WEBHOOK, &webhook);
	put_delivery(w, 1, DELIVERY_EXHAUSTED, 4, 0);
	put_delivery(w, 2, DELIVERY_EXHAUSTED, 0, 503);
	put_delivery(w, 3, DELIVERY_EXHAUSTED, 0, 503);
	put_delivery(w, 4, DELIVERY_DELIVERED, 0, 200);
}

/* Appends the rows: cells with "|" between them, rows with a line feed. */
static void put_rows(const PGresult *result, struct buf *out)
{
	for (int i = 0; i < PQntuples(result); i++)
		for (int c = 0; c < PQnfields(result); c++) {
			buf_str(out, PQgetvalue(result, i, c));
			buf_char(out, c + 1 < PQnfields(result) ? '|' : '\n');
		}
}

static char *read_file(const char *path)
{
	enum { SIZE = 32768 };
	char *text = calloc(1, SIZE);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		fail_msg("there is no %s: run the suite at the top of the tree", path);
	assert_in_range(fread(text, 1, SIZE - 1, f), 1, SIZE - 2);
	fclose(f);
	return text;
}

/* The file has a comment before the questions, and README.md has a block. */
static char *read_questions(void)
{
	char *readme = read_file("README.md"), *file = read_file("deploy/questions.sql");
	char *start = strstr(readme, "\n```sql\n"), *same = strstr(file, "\n\n");
	assert_non_null(start);
	assert_non_null(same);
	start += strlen("\n```sql\n");
	char *end = strstr(start, "```\n");
	assert_non_null(end);
	*end = '\0';
	assert_string_equal(start, same + 2);
	memmove(readme, start, (size_t)(end + 1 - start));
	free(file);
	return readme;
}

static void the_questions_for_people_have_answers(void **state)
{
	struct world *w = begin(state);
	char *questions = read_questions(), *rest = questions, *one;
	struct buf answers = {0};
	sql(w, "BEGIN");
	sql(w, "SET LOCAL TimeZone = 'UTC'");
	fill(w);
	while ((one = strsep(&rest, ";")) != NULL) {
		PGresult *result = PQexec(w->conn, one);
		if (PQresultStatus(result) != PGRES_EMPTY_QUERY)
			put_rows(expect(w, result), &answers);
		PQclear(result);
	}
	sql(w, "ROLLBACK");
	buf_char(&answers, '\0');
	assert_string_equal(answers.p, "2026-01-05|Direct|2|0\n"
				       "2026-01-05|Referred|1|0\n"
				       "2026-01-12|Referred|2|1\n"
				       "1|Ann|ann@example.org|2|25.00|EUR\n"
				       "2|Ann|ann@example.org|1|12.35|EUR\n"
				       "CRM|status 503|2|2026-01-05 00:00:00+00\n"
				       "CRM|timeout|1|2026-01-05 00:00:00+00\n");
	buf_free(&answers);
	free(questions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_table_has_a_reserved_word_as_its_name),
	    cmocka_unit_test(few_columns_have_a_reserved_word_as_their_name),
	    cmocka_unit_test(a_row_reads_well),
	    cmocka_unit_test(a_complete_database_needs_no_migration),
	    cmocka_unit_test(an_older_version_leaves_newer_columns_alone),
	    cmocka_unit_test(a_field_without_a_column_moves_to_its_column_later),
	    cmocka_unit_test(a_key_that_no_column_holds_is_refused),
	    cmocka_unit_test(an_update_of_a_missing_row_fails),
	    cmocka_unit_test(the_stores_own_keys_and_unknown_kinds_come_back),
	    cmocka_unit_test(slots_are_added_and_summed),
	    cmocka_unit_test(the_questions_for_people_have_answers),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}
