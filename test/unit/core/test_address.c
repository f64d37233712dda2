/* Owns the tests of the index of addresses: the form of its keys, the job that follows new users,
 * and what a change or an erasure of a user does to it, also beside the job. Never searches it:
 * test_user_prefix does. Runs on three stores. Run by make test. */
#include "address_world.h"

#include <stdio.h>

#include "base/utf8.h"

/* ---- the form ---- */

static struct text fold(struct world *w, struct text typed)
{
	struct text folded;
	assert_int_equal(address_fold(typed, &w->arena, &folded), ERR_OK);
	return folded;
}

static void addresses_and_beginnings_are_folded(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *typed, *folded;
	} cases[] = {
	    {"", ""},
	    {"J", "j"},
	    {"Jessica@Example.COM", "jessica@example.com"},
	    {"jessica@", "jessica@"},
	    {"jessica@exa", "jessica@exa"},
	    {"jessica@example.", "jessica@example."},
	    {"@", "@"},
	    {"%_*", "%_*"},
	    {"JOS\u00c9@x.org", "jos\u00e9@x.org"},
	    {"jose\u0301@x.org", "jos\u00e9@x.org"},
	    {"a@B\u00dccher.example", "a@b\u00fccher.example"},
	    {"a@XN--bcher-kva.example", "a@b\u00fccher.example"},
	    {"a@xn--bcher-kva", "a@b\u00fccher"},
	    {"a@xn--bcher-kv", "a@xn--bcher-kv"},
	    {"a@xn--", "a@xn--"},
	    {"a@b\u00fc", "a@b\u00fc"},
	    {"a@b\u00fccher.", "a@b\u00fccher."},
	    {"a@-\u00fc", "a@-\u00fc"},
	    {"xn--x@y.org", "xn--x@y.org"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text folded = fold(w, text_of(cases[i].typed));
		if (!text_eq(folded, text_of(cases[i].folded)))
			fail_msg("%s became %.*s", cases[i].typed, TEXT_ARGS(folded));
	}
}

/* Each beginning of a stored address finds it, however the address was typed. */
static void a_beginning_of_an_address_stays_a_beginning(void **state)
{
	struct world *w = *state;
	static const char *const typed[] = {
	    "Ann.Lee+shop@Example.COM", "JOS\u00c9@B\u00dccher.example",
	    "\u03a9mega@\u4f8b\u3048.jp", "x@xn--bcher-kva.example"};
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
		struct email email;
		const char *why;
		assert_int_equal(email_read(text_of(typed[i]), &w->arena, &email, &why), ERR_OK);
		struct text whole = fold(w, email.address);
		for (size_t n = 0; n <= whole.n; n++) {
			struct text part = text_from(whole.p, n);
			if (utf8_valid(part) && !text_starts(whole, fold(w, part)))
				fail_msg("%.*s does not find %.*s", TEXT_ARGS(part),
					 TEXT_ARGS(whole));
		}
	}
}

static void keys_sort_by_address_and_id(void **state)
{
	struct world *w = *state;
	char long_address[EMAIL_MAX];
	memset(long_address, 'z', sizeof long_address);
	const struct user ascending[] = {
	    {.id = 9, .email = TEXT("Ann@x.org")},
	    {.id = 10, .email = TEXT("ann@x.org")},
	    {.id = 1, .email = TEXT("ann@x.org.uk")},
	    {.id = 3, .email = TEXT("ann\u00e9@x.org")},
	    {.id = 5, .email = TEXT("annabel@x.org")},
	    {.id = 7, .email = {long_address, EMAIL_MAX}},
	    {.id = 256, .email = {long_address, 200}},
	};
	struct text last = {0}, key;
	for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
		assert_int_equal(address_key(&ascending[i], &w->arena, &key), ERR_OK);
		assert_true(key.n <= RECORD_KEY_MAX);
		assert_int_equal(address_user_id(key), ascending[i].id);
		size_t n = last.n < key.n ? last.n : key.n;
		if (i != 3 && i != 4) /* an accent sorts behind all letters */
			assert_true(n == 0 || memcmp(last.p, key.p, n) < 0);
		last = key;
	}
	assert_int_equal(address_user_id(TEXT("x")), 0);
	assert_int_equal(address_user_id(TEXT("ann@x.org")), 0);
}

/* ---- the job ---- */

static void a_join_writes_no_row(void **state)
{
	struct world *w = *state;
	/* With several writers, a join writes the row itself. */
	const bool shared = w->nodes != NULL;
	const uint64_t writes_of_a_join = shared ? 9 : 8, writes_of_a_friend = shared ? 11 : 10;
	uint64_t campaign = world_launched(w), before = store_counters(w->store).writes;
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t after = store_counters(w->store).writes;
	assert_int_equal(after - before, writes_of_a_join);
	world_user(w, campaign, jessica, "byron@example.com");
	assert_int_equal(store_counters(w->store).writes - after, writes_of_a_friend);
	assert_int_equal(world_count(w, &KIND_ADDRESS), shared ? 2 : 0);
	world_assert_sound(w);
	assert_int_equal(address_catch_up(w), 2);
	assert_int_equal(world_count(w, &KIND_ADDRESS), 2);
	world_assert_sound(w);
}

/* Ids have gaps: erased users, and the ids that a restore skips. */
static void the_job_follows_new_users_across_stops(void **state)
{
	enum { USERS = ADDRESS_SLICE + 40 };
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	char email[32];
	assert_int_equal(address_catch_up(w), 0);
	for (int i = 0; i < USERS; i++) {
		(void)snprintf(email, sizeof email, "p%d@example.com", i);
		uint64_t id = world_user(w, campaign, 0, email);
		struct user_erase erase = address_erase(w, id);
		if (i % 50 == 49)
			assert_int_equal(world_run(w, &erase.command), ERR_OK);
	}
	struct address_slice *job = calloc(1, sizeof *job);
	assert_non_null(job);
	assert_int_equal(address_slice(w, job), ADDRESS_SLICE);
	/* With several writers, joins have written the rows already. */
	const bool shared = w->nodes != NULL;
	assert_int_equal(world_count(w, &KIND_ADDRESS),
			 shared ? USERS - USERS / 50 : ADDRESS_SLICE);
	assert_true(address_position(w) > ADDRESS_SLICE);
	assert_true(shared || address_position(w) < USERS);
	world_assert_sound(w);
	free(job);
	assert_int_equal(address_catch_up(w), USERS - USERS / 50 - ADDRESS_SLICE);
	assert_int_equal(address_catch_up(w), 0);
	assert_int_equal(world_count(w, &KIND_ADDRESS), USERS - USERS / 50);
	world_user(w, campaign, 0, "one.more@example.com");
	assert_int_equal(address_catch_up(w), 1);
	world_assert_sound(w);
}

static size_t look(struct world *w, struct address_slice *job, uint64_t after_ms)
{
	w->now_ms += after_ms;
	job->slice.now_ms = w->now_ms;
	job->slice.look_again_ms = 0;
	return world_slice(w, &job->slice, address_find_decide, address_write_decide);
}

static void join_many(struct world *w, uint64_t campaign, int *joined, int n)
{
	char email[32];
	for (int end = *joined + n; *joined < end; ++*joined) {
		(void)snprintf(email, sizeof email, "p%d@example.com", *joined);
		world_user(w, campaign, 0, email);
	}
}

static void the_job_waits_while_many_people_join(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct address_slice *job = calloc(1, sizeof *job);
	int joined = 0;
	assert_non_null(job);
	join_many(w, campaign, &joined, 300);
	assert_int_equal(look(w, job, 20), ADDRESS_SLICE);
	/* 300 users in 20 ms are many. */
	join_many(w, campaign, &joined, 300);
	assert_int_equal(look(w, job, 20), 0);
	assert_int_equal(job->slice.look_again_ms, ADDRESS_WAIT_MS);
	/* A second later it does a slice, however many join. */
	join_many(w, campaign, &joined, 300);
	assert_int_equal(look(w, job, 1000), ADDRESS_SLICE);
	join_many(w, campaign, &joined, 10);
	assert_int_equal(look(w, job, 20), 0);
	/* Two in 20 ms are not many. */
	join_many(w, campaign, &joined, 2);
	assert_int_equal(look(w, job, 20), ADDRESS_SLICE);
	free(job);
}

static void a_few_users_wait_for_more(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct address_slice *job = calloc(1, sizeof *job);
	int joined = 0;
	assert_non_null(job);
	join_many(w, campaign, &joined, 3);
	assert_int_equal(look(w, job, 20), 3);
	join_many(w, campaign, &joined, 1);
	assert_int_equal(look(w, job, 500), 0);
	join_many(w, campaign, &joined, 1);
	assert_int_equal(look(w, job, 500), 2);
	/* A clock that was set back does not stop the job. */
	join_many(w, campaign, &joined, 1);
	w->now_ms -= 500;
	assert_int_equal(look(w, job, 0), 1);
	assert_int_equal(address_position(w), joined);
	free(job);
}

/* ---- changes beside the job ---- */

/* Runs the slice's command and another command in one batch, in this order or in the opposite. */
static void run_both(struct world *w, struct command *first, struct command *second)
{
	struct world_call calls[2];
	world_call_set(w, &calls[0], first);
	world_call_set(w, &calls[1], second);
	assert_int_equal(store_submit(w->store, &calls[0].command), ERR_OK);
	assert_int_equal(store_submit(w->store, &calls[1].command), ERR_OK);
	world_settle(w);
	assert_int_equal(calls[0].err, ERR_OK);
	assert_int_equal(calls[1].err, ERR_OK);
}

/* The job has found the users; then `other` runs before or after the slice, in the same commit or
 * in another. */
static void race(struct world *w, struct command *other, bool before, bool together)
{
	struct address_slice *job = calloc(1, sizeof *job);
	assert_non_null(job);
	job->slice.now_ms = w->now_ms;
	job->slice.command.decide = address_find_decide;
	assert_int_equal(world_ask(w, &job->slice.command, NULL, NULL), ERR_OK);
	assert_true(job->slice.n > 0);
	job->slice.command.decide = address_write_decide;
	struct command *first = before ? other : &job->slice.command;
	struct command *second = before ? &job->slice.command : other;
	if (together) {
		run_both(w, first, second);
	} else {
		assert_int_equal(world_run(w, first), ERR_OK);
		assert_int_equal(world_run(w, second), ERR_OK);
	}
	free(job);
	world_assert_sound(w);
}

static void an_erased_user_leaves_no_row(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	char email[32];
	for (int i = 0; i < 4; i++) {
		(void)snprintf(email, sizeof email, "jessica%d@example.com", i);
		uint64_t jessica = world_user(w, campaign, 0, email);
		(void)snprintf(email, sizeof email, "byron%d@example.com", i);
		world_user(w, campaign, 0, email);
		struct user_erase erase = address_erase(w, jessica);
		race(w, &erase.command, i & 1, i & 2);
		assert_int_equal(world_count(w, &KIND_ADDRESS), i + 1);
	}
	assert_int_equal(address_catch_up(w), 0);
	uint64_t late = world_user(w, campaign, 0, "late@example.com");
	struct user_erase erase = address_erase(w, late);
	assert_int_equal(world_run(w, &erase.command), ERR_OK);
	assert_int_equal(address_catch_up(w), 0);
	assert_int_equal(world_count(w, &KIND_ADDRESS), 4);
	world_assert_sound(w);
}

static struct text only_key(struct world *w)
{
	struct address first = {0}, rows[2] = {{{0}}};
	assert_int_equal(world_list(w, &KIND_ADDRESS, &first, 0, rows, 2), 1);
	return rows[0].key; /* only its length still counts */
}

static void a_changed_address_replaces_the_row(void **state)
{
	static const char *const emails[] = {"a@example.com", "bb@example.com", "ccc@example.com",
					     "dddd@example.com", "eeeee@example.com"};
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t id = world_user(w, campaign, 0, emails[0]);
	/* The job finds nobody after the first round: a user who has changed is indexed already. */
	struct user_change change = address_change(w, id, emails[1]);
	race(w, &change.command, false, true);
	assert_int_equal(only_key(w).n, strlen(emails[1]) + ADDRESS_TAIL);
	for (size_t i = 2; i < 5; i++) {
		change = address_change(w, id, emails[i]);
		assert_int_equal(world_run(w, &change.command), ERR_OK);
		assert_int_equal(only_key(w).n, strlen(emails[i]) + ADDRESS_TAIL);
		world_assert_sound(w);
	}
	assert_int_equal(address_catch_up(w), 0);
	/* A user whom the job has not reached. */
	uint64_t other = world_user(w, campaign, 0, "x@example.com");
	change = address_change(w, other, "y@example.com");
	race(w, &change.command, true, false);
	assert_int_equal(world_count(w, &KIND_ADDRESS), 2);
}

/* ---- verify ---- */

static void damage_to_the_index_is_found_and_names_nobody(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	world_user(w, campaign, 0, "jessica@example.com");
	address_catch_up(w);
	static const struct {
		const char *key;
		size_t n;
		const char *report;
	} cases[] = {
	    {"byron@example.com\0\0\0\0\0\0\0\0\1", 26,
	     "address 1: points to a user with another address\n"},
	    {"jessica@example.com\0\0\0\0\0\0\0\0\2", 28,
	     "address 2: points to a user that does not exist\n"},
	    {"jessica@example.com", 19, "address 0: is not a key of this index\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct address row = {text_from(cases[i].key, cases[i].n)};
		struct buf out = {0};
		put(w, &KIND_ADDRESS, &row);
		assert_int_equal(world_verify(w, &out).n_problems, 1);
		assert_true(text_eq(buf_view(&out), text_of(cases[i].report)));
		buf_free(&out);
		drop(w, &KIND_ADDRESS, &row);
		world_assert_sound(w);
	}
	const struct address row = {TEXT("jessica@example.com\0\0\0\0\0\0\0\0\1")};
	struct buf out = {0};
	drop(w, &KIND_ADDRESS, &row);
	assert_int_equal(world_verify(w, &out).n_problems, 1);
	assert_true(text_eq(buf_view(&out),
			    TEXT("user 1: cannot be found by the beginning of its address\n")));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(memory, addresses_and_beginnings_are_folded),
	    WORLD_ON(memory, a_beginning_of_an_address_stays_a_beginning),
	    WORLD_ON(memory, keys_sort_by_address_and_id),
	    WORLD_ON_ALL(a_join_writes_no_row),
	    WORLD_ON_ALL(the_job_follows_new_users_across_stops),
	    WORLD_ON_ALL(the_job_waits_while_many_people_join),
	    WORLD_ON_ALL(a_few_users_wait_for_more),
	    WORLD_ON_ALL(an_erased_user_leaves_no_row),
	    WORLD_ON_ALL(a_changed_address_replaces_the_row),
	    WORLD_ON_ALL(damage_to_the_index_is_found_and_names_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
