/* Owns the tests of counters to which commands only add: no such command reads them, and an engine
 * that adds itself ends with the same sums.
 * Never has a second writer: those tests have an engine of their own.
 * Run by make test. */
#include "core/erase.h"
#include "core/reach.h"
#include "reward_world.h"

static const struct record_kind *const COUNTERS[] = {&KIND_CAMPAIGN_STATS, &KIND_DAY,
						     &KIND_RULE_STATS, &KIND_WEBHOOK_STATS};
enum { N_COUNTERS = sizeof COUNTERS / sizeof *COUNTERS };

static uint64_t open_campaign(struct world *w)
{
	uint64_t campaign = world_launched(w);
	world_webhook(w, world_hook());
	world_rule(w, rule_amount(campaign));
	return campaign;
}

/* Everything that counts, except for the results of deliveries. */
static void live_a_day(struct world *w, uint64_t campaign)
{
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t friends[] = {world_user(w, 0, jessica, "byron@example.com"),
			      world_user(w, 0, jessica, "ada@example.com"),
			      world_user(w, 0, jessica, "mary@example.com")};
	for (size_t i = 0; i < 3; i++)
		world_becomes(w, friends[i], true);
	assert_null(world_act(w, reward_issue_decide, 1));
	world_becomes(w, friends[0], false); /* takes back the issued reward */
	world_becomes(w, friends[1], false); /* cancels */
	struct user_erase erase = {.command = {.decide = user_erase_decide},
				   .who = {.id = friends[2]},
				   .codes = w->codes,
				   .now_ms = w->now_ms};
	assert_int_equal(world_run(w, &erase.command), ERR_OK);
	const struct reach_views views = {.campaign_id = campaign, .views = 7};
	struct reach_add add = {.command = {.decide = reach_add_decide}, .rows = &views, .n = 1};
	assert_int_equal(world_run(w, &add.command), ERR_OK);
}

static void commands_read_no_counter_to_which_they_add(void **state)
{
	struct world *w = *state;
	uint64_t gets[N_COUNTERS], campaign = open_campaign(w);
	for (size_t i = 0; i < N_COUNTERS; i++)
		gets[i] = engine_memory_gets(w->adding, COUNTERS[i]->id);
	live_a_day(w, campaign);
	for (size_t i = 0; i < N_COUNTERS; i++)
		if (engine_memory_gets(w->adding, COUNTERS[i]->id) > gets[i])
			fail_msg("a command reads %s, to which it should only add: with several "
				 "nodes, every commit would conflict",
				 COUNTERS[i]->name);
}

static void counters_are_right_after_a_day(void **state)
{
	struct world *w = *state;
	live_a_day(w, open_campaign(w));
	struct campaign_stats campaign = {.campaign_id = 1};
	struct day days[2];
	struct webhook_stats webhook = {.webhook_id = 1};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &campaign), ERR_OK);
	assert_true(campaign.users == 3 && campaign.referrals == 2 && campaign.qualified == 0);
	assert_true(campaign.tests == 0 && campaign.reach == 7);
	assert_int_equal(world_list(w, &KIND_DAY, &(struct day){.campaign_id = 1}, 1, days, 2), 1);
	assert_true(days[0].joins == 4 && days[0].referrals == 3 && days[0].qualified == 3);
	assert_true(days[0].unqualified == 2 && days[0].rewards_due == 3);
	assert_true(days[0].rewards_issued == 1 && days[0].rewards_cancelled == 1);
	assert_int_equal(world_get(w, &KIND_WEBHOOK_STATS, &webhook), ERR_OK);
	/* 4 joins, 3 qualifications and 2 ends of them; 3 rewards due, 1 issued, 2 taken away. */
	assert_int_equal(webhook.pending, 15);
	struct rule_stats rule = world_stats(w, 1);
	assert_true(rule.due == 1 && rule.issued == 1 && rule.cancelled == 1);
	assert_int_equal(rule.clawbacks, 1);
}

/* Tests of the store prove that additions need numbers: texts would be lost. */
static void counters_hold_numbers(void **state)
{
	size_t found = 0;
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct record_kind *kind = RECORD_KINDS_ALL[i];
		found += kind->class == RECORD_COUNTER;
		for (size_t f = 0; kind->class == RECORD_COUNTER && f < kind->n_values; f++)
			if (kind->values[f].type != FIELD_U64 && kind != &KIND_WEBHOOK_STATS)
				fail_msg("%s.%s is not a number", kind->name, kind->values[f].name);
	}
	assert_int_equal(found, N_COUNTERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(adding, commands_read_no_counter_to_which_they_add),
	    WORLD_ON_ALL(counters_are_right_after_a_day),
	    WORLD_ON(adding, counters_are_right_after_a_day),
	    cmocka_unit_test(counters_hold_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
