/* Owns the tests of adding views of links to the counters of users and campaigns.
 * Never gathers views: unit/api/test_reach.c does.
 * Run by make test. */
#include "core/reach.h"

#include "core_world.h"

static void add(struct world *w, const struct reach_views *rows, size_t n)
{
	struct reach_add cmd = {.command = {.decide = reach_add_decide}, .rows = rows, .n = n};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
}

static void views_are_added_to_the_counters(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	const struct reach_views rows[] = {
	    {.user_id = jessica, .views = 3},
	    {0},
	    {.campaign_id = campaign, .views = 7},
	    {.user_id = byron, .views = 1},
	};
	add(w, rows, 4);
	add(w, rows, 3);
	struct user_stats first = {.user_id = jessica}, second = {.user_id = byron};
	assert_int_equal(world_get(w, &KIND_USER_STATS, &first), ERR_OK);
	assert_int_equal(world_get(w, &KIND_USER_STATS, &second), ERR_OK);
	assert_true(first.reach == 6 && first.referrals == 1);
	assert_true(second.reach == 1 && second.referrals == 0);
	struct campaign_stats stats = {.campaign_id = campaign};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	assert_true(stats.reach == 14 && stats.users == 2 && stats.referrals == 1);
}

/* A campaign without users has no counters yet. */
static void a_view_may_be_the_first_count_of_a_campaign(void **state)
{
	struct world *w = *state;
	struct campaign_stats stats = {.campaign_id = world_launched(w)};
	const struct reach_views row = {.campaign_id = stats.campaign_id, .views = 2};
	add(w, &row, 1);
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	assert_int_equal(stats.reach, 2);
}

static void views_of_deleted_records_are_ignored(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	const struct reach_views rows[] = {
	    {.user_id = 9, .views = 1},
	    {.campaign_id = 9, .views = 1},
	    {.campaign_id = campaign, .views = 1},
	};
	add(w, rows, 3);
	assert_int_equal(world_count(w, &KIND_USER_STATS), 0);
	assert_int_equal(world_count(w, &KIND_CAMPAIGN_STATS), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(views_are_added_to_the_counters),
	    WORLD_ON_ALL(a_view_may_be_the_first_count_of_a_campaign),
	    WORLD_ON_ALL(views_of_deleted_records_are_ignored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
