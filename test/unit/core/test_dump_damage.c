/* Owns the tests that a load refuses each damaged or unknown dump at its place, and that a dump
 * refuses a database that it cannot carry as a whole.
 * Never tests a dump that loads: test_dump.c does.
 * Run by make test. */
#include "dump_world.h"

#include "store/dump_form.h"

static const struct record_kind *const FEW[] = {&KIND_SETTING, &KIND_CAMPAIGN_STATS};
static const struct dump_kinds FEW_KINDS = {FEW, 2};

/* A dump of five records of two kinds. */
static void make_small(struct world *w, struct buf *out)
{
	struct engine *from = open_engine(w, MEMORY);
	const char *why = "";
	for (int n = 0; n < 3; n++) {
		const struct campaign_stats stats = {.campaign_id = (uint64_t)n, .users = 12};
		const struct setting setting = {.name = text_of(&"abc"[n]), .value = TEXT("\xff")};
		put(w, from, &KIND_CAMPAIGN_STATS, &stats, n == 2);
		if (n < 2)
			put(w, from, &KIND_SETTING, &setting, false);
	}
	put_id(from, KIND_CAMPAIGN_STATS.id, 3);
	assert_int_equal(try_dump(from, &FEW_KINDS, out, &why), ERR_OK);
	engine_close(from);
}

/* If the load has begun, no store opens what it has left behind. */
static void assert_refused(struct text dump, enum err expected, const char *said)
{
	const struct store_config usual = {0};
	struct engine *to = engine_memory_open(false);
	struct store *store = NULL;
	struct buf marks = {0};
	const char *why = "";
	enum err err = try_load(to, &FEW_KINDS, dump, &why);
	if (err != expected || strstr(why, said) == NULL)
		fail_msg("%s: \"%s\", not \"%s\"", err_name(err), why, said);
	assert_int_equal(to->ops->view(to), ERR_OK);
	rows_of(to, KIND_SEQUENCES, &marks);
	if (marks.n > 0)
		assert_int_equal(store_open(to, &usual, &store), ERR_REFUSED);
	else
		engine_close(to);
	buf_free(&marks);
}

static void every_changed_byte_is_found(void **state)
{
	static const char masks[] = {1, 2, 0x20, (char)0x80};
	struct buf dump = {0};
	make_small(*state, &dump);
	for (size_t i = 0; i < dump.n; i++)
		for (size_t m = 0; m < sizeof masks; m++) {
			dump.p[i] = (char)(dump.p[i] ^ masks[m]);
			assert_refused(buf_view(&dump), ERR_CORRUPT, "");
			dump.p[i] = (char)(dump.p[i] ^ masks[m]);
		}
	buf_free(&dump);
}

static void every_truncation_is_found(void **state)
{
	struct buf dump = {0};
	make_small(*state, &dump);
	for (size_t n = 0; n < dump.n; n++)
		assert_refused(text_from(dump.p, n), ERR_CORRUPT, "truncated");
	buf_free(&dump);
}

/* ---- changed lines with correct sums ---- */

static void split(struct text dump, struct text lines[16], size_t *n)
{
	*n = 0;
	while (dump.n > 0 && *n < 16)
		text_cut(dump, '\n', &lines[(*n)++], &dump);
	assert_int_equal(dump.n, 0);
}

/* Joins the lines again and computes their sums if `seal`. */
static void join(const struct text *lines, size_t n, bool seal, struct buf *out)
{
	uint32_t sum = 0;
	buf_reset(out);
	for (size_t i = 0; i < n; i++) {
		size_t from = out->n;
		struct text content = lines[i];
		content.n -= seal ? strlen(",\"_sum\":\"00000000\"}") : 0;
		buf_text(out, content);
		if (seal)
			dump_seal(out, from, &sum);
		else
			buf_char(out, '\n');
	}
}

static void missing_doubled_and_moved_lines_are_found(void **state)
{
	struct buf dump = {0}, other = {0};
	struct text lines[16], changed[17];
	size_t n;
	make_small(*state, &dump);
	split(buf_view(&dump), lines, &n);
	assert_int_equal(n, 1 + 2 + 5 + 1);
	for (size_t i = 0; i < n; i++) {
		memcpy(changed, lines, sizeof lines);
		memmove(changed + i, changed + i + 1, (n - i - 1) * sizeof *changed);
		join(changed, n - 1, false, &other);
		assert_refused(buf_view(&other), ERR_CORRUPT, "");
		memcpy(changed, lines, i * sizeof *lines);
		memcpy(changed + i + 1, lines + i, (n - i) * sizeof *lines);
		changed[i] = lines[i];
		join(changed, n + 1, false, &other);
		assert_refused(buf_view(&other), ERR_CORRUPT, "");
		/* With correct sums, the order of the records and their number are still wrong. */
		join(changed, n + 1, true, &other);
		assert_refused(buf_view(&other), ERR_CORRUPT, "");
	}
	for (size_t i = 0; i + 1 < n; i++) {
		memcpy(changed, lines, sizeof lines);
		changed[i] = lines[i + 1];
		changed[i + 1] = lines[i];
		join(changed, n, true, &other);
		assert_refused(buf_view(&other), ERR_CORRUPT, "line ");
	}
	buf_free(&dump);
	buf_free(&other);
}

/* Replaces every `from` of the dump, whose sums become correct again. */
static void replace(const struct buf *dump, const char *from, const char *to, struct buf *out)
{
	struct buf text = {0}, changed = {0};
	struct text lines[16];
	size_t n;
	buf_text(&text, buf_view(dump));
	buf_char(&text, '\0'); /* for strstr */
	const char *p = text.p, *found;
	while ((found = strstr(p, from)) != NULL) {
		buf_add(&changed, p, (size_t)(found - p));
		buf_str(&changed, to);
		p = found + strlen(from);
	}
	assert_ptr_not_equal(p, text.p);
	buf_str(&changed, p);
	split(buf_view(&changed), lines, &n);
	join(lines, n, true, out);
	buf_free(&text);
	buf_free(&changed);
}

static void lines_of_another_form_are_refused(void **state)
{
	static const struct {
		const char *from, *to, *said;
		enum err err;
	} cases[] = {
	    {"{\"_dump\":1", "{\"_dump\":2", "newer form", ERR_FORMAT},
	    {"{\"_dump\":1", "{\"_dump\":x", "line 1", ERR_CORRUPT},
	    {"\"ids\":{\"campaign_stats\"", "\"ids\":{\"unknown\"", "line 1", ERR_CORRUPT},
	    {"\"campaign_stats\",\"number\":3", "\"campaign_stats\",\"number\":60",
	     "line 6 has a kind that this version does not know", ERR_FORMAT},
	    {"\"number\":3", "\"number\":1", "line 5 has a table that is not in the order",
	     ERR_CORRUPT},
	    {"{\"campaign_id\":\"u64\"}", "{\"campaign_id\":\"text\"}",
	     "line 5 has a table whose fields have other types", ERR_FORMAT},
	    {"[1,\"u64\"]", "[1,\"text\"]", "other types", ERR_FORMAT},
	    {"[2,\"u64\"]", "[1,\"u64\"]", "line 5 is not the table of a kind", ERR_CORRUPT},
	    {"\"users\":12", "\"users\":-1", "line 6 is not a record", ERR_CORRUPT},
	    {"\"users\":12", "\"users\":18446744073709551616", "line 6", ERR_CORRUPT},
	    {"\"users\":12", "\"users\": 12", "line 6", ERR_CORRUPT},
	    {"\"users\":12", "\"people\":12", "line 6", ERR_CORRUPT},
	    {"\"users\":12", "\"users\":12,\"users\":12", "line 6", ERR_CORRUPT},
	    {"\"campaign_id\":1", "\"campaign\":1", "line 7", ERR_CORRUPT},
	    {"{\"hex\":\"ff\"}", "{\"hex\":\"f\"}", "line 3", ERR_CORRUPT},
	    {"{\"hex\":\"ff\"}", "\"\\u0100\"", "line 3", ERR_CORRUPT},
	    {"{\"hex\":\"ff\"}", "\"\\n\"", "line 3", ERR_CORRUPT},
	    {"{\"hex\":\"ff\"}", "\"", "line 3", ERR_CORRUPT},
	    {"{\"_end\":5", "{\"_end\":4", "the number of records", ERR_CORRUPT},
	    {"{\"_end\":5", "{\"_fin\":5", "is not a line of a dump", ERR_CORRUPT},
	};
	struct buf dump = {0}, other = {0};
	make_small(*state, &dump);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		replace(&dump, cases[i].from, cases[i].to, &other);
		assert_refused(buf_view(&other), cases[i].err, cases[i].said);
	}
	buf_free(&dump);
	buf_free(&other);
}

/* ---- versions ---- */

/* The tags of fields and the numbers of kinds are on disks for ever, but their names may change. */
static void a_dump_with_other_names_loads(void **state)
{
	struct buf dump = {0}, other = {0}, again = {0};
	struct engine *to = engine_memory_open(false);
	const char *why = "";
	make_small(*state, &dump);
	replace(&dump, "\"users\":", "\"people\":", &other);
	replace(&other, "\"campaign_id\":", "\"programme\":", &again);
	assert_int_equal(try_load(to, &FEW_KINDS, buf_view(&again), &why), ERR_OK);
	assert_int_equal(load_finish(to), ERR_OK);
	assert_int_equal(try_dump(to, &FEW_KINDS, &other, &why), ERR_OK);
	assert_same(&dump, &other);
	engine_close(to);
	buf_free(&dump);
	buf_free(&other);
	buf_free(&again);
}

/* Fields that an older version carried as "#TAG" get their names, and new tags become "#TAG". */
static void fields_of_other_versions_are_carried(void **state)
{
	struct buf dump = {0}, older = {0}, newer = {0}, again = {0};
	struct engine *to = engine_memory_open(false);
	const char *why = "";
	make_small(*state, &dump);
	replace(&dump, "\"users\":12", "\"#1\":12", &older);
	replace(&older, "\"reach\":[5,\"u64\"]", "\"reach\":[5,\"u64\"],\"more\":[201,\"u64\"]",
		&newer);
	replace(&newer, "\"#201\":", "\"more\":", &older);
	assert_int_equal(try_load(to, &FEW_KINDS, buf_view(&older), &why), ERR_OK);
	assert_int_equal(load_finish(to), ERR_OK);
	assert_int_equal(try_dump(to, &FEW_KINDS, &again, &why), ERR_OK);
	assert_same(&dump, &again);
	engine_close(to);
	buf_free(&dump);
	buf_free(&older);
	buf_free(&newer);
	buf_free(&again);
}

/* ---- databases ---- */

static void a_dump_loses_no_unknown_kind(void **state)
{
	struct world *w = *state;
	struct buf out = {0};
	const char *why = "";
	struct engine *from = open_engine(w, MEMORY);
	put_random(w, from, &KIND_USER);
	assert_int_equal(try_dump(from, &FEW_KINDS, &out, &why), ERR_FORMAT);
	assert_non_null(strstr(why, "records of the kind 4, which this version does not know"));
	engine_close(from);
	from = open_engine(w, MEMORY);
	put_id(from, KIND_USER.id, 5);
	assert_int_equal(try_dump(from, &FEW_KINDS, &out, &why), ERR_FORMAT);
	engine_close(from);
	buf_free(&out);
}

static void a_dump_names_a_damaged_record(void **state)
{
	struct world *w = *state;
	struct buf out = {0};
	const char *why = "";
	struct engine *from = open_engine(w, MEMORY);
	const struct campaign_stats stats = {.campaign_id = 5, .users = 2};
	put(w, from, &KIND_CAMPAIGN_STATS, &stats, false);
	w->bytes.p[2] = 3; /* the number of users */
	write_row(from, KIND_CAMPAIGN_STATS.id, TEXT("\0\0\0\0\0\0\0\5"), buf_view(&w->bytes));
	assert_int_equal(try_dump(from, &ALL_KINDS, &out, &why), ERR_CORRUPT);
	assert_string_equal(why, "the campaign_stats with the key 0000000000000005 is damaged: run "
				 "referd verify");
	engine_close(from);
	buf_free(&out);
}

static void a_full_disk_is_reported(void **state)
{
	struct world *w = *state;
	const char *why = "";
	uint64_t records;
	struct engine *from = open_engine(w, MEMORY);
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	put_random(w, from, &KIND_USER);
	assert_int_equal(dump_write(from, &ALL_KINDS, FINGERPRINT, fd, &records, &why),
			 ERR_NO_SPACE);
	close(fd);
	engine_close(from);
}

#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, world_start, world_finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_WORLD(every_changed_byte_is_found),
	    IN_WORLD(every_truncation_is_found),
	    IN_WORLD(missing_doubled_and_moved_lines_are_found),
	    IN_WORLD(lines_of_another_form_are_refused),
	    IN_WORLD(a_dump_with_other_names_loads),
	    IN_WORLD(fields_of_other_versions_are_carried),
	    IN_WORLD(a_dump_loses_no_unknown_kind),
	    IN_WORLD(a_dump_names_a_damaged_record),
	    IN_WORLD(a_full_disk_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
