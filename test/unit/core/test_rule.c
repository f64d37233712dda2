/* Owns the tests of reward rules: which settings fit together, what may still change, archiving,
 * lists.
 * Never goes through HTTP: the commands run on three stores.
 * Run by make test. */
#include "reward_world.h"

#define SET(member) record_bit(&KIND_RULE, offsetof(struct rule, member))

static const char *refused(struct rule rule)
{
	static struct problems problems;
	problems = (struct problems){0};
	rule_check(&rule, &problems);
	return problems.n == 0 ? NULL : problems.items[0].field.p;
}

static void settings_must_fit_together(void **state)
{
	char long_name[RULE_NAME_MAX + 1];
	(void)state;
	memset(long_name, 'x', sizeof long_name);
	struct rule good[] = {rule_amount(1), rule_commission(1), rule_coupon(1), rule_custom(1)};
	for (size_t i = 0; i < 4; i++)
		assert_null(refused(good[i]));
#define REFUSED(base, member, value, expected)                                                     \
	do {                                                                                       \
		struct rule rule = base(1);                                                        \
		rule.member = value;                                                               \
		assert_non_null(refused(rule));                                                    \
		assert_string_equal(refused(rule), expected);                                      \
	} while (0)
	REFUSED(rule_custom, name, TEXT(" "), "name");
	REFUSED(rule_custom, name, text_from(long_name, sizeof long_name), "name");
	REFUSED(rule_custom, name, TEXT("a\tb"), "name");
	REFUSED(rule_custom, metric, 0, "metric");
	REFUSED(rule_custom, currency, TEXT("EUR"), "currency");
	REFUSED(rule_custom, amount, 1, "amount");
	REFUSED(rule_custom, percent, 1, "percent");
	REFUSED(rule_custom, cap, 1, "cap");
	REFUSED(rule_custom, every, 1, "every");
	REFUSED(rule_custom, thresholds, TEXT("\0\0\0\0\0\0\0\1"), "thresholds");
	REFUSED(rule_custom, type, REWARD_RECURRING, "every");
	REFUSED(rule_custom, type, REWARD_MILESTONE, "thresholds");
	REFUSED(rule_amount, amount, 0, "amount");
	REFUSED(rule_amount, amount, UINT64_C(1) << 53, "amount");
	REFUSED(rule_amount, currency, TEXT("eur"), "currency");
	REFUSED(rule_commission, percent, 0, "percent");
	REFUSED(rule_commission, percent, 10001, "percent");
	REFUSED(rule_commission, trigger, TRIGGER_JOIN, "trigger");
	REFUSED(rule_coupon, method, REWARD_MANUALLY, "auto_issue");
}

static struct rule milestone(struct text thresholds)
{
	struct rule rule = rule_custom(1);
	rule.type = REWARD_MILESTONE;
	rule.thresholds = thresholds;
	return rule;
}

static void recurring_rules_and_milestones_match_counts(void **state)
{
	struct rule rule = milestone(TEXT("\0\0\0\0\0\0\0\2\0\0\0\0\0\0\1\0"));
	(void)state;
	assert_null(refused(rule));
	for (uint64_t count = 0; count < 600; count++)
		assert_int_equal(rule_counts(&rule, count), count == 2 || count == 256);
	rule.type = REWARD_RECURRING;
	rule.every = 7;
	for (uint64_t count = 1; count < 100; count++)
		assert_int_equal(rule_counts(&rule, count), count % 7 == 0);
	assert_non_null(refused(milestone(TEXT("\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\2"))));
	assert_non_null(refused(milestone(TEXT("\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\2"))));
	assert_non_null(refused(milestone(TEXT("\0\0\0\0\0\0\0\0"))));
}

static enum err change(struct world *w, struct rule_save *save, struct rule rule, uint64_t set)
{
	*save = rule_command(w, rule);
	save->set = set;
	return world_run(w, &save->command);
}

static void a_used_rule_keeps_its_campaign_and_kind(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	struct rule rule = rule_amount(p.campaign);
	struct rule_save save;
	rule.id = world_rule(w, rule);
	rule.recipient = RECIPIENT_INVITED;
	assert_int_equal(change(w, &save, rule, SET(recipient)), ERR_OK);
	assert_int_equal(save.row.rule.recipient, RECIPIENT_INVITED);
	world_becomes(w, p.friends[0], true);
	rule.recipient = RECIPIENT_REFERRER;
	assert_int_equal(change(w, &save, rule, SET(recipient)), ERR_REFUSED);
	assert_non_null(problems_find(&save.problems, TEXT("recipient")));
	rule.recipient = RECIPIENT_INVITED;
	rule.trigger = TRIGGER_JOIN;
	assert_int_equal(change(w, &save, rule, SET(recipient) | SET(trigger)), ERR_REFUSED);
	assert_non_null(problems_find(&save.problems, TEXT("trigger")));
	rule.campaign_id = world_launched(w);
	assert_int_equal(change(w, &save, rule, SET(campaign_id)), ERR_REFUSED);
	assert_non_null(problems_find(&save.problems, TEXT("campaign_id")));
	rule.amount = 7;
	assert_int_equal(change(w, &save, rule, SET(amount)), ERR_OK);
	assert_true(save.row.rule.amount == 7 && save.row.stats.due == 1);
	rule.id = 99;
	assert_int_equal(change(w, &save, rule, SET(amount)), ERR_NOT_FOUND);
}

static void uploaded_coupons_fix_the_metric(void **state)
{
	struct world *w = *state;
	struct rule rule = rule_coupon(world_launched(w));
	struct rule_save save;
	rule.id = world_rule(w, rule);
	world_coupons(w, rule.id, 'A', 1, 1);
	rule.metric = METRIC_CUSTOM;
	assert_int_equal(change(w, &save, rule, SET(metric)), ERR_REFUSED);
	assert_non_null(problems_find(&save.problems, TEXT("metric")));
	struct rule_remove remove = {.command = {.decide = rule_remove_decide}, .id = rule.id};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_true(remove.archived);
}

static void an_unused_rule_is_deleted(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), id = world_rule(w, rule_amount(campaign));
	uint64_t other = world_rule(w, rule_custom(campaign));
	struct rule_remove remove = {.command = {.decide = rule_remove_decide}, .id = id};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_false(remove.archived);
	struct rule rule = {.id = id};
	assert_int_equal(world_get(w, &KIND_RULE, &rule), ERR_NOT_FOUND);
	assert_int_equal(world_run(w, &remove.command), ERR_NOT_FOUND);
	remove.id = other;
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_int_equal(world_count(w, &KIND_RULE_SET), 0);
}

static void the_number_of_rules_is_limited(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	for (size_t i = 0; i < RULES_MAX; i++)
		world_rule(w, rule_custom(campaign));
	struct rule_save save = rule_command(w, rule_custom(campaign));
	assert_int_equal(world_run(w, &save.command), ERR_REFUSED);
	assert_non_null(problems_find(&save.problems, TEXT("campaign_id")));
	save = rule_command(w, rule_custom(campaign + 1));
	assert_int_equal(world_run(w, &save.command), ERR_REFUSED);
	world_rule(w, rule_custom(world_launched(w)));
}

/* ---- lists ---- */

static size_t list_due(struct world *w, struct reward_list *list,
		       struct reward_row rows[ID_PAGE_MAX])
{
	list->command.decide = reward_list_decide;
	list->rows = rows;
	assert_int_equal(world_ask(w, &list->command, NULL, NULL), ERR_OK);
	return list->page.n;
}

static void pages_of_rewards(void **state)
{
	static struct reward_row rows[ID_PAGE_MAX];
	struct world *w = *state;
	struct people p = world_people(w, 7);
	uint64_t one = world_rule(w, rule_custom(p.campaign)),
		 other = world_rule(w, rule_custom(p.campaign));
	struct rule invited = rule_custom(p.campaign);
	invited.recipient = RECIPIENT_INVITED;
	world_rule(w, invited);
	world_rule(w, rule_amount(p.campaign));
	for (size_t i = 0; i < 7; i++)
		world_becomes(w, p.friends[i], true);
	assert_int_equal(check_rewards(w), 28);
	struct reward_list list = {.state = REWARD_DUE, .metric = METRIC_CUSTOM, .page.max = 250};
	assert_int_equal(list_due(w, &list, rows), 21);
	assert_int_equal(list.page.next, 0);
	list.user_id = p.jessica;
	assert_int_equal(list_due(w, &list, rows), 14);
	assert_true(rows[0].user.id == p.jessica && rows[0].reward.rule_id == one);
	list.rule_id = other;
	assert_int_equal(list_due(w, &list, rows), 7);
	list.user_id = p.friends[2];
	assert_int_equal(list_due(w, &list, rows), 0);
	list.user_id = 0;
	list.page.max = 3;
	list.page.reverse = true;
	uint64_t before = UINT64_MAX, n = 0;
	do {
		n += list_due(w, &list, rows);
		for (size_t i = 0; i < list.page.n; before = rows[i++].reward.id)
			assert_true(rows[i].reward.id < before && rows[i].reward.rule_id == other);
		list.page.from = list.page.next;
	} while (list.page.next != 0);
	assert_int_equal(n, 7);
	list = (struct reward_list){.state = REWARD_DUE, .metric = METRIC_CUSTOM, .page.max = 250};
	list.campaign_id = p.campaign + 1;
	assert_int_equal(list_due(w, &list, rows), 0);
	list.campaign_id = p.campaign;
	list.state = REWARD_ISSUED;
	assert_int_equal(list_due(w, &list, rows), 0);
	assert_null(world_act(w, reward_issue_decide, 1));
	assert_int_equal(list_due(w, &list, rows), 1);
	list = (struct reward_list){.user_id = p.jessica, .page.max = 250};
	assert_int_equal(list_due(w, &list, rows), 21);
	assert_true(rows[0].reward.state == REWARD_ISSUED);
	list = (struct reward_list){.metric = METRIC_AMOUNT, .page.max = 250};
	assert_int_equal(list_due(w, &list, rows), 7);
	list.metric = 0;
	assert_int_equal(list_due(w, &list, rows), 28);
}

static void pages_of_coupons(void **state)
{
	struct world *w = *state;
	struct coupon coupons[4];
	uint64_t rule = world_rule(w, rule_coupon(world_launched(w)));
	world_coupons(w, rule, 'A', 1, 7);
	struct coupon_list list = {.command = {.decide = coupon_list_decide},
				   .rule_id = rule,
				   .page = {.max = 3},
				   .coupons = coupons};
	uint64_t n = 0;
	do {
		assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
		for (size_t i = 0; i < list.page.n; i++)
			assert_int_equal(coupons[i].number, ++n);
		list.page.from = list.page.next;
	} while (list.page.next != 0);
	assert_true(n == 7 && list.pool.added == 7);
	list.rule_id++;
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(settings_must_fit_together),
	    cmocka_unit_test(recurring_rules_and_milestones_match_counts),
	    WORLD_ON_ALL(a_used_rule_keeps_its_campaign_and_kind),
	    WORLD_ON_ALL(uploaded_coupons_fix_the_metric),
	    WORLD_ON_ALL(an_unused_rule_is_deleted),
	    WORLD_ON(memory, the_number_of_rules_is_limited),
	    WORLD_ON_ALL(pages_of_rewards),
	    WORLD_ON_ALL(pages_of_coupons),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
