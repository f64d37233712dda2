/* Owns the tests of unsubscribing: once, and for this user only.
 * Never checks the secret, which the page checks.
 * Run by make test. */
#include "core/unsubscribe.h"

#include "core_world.h"

static enum err unsubscribe(struct world *w, uint64_t user_id)
{
	struct unsubscribe cmd = {
	    .command = {.decide = unsubscribe_decide}, .user_id = user_id, .now_ms = w->now_ms};
	return world_run(w, &cmd.command);
}

static struct user user_of(struct world *w, uint64_t id)
{
	struct user user = {.id = id};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	return user;
}

static void the_first_time_is_kept(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	w->now_ms += 5;
	assert_int_equal(unsubscribe(w, byron), ERR_OK);
	w->now_ms += 5;
	assert_int_equal(unsubscribe(w, byron), ERR_OK);
	struct user user = user_of(w, byron);
	assert_int_equal(user.unsubscribed_ms, WORLD_NOW + 5);
	/* Everything else is unchanged. */
	assert_int_equal(user.referrer_id, jessica);
	assert_int_equal(user.joined_ms, WORLD_NOW);
	assert_true(text_eq(user.email, TEXT("byron@example.com")));
	assert_int_equal(user_of(w, jessica).unsubscribed_ms, 0);
}

static void an_unknown_user_is_refused(void **state)
{
	struct world *w = *state;
	assert_int_equal(unsubscribe(w, 1), ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_USER), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(the_first_time_is_kept),
	    WORLD_ON_ALL(an_unknown_user_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
