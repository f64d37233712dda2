/* Owns the tests of codes that are chosen for a user later: their form, their case, the earlier
 * codes and their end. Run by make test. */
#include "core/code_alias.h"
#include "core/user_change.h"
#include "erase_world.h"

static enum err choose(struct world *w, uint64_t id, const char *code)
{
	struct user_change c = {.command = {.decide = user_change_decide},
				.who = {.id = id},
				.codes = w->codes,
				.now_ms = w->now_ms,
				.set_code = true,
				.code = text_of(code)};
	enum err err = world_run_keep(w, &c.command, &KIND_USER, &c.view.user);
	world_assert_sound(w);
	if (err == ERR_REFUSED)
		assert_non_null(problems_find(&c.problems, TEXT("code")));
	return err;
}

struct ask {
	struct command command;
	struct codes *codes;
	struct text code;
	uint64_t user_id;
};

static enum err ask_decide(struct command *command, struct tx *tx)
{
	struct ask *ask = (struct ask *)command;
	uint64_t campaign_id;
	return code_find(tx, ask->codes, ask->code, &ask->user_id, &campaign_id);
}

static uint64_t owner(struct world *w, const char *code)
{
	struct ask ask = {
	    .command = {.decide = ask_decide}, .codes = w->codes, .code = text_of(code)};
	assert_int_equal(world_ask(w, &ask.command, NULL, NULL), ERR_OK);
	return ask.user_id;
}

static uint64_t imported(struct world *w, uint64_t campaign, const char *email, const char *code)
{
	struct join join = world_join(w, campaign, 0, email);
	join.alias = text_of(code);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	return join.user.id;
}

static void the_form_of_a_code_is_checked(void **state)
{
	static const char *const wrong[] = {"",
					    "abc",
					    "a_bc",
					    "a bc",
					    "ann\xc3\xa9",
					    "1234",
					    "API",
					    "Me",
					    "readyz",
					    "abc.d",
					    "ABCDEFGHIJ-KLMNOPQRST-1234567-XY9"};
	struct world *w = *state;
	uint64_t ann = world_user(w, world_launched(w), 0, "ann@example.com");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(choose(w, ann, wrong[i]), ERR_REFUSED);
	assert_int_equal(choose(w, ann, "AN-1"), ERR_OK);
	assert_int_equal(choose(w, ann, "ABCDEFGHIJ-KLMNOPQRST-1234567-XY"), ERR_OK);
	assert_int_equal(owner(w, "an-1"), ann);
}

static void a_chosen_code_matches_in_any_case(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t ann = world_user(w, campaign, 0, "ann@example.com");
	uint64_t bob = world_user(w, campaign, 0, "bob@example.com");
	imported(w, campaign, "zoe@example.com", "zgLAYb");
	assert_int_equal(choose(w, ann, "ANN10"), ERR_OK);
	assert_int_equal(owner(w, "ANN10"), ann);
	assert_int_equal(owner(w, "ann10"), ann);
	assert_int_equal(owner(w, "Ann10"), ann);
	assert_int_equal(owner(w, "ann1"), 0);
	assert_int_equal(owner(w, "zglayb"), 0); /* imported codes only match exactly */
	assert_int_equal(choose(w, bob, "ANN10"), ERR_REFUSED);
	assert_int_equal(choose(w, bob, "ann10"), ERR_REFUSED);
	assert_int_equal(choose(w, bob, "zgLAYb"), ERR_REFUSED);
	/* Another spelling of the user's own code. */
	assert_int_equal(choose(w, ann, "Ann10"), ERR_OK);
	assert_int_equal(owner(w, "ANN10"), ann);
}

static void an_exact_match_wins(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t ann = world_user(w, campaign, 0, "ann@example.com");
	uint64_t bob = imported(w, campaign, "bob@example.com", "Spring");
	assert_int_equal(choose(w, ann, "SPRING"), ERR_OK);
	assert_int_equal(owner(w, "Spring"), bob);
	assert_int_equal(owner(w, "spring"), ann);
	/* Zoe's computed code in upper case is a chosen code of Ann: "ujwqTMbF" is user 1. */
	char code[CODE_LENGTH + 1], upper[CODE_LENGTH + 1];
	uint64_t zoe = world_user(w, campaign, 0, "zoe@example.com");
	code_write(w->codes, CODE_USER, zoe, code);
	for (size_t i = 0; i <= CODE_LENGTH; i++)
		upper[i] = (char)(code[i] >= 'a' && code[i] <= 'z' ? code[i] - 32 : code[i]);
	assert_int_equal(choose(w, ann, upper), ERR_OK);
	assert_int_equal(owner(w, upper), ann);
	assert_int_equal(owner(w, code), zoe);
	assert_int_equal(choose(w, ann, code), ERR_REFUSED);
}

static void an_import_takes_no_spelling_of_a_chosen_code(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t ann = world_user(w, campaign, 0, "ann@example.com");
	assert_int_equal(choose(w, ann, "ANNA-10"), ERR_OK);
	struct join join = world_join(w, campaign, 0, "eve@example.com");
	join.alias = text_of("anna-10");
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED);
	assert_int_equal(owner(w, "anna-10"), ann);
}

/* A chosen code in lower case may have the form of a computed code that nobody has. */
static void codes_like_computed_codes_match_in_any_case(void **state)
{
	struct world *w = *state;
	uint64_t ann = world_user(w, world_launched(w), 0, "ann@example.com");
	assert_int_equal(choose(w, ann, "USUMMER1"), ERR_OK);
	assert_int_equal(owner(w, "uSUMMER1"), ann);
	assert_int_equal(owner(w, "usummer1"), ann);
	assert_int_equal(owner(w, "uSuMMeR1"), ann);
}

static void earlier_codes_still_work(void **state)
{
	struct world *w = *state;
	char computed[CODE_LENGTH + 1], code[16];
	uint64_t ann = imported(w, world_launched(w), "ann@example.com", "old_1");
	code_write(w->codes, CODE_USER, ann, computed);
	assert_int_equal(choose(w, ann, "ANN10"), ERR_OK);
	assert_int_equal(choose(w, ann, "ANN11"), ERR_OK);
	assert_int_equal(choose(w, ann, "ANN11"), ERR_OK); /* the current code: no change */
	const char *const all[] = {"old_1", "ANN10", "ann10", "ANN11", computed};
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(owner(w, all[i]), ann);
	/* Each earlier code may become the current code again. */
	struct user user = {.id = ann};
	assert_int_equal(choose(w, ann, "old_1"), ERR_OK);
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	assert_true(text_eq(user.alias, TEXT("old_1")) && !user.alias_chosen);
	assert_int_equal(pairs_count(user.former_codes), 2);
	assert_int_equal(choose(w, ann, computed), ERR_OK);
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	assert_int_equal(user.alias.n, 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(owner(w, all[i]), ann);
	for (int i = 3; i < FORMER_CODES_MAX + 1; i++) {
		snprintf(code, sizeof code, "NEXT-%d", i);
		assert_int_equal(choose(w, ann, code), ERR_OK);
	}
	assert_int_equal(choose(w, ann, "ONE-MORE"), ERR_REFUSED);
	assert_int_equal(choose(w, ann, "ANN10"), ERR_OK);
}

static void erasing_removes_all_codes(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t ann = imported(w, campaign, "ann@example.com", "bob10");
	uint64_t bob = world_user(w, campaign, 0, "bob@example.com");
	assert_int_equal(choose(w, bob, "BOB10"), ERR_REFUSED); /* an imported code in lower case */
	assert_int_equal(choose(w, bob, "BoB10"), ERR_REFUSED);
	assert_int_equal(choose(w, ann, "ANN10"), ERR_OK);
	assert_int_equal(choose(w, ann, "ANN11"), ERR_OK);
	assert_int_equal(choose(w, bob, "BOB-1"), ERR_OK);
	assert_int_equal(world_count(w, &KIND_ALIAS), 7);
	assert_int_equal(erase(w, ann), ERR_OK);
	finish(w);
	assert_int_equal(world_count(w, &KIND_ALIAS), 2);
	assert_int_equal(owner(w, "bob-1"), bob);
	assert_int_equal(choose(w, bob, "ANN10"), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(the_form_of_a_code_is_checked),
	    WORLD_ON_ALL(a_chosen_code_matches_in_any_case),
	    WORLD_ON_ALL(an_exact_match_wins),
	    WORLD_ON_ALL(an_import_takes_no_spelling_of_a_chosen_code),
	    WORLD_ON_ALL(codes_like_computed_codes_match_in_any_case),
	    WORLD_ON_ALL(earlier_codes_still_work),
	    WORLD_ON_ALL(erasing_removes_all_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
