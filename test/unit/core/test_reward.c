/* Owns the tests of rewards: what joins and qualifications earn, once, and what is taken back with
 * them.
 * Never goes through HTTP: the commands run on three stores.
 * Run by make test. */
#include "reward_world.h"

/* ---- earning ---- */

static void a_qualification_pays_the_referrer(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	uint64_t rule = world_rule(w, rule_amount(p.campaign));
	world_becomes(w, p.friends[0], true);
	assert_int_equal(check_rewards(w), 1);
	struct reward r = world_reward(w, 1);
	assert_true(r.rule_id == rule && r.user_id == p.jessica && r.cause_id == p.friends[0]);
	assert_true(r.state == REWARD_DUE && r.amount == 4990 && r.due_ms == w->now_ms);
	assert_true(text_eq(r.name, TEXT("A dinner")) && text_eq(r.currency, TEXT("EUR")));
	/* A repeated request earns nothing more. Another friend earns another reward. */
	struct qualify again = world_qualify(w, p.friends[0], true);
	assert_int_equal(world_run(w, &again.command), ERR_OK);
	assert_int_equal(check_rewards(w), 1);
	world_becomes(w, p.friends[1], true);
	assert_int_equal(check_rewards(w), 2);
}

static void a_join_pays_either_side(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct rule to_referrer = rule_amount(campaign), to_invited = rule_amount(campaign);
	to_referrer.trigger = to_invited.trigger = TRIGGER_JOIN;
	to_invited.recipient = RECIPIENT_INVITED;
	uint64_t referrers = world_rule(w, to_referrer), inviteds = world_rule(w, to_invited);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	assert_int_equal(check_rewards(w), 1);
	struct reward own = world_reward(w, 1);
	assert_true(own.rule_id == referrers && own.user_id == jessica && own.cause_id == jessica);
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	assert_int_equal(check_rewards(w), 3);
	struct reward hers = world_reward(w, 2), his = world_reward(w, 3);
	assert_true(hers.rule_id == referrers && hers.user_id == jessica && hers.cause_id == byron);
	assert_true(his.rule_id == inviteds && his.user_id == byron && his.cause_id == byron);
	struct join again = world_join(w, 0, jessica, "byron@example.com");
	assert_int_equal(world_run_join(w, &again), ERR_OK);
	assert_int_equal(check_rewards(w), 3);
}

static void a_recurring_rule_pays_every_nth_friend(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 7);
	struct rule rule = rule_amount(p.campaign);
	rule.type = REWARD_RECURRING;
	rule.every = 3;
	world_rule(w, rule);
	for (size_t i = 0; i < 7; i++) {
		world_becomes(w, p.friends[i], true);
		assert_int_equal(check_rewards(w), (i + 1) / 3);
	}
	assert_int_equal(world_reward(w, 1).step, 3);
	assert_int_equal(world_reward(w, 2).step, 6);
	assert_int_equal(world_reward(w, 2).cause_id, p.friends[5]);
}

static void milestones_are_paid(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct rule rule = rule_amount(campaign);
	rule.type = REWARD_MILESTONE;
	rule.trigger = TRIGGER_JOIN;
	rule.thresholds = TEXT("\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\5");
	world_rule(w, rule);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	for (size_t i = 1; i <= 6; i++) {
		char email[48];
		snprintf(email, sizeof email, "f%zu@example.com", i);
		world_user(w, 0, jessica, email);
		assert_int_equal(check_rewards(w), (i >= 2) + (i >= 5));
	}
	assert_int_equal(world_reward(w, 1).step, 2);
	assert_int_equal(world_reward(w, 2).step, 5);
}

static void test_users_neither_earn_nor_cause_rewards(void **state)
{
	struct world *w = *state;
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .test_mode = 1});
	struct rule rule = rule_amount(campaign);
	rule.trigger = TRIGGER_JOIN;
	world_rule(w, rule);
	world_rule(w, rule_amount(campaign));
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	world_becomes(w, byron, true);
	world_becomes(w, byron, false);
	assert_int_equal(check_rewards(w), 0);
	/* Test mode ends: a real user is now referred by a test user. */
	struct campaign_save save = {.command = {.decide = campaign_save_decide},
				     .campaign = {.id = campaign}};
	save.set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, test_mode));
	assert_int_equal(world_run(w, &save.command), ERR_OK);
	uint64_t anne = world_user(w, 0, jessica, "anne@example.com");
	world_becomes(w, anne, true);
	assert_int_equal(check_rewards(w), 0);
}

static void imported_qualifications_are_not_paid_again(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct rule rule = rule_amount(campaign);
	rule.trigger = TRIGGER_JOIN;
	world_rule(w, rule);
	world_rule(w, rule_amount(campaign));
	struct join join = world_join(w, campaign, 0, "jessica@example.com");
	join.import = true;
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	uint64_t jessica = join.user.id;
	join = world_join(w, 0, jessica, "byron@example.com");
	join.import = true;
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	struct qualify q = world_qualify(w, join.user.id, true);
	q.at_ms = 5;
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	assert_int_equal(check_rewards(w), 0);
}

static void archived_rules_pay_nothing_new_but_refunds_count(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	uint64_t rule = world_rule(w, rule_amount(p.campaign));
	world_becomes(w, p.friends[0], true);
	struct rule_remove remove = {.command = {.decide = rule_remove_decide}, .id = rule};
	remove.now_ms = w->now_ms;
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_true(remove.archived);
	world_becomes(w, p.friends[1], true);
	assert_int_equal(check_rewards(w), 1);
	world_becomes(w, p.friends[0], false);
	assert_int_equal(check_rewards(w), 1);
	assert_int_equal(world_reward(w, 1).state, REWARD_CANCELLED);
}

/* A cause that is reported again, by any caller. */
struct earn {
	struct command command;
	uint64_t user_id, count, now_ms;
};

static enum err earn(struct command *command, struct tx *tx)
{
	const struct earn *cmd = (const struct earn *)command;
	struct user user = {.id = cmd->user_id};
	enum err err = tx_get(tx, &KIND_USER, &user);
	const struct reward_cause cause = {.user = &user,
					   .trigger = TRIGGER_QUALIFY,
					   .count = cmd->count,
					   .public_url = TEXT("https://refer.example"),
					   .now_ms = cmd->now_ms};
	return err == ERR_OK ? reward_earn(tx, &cause) : err;
}

static void a_step_is_rewarded_once(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	struct rule second = rule_amount(p.campaign);
	second.type = REWARD_RECURRING;
	second.every = 2;
	second.auto_issue = 1;
	world_rule(w, rule_amount(p.campaign));
	world_rule(w, second);
	/* The count may reach 2 twice, because a counted user was erased. */
	for (size_t i = 0; i < 6; i++) {
		struct earn cmd = {{.decide = earn}, p.friends[i % 2], 2, w->now_ms};
		assert_int_equal(world_run(w, &cmd.command), ERR_OK);
		assert_int_equal(check_rewards(w), i == 0 ? 2 : 3);
	}
}

/* ---- commissions ---- */

static struct reward commission(struct world *w, uint64_t user_id, uint64_t amount_e4)
{
	struct qualify q = world_qualify(w, user_id, true);
	q.has_amount = true;
	q.amount_e4 = amount_e4;
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	return world_reward(w, check_rewards(w));
}

static void a_commission_is_rounded_and_capped(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 3);
	struct rule rule = rule_commission(p.campaign);
	rule.cap = 5000;
	rule.auto_issue = 1;
	world_rule(w, rule);
	struct reward r = commission(w, p.friends[0], 499500); /* 10 % of 49.95 are 4.995 */
	assert_true(r.amount == 500 && r.state == REWARD_ISSUED);
	assert_int_equal(commission(w, p.friends[1], 9990000).amount, 5000);
	/* A commission of zero makes no reward. */
	struct qualify q = world_qualify(w, p.friends[2], true);
	q.has_amount = true;
	q.amount_e4 = 1;
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	assert_int_equal(world_count(w, &KIND_REWARD), 2);
}

static void a_commission_without_an_amount_waits_for_a_person(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct rule rule = rule_commission(p.campaign);
	rule.auto_issue = 1;
	world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	struct reward r = world_reward(w, check_rewards(w));
	assert_true(r.state == REWARD_DUE && r.amount == 0 && !r.auto_issue);
	assert_non_null(memmem(r.reason.p, r.reason.n, "no amount was sent", 18));
	const char *why = world_act(w, reward_issue_decide, r.id);
	assert_non_null(why);
	assert_non_null(strstr(why, "no amount was sent"));
	struct reward_act edit = reward_act(w, reward_edit_decide, r.id);
	edit.set_amount = true;
	edit.amount = 750;
	assert_int_equal(world_run(w, &edit.command), ERR_OK);
	r = world_reward(w, r.id);
	assert_true(r.amount == 750 && r.reason.n == 0 && r.state == REWARD_DUE);
	assert_null(world_act(w, reward_issue_decide, r.id));
	check_rewards(w);
	assert_int_equal(world_run(w, &edit.command), ERR_REFUSED);
	assert_null(edit.field);
}

/* ---- undoing ---- */

static void a_cancelled_reward_is_earned_again(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	uint64_t rule = world_rule(w, rule_amount(p.campaign));
	for (size_t i = 1; i <= 4; i++) {
		world_becomes(w, p.friends[0], true);
		assert_int_equal(check_rewards(w), i);
		assert_int_equal(world_reward(w, i).state, REWARD_DUE);
		if (i % 2 == 0)
			assert_null(world_act(w, reward_issue_decide, i));
		w->now_ms++;
		world_becomes(w, p.friends[0], false);
		assert_int_equal(check_rewards(w), i);
		struct reward r = world_reward(w, i);
		assert_int_equal(r.state, i % 2 == 0 ? REWARD_ISSUED : REWARD_CANCELLED);
		assert_int_equal(r.clawback_ms, i % 2 == 0 ? w->now_ms : 0);
		assert_non_null(memmem(r.reason.p, r.reason.n, "unqualified", 11));
	}
	struct rule_stats s = world_stats(w, rule);
	assert_true(s.due == 0 && s.issued == 2 && s.cancelled == 2 && s.clawbacks == 2);
}

/* The count falls and rises again with another friend: the step's reward goes and comes with it. */
static void a_falling_count_takes_the_step_reward_back(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 3);
	struct rule rule = rule_amount(p.campaign);
	rule.type = REWARD_RECURRING;
	rule.every = 2;
	rule.auto_issue = 1;
	world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	world_becomes(w, p.friends[1], true);
	assert_int_equal(check_rewards(w), 1);
	world_becomes(w, p.friends[0], false);
	assert_true(world_reward(w, 1).clawback_ms != 0);
	world_becomes(w, p.friends[2], true);
	assert_int_equal(check_rewards(w), 2);
	struct reward r = world_reward(w, 2);
	assert_true(r.step == 2 && r.cause_id == p.friends[2] && r.clawback_ms == 0);
	/* Beyond the step the reward stays. */
	world_becomes(w, p.friends[0], true);
	world_becomes(w, p.friends[1], false);
	assert_int_equal(check_rewards(w), 2);
	assert_int_equal(world_reward(w, 2).clawback_ms, 0);
}

static void a_join_is_never_undone(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct rule rule = rule_amount(campaign);
	rule.trigger = TRIGGER_JOIN;
	rule.recipient = RECIPIENT_INVITED;
	world_rule(w, rule);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	world_becomes(w, byron, true);
	world_becomes(w, byron, false);
	assert_int_equal(check_rewards(w), 1);
	assert_int_equal(world_reward(w, 1).state, REWARD_DUE);
}

/* ---- by the operator ---- */

static void the_operator_issues_and_cancels(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 3);
	world_rule(w, rule_custom(p.campaign));
	for (size_t i = 0; i < 2; i++)
		world_becomes(w, p.friends[i], true);
	struct reward_act issue = reward_act(w, reward_issue_decide, 1);
	assert_int_equal(world_run(w, &issue.command), ERR_OK);
	assert_true(issue.changed && issue.row.user.id == p.jessica);
	assert_int_equal(world_run(w, &issue.command), ERR_OK);
	assert_false(issue.changed);
	assert_non_null(world_act(w, reward_cancel_decide, 1));
	struct reward_act cancel = reward_act(w, reward_cancel_decide, 2);
	cancel.reason = TEXT("a mistake");
	assert_int_equal(world_run(w, &cancel.command), ERR_OK);
	assert_true(cancel.changed);
	assert_true(text_eq(world_reward(w, 2).reason, TEXT("a mistake")));
	assert_int_equal(world_run(w, &cancel.command), ERR_OK);
	assert_false(cancel.changed);
	assert_non_null(world_act(w, reward_issue_decide, 2));
	struct reward_act none = reward_act(w, reward_issue_decide, 3);
	assert_int_equal(world_run(w, &none.command), ERR_NOT_FOUND);
	assert_int_equal(check_rewards(w), 2);
}

/* The promised amount is due, even if the rule changes later. */
static void a_later_change_of_the_rule_does_not_change_the_amount(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 2);
	struct rule rule = rule_amount(p.campaign);
	rule.id = world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	rule.amount = 100;
	rule.name = TEXT("Less");
	struct rule_save save = rule_command(w, rule);
	save.set = record_bit(&KIND_RULE, offsetof(struct rule, amount)) |
		   record_bit(&KIND_RULE, offsetof(struct rule, name));
	assert_int_equal(world_run(w, &save.command), ERR_OK);
	world_becomes(w, p.friends[1], true);
	assert_int_equal(world_reward(w, 1).amount, 4990);
	assert_true(text_eq(world_reward(w, 1).name, TEXT("A dinner")));
	assert_int_equal(world_reward(w, 2).amount, 100);
	check_rewards(w);
}

/* ---- events ---- */

static void events_name_the_recipient(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct rule rule = rule_amount(p.campaign);
	rule.auto_issue = 1;
	rule.id = world_rule(w, rule);
	world_becomes(w, p.friends[0], true);
	world_becomes(w, p.friends[0], false);
	/* Two joins, qualified, due, issued, unqualified, cancelled. */
	static const uint64_t types[] = {
	    EVENT_USER_JOIN,     EVENT_USER_JOIN,        EVENT_USER_QUALIFIED,  EVENT_REWARD_DUE,
	    EVENT_REWARD_ISSUED, EVENT_USER_UNQUALIFIED, EVENT_REWARD_CANCELLED};
	for (uint64_t id = 1; id <= 7; id++) {
		struct event e = {.id = id};
		assert_int_equal(world_get(w, &KIND_EVENT, &e), ERR_OK);
		assert_int_equal(e.type, types[id - 1]);
		if (e.rule_id == 0)
			continue;
		assert_true(e.user_id == p.jessica &&
			    text_eq(e.email, TEXT("jessica@example.com")));
		assert_true(e.reward_id == 1 && e.rule_id == rule.id && e.reward_amount == 4990);
		assert_true(e.recipient == RECIPIENT_REFERRER && e.reward_metric == METRIC_AMOUNT);
		assert_true(text_eq(e.reward_name, TEXT("A dinner")));
		assert_int_equal(e.reward_clawback, id == 7);
	}
	/* Each user's events are a chain. */
	struct event e = {.id = 7};
	assert_int_equal(world_get(w, &KIND_EVENT, &e), ERR_OK);
	assert_int_equal(e.previous_id, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_qualification_pays_the_referrer),
	    WORLD_ON_ALL(a_join_pays_either_side),
	    WORLD_ON_ALL(a_recurring_rule_pays_every_nth_friend),
	    WORLD_ON_ALL(milestones_are_paid),
	    WORLD_ON_ALL(test_users_neither_earn_nor_cause_rewards),
	    WORLD_ON_ALL(imported_qualifications_are_not_paid_again),
	    WORLD_ON_ALL(archived_rules_pay_nothing_new_but_refunds_count),
	    WORLD_ON_ALL(a_step_is_rewarded_once),
	    WORLD_ON_ALL(a_commission_is_rounded_and_capped),
	    WORLD_ON_ALL(a_commission_without_an_amount_waits_for_a_person),
	    WORLD_ON_ALL(a_cancelled_reward_is_earned_again),
	    WORLD_ON_ALL(a_falling_count_takes_the_step_reward_back),
	    WORLD_ON_ALL(a_join_is_never_undone),
	    WORLD_ON_ALL(the_operator_issues_and_cancels),
	    WORLD_ON_ALL(a_later_change_of_the_rule_does_not_change_the_amount),
	    WORLD_ON_ALL(events_name_the_recipient),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
