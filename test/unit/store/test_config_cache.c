/*
 * Owns the tests of the configuration cache: reads that the engine does not see, and the changes
 * that end them. Never measures. Run by make test.
 */
#include "store/config_cache.h"

#include "field.h"
#include "store_world.h"

struct rate {
	struct text name; /* key */
	uint64_t percent;
	struct text note;
};

static const struct field rate_keys[] = {
    FIELD(0, TEXT, rate, name),
};
static const struct field rate_values[] = {
    FIELD(1, U64, rate, percent),
    FIELD(2, TEXT, rate, note),
};
static const struct record_kind RATE = {
    .id = 5,
    .name = "rate",
    .size = sizeof(struct rate),
    .keys = rate_keys,
    .n_keys = 1,
    .values = rate_values,
    .n_values = 2,
    .class = RECORD_CONFIG,
};

/* Reads a rate, writes it if `percent` is not 0 or if `remove` is set, and reads it again. */
struct rating {
	struct command command;
	const char *name;
	uint64_t percent;
	bool remove;
	enum err verdict;
	struct rate before, after;
	enum err found_before, found_after, err;
	bool note_is_whole; /* in done() */
	bool done;
};

/* The number is the name of a rate, which has at most 8 bytes. */
static enum err print_percent(struct tx *tx, uint64_t number, struct text *out)
{
	char name[sizeof number];
	memcpy(name, &number, sizeof name);
	struct rate rate = {.name = text_from(name, strnlen(name, sizeof name))};
	enum err err = tx_get(tx, &RATE, &rate);
	if (err == ERR_OK)
		*out = arena_copy(tx_arena(tx), text_from(&rate.percent, sizeof rate.percent));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static uint64_t number_of(struct text name)
{
	uint64_t number = 0;
	assert_true(name.n <= sizeof number);
	memcpy(&number, name.p, name.n);
	return number;
}

/* Derives from a rate what a read has found in it. */
static void derive(struct tx *tx, const struct rate *rate, enum err found)
{
	static const struct derived percent_of = {.kinds = {&RATE}, .make = print_percent};
	struct text derived;
	uint64_t percent = 0;
	assert_int_equal(tx_derive(tx, &percent_of, number_of(rate->name), &derived), ERR_OK);
	if (derived.n > 0)
		memcpy(&percent, derived.p, sizeof percent);
	assert_int_equal(percent, found == ERR_OK ? rate->percent : 0);
}

static enum err rating_decide(struct command *command, struct tx *tx)
{
	struct rating *r = (struct rating *)command;
	r->before = r->after = (struct rate){.name = text_of(r->name), .percent = 999};
	r->found_before = tx_get(tx, &RATE, &r->before);
	if (r->found_before == ERR_PENDING)
		return ERR_PENDING;
	derive(tx, &r->before, r->found_before);
	const struct rate new = {r->after.name, r->percent, TEXT("a note of some length")};
	if (r->percent != 0)
		tx_put(tx, &RATE, &new);
	if (r->remove)
		tx_delete(tx, &RATE, &new);
	r->found_after = tx_get(tx, &RATE, &r->after);
	if (r->found_after == ERR_PENDING)
		return ERR_PENDING;
	derive(tx, &r->after, r->found_after);
	assert_ptr_equal(r->before.name.p, r->name);
	return r->verdict;
}

static void rating_done(struct command *command, enum err err)
{
	struct rating *r = (struct rating *)command;
	r->err = err;
	r->done = true;
	r->note_is_whole =
	    r->found_before != ERR_OK || text_eq(r->before.note, TEXT("a note of some length"));
}

static struct rating rating_of(const char *name, uint64_t percent)
{
	return (struct rating){.command = {.decide = rating_decide, .done = rating_done},
			       .name = name,
			       .percent = percent};
}

static void rate(struct world *w, struct rating *r)
{
	assert_int_equal(store_submit(w->store, &r->command), ERR_OK);
	run(w);
	assert_true(r->done && r->note_is_whole);
}

static void put(struct world *w, const char *name, uint64_t percent)
{
	struct rating r = rating_of(name, percent);
	rate(w, &r);
	assert_int_equal(r.err, ERR_OK);
}

/* The percentage that a command finds, which a query must find too; 0 if there is no rate. */
static uint64_t look(struct world *w, const char *name)
{
	struct rating command = rating_of(name, 0), query = rating_of(name, 0);
	rate(w, &command);
	assert_int_equal(store_query(w->store, &query.command), ERR_OK);
	run(w);
	assert_true(query.done && query.note_is_whole);
	assert_int_equal(query.found_before, command.found_before);
	assert_int_equal(query.before.percent, command.before.percent);
	assert_true(command.found_before == ERR_OK || command.found_before == ERR_NOT_FOUND);
	return command.before.percent;
}

static uint64_t reads(const struct world *w)
{
	return engine_memory_gets(w->engine->inner, RATE.id);
}

static void the_engine_is_asked_once(void **state)
{
	struct world *w = *state;
	put(w, "a", 7);
	assert_int_equal(look(w, "a"), 7);
	uint64_t asked = reads(w);
	for (int i = 0; i < 5; i++)
		assert_int_equal(look(w, "a"), 7);
	assert_int_equal(reads(w), asked);
}

static unsigned made; /* derived texts */

static enum err count_making(struct tx *tx, uint64_t number, struct text *out)
{
	enum err err = print_percent(tx, number, out);
	made += err == ERR_OK;
	return err;
}

static enum err derive_twice(struct command *command, struct tx *tx)
{
	static const struct derived counted = {.id = 1, .kinds = {&RATE}, .make = count_making};
	struct text first, second;
	(void)command;
	enum err err = tx_derive(tx, &counted, number_of(TEXT("a")), &first);
	if (err == ERR_OK)
		err = tx_derive(tx, &counted, number_of(TEXT("a")), &second);
	assert_true(err != ERR_OK || text_eq(first, second));
	return err;
}

static void a_derived_text_is_made_once(void **state)
{
	struct world *w = *state;
	put(w, "a", 7);
	made = 0;
	for (int i = 0; i < 3; i++) {
		submit(w, derive_twice, 0);
		run(w);
	}
	assert_int_equal(made, 1);
	put(w, "a", 8);
	submit(w, derive_twice, 0);
	run(w);
	assert_int_equal(made, 2);
}

static void a_missing_record_is_remembered(void **state)
{
	struct world *w = *state;
	assert_int_equal(look(w, "a"), 0);
	uint64_t asked = reads(w);
	assert_int_equal(look(w, "a"), 0);
	assert_int_equal(reads(w), asked);
	put(w, "a", 3);
	assert_int_equal(look(w, "a"), 3);
}

static void rows_of_other_kinds_do_not_end_an_entry(void **state)
{
	struct world *w = *state;
	put(w, "a", 7);
	look(w, "a");
	uint64_t asked = reads(w);
	submit(w, add_decide, 1);
	run(w);
	assert_int_equal(look(w, "a"), 7);
	assert_int_equal(reads(w), asked);
}

static void a_change_counts_for_the_next_command(void **state)
{
	struct world *w = *state;
	put(w, "a", 1);
	for (uint64_t percent = 2; percent < 20; percent++) {
		assert_int_equal(look(w, "a"), percent - 1);
		put(w, "a", percent);
	}
	struct rating gone = rating_of("a", 0);
	gone.remove = true;
	rate(w, &gone);
	assert_int_equal(look(w, "a"), 0);
}

static void a_command_sees_the_writes_before_it_in_the_batch(void **state)
{
	struct world *w = *state;
	put(w, "a", 1);
	look(w, "a");
	struct rating first = rating_of("a", 2), second = rating_of("a", 3);
	struct rating third = rating_of("a", 0), other = rating_of("b", 0);
	struct rating *all[] = {&first, &second, &third, &other};
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(store_submit(w->store, &all[i]->command), ERR_OK);
	run(w);
	assert_true(first.before.percent == 1 && first.after.percent == 2);
	assert_true(second.before.percent == 2 && second.after.percent == 3);
	assert_true(third.before.percent == 3 && third.note_is_whole);
	assert_int_equal(other.found_before, ERR_NOT_FOUND);
	assert_int_equal(look(w, "a"), 3);
}

static void a_refused_write_leaves_the_cache_right(void **state)
{
	struct world *w = *state;
	put(w, "a", 1);
	struct rating refused = rating_of("a", 2);
	refused.verdict = ERR_REFUSED;
	rate(w, &refused);
	assert_true(refused.err == ERR_REFUSED && refused.after.percent == 2);
	assert_int_equal(look(w, "a"), 1);
}

static void a_failed_commit_leaves_the_cache_right(void **state)
{
	struct world *w = *state;
	put(w, "a", 1);
	look(w, "a");
	w->engine->fail_at = w->engine->commits + 1;
	w->engine->fail_with = ERR_NO_SPACE;
	struct rating failed = rating_of("a", 2);
	rate(w, &failed);
	assert_int_equal(failed.err, ERR_NO_SPACE);
	assert_int_equal(look(w, "a"), 1);
	put(w, "a", 2);
	assert_int_equal(look(w, "a"), 2);
}

static void write_elsewhere(struct world *w, const char *name, uint64_t percent)
{
	const struct rate rate = {text_of(name), percent, TEXT("a note of some length")};
	uint8_t key_room[RECORD_KEY_MAX], value_room[256];
	struct text key = text_from(key_room, record_encode_key(&RATE, &rate, key_room));
	size_t n = record_encode_value(&RATE, &rate, key, value_room);
	const struct engine_write write = {RATE.id, false, key, text_from(value_room, n)};
	const struct engine_batch batch = {.writes = &write, .n_writes = 1};
	assert_int_equal(w->engine->inner->ops->commit(w->engine->inner, &batch), ERR_OK);
}

static void a_new_epoch_ends_every_entry(void **state)
{
	struct world *w = *state;
	put(w, "a", 1);
	assert_int_equal(look(w, "a"), 1);
	assert_int_equal(look(w, "b"), 0);
	uint64_t asked = reads(w);
	look(w, "a");
	assert_int_equal(reads(w), asked); /* the engine with other writers tells its epoch */
	write_elsewhere(w, "a", 5);
	write_elsewhere(w, "b", 6);
	w->engine->epoch++;
	assert_int_equal(look(w, "a"), 5);
	assert_int_equal(look(w, "b"), 6);
}

static void the_engine_learns_of_a_changed_configuration(void **state)
{
	struct world *w = *state;
	put(w, "a", 1);
	assert_true(w->engine->last_config);
	submit(w, add_decide, 1);
	run(w);
	assert_false(w->engine->last_config);
}

/* A random sequence of changes, refusals and failures, against plain variables. */
static void every_look_finds_the_newest_change(void **state)
{
	struct world *w = *state;
	static const char *const names[] = {"a", "b", "c", "dd", "eee"};
	const char *given = getenv("REFERD_SEED");
	unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : 1;
	uint64_t expected[5] = {0};
	print_message("REFERD_SEED=%u\n", seed);
	for (int i = 0; i < 3000; i++) {
		seed = seed * 1664525 + 1013904223;
		unsigned what = seed >> 28, at = (seed >> 8) % 5;
		struct rating r = rating_of(names[at], what < 5 ? 1 + (seed >> 12) % 99 : 0);
		r.remove = what == 5;
		r.verdict = (seed >> 24 & 7) == 0 ? ERR_REFUSED : ERR_OK;
		if ((seed >> 20 & 7) == 0) {
			w->engine->fail_at = w->engine->commits + 1;
			w->engine->fail_with = ERR_NO_SPACE;
		}
		rate(w, &r);
		assert_int_equal(r.before.percent, expected[at]);
		if (r.err == ERR_OK && (r.percent != 0 || r.remove))
			expected[at] = r.percent;
		w->engine->fail_at = 0;
		assert_int_equal(look(w, names[at]), expected[at]);
	}
}

static void the_cache_keeps_to_its_bounds(void **state)
{
	static struct config_cache cache;
	static char note[100000];
	(void)state;
	memset(note, 'n', sizeof note);
	for (int i = 0; i < CONFIG_CACHE_ENTRIES_MAX + 100; i++) {
		char name[16];
		struct rate rate = {.name = text_of(name), .percent = 1};
		uint8_t key_room[RECORD_KEY_MAX];
		snprintf(name, sizeof name, "%d", i);
		rate.name = text_of(name);
		rate.note = text_from(note, i % 8 == 0 ? sizeof note : 1);
		struct text key = text_from(key_room, record_encode_key(&RATE, &rate, key_room));
		uint8_t *value = malloc(record_value_bound(&RATE, &rate));
		assert_non_null(value);
		size_t n = record_encode_value(&RATE, &rate, key, value);
		config_cache_keep(&cache, &RATE, key, (uint32_t)i * 7, text_from(value, n));
		free(value);
		const struct config_entry *e =
		    config_cache_find(&cache, RATE.id, key, (uint32_t)i * 7);
		assert_non_null(e);
		assert_int_equal(((const struct rate *)(const void *)e->record)->note.n,
				 rate.note.n);
		assert_true(cache.bytes <= CONFIG_CACHE_BYTES_MAX);
		assert_true(cache.n_entries <= CONFIG_CACHE_ENTRIES_MAX);
		config_cache_free_dropped(&cache);
	}
	config_cache_free(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_BOTH(the_engine_is_asked_once),
	    ON_BOTH(a_derived_text_is_made_once),
	    ON_BOTH(a_missing_record_is_remembered),
	    ON_BOTH(rows_of_other_kinds_do_not_end_an_entry),
	    ON_BOTH(a_change_counts_for_the_next_command),
	    ON_BOTH(a_command_sees_the_writes_before_it_in_the_batch),
	    ON_BOTH(a_refused_write_leaves_the_cache_right),
	    ON_BOTH(a_failed_commit_leaves_the_cache_right),
	    ON(shared, a_failed_commit_leaves_the_cache_right),
	    ON(shared, a_new_epoch_ends_every_entry),
	    ON(shared, the_engine_learns_of_a_changed_configuration),
	    ON_BOTH(every_look_finds_the_newest_change),
	    ON(shared, every_look_finds_the_newest_change),
	    cmocka_unit_test(the_cache_keeps_to_its_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
