/* Owns the tests of rewards that wait for the end of a hold, for a coupon or for a review, and then
 * continue by themselves.
 * Never goes through HTTP: the commands and jobs run on three stores.
 * Run by make test. */
#include "reward_world.h"

/* ---- holds ---- */

static void a_held_reward_waits_for_its_time(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 3);
	struct rule rule = rule_amount(p.campaign);
	rule.auto_issue = 1;
	rule.hold_ms = 14 * (uint64_t)DAY_MS;
	world_rule(w, rule);
	for (size_t i = 0; i < 3; i++)
		world_becomes(w, p.friends[i], true);
	assert_int_equal(check_rewards(w), 3);
	struct reward r = world_reward(w, 1);
	assert_true(r.state == REWARD_DUE && r.queue == QUEUE_HOLD);
	assert_int_equal(r.due_ms, w->now_ms + rule.hold_ms);
	/* One reward is refunded within the hold, and the operator issues another one early. */
	world_becomes(w, p.friends[1], false);
	assert_null(world_act(w, reward_issue_decide, 3));
	w->now_ms = r.due_ms - 1;
	world_jobs(w);
	assert_int_equal(world_reward(w, 1).state, REWARD_DUE);
	w->now_ms++;
	world_jobs(w);
	check_rewards(w);
	r = world_reward(w, 1);
	assert_true(r.state == REWARD_ISSUED && r.issued_ms == w->now_ms);
	assert_int_equal(world_reward(w, 2).state, REWARD_CANCELLED);
	assert_int_equal(world_events(w, EVENT_REWARD_ISSUED), 2);
}

static void a_hold_without_auto_issue_ends_as_due(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct rule rule = rule_amount(p.campaign);
	rule.hold_ms = DAY_MS;
	world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	w->now_ms += 2 * (uint64_t)DAY_MS;
	world_jobs(w);
	check_rewards(w);
	assert_true(world_reward(w, 1).state == REWARD_DUE &&
		    world_count(w, &KIND_REWARD_HOLD) == 0);
}

/* ---- coupons ---- */

static void coupons_are_handed_out_in_order_once_each(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 5);
	uint64_t rule = world_rule(w, rule_coupon(p.campaign));
	world_coupons(w, rule, 'A', 1, 3);
	for (size_t i = 0; i < 5; i++)
		world_becomes(w, p.friends[i], true);
	assert_int_equal(check_rewards(w), 5);
	assert_true(text_eq(world_reward(w, 1).coupon, TEXT("A-1")));
	assert_true(text_eq(world_reward(w, 3).coupon, TEXT("A-3")));
	for (uint64_t id = 4; id <= 5; id++) {
		struct reward r = world_reward(w, id);
		assert_true(r.state == REWARD_DUE && r.queue == QUEUE_COUPON && r.coupon.n == 0);
		assert_true(text_eq(r.reason, TEXT(REWARD_POOL_EMPTY)));
		assert_string_equal(world_act(w, reward_issue_decide, id), REWARD_POOL_EMPTY);
	}
	world_jobs(w);
	assert_int_equal(world_reward(w, 4).state, REWARD_DUE);
	world_coupons(w, rule, 'A', 4, 1);
	world_jobs(w);
	check_rewards(w);
	struct reward r = world_reward(w, 4);
	assert_true(r.state == REWARD_ISSUED && text_eq(r.coupon, TEXT("A-4")) && r.reason.n == 0);
	assert_int_equal(world_reward(w, 5).state, REWARD_DUE);
	/* A coupon that was handed out does not return to the pool. */
	world_becomes(w, p.friends[0], false);
	world_coupons(w, rule, 'A', 5, 2);
	world_jobs(w);
	world_becomes(w, p.friends[0], true);
	check_rewards(w);
	assert_true(text_eq(world_reward(w, 5).coupon, TEXT("A-5")));
	assert_true(text_eq(world_reward(w, 6).coupon, TEXT("A-6")));
}

/* More rewards than a slice holds are waiting, under several rules, some of them without
 * coupons. */
static void all_waiting_rewards_get_coupons(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 16);
	uint64_t rules[9];
	for (size_t i = 0; i < 9; i++)
		rules[i] = world_rule(w, rule_coupon(p.campaign));
	for (size_t i = 0; i < 16; i++)
		world_becomes(w, p.friends[i], true);
	assert_int_equal(check_rewards(w), 9 * 16);
	for (size_t i = 1; i < 9; i++)
		world_coupons(w, rules[i], (char)('A' + i), 1, i == 8 ? 15 : 16);
	world_jobs(w);
	check_rewards(w);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(world_stats(w, rules[i]).due, i == 0 ? 16 : i == 8 ? 1 : 0);
}

/* Rules without coupons are skipped in bounded steps. */
static void rules_without_coupons_are_skipped_in_bounded_steps(void **state)
{
	enum { DRY = REWARD_RULES_LOOK_MAX + 6 };
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct reward_release job = {.slice.now_ms = w->now_ms};
	uint64_t last = 0;
	for (int i = 0; i <= DRY; i++)
		last = world_rule(w, rule_coupon(p.campaign));
	world_becomes(w, p.friends[0], true);
	world_coupons(w, last, 'A', 1, 1);
	assert_int_equal(
	    world_slice(w, &job.slice, reward_find_waiting_decide, reward_release_decide), 1);
	assert_int_equal(job.n, 0);
	assert_int_equal(
	    world_slice(w, &job.slice, reward_find_waiting_decide, reward_release_decide), 1);
	assert_int_equal(job.n, 1);
	assert_int_equal(world_stats(w, last).issued, 1);
	assert_int_equal(
	    world_slice(w, &job.slice, reward_find_waiting_decide, reward_release_decide), 0);
	assert_int_equal(job.rule_id, 0);
	check_rewards(w);
}

static void the_operator_issues_a_coupon_from_the_pool(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	struct rule rule = rule_coupon(p.campaign);
	rule.auto_issue = 0;
	rule.method = REWARD_MANUALLY;
	rule.id = world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	assert_string_equal(world_act(w, reward_issue_decide, 1), REWARD_POOL_EMPTY);
	world_coupons(w, rule.id, 'A', 1, 1);
	world_jobs(w);
	assert_int_equal(world_reward(w, 1).state, REWARD_DUE);
	assert_null(world_act(w, reward_issue_decide, 1));
	assert_true(text_eq(world_reward(w, 1).coupon, TEXT("A-1")));
	check_rewards(w);
}

static void a_hold_may_end_without_a_coupon(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct rule rule = rule_coupon(p.campaign);
	rule.hold_ms = DAY_MS;
	rule.id = world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	assert_true(world_reward(w, 1).queue == QUEUE_HOLD && world_reward(w, 1).reason.n == 0);
	w->now_ms += DAY_MS;
	world_jobs(w);
	check_rewards(w);
	assert_true(world_reward(w, 1).queue == QUEUE_COUPON);
	world_coupons(w, rule.id, 'A', 1, 1);
	world_jobs(w);
	check_rewards(w);
	assert_int_equal(world_reward(w, 1).state, REWARD_ISSUED);
}

static enum err upload(struct world *w, struct coupons_add *add, const char *a, const char *b)
{
	add->command.decide = coupons_add_decide;
	add->codes[0] = text_of(a);
	add->codes[1] = text_of(b);
	add->n = 2;
	return world_run(w, &add->command);
}

static void a_code_is_in_one_pool(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t one = world_rule(w, rule_coupon(campaign)),
		 other = world_rule(w, rule_coupon(campaign));
	uint64_t money = world_rule(w, rule_amount(campaign));
	struct coupons_add add = {.rule_id = one};
	assert_int_equal(upload(w, &add, "A", "B"), ERR_OK);
	assert_true(add.added == 2 && add.skipped == 0 && add.pool.added == 2);
	assert_int_equal(upload(w, &add, "B", "C"), ERR_OK);
	assert_true(add.added == 1 && add.skipped == 1 && add.pool.added == 3);
	assert_int_equal(upload(w, &add, "D", "D"), ERR_OK);
	assert_true(add.added == 1 && add.skipped == 1);
	add.rule_id = other;
	assert_int_equal(upload(w, &add, "E", "C"), ERR_REFUSED);
	assert_true(add.wrong == 1 && add.refusal != NULL);
	assert_int_equal(upload(w, &add, "E", "F"), ERR_OK);
	assert_true(add.added == 2 && add.pool.added == 2);
	add.rule_id = money;
	assert_int_equal(upload(w, &add, "G", "H"), ERR_REFUSED);
	assert_int_equal(add.wrong, add.n);
	add.rule_id = 99;
	assert_int_equal(upload(w, &add, "G", "H"), ERR_NOT_FOUND);
	check_rewards(w);
}

static void coupon_codes_are_checked(void **state)
{
	char longest[COUPON_MAX + 1];
	(void)state;
	memset(longest, 'x', sizeof longest);
	assert_null(coupon_refusal(text_from(longest, COUPON_MAX)));
	assert_null(coupon_refusal(TEXT("10% off \xe2\x82\xac")));
	assert_non_null(coupon_refusal(text_from(longest, COUPON_MAX + 1)));
	assert_non_null(coupon_refusal(TEXT("")));
	assert_non_null(coupon_refusal(TEXT("a\tb")));
	assert_non_null(coupon_refusal(TEXT("\xff")));
}

/* ---- reviews ---- */

struct decide_review {
	struct command command;
	uint64_t user_id, review;
};

static enum err decide_review(struct command *command, struct tx *tx)
{
	struct decide_review *cmd = (struct decide_review *)command;
	struct user user = {.id = cmd->user_id};
	enum err err = tx_get(tx, &KIND_USER, &user);
	if (err != ERR_OK)
		return err;
	user.review = cmd->review;
	tx_put(tx, &KIND_USER, &user);
	if (cmd->review != REVIEW_PENDING)
		reward_review_decided(tx, user.id);
	return ERR_OK;
}

static void world_review(struct world *w, uint64_t user_id, uint64_t review)
{
	struct decide_review cmd = {{.decide = decide_review}, user_id, review};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
}

static void a_reward_waits_for_the_review(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 3);
	struct rule rule = rule_amount(p.campaign);
	rule.auto_issue = 1;
	world_rule(w, rule);
	for (size_t i = 0; i < 3; i++) {
		world_review(w, p.friends[i], REVIEW_PENDING);
		world_becomes(w, p.friends[i], true);
	}
	assert_int_equal(check_rewards(w), 3);
	for (uint64_t id = 1; id <= 3; id++) {
		struct reward r = world_reward(w, id);
		assert_true(r.state == REWARD_DUE && r.review == REVIEW_PENDING && r.reason.n > 0);
		assert_non_null(strstr(world_act(w, reward_issue_decide, id), "review"));
	}
	w->now_ms += 100 * (uint64_t)DAY_MS;
	world_jobs(w);
	assert_int_equal(world_events(w, EVENT_REWARD_ISSUED), 0);
	world_review(w, p.friends[0], REVIEW_ACCEPTED);
	world_review(w, p.friends[1], REVIEW_REJECTED);
	world_jobs(w);
	check_rewards(w);
	assert_int_equal(world_reward(w, 1).state, REWARD_ISSUED);
	assert_int_equal(world_reward(w, 2).state, REWARD_CANCELLED);
	assert_int_equal(world_reward(w, 3).state, REWARD_DUE);
	assert_int_equal(world_count(w, &KIND_REWARD_REVIEW), 0);
	/* A rejected user causes no further rewards. */
	world_becomes(w, p.friends[1], false);
	world_becomes(w, p.friends[1], true);
	assert_int_equal(check_rewards(w), 3);
}

/* The user is accepted, but the job has not run yet: the operator need not wait for it. */
static void a_decision_counts_at_once(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	world_rule(w, rule_amount(p.campaign));
	for (size_t i = 0; i < 2; i++) {
		world_review(w, p.friends[i], REVIEW_PENDING);
		world_becomes(w, p.friends[i], true);
	}
	world_review(w, p.friends[0], REVIEW_ACCEPTED);
	world_review(w, p.friends[1], REVIEW_REJECTED);
	assert_null(world_act(w, reward_issue_decide, 1));
	assert_non_null(strstr(world_act(w, reward_issue_decide, 2), "rejected"));
	world_jobs(w);
	check_rewards(w);
	assert_int_equal(world_reward(w, 2).state, REWARD_CANCELLED);
}

/* The recipient is under review as well, with more rewards than a slice holds. */
static void the_recipients_review_counts(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 16);
	struct rule rule = rule_amount(p.campaign);
	rule.auto_issue = 1;
	for (size_t i = 0; i < 9; i++)
		world_rule(w, rule);
	world_review(w, p.jessica, REVIEW_PENDING);
	world_review(w, p.friends[3], REVIEW_PENDING);
	for (size_t i = 0; i < 16; i++)
		world_becomes(w, p.friends[i], true);
	assert_int_equal(check_rewards(w), 9 * 16);
	world_review(w, p.jessica, REVIEW_ACCEPTED);
	world_jobs(w);
	check_rewards(w);
	assert_int_equal(world_events(w, EVENT_REWARD_ISSUED), 9 * 15);
	world_review(w, p.jessica, REVIEW_REJECTED);
	world_jobs(w);
	check_rewards(w);
	assert_int_equal(world_events(w, EVENT_REWARD_CANCELLED), 9);
}

/* A second decision comes while the job follows the first one: the last decision counts. */
static void the_last_of_two_decisions_counts(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct reward_reviews job = {.slice.now_ms = w->now_ms};
	world_rule(w, rule_amount(p.campaign));
	world_rule(w, rule_amount(p.campaign));
	world_review(w, p.friends[0], REVIEW_PENDING);
	world_becomes(w, p.friends[0], true);
	world_review(w, p.friends[0], REVIEW_ACCEPTED);
	world_slice(w, &job.slice, reward_find_reviewed_decide, reward_follow_review_decide);
	assert_int_equal(world_reward(w, 1).review, REVIEW_ACCEPTED);
	world_review(w, p.friends[0], REVIEW_REJECTED);
	while (world_slice(w, &job.slice, reward_find_reviewed_decide,
			   reward_follow_review_decide) > 0)
		;
	check_rewards(w);
	assert_int_equal(world_events(w, EVENT_REWARD_CANCELLED), 2);
	assert_int_equal(world_count(w, &KIND_REWARD_REVIEW), 0);
}

/* ---- erased recipients ---- */

struct erase {
	struct command command;
	uint64_t user_id;
};

static enum err erase(struct command *command, struct tx *tx)
{
	const struct user user = {.id = ((struct erase *)command)->user_id};
	tx_delete(tx, &KIND_USER, &user);
	return ERR_OK;
}

static void an_erased_recipient_gets_nothing(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	struct rule rule = rule_amount(p.campaign);
	rule.auto_issue = 1;
	rule.hold_ms = DAY_MS;
	world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	struct erase gone = {{.decide = erase}, p.jessica};
	assert_int_equal(world_run(w, &gone.command), ERR_OK);
	w->now_ms += DAY_MS;
	world_jobs(w);
	struct reward r = world_reward(w, check_rewards(w));
	assert_true(r.state == REWARD_DUE && !r.auto_issue && r.reason.n > 0);
	assert_non_null(world_act(w, reward_issue_decide, r.id));
	world_becomes(w, p.friends[1], true);
	assert_int_equal(world_count(w, &KIND_REWARD), 1);
	struct reward_act read = reward_act(w, reward_read_decide, r.id);
	assert_int_equal(world_ask(w, &read.command, NULL, NULL), ERR_OK);
	assert_int_equal(read.row.user.id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_held_reward_waits_for_its_time),
	    WORLD_ON_ALL(a_hold_without_auto_issue_ends_as_due),
	    WORLD_ON_ALL(coupons_are_handed_out_in_order_once_each),
	    WORLD_ON_ALL(all_waiting_rewards_get_coupons),
	    WORLD_ON_ALL(the_operator_issues_a_coupon_from_the_pool),
	    WORLD_ON_ALL(a_hold_may_end_without_a_coupon),
	    WORLD_ON_ALL(rules_without_coupons_are_skipped_in_bounded_steps),
	    WORLD_ON_ALL(a_code_is_in_one_pool),
	    cmocka_unit_test(coupon_codes_are_checked),
	    WORLD_ON_ALL(a_reward_waits_for_the_review),
	    WORLD_ON_ALL(a_decision_counts_at_once),
	    WORLD_ON_ALL(the_recipients_review_counts),
	    WORLD_ON_ALL(the_last_of_two_decisions_counts),
	    WORLD_ON_ALL(an_erased_recipient_gets_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
