/* Owns the tests of page views, which are gathered and written together: after a while, when there
 * are many, and at the end.
 * Never looks at a request.
 * Run by make test. */
#include "api/pages/reach.h"

#include "../core/core_world.h"

struct views {
	struct world *world;
	struct loop *loop;
	struct reach *reach;
	uint64_t campaign, jessica;
};

static int views_open(void **state)
{
	struct views *v = calloc(1, sizeof *v);
	void *world = NULL;
	assert_non_null(v);
	assert_int_equal(world_on_memory(&world), 0);
	v->world = world;
	v->loop = loop_new(&clock_system);
	assert_non_null(v->loop);
	assert_int_equal(reach_open(v->loop, v->world->store, &v->reach), ERR_OK);
	v->campaign = world_launched(v->world);
	v->jessica = world_user(v->world, v->campaign, 0, "jessica@example.com");
	*state = v;
	return 0;
}

static int views_close(void **state)
{
	struct views *v = *state;
	void *world = v->world;
	reach_close(v->reach);
	loop_free(v->loop);
	free(v);
	return world_close(&world);
}

static uint64_t of_user(struct views *v)
{
	struct user_stats stats = {.user_id = v->jessica};
	enum err err = world_get(v->world, &KIND_USER_STATS, &stats);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return stats.reach;
}

static uint64_t of_campaign(struct views *v)
{
	struct campaign_stats stats = {.campaign_id = v->campaign};
	assert_int_equal(world_get(v->world, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	return stats.reach;
}

static void drained_views_are_written(void **state)
{
	struct views *v = *state;
	for (int i = 0; i < 1000; i++) {
		reach_count(v->reach, v->jessica, v->campaign);
		if (i % 10 == 0)
			reach_count(v->reach, 0, v->campaign);
	}
	assert_true(store_idle(v->world->store)); /* gathered, not yet written */
	reach_drain(v->reach);
	world_settle(v->world);
	assert_int_equal(of_user(v), 1000);
	assert_int_equal(of_campaign(v), 100);
}

/* A view may be counted after draining has begun, while the last write is under way. */
static void views_during_the_last_write_are_written(void **state)
{
	struct views *v = *state;
	reach_count(v->reach, v->jessica, v->campaign);
	reach_drain(v->reach);
	reach_count(v->reach, v->jessica, v->campaign);
	reach_count(v->reach, v->jessica, v->campaign);
	world_settle(v->world);
	assert_int_equal(of_user(v), 3);
	reach_count(v->reach, v->jessica, v->campaign);
	world_settle(v->world);
	assert_int_equal(of_user(v), 4);
}

static void a_full_table_is_written_at_once(void **state)
{
	struct views *v = *state;
	reach_count(v->reach, v->jessica, v->campaign);
	for (uint64_t i = 2; i < REACH_LINKS_MAX; i++)
		reach_count(v->reach, 1000 + i, v->campaign);
	assert_true(store_idle(v->world->store));
	reach_count(v->reach, 1000, v->campaign);
	assert_false(store_idle(v->world->store));
	/* The other table takes further views until it is full too. */
	for (uint64_t i = 0; i < 2 * REACH_LINKS_MAX; i++)
		reach_count(v->reach, 2000 + i, v->campaign);
	reach_count(v->reach, v->jessica, v->campaign); /* no row is left for it */
	world_settle(v->world);
	assert_int_equal(of_user(v), 1);
	reach_count(v->reach, v->jessica, v->campaign);
	reach_drain(v->reach);
	world_settle(v->world);
	assert_int_equal(of_user(v), 2);
}

/* The timer runs in real time: the loop has no other event. */
static void the_timer_writes_views(void **state)
{
	struct views *v = *state;
	reach_count(v->reach, v->jessica, v->campaign);
	while (store_idle(v->world->store))
		loop_turn(v->loop);
	world_settle(v->world);
	assert_int_equal(of_user(v), 1);
}

#define WITH_VIEWS(f) cmocka_unit_test_setup_teardown(f, views_open, views_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_VIEWS(drained_views_are_written),
	    WITH_VIEWS(views_during_the_last_write_are_written),
	    WITH_VIEWS(a_full_table_is_written_at_once),
	    WITH_VIEWS(the_timer_writes_views),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
