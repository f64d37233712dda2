/* Owns the tests of the counters by day, the user indexes and test mode: everything
 * that a join and a qualification store besides the user.
 */
#include "core_world.h"

#include "core/day.h"
#include "core/id_list.h"

enum { DAY_MS = 86400000 };

static struct day day_of(struct world *w, uint64_t campaign, uint64_t date)
{
	struct day day = {.campaign_id = campaign, .date = date};
	enum err err = world_get(w, &KIND_DAY, &day);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return day;
}

static void qualify(struct world *w, uint64_t user, bool qualified)
{
	struct qualify q = world_qualify(w, user, qualified);
	assert_int_equal(world_run(w, &q.command), ERR_OK);
}

static void joins_are_counted_on_their_day(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	w->now_ms = 3 * (uint64_t)DAY_MS - 1;
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	w->now_ms++;
	qualify(w, byron, true);
	qualify(w, byron, true);
	qualify(w, byron, false);
	struct day before = day_of(w, campaign, 2), after = day_of(w, campaign, 3);
	assert_true(before.joins == 2 && before.referrals == 1 && before.qualified == 0);
	assert_true(after.joins == 0 && after.qualified == 1 && after.unqualified == 1);
}

/* The last millisecond of a UTC day belongs to the next day in Auckland. */
static void joins_are_counted_on_days_of_the_time_zone(void **state)
{
	struct world *w = *state;
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED,
						.timezone = TEXT("Pacific/Auckland")});
	w->now_ms = 3 * (uint64_t)DAY_MS - 1;
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	qualify(w, byron, true);
	struct day day = day_of(w, campaign, 3);
	assert_true(day.joins == 2 && day.referrals == 1 && day.qualified == 1);
	assert_int_equal(day_of(w, campaign, 2).joins, 0);
	struct event event = {.id = 3};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_true(event.type == EVENT_USER_QUALIFIED && event.joined_day == 3 &&
		    event.qualified_day == 3);
	/* In UTC the day follows from the milliseconds. */
	uint64_t utc = world_launched(w);
	world_user(w, utc, 0, "jessica@example.com");
	event = (struct event){.id = 4};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_true(event.joined_day == 0 && event.joined_ms == w->now_ms);
}

static void an_import_counts_on_its_original_day(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_campaign(w, (struct campaign){.status = CAMPAIGN_PAUSED});
	struct join join = world_join(w, campaign, 0, "jessica+x@example.com");
	join.import = true;
	join.joined_ms = 10 * (uint64_t)DAY_MS;
	w->now_ms = join.now_ms = 100 * (uint64_t)DAY_MS;
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(day_of(w, campaign, 10).joins, 1);
	assert_int_equal(join.user.flags, 0);
}

static void test_mode_counts_nothing(void **state)
{
	struct world *w = *state;
	uint64_t real = world_launched(w);
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .test_mode = 1});
	world_webhook(w, world_hook());
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	qualify(w, byron, true);
	struct user user = {.id = byron};
	struct campaign_stats stats = {.campaign_id = campaign};
	struct user_stats referrer = {.user_id = jessica};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	assert_true(user.test && user.source == SOURCE_TEST && user.qualified_ms != 0);
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	assert_true(stats.tests == 2 && stats.users == 0 && stats.referrals == 0 &&
		    stats.qualified == 0);
	assert_int_equal(world_get(w, &KIND_USER_STATS, &referrer), ERR_OK);
	assert_true(referrer.referrals == 0 && referrer.qualified_referrals == 0);
	assert_int_equal(world_count(w, &KIND_DAY), 0);
	for (uint64_t id = 1; id <= 3; id++)
		assert_int_equal(world_delivery(w, id).test, 1);
	world_user(w, real, 0, "jessica@example.com");
	assert_int_equal(world_delivery(w, 4).test, 0);
}

static size_t listed(struct world *w, enum user_index by, uint64_t number)
{
	struct user_by rows[64];
	const struct user_by from = {by, number, 0};
	return world_list(w, &KIND_USER_BY, &from, 2, rows, 64);
}

static void users_are_indexed(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), other = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	world_user(w, campaign, jessica, "byron@example.com");
	world_user(w, campaign, jessica, "carl+1@example.com");
	world_user(w, other, 0, "jessica@example.com");
	assert_int_equal(listed(w, USERS_OF_CAMPAIGN, campaign), 3);
	assert_int_equal(listed(w, USERS_OF_CAMPAIGN, other), 1);
	struct user_stats stats = {.user_id = jessica};
	assert_int_equal(world_get(w, &KIND_USER_STATS, &stats), ERR_OK);
	assert_int_equal(id_list_length(stats.newest), 2);
	assert_int_equal(listed(w, USERS_OF_REFERRER, jessica), 0);
	assert_int_equal(listed(w, USERS_IN_REVIEW, REVIEW_PENDING), 1);
}

/* From a user's newest event back to the first. */
static void events_of_a_user_are_chained(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w),
		 jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	world_user(w, campaign, jessica, "carl@example.com");
	qualify(w, byron, true);
	qualify(w, byron, false);
	struct user user = {.id = byron};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	const uint64_t expected[] = {EVENT_USER_UNQUALIFIED, EVENT_USER_QUALIFIED, EVENT_USER_JOIN};
	uint64_t id = user.last_event_id;
	for (size_t i = 0; i < 3; i++) {
		struct event event = {.id = id};
		assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
		assert_true(event.user_id == byron && event.type == expected[i]);
		id = event.previous_id;
	}
	assert_int_equal(id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(joins_are_counted_on_their_day),
	    WORLD_ON_ALL(joins_are_counted_on_days_of_the_time_zone),
	    WORLD_ON_ALL(an_import_counts_on_its_original_day),
	    WORLD_ON_ALL(test_mode_counts_nothing),
	    WORLD_ON_ALL(users_are_indexed),
	    WORLD_ON_ALL(events_of_a_user_are_chained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
