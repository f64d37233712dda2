/* Owns the tests of the list of users by the beginning of their address: every page against a sort
 * of all users, the other filters beside it, its cost, and what it says while the index is behind.
 * Never tests how the index is written (test_address). Runs on three stores. Run by make test. */
#include "core/user_list.h"

#include <stdio.h>

#include "../../support/seeded.h"
#include "address_world.h"

enum { PEOPLE = 700, PAGE_MAX = 40 };

struct person {
	uint64_t id, campaign;
	char email[32];
};

static int compare_people(const void *a, const void *b)
{
	const struct person *p = a, *q = b;
	int order = strcmp(p->email, q->email);
	return order != 0 ? order : (p->id > q->id) - (p->id < q->id);
}

/* People with few letters in their addresses, in two campaigns, sorted by address. */
static struct person *make_people(struct world *w, struct seeded *random)
{
	uint64_t campaigns[] = {world_launched(w), world_launched(w)};
	struct person *people = calloc(PEOPLE, sizeof *people);
	assert_non_null(people);
	for (size_t i = 0; i < PEOPLE; i++) {
		struct person *p = &people[i];
		p->campaign = campaigns[seeded_below(random, 2)];
		(void)snprintf(p->email, sizeof p->email, "%c%c%u@x.org",
			       (char)('a' + seeded_below(random, 3)),
			       (char)('a' + seeded_below(random, 3)),
			       (unsigned)seeded_below(random, 60));
		struct join join = world_join(w, p->campaign, 0, p->email);
		assert_int_equal(world_run_join(w, &join), ERR_OK);
		if (join.outcome != JOIN_CREATED) {
			i--;
			continue;
		}
		p->id = join.user.id;
	}
	qsort(people, PEOPLE, sizeof *people, compare_people);
	return people;
}

static enum err list(struct world *w, struct user_list *query, struct user_view *room)
{
	query->command.decide = user_list_decide;
	query->codes = w->codes;
	query->users = room;
	enum err err = world_ask(w, &query->command, NULL, NULL);
	assert_true(query->page.n <= query->page.max);
	assert_true(query->page.looked_at <= USER_LIST_LOOK_MAX);
	return err;
}

static bool wanted(const struct person *p, const char *prefix, uint64_t campaign)
{
	return strncmp(p->email, prefix, strlen(prefix)) == 0 &&
	       (campaign == 0 || p->campaign == campaign);
}

/* Follows all pages and compares them with the sorted people. Returns the number of matches. */
static size_t check(struct world *w, const struct person *people, const char *prefix,
		    uint64_t campaign, bool reverse, size_t max)
{
	struct user_view room[PAGE_MAX];
	struct user_list query = {
	    .filter = {.email_prefix = text_of(prefix), .campaign_id = campaign},
	    .page = {.reverse = reverse, .max = max}};
	size_t at = 0, found = 0;
	do {
		assert_int_equal(list(w, &query, room), ERR_OK);
		assert_true(query.extent.complete && !query.counted);
		for (size_t i = 0; i < query.page.n; i++, at++, found++) {
			const struct person *p;
			while (p = &people[reverse ? PEOPLE - 1 - at : at],
			       at < PEOPLE && !wanted(p, prefix, campaign))
				at++;
			assert_true(at < PEOPLE);
			assert_int_equal(room[i].user.id, p->id);
		}
		query.page.from = query.page.next;
	} while (query.page.from != 0);
	for (; at < PEOPLE; at++)
		assert_false(wanted(&people[reverse ? PEOPLE - 1 - at : at], prefix, campaign));
	return found;
}

static void every_beginning_agrees_with_a_sort(void **state)
{
	static const char *const prefixes[] = {
	    "a", "ab", "b1", "cc5", "aa1@", "ba12@x.org", "zz", "aa1@y", "c", "ab3", "ba12@x.orgg"};
	struct world *w = *state;
	struct seeded random = seeded_start("user_prefix", 11);
	struct person *people = make_people(w, &random);
	size_t found = 0;
	address_catch_up(w);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		for (unsigned k = 0; k < 4; k++)
			found += check(w, people, prefixes[i], k & 1 ? 1 + (i & 1) : 0, k & 2,
				       1 + seeded_below(&random, PAGE_MAX));
	assert_true(found > PEOPLE);
	free(people);
}

static uint64_t only(struct world *w, struct user_filter filter)
{
	struct user_view room[10];
	struct user_list query = {.filter = filter, .page.max = 10};
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_true(query.page.n <= 1);
	return query.page.n == 1 ? room[0].user.id : 0;
}

static void the_list_says_how_far_the_index_has_come(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct user_view room[10];
	struct user_list query = {.filter.email_prefix = TEXT("j"), .page.max = 10};
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_true(query.extent.complete && query.extent.user_id == 0);
	uint64_t jessica = world_user(w, campaign, 0, "Jessica@example.com");
	assert_int_equal(list(w, &query, room), ERR_OK);
	/* With several writers, the join has written the row, but the job does not know it yet. */
	assert_true(query.page.n == (w->nodes != NULL) && !query.extent.complete);
	/* An id or a complete address needs no index of beginnings. */
	struct user_filter f = {.email_prefix = TEXT("jess"), .id = jessica};
	assert_int_equal(only(w, f), jessica);
	f = (struct user_filter){.email_prefix = TEXT("jess"),
				 .canonical_email = TEXT("jessica@example.com")};
	assert_int_equal(only(w, f), jessica);
	f.email_prefix = TEXT("jesse");
	assert_int_equal(only(w, f), 0);
	address_catch_up(w);
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_true(query.page.n == 1 && query.extent.complete && query.extent.user_id == jessica);
	f = (struct user_filter){.email_prefix = TEXT("jess"), .qualified = QUALIFIED_YES};
	assert_int_equal(only(w, f), 0);
}

/* The cursor is a user: if that user is gone or has another address, the place is lost. */
static void a_page_that_begins_at_a_lost_user_is_refused(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t ann = world_user(w, campaign, 0, "ann@example.com");
	uint64_t amy = world_user(w, campaign, 0, "amy@example.com");
	struct user_view room[10];
	struct user_list query = {.filter.email_prefix = TEXT("a"), .page = {.max = 1}};
	address_catch_up(w);
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_true(room[0].user.id == amy && query.page.next == ann);
	query.page.from = ann;
	struct user_change change = address_change(w, ann, "bob@example.com");
	assert_int_equal(world_run(w, &change.command), ERR_OK);
	assert_int_equal(list(w, &query, room), ERR_REFUSED);
	assert_string_equal(query.refused, "cursor");
	struct user_erase erase = address_erase(w, ann);
	assert_int_equal(world_run(w, &erase.command), ERR_OK);
	assert_int_equal(list(w, &query, room), ERR_REFUSED);
	query.page.from = UINT64_MAX;
	assert_int_equal(list(w, &query, room), ERR_REFUSED);
}

/* Keys are cut: the records decide. */
static void long_addresses_are_compared_as_a_whole(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), ids[3];
	char host[200], email[EMAIL_MAX + 1];
	memset(host, 'h', sizeof host);
	for (size_t i = 50; i < sizeof host; i += 50)
		host[i] = '.';
	for (unsigned i = 0; i < 3; i++) {
		(void)snprintf(email, sizeof email, "ann@%.*s.z%u.org", (int)sizeof host, host, i);
		ids[i] = world_user(w, campaign, 0, email);
	}
	address_catch_up(w);
	world_assert_sound(w);
	for (unsigned i = 0; i < 3; i++) {
		int n = snprintf(email, sizeof email, "ann@%.*s.z%u", (int)sizeof host, host, i);
		const struct user_filter f = {.email_prefix = text_from(email, (size_t)n)};
		assert_int_equal(only(w, f), ids[i]);
	}
}

/* A page looks at 1,000 users at most, also if the other filters fit nobody. */
static void a_page_ends_early(void **state)
{
	enum { USERS = USER_LIST_LOOK_MAX + 100 };
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct user_view room[10];
	char email[32];
	for (int i = 0; i < USERS; i++) {
		(void)snprintf(email, sizeof email, "a%04d@example.com", i);
		world_user(w, campaign, 0, email);
		arena_reset(&w->arena);
	}
	struct user_list query = {.filter = {.email_prefix = TEXT("a"), .type = USER_INVITED},
				  .page.max = 10};
	address_catch_up(w);
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_int_equal(query.page.n, 0);
	assert_int_equal(query.page.looked_at, USER_LIST_LOOK_MAX);
	assert_int_equal(query.page.next, USER_LIST_LOOK_MAX + 1);
	query.page.from = query.page.next;
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_true(query.page.looked_at == 100 && query.page.next == 0);
	/* A wildcard is a character like any other: no address begins with it. */
	query = (struct user_list){.filter = {.email_prefix = TEXT("%")}, .page.max = 10};
	assert_int_equal(list(w, &query, room), ERR_OK);
	assert_int_equal(query.page.looked_at, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(every_beginning_agrees_with_a_sort),
	    WORLD_ON_ALL(the_list_says_how_far_the_index_has_come),
	    WORLD_ON_ALL(a_page_that_begins_at_a_lost_user_is_refused),
	    WORLD_ON_ALL(long_addresses_are_compared_as_a_whole),
	    WORLD_ON(memory, a_page_ends_early),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
