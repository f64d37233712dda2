/* Owns the count of pages and bytes that a batch of joins or qualifications writes. Never judges a
 * duration: pages and bytes are the same on every machine.
 * Run by make test, with few users; bench/README.md has the commands for a million users. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "../../support/seeded.h"
#include "core_world.h"
#include "store/engine_ops.h"

enum { BATCH = 256, FILL_BATCH = 4096, SHORT_USERS = 8000, SHORT_BATCHES = 6, TEXT_ROOM = 40 };

/* ---- an engine in front of LMDB that counts the leaf pages of the rows that a batch writes ----
 */

struct kind_count {
	uint64_t writes, pages;
};

struct counting {
	struct engine engine;
	struct engine *inner;
	struct kind_count kinds[RECORD_KINDS];
	uint64_t bytes, commits;
	uintptr_t *pages;
	size_t cap;
};

static uint64_t bytes_written(void)
{
	unsigned long long chars = 0;
	FILE *io = fopen("/proc/self/io", "r");
	char line[128];
	while (io != NULL && fgets(line, sizeof line, io) != NULL)
		if (sscanf(line, "wchar: %llu", &chars) == 1)
			break;
	if (io != NULL)
		fclose(io);
	return chars;
}

static bool take_page(void *arg, struct text key, struct text value)
{
	(void)key;
	*(uintptr_t *)arg = (uintptr_t)value.p >> 12;
	return false;
}

static int by_page(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
	return x < y ? -1 : x > y;
}

/* The page of each written row is the page of the next row that was there before. */
static void count_pages(struct counting *c, const struct engine_batch *batch)
{
	if (c->cap < batch->n_writes) {
		c->cap = batch->n_writes * 2;
		c->pages = realloc(c->pages, c->cap * sizeof *c->pages);
		assert_non_null(c->pages);
	}
	assert_int_equal(c->inner->ops->view(c->inner), ERR_OK);
	for (size_t at = 0; at < batch->n_writes;) {
		uint8_t kind = batch->writes[at].kind;
		size_t n = 0;
		for (; at < batch->n_writes && batch->writes[at].kind == kind; at++, n++) {
			const struct engine_scan scan = {.kind = kind,
							 .from = batch->writes[at].key};
			c->pages[n] = 0;
			assert_int_equal(
			    c->inner->ops->scan(c->inner, &scan, take_page, &c->pages[n]), ERR_OK);
		}
		qsort(c->pages, n, sizeof *c->pages, by_page);
		c->kinds[kind].writes += n;
		for (size_t i = 0; i < n; i++)
			c->kinds[kind].pages += i == 0 || c->pages[i] != c->pages[i - 1];
	}
}

static bool counting_now;

static enum err counting_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct counting *c = (struct counting *)engine;
	if (counting_now)
		count_pages(c, batch);
	uint64_t before = bytes_written();
	enum err err = c->inner->ops->commit(c->inner, batch);
	c->bytes += bytes_written() - before;
	c->commits++;
	return err;
}

static enum err counting_view(struct engine *engine)
{
	struct counting *c = (struct counting *)engine;
	return c->inner->ops->view(c->inner);
}

static enum err counting_get(struct engine *engine, uint8_t kind, struct text key,
			     struct text *value)
{
	struct counting *c = (struct counting *)engine;
	return c->inner->ops->get(c->inner, kind, key, value);
}

static enum err counting_scan(struct engine *engine, const struct engine_scan *scan,
			      engine_row_fn *take, void *arg)
{
	struct counting *c = (struct counting *)engine;
	return c->inner->ops->scan(c->inner, scan, take, arg);
}

static void counting_close(struct engine *engine)
{
	struct counting *c = (struct counting *)engine;
	engine_close(c->inner);
	free(c->pages);
	free(c);
}

static const struct engine_ops counting_ops = {.single_writer = true,
					       .view = counting_view,
					       .get = counting_get,
					       .scan = counting_scan,
					       .commit = counting_commit,
					       .close = counting_close};

/* ---- the users ---- */

struct rows {
	struct world *world;
	struct counting *counting;
	struct seeded seed;
	uint64_t campaign_id, users, emails;
	uint64_t invited; /* users 2 to this number have a referrer */
	uint64_t cpu_ns;
};

static uint64_t number_from(const char *name, uint64_t usual)
{
	const char *given = getenv(name);
	return given != NULL ? strtoull(given, NULL, 0) : usual;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void open_rows(struct rows *r, const char *dir)
{
	const struct store_config config = {.batch_max = FILL_BATCH};
	const struct engine_lmdb_config lmdb = {.dir = dir,
						.map_size = number_from("SCATTER_MAP", 0)};
	struct world *w = world_new();
	struct counting *c = calloc(1, sizeof *c);
	struct engine *engine = NULL;
	const char *why = NULL;
	assert_non_null(c);
	if (engine_lmdb_open(&lmdb, &c->inner, &why) != ERR_OK)
		fail_msg("%s", why);
	c->engine.ops = &counting_ops;
	uint64_t kinds = number_from("SCATTER_KINDS", record_kinds_scattered());
	uint64_t before = cpu_ns();
	assert_int_equal(engine_deferred_open(&c->engine, kinds, &engine), ERR_OK);
	printf("opened with %.1f ms of CPU\n", (double)(cpu_ns() - before) / 1e6);
	w->codes = world_codes();
	w->now_ms = WORLD_NOW;
	assert_int_equal(store_open(engine, &config, &w->store), ERR_OK);
	r->world = w;
	r->counting = c;
}

static void close_rows(struct rows *r)
{
	struct world *w = r->world;
	store_close(w->store);
	codes_free(w->codes);
	arena_free(&w->arena);
	free(w);
}

static void begin_batch(struct rows *r)
{
	r->cpu_ns -= cpu_ns();
}

static void end_batch(struct rows *r)
{
	world_settle(r->world);
	r->cpu_ns += cpu_ns();
}

enum who_refers { NOBODY, ANY_USER, RECENT_USER };

static uint64_t referrer_of(struct rows *r, enum who_refers who)
{
	if (who == NOBODY || r->users == 0)
		return 0;
	uint64_t recent = r->users < 10000 ? r->users : 10000;
	return who == ANY_USER ? 1 + seeded_below(&r->seed, r->users)
			       : r->users - seeded_below(&r->seed, recent);
}

static void done(struct command *command, enum err err)
{
	(void)command;
	assert_int_equal(err, ERR_OK);
}

static void join_batch(struct rows *r, enum who_refers who, size_t n)
{
	static struct join joins[FILL_BATCH];
	static char emails[FILL_BATCH][TEXT_ROOM];
	static uint32_t addresses[FILL_BATCH];
	for (size_t i = 0; i < n; i++) {
		uint64_t number = seeded_next(&r->seed) % 100000000;
		(void)snprintf(emails[i], TEXT_ROOM, "user.%llu@mail%llu.example",
			       (unsigned long long)r->emails++, (unsigned long long)number);
		addresses[i] = (uint32_t)seeded_next(&r->seed);
		joins[i] = (struct join){
		    .command = {.decide = join_decide, .done = done},
		    .campaign_id = r->campaign_id,
		    .referrer = {.id = referrer_of(r, who)},
		    .first_name = TEXT("Jessica"),
		    .email = text_of(emails[i]),
		    .canonical_email = text_of(emails[i]),
		    .ip = text_from(&addresses[i], sizeof addresses[i]),
		    .public_url = TEXT("https://refer.example"),
		    .codes = r->world->codes,
		    .now_ms = 1764300000000 + r->emails / 10,
		};
	}
	begin_batch(r);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_submit(r->world->store, &joins[i].command), ERR_OK);
	end_batch(r);
	r->users += n;
}

static void qualify_batch(struct rows *r, bool with_order, size_t n)
{
	static struct qualify qualifies[FILL_BATCH];
	static char orders[FILL_BATCH][TEXT_ROOM];
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(orders[i], TEXT_ROOM, "order-%llu", (unsigned long long)r->emails++);
		qualifies[i] = (struct qualify){
		    .command = {.decide = qualify_decide, .done = done},
		    .who = {.id = 2 + seeded_below(&r->seed, r->invited - 1)},
		    .qualified = true,
		    .order_id = with_order ? text_of(orders[i]) : (struct text){0},
		    .public_url = TEXT("https://refer.example"),
		    .codes = r->world->codes,
		    .now_ms = 1764300000000 + r->emails / 10,
		};
	}
	begin_batch(r);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_submit(r->world->store, &qualifies[i].command), ERR_OK);
	end_batch(r);
}

static void scenario(struct rows *r, const char *name, size_t n)
{
	if (strcmp(name, "join") == 0)
		join_batch(r, NOBODY, n);
	else if (strcmp(name, "refer") == 0)
		join_batch(r, ANY_USER, n);
	else if (strcmp(name, "recent") == 0)
		join_batch(r, RECENT_USER, n);
	else
		qualify_batch(r, strcmp(name, "order") == 0, n);
}

/* SCATTER_FROM: the database has this many users. SCATTER_INVITED: users up to this one can
 * qualify.
 */
static void fill(struct rows *r, uint64_t users)
{
	r->users = r->emails = number_from("SCATTER_FROM", 0);
	r->campaign_id = r->users > 0 ? 1 : world_launched(r->world);
	if (r->users == 0)
		join_batch(r, NOBODY, 1);
	while (r->users < users)
		join_batch(r, ANY_USER, FILL_BATCH);
	r->invited = number_from("SCATTER_INVITED", r->users);
}

/* ---- the report ---- */

static const char *kind_name(uint8_t kind)
{
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		if (RECORD_KINDS_ALL[i]->id == kind)
			return RECORD_KINDS_ALL[i]->name;
	return kind == RECORD_KIND_LOG ? "log" : "sequences";
}

static double measure(struct rows *r, const char *name, size_t batches)
{
	struct counting *c = r->counting;
	memset(c->kinds, 0, sizeof c->kinds);
	c->bytes = c->commits = r->cpu_ns = 0;
	counting_now = number_from("SCATTER_COUNT", 1) != 0;
	for (size_t i = 0; i < batches; i++)
		scenario(r, name, BATCH);
	counting_now = false;
	double n = (double)(batches * BATCH);
	printf("%-8s %8.0f bytes written, %6.2f us CPU for each", name, (double)c->bytes / n,
	       (double)r->cpu_ns / n / 1000);
	printf("; rows/leaf pages for a batch:");
	for (size_t kind = 0; kind < RECORD_KINDS; kind++)
		if (c->kinds[kind].writes > 0)
			printf(" %s %.0f/%.0f", kind_name((uint8_t)kind),
			       (double)c->kinds[kind].writes / (double)batches,
			       (double)c->kinds[kind].pages / (double)batches);
	printf("\n");
	(void)fflush(stdout);
	return (double)c->bytes / n;
}

/* Without the log, a friend's join writes a page of the referrers, and a qualification writes a
 * page of the users and a page of the referrers. */
static void batches_write_few_pages(void **state)
{
	(void)state;
	char dir[SCRATCH_PATH], list[128] = "join refer qualify order", *rest = list;
	const char *given = getenv("SCATTER_DIR"), *names = getenv("SCATTER_SCENARIOS");
	struct rows r = {.seed = seeded_start("scatter", 1)};
	uint64_t users = number_from("SCATTER_USERS", SHORT_USERS);
	size_t batches = number_from("SCATTER_BATCHES", SHORT_BATCHES);
	double page = (double)sysconf(_SC_PAGESIZE);
	if (given == NULL)
		assert_true(scratch_make(dir));
	if (names != NULL)
		(void)snprintf(list, sizeof list, "%s", names);
	open_rows(&r, given != NULL ? given : dir);
	fill(&r, users);
	for (char *name; (name = strsep(&rest, " ")) != NULL;) {
		double bytes = *name != '\0' ? measure(&r, name, batches) : 0;
		assert_true(given != NULL || bytes < page / 2);
	}
	close_rows(&r);
	if (given == NULL)
		scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(batches_write_few_pages)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
