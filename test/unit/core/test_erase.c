/* Owns the tests of erasing a person: what is deleted at once, what slices remove from events,
 * deliveries and attempts, and that no record names the person afterwards. Runs on three stores. */
#include "erase_world.h"

#include "address_world.h"

#include "core/audit_records.h"
#include "core/health_records.h"
#include "core/lease_records.h"
#include "core/node_records.h"
#include "core/reward_records.h"

/* ---- at once ---- */

static void the_record_and_its_indexes_are_deleted_at_once(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join join = named(w, campaign, 0, "Jessica", "jessica@example.com");
	join.alias = TEXT("zgLAYb");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	uint64_t jessica = join.user.id;
	uint64_t byron = person(w, 0, jessica, "Byron", "byron@example.com");
	person(w, 0, byron, "Carl", "carl@example.com");
	world_becomes(w, byron, true);
	assert_int_equal(erase(w, byron), ERR_OK);
	world_assert_sound(w);
	struct campaign_stats stats = {.campaign_id = campaign};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	assert_true(stats.users == 2 && stats.referrals == 1 && stats.qualified == 0);
	struct user_stats hers = {.user_id = jessica}, his = {.user_id = byron};
	assert_int_equal(world_get(w, &KIND_USER_STATS, &hers), ERR_OK);
	assert_true(hers.referrals == 0 && hers.qualified_referrals == 0);
	assert_int_equal(world_get(w, &KIND_USER_STATS, &his), ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_RANK), 0);
	assert_int_equal(erase(w, jessica), ERR_OK);
	world_assert_sound(w);
	assert_int_equal(world_count(w, &KIND_ALIAS), 0);
	assert_int_equal(world_count(w, &KIND_USER), 1);
	assert_int_equal(erase(w, jessica), ERR_NOT_FOUND);
	assert_int_equal(erase(w, 99), ERR_NOT_FOUND);
	/* The address is free again, and the link is unknown. */
	join = named(w, campaign, 0, "Jessica", "jessica@example.com");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_true(join.outcome == JOIN_CREATED && join.user.id > jessica);
	join = named(w, campaign, jessica, "Dora", "dora@example.com");
	join.campaign_id = 0;
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED);
	finish(w);
}

static void erasing_a_test_user_does_not_lower_the_counters(void **state)
{
	struct world *w = *state;
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .test_mode = 1});
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	assert_int_equal(erase(w, byron), ERR_OK);
	struct campaign_stats stats = {.campaign_id = campaign};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	assert_true(stats.tests == 1 && stats.users == 0 && stats.referrals == 0);
	finish(w);
}

/* Later events of her friends restore nothing of hers. */
static void later_events_of_friends_do_not_name_the_erased_person(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	struct rule rule = rule_custom(p.campaign);
	world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	assert_int_equal(erase(w, p.jessica), ERR_OK);
	world_becomes(w, p.friends[0], false);
	world_becomes(w, p.friends[1], true);
	world_assert_sound(w);
	struct user_stats hers = {.user_id = p.jessica};
	assert_int_equal(world_get(w, &KIND_USER_STATS, &hers), ERR_NOT_FOUND);
	struct campaign_stats stats = {.campaign_id = p.campaign};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
	assert_true(stats.users == 2 && stats.referrals == 2 && stats.qualified == 1);
	finish(w);
	assert_int_equal(records_containing(w, "jessica@"), 0);
}

/* ---- in slices ---- */

static void no_record_names_an_erased_person(void **state)
{
	struct world *w = *state;
	uint64_t hook = world_webhook(w, world_hook());
	uint64_t campaign = world_launched(w);
	uint64_t ada = person(w, campaign, 0, "Ada", "ada@example.com");
	struct join join = named(w, 0, ada, "Jessica", "jessica@example.com");
	join.ip = TEXT("\x7f\0\0\1");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	uint64_t jessica = join.user.id;                                      /* delivery 2 */
	uint64_t byron = person(w, 0, jessica, "Byron", "byron@example.com"); /* 3 */
	world_becomes(w, jessica, true);                                      /* 4 */
	world_becomes(w, byron, true);                                        /* 5 */
	attempt(w, 2, VERDICT_RETRY, "who is Jessica?");
	attempt(w, 3, VERDICT_DELIVERED, "thanks, jessica@example.com sent Byron");
	assert_int_equal(address_catch_up(w), 3);
	assert_true(records_containing(w, "essica") > 5);
	assert_int_equal(erase(w, jessica), ERR_OK);
	assert_int_equal(finish(w), 1);
	assert_int_equal(records_containing(w, "essica"), 0);
	/* Her deliveries are never sent. His are, with his own data. */
	assert_int_equal(world_delivery(w, 2).status, DELIVERY_CANCELLED);
	assert_int_equal(world_delivery(w, 4).status, DELIVERY_CANCELLED);
	assert_int_equal(world_delivery(w, 3).status, DELIVERY_DELIVERED);
	assert_int_equal(world_delivery(w, 5).status, DELIVERY_PENDING);
	struct event joined = {.id = 3}, hers = {.id = 2};
	assert_int_equal(world_get(w, &KIND_EVENT, &joined), ERR_OK);
	assert_true(text_eq(joined.email, TEXT("byron@example.com")) && !joined.erased);
	assert_int_equal(joined.referrer_id, jessica);
	assert_int_equal(world_get(w, &KIND_EVENT, &hers), ERR_OK);
	assert_true(hers.erased && hers.user_id == jessica && hers.ip.n == 0);
	assert_true(records_containing(w, "Byron") > 0 && records_containing(w, "Ada") > 0);
	struct webhook_stats stats = {.webhook_id = hook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK_STATS, &stats), ERR_OK);
	assert_true(stats.pending == 2 && stats.cancelled == 2);
}

/* A person who referred many: each slice is bounded, and gaps of the retention do no harm. */
static void many_friends_and_a_cut_chain(void **state)
{
	enum { FRIENDS = 150 };
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.order = ORDER_NONE;
	world_webhook(w, hook);
	uint64_t campaign = world_launched(w);
	uint64_t jessica = person(w, campaign, 0, "Jessica", "jessica@example.com");
	char email[48];
	for (int i = 0; i < FRIENDS; i++) {
		snprintf(email, sizeof email, "friend%d@example.com", i);
		uint64_t friend = person(w, 0, jessica, "Byron", email);
		if (i % 10 == 0)
			world_becomes(w, friend, true);
	}
	/* The retention drops the newest event of a friend; the event before it has a delivery. */
	struct retention_slice drop = {.slice = {.command = {.decide = retention_drop_decide}},
				       .before_ms = w->now_ms + 10};
	struct event newest = {.id = 3};
	assert_int_equal(world_get(w, &KIND_EVENT, &newest), ERR_OK);
	assert_int_equal(newest.type, EVENT_USER_QUALIFIED);
	attempt(w, 3, VERDICT_DELIVERED, "");
	drop.deliveries[drop.n_deliveries++] = 3;
	drop.events[drop.n_events++] = 3;
	assert_int_equal(world_run(w, &drop.slice.command), ERR_OK);
	assert_int_equal(erase(w, jessica), ERR_OK);
	size_t slices = 0, work;
	while (step(w, &work)) {
		assert_true(work <= 2 * ERASE_SLICE);
		slices++;
	}
	assert_true(slices > 3 && slices < FRIENDS / 10);
	assert_int_equal(records_containing(w, "essica"), 0);
	/* Users and their joins; qualifications except one; and user.flagged above the joins of an
	 * hour. */
	assert_int_equal(records_containing(w, "Byron"),
			 2 * FRIENDS + FRIENDS / 10 - 1 + FRIENDS - 100);
}

static void attempts_are_erased_in_bounded_slices(void **state)
{
	enum { ATTEMPTS = 40, DELIVERIES = 4 };
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.order = ORDER_NONE;
	for (int i = 0; i < DELIVERIES; i++)
		world_webhook(w, hook);
	uint64_t jessica = person(w, world_launched(w), 0, "Jessica", "jessica@example.com");
	for (uint64_t id = 1; id <= DELIVERIES; id++)
		for (int i = 0; i < ATTEMPTS; i++)
			attempt(w, id, VERDICT_RETRY, "Jessica?");
	assert_int_equal(erase(w, jessica), ERR_OK);
	size_t work;
	assert_true(step(w, &work));
	assert_true(work >= ERASE_SLICE && work < ERASE_SLICE + ATTEMPTS + 2);
	finish(w);
	assert_int_equal(records_containing(w, "Jessica"), 0);
	assert_int_equal(world_count(w, &KIND_ATTEMPT), DELIVERIES * ATTEMPTS);
}

static void due_rewards_are_cancelled(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 3);
	struct rule rule = rule_custom(p.campaign);
	uint64_t id = world_rule(w, rule);
	for (int i = 0; i < 3; i++)
		world_becomes(w, p.friends[i], true);
	assert_null(world_act(w, reward_issue_decide, 1));
	assert_int_equal(erase(w, p.jessica), ERR_OK);
	finish(w);
	struct rule_stats stats = world_stats(w, id);
	assert_true(stats.due == 0 && stats.cancelled == 2 && stats.issued == 1);
	assert_int_equal(world_reward(w, 2).state, REWARD_CANCELLED);
	assert_int_equal(records_containing(w, "jessica@"), 0);
}

static void orders_and_kept_responses_are_erased(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	for (int i = 0; i < 2; i++) {
		struct qualify q = world_qualify(w, p.friends[i], true);
		q.order_id = TEXT("order 7");
		idempotency_key_make(&q.key, TEXT("qualify"), text_of(i == 0 ? "a" : "b"),
				     TEXT("body"), TEXT(""));
		assert_int_equal(world_run(w, &q.command), ERR_OK);
		q.key.given = q.qualified = false;
		assert_int_equal(world_run(w, &q.command), ERR_OK);
	}
	assert_int_equal(world_count(w, &KIND_REFUND), 2);
	assert_int_equal(erase(w, p.friends[0]), ERR_OK);
	world_assert_sound(w);
	finish(w);
	struct order order = {0};
	struct refund refund = {0}, refunds[4];
	assert_int_equal(world_list(w, &KIND_REFUND, &refund, 0, refunds, 4), 1);
	assert_int_equal(refunds[0].user_id, p.friends[1]);
	struct idempotency answer = {0};
	assert_int_equal(world_count(w, &KIND_ORDER), 1);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 1);
	struct order orders[4];
	struct idempotency answers[4];
	assert_int_equal(world_list(w, &KIND_ORDER, &order, 0, orders, 4), 1);
	assert_int_equal(orders[0].user_id, p.friends[1]);
	assert_int_equal(world_list(w, &KIND_IDEMPOTENCY, &answer, 0, answers, 4), 1);
	assert_int_equal(answers[0].user_id, p.friends[1]);
}

static void several_people_are_erased_one_after_another(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 5);
	world_webhook(w, world_hook());
	for (int i = 0; i < 5; i++)
		world_becomes(w, p.friends[i], true);
	for (int i = 0; i < 5; i++)
		assert_int_equal(erase(w, p.friends[i]), ERR_OK);
	assert_int_equal(erase(w, p.jessica), ERR_OK);
	assert_int_equal(finish(w), 6);
	assert_int_equal(records_containing(w, "example.com"), 0);
	assert_int_equal(world_count(w, &KIND_USER), 0);
}

static enum err put_of_a_newer_referd(struct command *command, struct tx *tx)
{
	const struct erasure erasure = {.user_id = 1, .person_id = 1, .phase = ERASE_REFUNDS + 1};
	(void)command;
	tx_put(tx, &KIND_ERASURE, &erasure);
	return ERR_OK;
}

/* A newer version, which knows the phase, continues it. */
static void phases_of_a_newer_version_are_left_alone(void **state)
{
	struct world *w = *state;
	struct command put = {.decide = put_of_a_newer_referd};
	struct erase_slice job = {.slice = {.command = {.decide = erase_find_decide}}};
	assert_int_equal(world_run(w, &put), ERR_OK);
	assert_int_equal(world_ask(w, &job.slice.command, NULL, NULL), ERR_FORMAT);
}

/* ---- every kind ---- */

/* Kinds that hold data about a user besides ids. A test above makes records of each kind. */
static const struct record_kind *const ABOUT_USERS[] = {
    &KIND_USER,     &KIND_USER_STATS, &KIND_EMAIL_INDEX, &KIND_IDEMPOTENCY, &KIND_IDEMPOTENCY_AGE,
    &KIND_EVENT,    &KIND_DELIVERY,   &KIND_ATTEMPT,     &KIND_ALIAS,       &KIND_LEADERS,
    &KIND_ORDER,    &KIND_REFUND,     &KIND_REWARD,      &KIND_ADDRESS,     &KIND_RANK,
    &KIND_WAY_BACK,
};

/* Kinds that hold only ids, numbers, secrets, or text that no user sent. */
static const struct record_kind *const NOT_ABOUT_USERS[] = {
    &KIND_SETTING,        &KIND_CAMPAIGN,
    &KIND_CAMPAIGN_STATS, &KIND_WEBHOOK,
    &KIND_WEBHOOK_SET,    &KIND_WEBHOOK_REVISION,
    &KIND_WEBHOOK_STATS,  &KIND_DUE,
    &KIND_CHAIN,          &KIND_TOKEN,
    &KIND_SESSION,        &KIND_EVENT_DELIVERY,
    &KIND_DELIVERY_BY,    &KIND_REPLAY,
    &KIND_USER_BY,        &KIND_DAY,
    &KIND_RULE,           &KIND_POOL,
    &KIND_COUPON,         &KIND_COUPON_CODE,
    &KIND_RULE_SET,       &KIND_REWARD_STEP,
    &KIND_REWARD_BY,      &KIND_REWARD_HOLD,
    &KIND_ERASURE,        &KIND_RULE_STATS,
    &KIND_REWARD_REVIEW,  &KIND_ADDRESS_PROGRESS,
    &KIND_AUDIT,          &KIND_AUDIT_BY,
    &KIND_OPERATOR,       &KIND_WEBHOOK_HEALTH,
    &KIND_LEASE,          &KIND_NODE,
};

static bool lists(const struct record_kind *const *list, size_t n, const struct record_kind *kind)
{
	bool found = false;
	for (size_t i = 0; i < n; i++)
		found = found || list[i] == kind;
	return found;
}

/* A reminder: nothing else shows that the records of a new kind outlive their user. */
static void every_kind_is_erased_or_not_about_users(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct record_kind *kind = RECORD_KINDS_ALL[i];
		bool about = lists(ABOUT_USERS, sizeof ABOUT_USERS / sizeof *ABOUT_USERS, kind);
		if (about ==
		    lists(NOT_ABOUT_USERS, sizeof NOT_ABOUT_USERS / sizeof *NOT_ABOUT_USERS, kind))
			fail_msg("%s: if it may hold data about a user, erase it "
				 "(src/core/people/erase*.c), test that above and add it to "
				 "ABOUT_USERS; if not, add it to NOT_ABOUT_USERS",
				 kind->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(the_record_and_its_indexes_are_deleted_at_once),
	    WORLD_ON_ALL(erasing_a_test_user_does_not_lower_the_counters),
	    WORLD_ON_ALL(phases_of_a_newer_version_are_left_alone),
	    WORLD_ON_ALL(later_events_of_friends_do_not_name_the_erased_person),
	    WORLD_ON_ALL(no_record_names_an_erased_person),
	    WORLD_ON_ALL(many_friends_and_a_cut_chain),
	    WORLD_ON_ALL(attempts_are_erased_in_bounded_slices),
	    WORLD_ON_ALL(due_rewards_are_cancelled),
	    WORLD_ON_ALL(orders_and_kept_responses_are_erased),
	    cmocka_unit_test(every_kind_is_erased_or_not_about_users),
	    WORLD_ON_ALL(several_people_are_erased_one_after_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
