/* Owns the tests of how the identifiers of a request lead to a user: codes, imported codes, e-mail
 * addresses, coupons.
 */
#include "verify_world.h"

#include "core/reward_records.h"
#include "core/who.h"

struct ask {
	struct command command;
	struct codes *codes;
	struct who who;
	struct user user;
};

static enum err ask_decide(struct command *command, struct tx *tx)
{
	struct ask *ask = (struct ask *)command;
	return who_find(tx, ask->codes, &ask->who, &ask->user);
}

static uint64_t find(struct world *w, struct who who)
{
	struct ask ask = {.command = {.decide = ask_decide}, .codes = w->codes, .who = who};
	enum err err = world_ask(w, &ask.command, NULL, NULL);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return err == ERR_OK ? ask.user.id : 0;
}

static uint64_t join_with_code(struct world *w, uint64_t campaign, const char *email,
			       const char *code, enum err expected)
{
	struct join join = world_join(w, campaign, 0, email);
	join.alias = text_of(code);
	assert_int_equal(world_run_join(w, &join), expected);
	if (expected == ERR_REFUSED) {
		assert_int_equal(join.outcome, JOIN_FIELD);
		assert_non_null(problems_find(&join.problems, TEXT("code")));
	}
	return join.user.id;
}

/* The kind that an identifier is read as: "i" id, "c" code, "e" address, "-" none of them. */
static void identifiers_are_recognised(void **state)
{
	static const struct {
		const char *identifier;
		char kind;
	} cases[] = {
	    {"1", 'i'},
	    {"007", 'i'},
	    {" 1", 'i'},
	    {"1\xc2\xa0", 'i'},
	    {"\xe2\x80\x8b"
	     "3238 ",
	     'i'},
	    {"0", '-'},
	    {"99999999999999999999", '-'},
	    {"uK3fTz9Q", 'c'},
	    {"zgLAYb", 'c'},
	    {"code:3238", 'c'},
	    {"id:3238", 'i'},
	    {"id:uK3fTz9Q", '-'},
	    {"ann@x.org", 'e'},
	    {"email:ann@x.org", 'e'},
	    {"email:3238", '-'},
	    {"code:ann@x.org", '-'},
	    {"code:", '-'},
	    {"", '-'},
	    {"a b", '-'},
	    {"CODE:3238", '-'},
	    {"name:ann", '-'},
	};
	struct arena arena = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct who who = {.campaign_id = 7};
		assert_int_equal(who_read(text_of(cases[i].identifier), &arena, &who), ERR_OK);
		char kind = who.id != 0                 ? 'i'
			    : who.code.n > 0            ? 'c'
			    : who.canonical_email.n > 0 ? 'e'
							: '-';
		assert_int_equal(kind, cases[i].kind);
		assert_int_equal(who.campaign_id, 7);
	}
	arena_free(&arena);
}

/* An address identifies a user in any campaign, as long as it is in only one. */
static void a_user_is_found_by_address_alone(void **state)
{
	struct world *w = *state;
	const struct who zoe = {.canonical_email = TEXT("zoe@example.com")};
	const struct who ann = {.canonical_email = TEXT("ann@example.com")};
	uint64_t first = world_launched(w), second = world_launched(w);
	struct ask ask = {.command = {.decide = ask_decide}, .codes = w->codes, .who = zoe};
	assert_int_equal(find(w, zoe), 0);
	uint64_t id = world_user(w, second, 0, "zoe@example.com");
	assert_int_equal(find(w, zoe), id);
	world_user(w, first, 0, "zoe@example.com");
	assert_int_equal(world_ask(w, &ask.command, NULL, NULL), ERR_TOO_LARGE);
	assert_int_equal(find(w, ann), 0);
	ask.who.campaign_id = second;
	assert_int_equal(world_ask(w, &ask.command, NULL, NULL), ERR_OK);
	assert_int_equal(ask.user.id, id);
}

static void a_user_is_found_by_id_code_and_address(void **state)
{
	struct world *w = *state;
	char code[CODE_LENGTH + 1];
	uint64_t campaign = world_launched(w),
		 jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t zoe = join_with_code(w, campaign, "zoe@example.com", "zgLAYb", ERR_OK);
	assert_int_equal(find(w, (struct who){.id = jessica}), jessica);
	code_write(w->codes, CODE_USER, jessica, code);
	assert_int_equal(find(w, (struct who){.code = text_of(code)}), jessica);
	/* The imported code, and the computed one, which leads to the same user. */
	assert_int_equal(find(w, (struct who){.code = TEXT("zgLAYb")}), zoe);
	code_write(w->codes, CODE_USER, zoe, code);
	assert_int_equal(find(w, (struct who){.code = text_of(code)}), zoe);
	assert_int_equal(find(w, (struct who){.code = TEXT("zglayb")}), 0);
	const struct who address = {.campaign_id = campaign,
				    .canonical_email = TEXT("zoe@example.com")};
	assert_int_equal(find(w, address), zoe);
	code_write(w->codes, CODE_CAMPAIGN, campaign, code);
	assert_int_equal(find(w, (struct who){.code = text_of(code)}), 0);
	assert_int_equal(find(w, (struct who){.id = 99}), 0);
	assert_int_equal(find(w, (struct who){0}), 0);
}

/* The link of a user with an imported code refers like any other. */
static void an_imported_code_is_a_link(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t zoe = join_with_code(w, campaign, "zoe@example.com", "zgLAYb", ERR_OK);
	struct join join = world_join(w, 0, 0, "friend@example.com");
	join.code = TEXT("zgLAYb");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.user.referrer_id, zoe);
	struct event event = {.id = 2};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_true(text_eq(event.referrer_alias, TEXT("zgLAYb")));
}

static void taken_and_malformed_codes_are_refused(void **state)
{
	struct world *w = *state;
	char own[CODE_LENGTH + 1], campaigns[CODE_LENGTH + 1];
	uint64_t campaign = world_launched(w);
	uint64_t zoe = join_with_code(w, campaign, "zoe@example.com", "zgLAYb", ERR_OK);
	code_write(w->codes, CODE_USER, zoe, own);
	code_write(w->codes, CODE_CAMPAIGN, campaign, campaigns);
	const char *const wrong[] = {
	    "zgLAYb",
	    own,
	    campaigns,
	    "a b",
	    "api",
	    "a/b",
	    "12345678901234567890123456789012345678901234567890123456789012345"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		join_with_code(w, campaign, "other@example.com", wrong[i], ERR_REFUSED);
	assert_int_equal(world_count(w, &KIND_USER), 1);
}

/* Codes of another referd look like ours. An imported code that would be the next user's own is
 * accepted, and that id is skipped. */
static void an_imported_code_that_looks_generated_is_kept(void **state)
{
	struct world *w = *state;
	char next[CODE_LENGTH + 1], campaigns[CODE_LENGTH + 1];
	uint64_t campaign = world_launched(w);
	uint64_t first = world_user(w, campaign, 0, "first@example.com");
	code_write(w->codes, CODE_USER, first + 2, next);
	code_write(w->codes, CODE_CAMPAIGN, campaign + 1, campaigns);
	uint64_t moved = join_with_code(w, campaign, "moved@example.com", next, ERR_OK);
	uint64_t other = join_with_code(w, campaign, "other@example.com", campaigns, ERR_OK);
	assert_int_equal(moved, first + 1);
	assert_int_equal(other, first + 3);
	assert_int_equal(find(w, (struct who){.code = text_of(next)}), moved);
	assert_int_equal(find(w, (struct who){.code = text_of(campaigns)}), other);
	assert_int_equal(world_launched(w), campaign + 2);
	assert_int_equal(world_user(w, campaign, 0, "last@example.com"), first + 4);
	assert_int_equal(find(w, (struct who){.code = text_of(next)}), moved);
	world_assert_sound(w);
}

struct plant {
	struct command command;
};

static enum err plant_decide(struct command *command, struct tx *tx)
{
	const struct coupon_code code = {TEXT("SAVE10"), 1, 7}, left = {TEXT("SAVE20"), 1, 8};
	const struct coupon coupon = {1, 7, TEXT("SAVE10"), 5}, rest = {1, 8, TEXT("SAVE20"), 0};
	const struct reward reward = {.id = 5, .user_id = 1};
	(void)command;
	tx_put(tx, &KIND_COUPON_CODE, &code);
	tx_put(tx, &KIND_COUPON_CODE, &left);
	tx_put(tx, &KIND_COUPON, &coupon);
	tx_put(tx, &KIND_COUPON, &rest);
	tx_put(tx, &KIND_REWARD, &reward);
	return ERR_OK;
}

static void a_user_is_found_by_coupon(void **state)
{
	struct world *w = *state;
	struct plant plant = {{.decide = plant_decide}};
	uint64_t jessica = world_user(w, world_launched(w), 0, "jessica@example.com");
	assert_int_equal(world_run(w, &plant.command), ERR_OK);
	assert_int_equal(find(w, (struct who){.coupon = TEXT("SAVE10")}), jessica);
	assert_int_equal(find(w, (struct who){.coupon = TEXT("SAVE20")}),
			 0); /* was not handed out */
	assert_int_equal(find(w, (struct who){.coupon = TEXT("SAVE30")}), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(identifiers_are_recognised),
	    WORLD_ON_ALL(a_user_is_found_by_id_code_and_address),
	    WORLD_ON_ALL(a_user_is_found_by_address_alone),
	    WORLD_ON_ALL(an_imported_code_is_a_link),
	    WORLD_ON_ALL(taken_and_malformed_codes_are_refused),
	    WORLD_ON_ALL(an_imported_code_that_looks_generated_is_kept),
	    WORLD_ON_ALL(a_user_is_found_by_coupon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
