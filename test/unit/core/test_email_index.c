/* Owns the tests of users whose e-mail address 0.1 indexed under its own folding: they are found,
 * changed, erased and verified like all others.
 */
#include "verify_world.h"

#include "core/email.h"
#include "core/erase.h"
#include "core/id_list.h"
#include "core/user_change.h"
#include "core/who.h"

static enum join_outcome outcome_of(struct world *w, uint64_t campaign, const char *email)
{
	struct join join = world_join(w, campaign, 0, email);
	enum err err = world_run_join(w, &join);
	assert_true(err == ERR_OK || err == ERR_REFUSED);
	return join.outcome;
}

static uint64_t hash_of_0_1(struct world *w, uint64_t campaign, const char *email)
{
	struct text key;
	assert_int_equal(email_key_0_1(text_of(email), &w->arena, &key), ERR_OK);
	return codes_hash_email(w->codes, campaign, key);
}

static uint64_t hash_of_today(struct world *w, uint64_t campaign, const char *email)
{
	return codes_hash_email(w->codes, campaign, world_canonical(w, text_of(email)));
}

static size_t filed_under(struct world *w, uint64_t hash)
{
	struct email_index index = {.hash = hash};
	enum err err = world_get(w, &KIND_EMAIL_INDEX, &index);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return err == ERR_OK ? id_list_length(index.user_ids) : 0;
}

/* A user as 0.1 stored it. */
static uint64_t user_of_0_1(struct world *w, uint64_t campaign, const char *email)
{
	uint64_t id = world_user(w, campaign, 0, email);
	struct email_index index = {.hash = hash_of_today(w, campaign, email)};
	assert_int_equal(world_get(w, &KIND_EMAIL_INDEX, &index), ERR_OK);
	assert_int_not_equal(index.hash, hash_of_0_1(w, campaign, email));
	drop(w, &KIND_EMAIL_INDEX, &index);
	index.hash = hash_of_0_1(w, campaign, email);
	put(w, &KIND_EMAIL_INDEX, &index);
	return id;
}

static const char *const strange[] = {"gro\u00df@x.example", "\uff41nn@x.example",
				      "\ufb01nn@x.example", "GRO\u00df@x.example"};

static void users_of_0_1_are_found_again(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
		uint64_t campaign = world_launched(w), users = world_count(w, &KIND_USER);
		user_of_0_1(w, campaign, strange[i]);
		assert_int_equal(outcome_of(w, campaign, strange[i]), JOIN_EXISTING);
		assert_int_equal(world_count(w, &KIND_USER), users + 1);
	}
	world_assert_sound(w);
}

/* An address that 0.1 treated as equal belongs to another user. */
static void addresses_that_0_1_merged_are_different_users(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	user_of_0_1(w, campaign, "gro\u00df@x.example");
	assert_int_equal(outcome_of(w, campaign, "gross@x.example"), JOIN_CREATED);
	assert_int_equal(outcome_of(w, campaign, "gross@x.example"), JOIN_EXISTING);
	assert_int_equal(outcome_of(w, campaign, "gro\u00df@x.example"), JOIN_EXISTING);
	assert_int_equal(filed_under(w, hash_of_today(w, campaign, "gross@x.example")), 2);
	world_assert_sound(w);
}

static void new_users_have_one_row(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	world_user(w, campaign, 0, "gro\u00df@x.example");
	assert_int_equal(filed_under(w, hash_of_today(w, campaign, "gro\u00df@x.example")), 1);
	assert_int_equal(filed_under(w, hash_of_0_1(w, campaign, "gro\u00df@x.example")), 0);
	world_assert_sound(w);
}

static void users_of_0_1_are_erased(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t id = user_of_0_1(w, campaign, "gro\u00df@x.example");
	struct user_erase erase = {.command = {.decide = user_erase_decide},
				   .codes = w->codes,
				   .who = {.id = id},
				   .now_ms = w->now_ms};
	assert_int_equal(world_run(w, &erase.command), ERR_OK);
	assert_int_equal(filed_under(w, hash_of_0_1(w, campaign, "gro\u00df@x.example")), 0);
	assert_int_equal(outcome_of(w, campaign, "gro\u00df@x.example"), JOIN_CREATED);
}

static void change_email(struct world *w, uint64_t id, const char *email)
{
	struct user_change change = {.command = {.decide = user_change_decide},
				     .codes = w->codes,
				     .who = {.id = id},
				     .email = text_of(email),
				     .canonical_email = world_canonical(w, text_of(email)),
				     .now_ms = w->now_ms};
	assert_int_equal(world_run(w, &change.command), ERR_OK);
}

static void users_of_0_1_change_their_address(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t id = user_of_0_1(w, campaign, "gro\u00df@x.example");
	change_email(w, id, "Gro\u00df@x.example"); /* the same address, written differently */
	assert_int_equal(outcome_of(w, campaign, "gro\u00df@x.example"), JOIN_EXISTING);
	world_assert_sound(w);
	change_email(w, id, "gross@x.example");
	assert_int_equal(outcome_of(w, campaign, "gross@x.example"), JOIN_EXISTING);
	assert_int_equal(outcome_of(w, campaign, "gro\u00df@x.example"), JOIN_CREATED);
	world_assert_sound(w);
}

static void users_of_0_1_are_qualified_by_address(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), referrer = world_user(w, campaign, 0, "r@x.example");
	struct join join = world_join(w, campaign, referrer, "gro\u00df@x.example");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	struct email_index index = {.hash = hash_of_today(w, campaign, "gro\u00df@x.example")};
	assert_int_equal(world_get(w, &KIND_EMAIL_INDEX, &index), ERR_OK);
	drop(w, &KIND_EMAIL_INDEX, &index);
	index.hash = hash_of_0_1(w, campaign, "gro\u00df@x.example");
	put(w, &KIND_EMAIL_INDEX, &index);
	struct qualify q = world_qualify(w, 0, true);
	q.who = (struct who){.campaign_id = campaign,
			     .canonical_email = world_canonical(w, TEXT("GRO\u00df@x.example"))};
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	assert_true(q.changed);
	world_assert_sound(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(users_of_0_1_are_found_again),
	    WORLD_ON_ALL(addresses_that_0_1_merged_are_different_users),
	    WORLD_ON_ALL(new_users_have_one_row),
	    WORLD_ON_ALL(users_of_0_1_are_erased),
	    WORLD_ON_ALL(users_of_0_1_change_their_address),
	    WORLD_ON_ALL(users_of_0_1_are_qualified_by_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
