/* Owns the tests of searching users by conditions: the cost of a page, and which index is used.
 * Never tests what a condition means: test_filter does.
 * Run by make test. */
#include "core/user_list.h"

#include "core_world.h"

enum { USERS = 300 };

/* Writes users directly: only what a search reads. */
struct populate {
	struct command command;
	struct text first_name, last_name; /* of the last user */
};

static enum err populate_decide(struct command *command, struct tx *tx)
{
	struct populate *p = (struct populate *)command;
	for (size_t i = 0; i < USERS; i++) {
		const struct user user = {.id = tx_next_id(tx, &KIND_USER),
					  .campaign_id = 1,
					  .first_name =
					      i + 1 < USERS ? p->first_name : p->last_name,
					  .email = TEXT("a@b.example")};
		tx_put(tx, &KIND_USER, &user);
	}
	return ERR_OK;
}

static void populate(struct world *w, const char *first_name, const char *last_name)
{
	struct populate p = {.command = {.decide = populate_decide},
			     .first_name = text_of(first_name),
			     .last_name = text_of(last_name)};
	assert_int_equal(world_run(w, &p.command), ERR_OK);
}

static struct user_list ask(struct world *w, const struct user_list *query, struct user_view *room)
{
	struct user_list list = *query;
	list.command.decide = user_list_decide;
	list.codes = w->codes;
	list.users = room;
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
	return list;
}

static struct filter where(struct world *w, const char *field, const char *operator,
			   const char * value)
{
	struct filter_drafts drafts = {.n = 1};
	struct problems problems = {0};
	struct filter filter;
	drafts.drafts[0] = (struct filter_draft){.field = text_of(field),
						 .operator= text_of(operator),
						 .value = text_of(value),
						 .has_field = true,
						 .has_value = true};
	filter_build(&drafts, USER_FILTER_FIELDS, &w->arena, &filter, &problems);
	assert_int_equal(problems.n, 0);
	return filter;
}

/* Text that is slow to fold ends a page early. Further matches come on a later page. */
static void slow_text_ends_a_page_early(void **state)
{
	struct world *w = *state;
	char name[4 * 40 + 1] = "";
	struct user_view room[10];
	size_t queries = 1;
	for (size_t i = 0; i < 40; i++)
		strcat(name, "\xF0\x9F\x98\x80");
	populate(w, name, "Zo\xC3\xAB");
	struct user_list query = {.page.max = 10,
				  .filter.where = where(w, "first_name", "=", "ZO\xC3\x8B")};
	struct user_list page = ask(w, &query, room);
	for (; page.page.next != 0; queries++) {
		assert_int_equal(page.page.n, 0);
		assert_in_range(page.page.looked_at, 1, 8192 / 160 + 2);
		query.page.from = page.page.next;
		page = ask(w, &query, room);
	}
	assert_int_equal(page.page.n, 1);
	assert_int_equal(room[0].user.id, USERS);
	assert_true(queries > 5);
}

/* A condition that every match must meet narrows the walk, however many users there are. */
static void conditions_choose_an_index(void **state)
{
	static const struct {
		const char *field, *value;
		size_t looked_at;
	} cases[] = {{"id", "77", 1},
		     {"id", "1000000", 0},
		     {"code", "uZZZZZZZ", 0},
		     {"email", "nobody@example.com", 0},
		     {"email", "no address", 0}};
	struct world *w = *state;
	struct user_view room[10];
	populate(w, "Ann", "Zoe");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct user_list query = {
		    .page.max = 10, .filter.where = where(w, cases[i].field, "=", cases[i].value)};
		assert_int_equal(user_filter_take_email(&query.filter, &w->arena), ERR_OK);
		struct user_list page = ask(w, &query, room);
		assert_int_equal(page.page.looked_at, cases[i].looked_at);
		assert_int_equal(page.page.n, cases[i].looked_at);
		assert_int_equal(page.page.next, 0);
	}
}

/* A match is one of several named users. */
static void each_branch_of_an_or_is_looked_up(void **state)
{
	struct world *w = *state;
	struct user_view room[10];
	populate(w, "Ann", "Zoe");
	struct user_list query = {.page.max = 10, .filter.where = where(w, "id", "=", "77")};
	struct filter *both = &query.filter.where;
	both->terms[1] = where(w, "email", "=", "nobody@example.com").terms[0];
	both->terms[2] = where(w, "id", "=", "7").terms[0];
	both->terms[3] = both->terms[0];
	both->n = 4;
	both->any = true;
	struct user_list page = ask(w, &query, room);
	assert_int_equal(page.page.looked_at, 2);
	assert_int_equal(page.page.n, 2);
	assert_true(room[0].user.id == 7 && room[1].user.id == 77);
	/* A condition without a named user: all users are read. */
	both->terms[1] = where(w, "first_name", "=", "zoe").terms[0];
	page = ask(w, &query, room);
	assert_int_equal(page.page.looked_at, USERS);
	assert_int_equal(page.page.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(slow_text_ends_a_page_early),
	    WORLD_ON_ALL(conditions_choose_an_index),
	    WORLD_ON_ALL(each_branch_of_an_or_is_looked_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
