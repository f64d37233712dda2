/* Owns the tests of the search for users: every combination of filters against a walk over all
 * records, on random ones; the cost of a page at any position; skipped rows; the total. Runs on
 * three stores. */
#include "core/user_list.h"

#include "../../support/seeded.h"
#include "base/unicode.h"
#include "core/people/user_index.h"
#include "core_world.h"

enum { CAMPAIGNS = 3, ALL_MAX = 4000, BATCH = 50 };

/* Writes users and their index rows directly: only what a search reads. */
struct populate {
	struct command command;
	struct user users[BATCH];
	size_t n;
};

static void put_by(struct tx *tx, uint64_t by, uint64_t number, uint64_t id)
{
	const struct user_by row = {by, number, id};
	if (number != 0)
		tx_put(tx, &KIND_USER_BY, &row);
}

/* The counters hold the end of a referrer's list: pages cross from one to the other. */
static enum err put_referral(struct tx *tx, const struct user *user)
{
	struct user_stats stats = {.user_id = user->referrer_id};
	if (stats.user_id == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = user_index_add_referral(tx, &stats, user->id);
	if (err == ERR_OK)
		tx_put(tx, &KIND_USER_STATS, &stats);
	return err;
}

static enum err populate_decide(struct command *command, struct tx *tx)
{
	struct populate *p = (struct populate *)command;
	for (size_t i = 0; i < p->n; i++) {
		struct user user = p->users[i];
		user.id = tx_next_id(tx, &KIND_USER);
		tx_put(tx, &KIND_USER, &user);
		put_by(tx, USERS_OF_CAMPAIGN, user.campaign_id, user.id);
		enum err err = put_referral(tx, &user);
		if (err != ERR_OK)
			return err;
		put_by(tx, USERS_IN_REVIEW, user.review, user.id);
	}
	return ERR_OK;
}

static void populate(struct world *w, const struct user *users, size_t n)
{
	for (size_t done = 0; done < n; done += BATCH) {
		struct populate p = {.command = {.decide = populate_decide}};
		for (p.n = 0; p.n < BATCH && done + p.n < n; p.n++)
			p.users[p.n] = users[done + p.n];
		assert_int_equal(world_run(w, &p.command), ERR_OK);
	}
}

/* Ids begin at 1: users[i] has the id i + 1. */
static struct user *make_random(struct seeded *random, size_t n)
{
	static const char *const names[] = {"Ann", "Byron", "JOSÉ", "Zoë"};
	static const char *const emails[] = {"ann@example.com", "B.y@Example.org",
					     "z@bücher.example"};
	struct user *users = calloc(n, sizeof *users);
	assert_non_null(users);
	for (size_t i = 0; i < n; i++)
		users[i] = (struct user){
		    .id = i + 1,
		    .campaign_id = 1 + seeded_below(random, CAMPAIGNS),
		    .referrer_id = i > 5 ? seeded_below(random, 6) : 0,
		    .type = 1 + seeded_below(random, 2),
		    .source = 1 + seeded_below(random, 3),
		    .qualified_ms = seeded_below(random, 3),
		    .review = seeded_below(random, 4),
		    .first_name = text_of(names[seeded_below(random, 4)]),
		    .email = text_of(emails[seeded_below(random, 3)]),
		};
	return users;
}

/* The data beside each user is valid only during the command. */
static enum err list_decide(struct command *command, struct tx *tx)
{
	struct user_list *list = (struct user_list *)command;
	enum err err = user_list_decide(command, tx);
	for (size_t i = 0; err == ERR_OK && i < list->page.n; i++) {
		assert_int_equal(list->users[i].stats.user_id, list->users[i].user.id);
		assert_int_equal(list->users[i].campaign->id, list->users[i].user.campaign_id);
	}
	return err;
}

static struct user_list ask(struct world *w, const struct user_list *query, struct user_view *room)
{
	struct user_list list = *query;
	list.command.decide = list_decide;
	list.codes = w->codes;
	list.users = room;
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
	assert_true(list.page.n <= list.page.max && list.page.looked_at <= USER_LIST_LOOK_MAX);
	return list;
}

static bool contains(struct world *w, struct text whole, struct text folded)
{
	assert_int_equal(unicode_fold(whole, &w->arena, &whole), ERR_OK);
	return memmem(whole.p, whole.n, folded.p, folded.n) != NULL;
}

static bool wanted(struct world *w, const struct user_filter *f, const struct user *u)
{
	if (f->campaign_id != 0 && f->campaign_id != u->campaign_id)
		return false;
	if (f->referrer_id != 0 && f->referrer_id != u->referrer_id)
		return false;
	if ((f->type != 0 && f->type != u->type) || (f->source != 0 && f->source != u->source))
		return false;
	if (f->review != 0 && f->review != u->review)
		return false;
	if (f->qualified != 0 && (f->qualified == QUALIFIED_YES) != (u->qualified_ms != 0))
		return false;
	return f->folded.n == 0 || contains(w, u->first_name, f->folded) ||
	       contains(w, u->email, f->folded);
}

/* Compares all pages of a search with all users. Returns the number of matches. */
static size_t check(struct world *w, const struct user *users, size_t n_users,
		    const struct user_list *query)
{
	struct user_view room[ID_PAGE_MAX];
	struct user_list list = *query;
	size_t at = 0, found = 0;
	do {
		list = ask(w, &list, room);
		for (size_t i = 0; i < list.page.n; i++, at++, found++) {
			const struct user *u;
			while (u = &users[list.page.reverse ? n_users - 1 - at : at],
			       at < n_users && !wanted(w, &list.filter, u))
				at++;
			assert_true(at < n_users);
			assert_int_equal(room[i].user.id, u->id);
		}
		list.page.from = list.page.next;
	} while (list.page.from != 0);
	for (; at < n_users; at++)
		assert_false(
		    wanted(w, &list.filter, &users[list.page.reverse ? n_users - 1 - at : at]));
	return found;
}

static void every_combination_of_filters_agrees_with_a_full_walk(void **state)
{
	enum { N = 400 };
	static const char *const parts[] = {"", "n", "josé", "example.com", "zoë"};
	struct world *w = *state;
	struct seeded random = seeded_start("every_combination", 11);
	struct user *users = make_random(&random, N);
	size_t found = 0;
	populate(w, users, N);
	for (unsigned i = 0; i < 4 * 2 * 2 * 3 * 3 * 5; i++) {
		struct user_list query = {
		    .filter = {.review = i % 4,
			       .campaign_id = i / 4 % 2 * (1 + seeded_below(&random, CAMPAIGNS)),
			       .referrer_id = i / 8 % 2 * (1 + seeded_below(&random, 5)),
			       .qualified = i / 16 % 3,
			       .type = i / 48 % 3,
			       .folded = text_of(parts[i / 144])},
		    .page.reverse = i % 7 < 3,
		    .page.max = 1 + seeded_below(&random, 40),
		};
		query.filter.source = i % 11 == 0 ? 1 + seeded_below(&random, 3) : 0;
		found += check(w, users, N, &query);
	}
	assert_true(found > N * 3);
	free(users);
}

/* ---- cost ---- */

/* All users are in campaign 1. User 1 referred every 500th, whose review is open. */
static void populate_even(struct world *w, size_t n)
{
	struct user *users = calloc(n, sizeof *users);
	assert_non_null(users);
	for (size_t i = 0; i < n; i++) {
		bool rare = (i + 1) % 500 == 0;
		users[i] = (struct user){.campaign_id = 1,
					 .type = USER_REFERRING,
					 .referrer_id = rare ? 1 : 0,
					 .review = rare ? REVIEW_PENDING : REVIEW_NONE,
					 .first_name = TEXT("Ann"),
					 .email = TEXT("ann@example.com")};
	}
	populate(w, users, n);
	free(users);
}

static void a_later_page_costs_as_much_as_the_first(void **state)
{
	enum { N = 3000, PER_PAGE = 20 };
	struct world *w = *state;
	struct user_view room[PER_PAGE];
	populate_even(w, N);
	for (uint64_t by_campaign = 0; by_campaign < 2; by_campaign++) {
		struct user_list list = {.filter = {.campaign_id = by_campaign},
					 .page.max = PER_PAGE};
		for (size_t page = 1; page < N / PER_PAGE; page++) {
			list = ask(w, &list, room);
			assert_int_equal(list.page.n, PER_PAGE);
			assert_int_equal(list.page.looked_at, PER_PAGE + 1);
			assert_int_equal(room[0].user.id, (page - 1) * PER_PAGE + 1);
			assert_int_equal(list.page.next, page * PER_PAGE + 1);
			list.page.from = list.page.next;
		}
		list = ask(w, &list, room);
		assert_true(list.page.n == PER_PAGE && list.page.next == 0);
	}
}

static void the_narrowest_index_is_walked(void **state)
{
	struct world *w = *state;
	struct user_view room[10];
	static const struct {
		struct user_filter filter;
		size_t found, looked_at;
	} cases[] = {
	    {{.referrer_id = 1, .campaign_id = 1, .review = REVIEW_PENDING}, 3, 3},
	    {{.review = REVIEW_PENDING, .campaign_id = 1}, 3, 3},
	    {{.review = REVIEW_ACCEPTED}, 0, 0},
	    {{.campaign_id = 2, .type = USER_REFERRING}, 0, 0},
	    {{.referrer_id = 1, .type = USER_INVITED}, 0, 3},
	    {{.type = USER_REFERRING}, 10, 11},
	};
	populate_even(w, 1500);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct user_list query = {.filter = cases[i].filter, .page.max = 10};
		struct user_list list = ask(w, &query, room);
		assert_int_equal(list.page.n, cases[i].found);
		assert_int_equal(list.page.looked_at, cases[i].looked_at);
	}
}

static void a_page_ends_early(void **state)
{
	struct world *w = *state;
	struct user_view room[10];
	const struct user_list query = {.filter = {.type = USER_INVITED}, .page.max = 10};
	populate_even(w, 1500);
	struct user_list list = ask(w, &query, room);
	assert_true(list.page.n == 0 && list.page.looked_at == USER_LIST_LOOK_MAX &&
		    list.page.next == 1001);
	list.page.from = list.page.next;
	list = ask(w, &list, room);
	assert_true(list.page.n == 0 && list.page.looked_at == 500 && list.page.next == 0);
}

/* Rows are skipped over several queries, each of which reads a bounded number. */
static void rows_are_skipped_in_bounded_steps(void **state)
{
	enum { SKIP = 2500 };
	struct world *w = *state;
	struct user_view room[10];
	struct user_list list = {.page.skip = SKIP, .page.max = 10};
	populate_even(w, 3000);
	for (int step = 0; step < 2; step++) {
		list = ask(w, &list, room);
		assert_true(list.page.n == 0 && list.page.skipped == USER_LIST_LOOK_MAX);
		list.page.skip -= list.page.skipped;
		list.page.from = list.page.next;
	}
	list = ask(w, &list, room);
	assert_true(list.page.skipped == 500 && list.page.n == 10 && room[0].user.id == SKIP + 1);
	list = (struct user_list){.page.skip = 4, .page.max = 10, .page.reverse = true};
	list.filter.referrer_id = 1;
	list = ask(w, &list, room);
	assert_true(list.page.skipped == 4 && list.page.n == 2 && list.page.next == 0);
	assert_int_equal(room[0].user.id, 1000);
}

/* ---- by address, and the total of users who joined ---- */

static void an_address_is_found_in_one_campaign_or_in_all(void **state)
{
	struct world *w = *state;
	struct user_view room[10];
	uint64_t campaigns[3], ids[3];
	for (size_t i = 0; i < 3; i++)
		campaigns[i] = world_launched(w);
	/* The second one joins last: users are listed by their ids, not by their campaigns'. */
	ids[0] = world_user(w, campaigns[0], 0, "Ann@Example.com");
	ids[1] = world_user(w, campaigns[2], 0, "ann@example.COM");
	world_user(w, campaigns[1], 0, "other@example.com");
	ids[2] = world_user(w, campaigns[1], 0, "ann@example.com");
	struct user_list list = {.page.max = 10};
	list.filter.canonical_email = world_canonical(w, TEXT("ANN@example.com"));
	list = ask(w, &list, room);
	assert_true(list.page.n == 3 && list.page.next == 0 && list.page.looked_at == 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(room[i].user.id, ids[i]);
	list.page.reverse = true;
	list.page.max = 2;
	list = ask(w, &list, room);
	assert_true(list.page.n == 2 && room[0].user.id == ids[2] && list.page.next == ids[0]);
	list.page.from = list.page.next;
	list = ask(w, &list, room);
	assert_true(list.page.n == 1 && room[0].user.id == ids[0] && list.page.next == 0);
	list.page.from = 0;
	list.filter.campaign_id = campaigns[2];
	list = ask(w, &list, room);
	assert_true(list.page.n == 1 && room[0].user.id == ids[1]);
	list.filter.type = USER_INVITED;
	assert_int_equal(ask(w, &list, room).page.n, 0);
	list.filter = (struct user_filter){.canonical_email = TEXT("nobody@example.com")};
	assert_int_equal(ask(w, &list, room).page.n, 0);
}

static void the_total_is_exact_or_unknown(void **state)
{
	struct world *w = *state;
	struct user_view room[10];
	uint64_t first = world_launched(w);
	uint64_t tests =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .test_mode = 1});
	world_user(w, first, world_user(w, first, 0, "ann@example.com"), "byron@example.com");
	world_user(w, tests, 0, "ann@example.com");
	struct user_list list = {.page.max = 10, .count = true};
	list = ask(w, &list, room);
	assert_true(list.counted && list.total == 3);
	list.filter.campaign_id = first;
	list = ask(w, &list, room);
	assert_true(list.counted && list.total == 2);
	list.filter.campaign_id = 77;
	list = ask(w, &list, room);
	assert_true(list.counted && list.total == 0);
	list.filter.type = USER_INVITED;
	assert_false(ask(w, &list, room).counted);
}

/* Every displayed code can be a filter, imported or not. */
static void codes_are_filters(void **state)
{
	struct world *w = *state;
	struct user_view room[10];
	char code[CODE_LENGTH + 1];
	struct campaign_save save = {.command = {.decide = campaign_save_decide},
				     .campaign = {.name = TEXT("Moved"),
						  .status = CAMPAIGN_LAUNCHED,
						  .alias = TEXT("spring")},
				     .codes = w->codes};
	assert_int_equal(world_run(w, &save.command), ERR_OK);
	world_user(w, world_launched(w), 0, "other@example.com");
	struct join join = world_join(w, save.campaign.id, 0, "jessica@example.com");
	join.alias = TEXT("zgLAYb");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	uint64_t jessica = join.user.id, byron = world_user(w, 0, jessica, "byron@example.com");
	code_write(w->codes, CODE_USER, jessica, code);
	const struct {
		struct user_filter filter;
		size_t n;
		uint64_t first;
		const char *refused;
	} cases[] = {
	    {{.campaign_code = TEXT("spring")}, 2, jessica, NULL},
	    {{.referrer_code = TEXT("zgLAYb")}, 1, byron, NULL},
	    {{.referrer_code = text_of(code)}, 1, byron, NULL},
	    {{.campaign_code = TEXT("zgLAYb")}, 0, 0, "campaign_id"},
	    {{.referrer_code = TEXT("spring")}, 0, 0, "referrer_id"},
	    {{.campaign_id = UINT64_MAX, .canonical_email = TEXT("a@example.com")}, 0, 0, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct user_list list = {.command = {.decide = user_list_decide},
					 .filter = cases[i].filter,
					 .codes = w->codes,
					 .page.max = 10,
					 .users = room};
		enum err err = world_ask(w, &list.command, NULL, NULL);
		assert_int_equal(err, cases[i].refused != NULL ? ERR_REFUSED : ERR_OK);
		if (err != ERR_OK) {
			assert_string_equal(list.refused, cases[i].refused);
			continue;
		}
		assert_int_equal(list.page.n, cases[i].n);
		assert_true(list.page.n == 0 || room[0].user.id == cases[i].first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(every_combination_of_filters_agrees_with_a_full_walk),
	    WORLD_ON_ALL(a_later_page_costs_as_much_as_the_first),
	    WORLD_ON_ALL(the_narrowest_index_is_walked),
	    WORLD_ON_ALL(a_page_ends_early),
	    WORLD_ON_ALL(rows_are_skipped_in_bounded_steps),
	    WORLD_ON_ALL(an_address_is_found_in_one_campaign_or_in_all),
	    WORLD_ON_ALL(the_total_is_exact_or_unknown),
	    WORLD_ON_ALL(codes_are_filters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
