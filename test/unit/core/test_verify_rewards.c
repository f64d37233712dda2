/* Owns the tests of verify for rewards: a sound database has no problems, and a changed, added or
 * removed record is found. Never checks that records decode: e2e/test_verify damages bytes. Run by
 * make test. */
#include "base/crypto.h"
#include "core/reward_records.h"
#include "reward_world.h"
#include "verify_world.h"

/* Rule 1 pays: reward 1 was issued and must be taken back, reward 2 is due. Rule 2 has given coupon
 * A-1 to reward 3; reward 4 waits for a coupon. Rule 3 holds reward 5. Jessica is user 1, her
 * friends are users 2 and 3. */
static void fill(struct world *w)
{
	struct people p = world_people(w, 2);
	struct rule held = rule_custom(p.campaign);
	held.auto_issue = 1;
	held.hold_ms = DAY_MS;
	uint64_t money = world_rule(w, rule_amount(p.campaign));
	world_becomes(w, p.friends[0], true);
	assert_null(world_act(w, reward_issue_decide, 1));
	world_becomes(w, p.friends[0], false);
	world_becomes(w, p.friends[0], true);
	struct rule_remove remove = {
	    .command = {.decide = rule_remove_decide}, .id = money, .now_ms = 5};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	uint64_t coupon = world_rule(w, rule_coupon(p.campaign));
	world_coupons(w, coupon, 'A', 1, 1);
	world_becomes(w, p.friends[1], true);
	world_becomes(w, p.friends[0], false);
	world_rule(w, held);
	world_becomes(w, p.friends[0], true);
	assert_int_equal(check_rewards(w), 5);
	world_assert_sound(w);
}

static void damaged_rules_are_found(void **state)
{
	struct world *w = *state;
	struct rule rule = {.id = 2};
	struct rule_stats stats = {.rule_id = 1};
	fill(w);
	CHANGED(&KIND_RULE, &rule, campaign_id, 9,
		"rule 2: belongs to a campaign that does not exist\n");
	CHANGED(&KIND_RULE, &rule, metric, METRIC_AMOUNT,
		"rule 2: has values with which a rule cannot be saved\n");
	check_extra(w, &KIND_RULE_SET, &(struct rule_set){9, TEXT("\0\0\0\0\0\0\0\1")},
		    "rule_set 9: points to a rule of another campaign\n");
	check_extra(w, &KIND_RULE_SET, &(struct rule_set){9, TEXT("\0\0\0\0\0\0\0\7")},
		    "rule_set 9: points to a rule that does not exist\n");
	check_missing(w, &KIND_RULE_SET, &(struct rule_set){.campaign_id = 1},
		      "rule 2: is not in the set of its campaign\n");
	CHANGED(&KIND_RULE_STATS, &stats, clawbacks, 5,
		"rule_stats 1: clawbacks is 5, but the count is 1\n");
	CHANGED(&KIND_RULE_STATS, &stats, issued, 0,
		"rule_stats 1: issued is 0, but the count is 1\n");
	check_extra(w, &KIND_RULE_STATS, &(struct rule_stats){.rule_id = 7, .due = 1},
		    "rule_stats 7: counts for a rule that does not exist\n");
}

static void damaged_coupons_are_found(void **state)
{
	struct world *w = *state;
	struct pool pool = {.rule_id = 2};
	struct coupon coupon = {.rule_id = 2, .number = 1};
	struct reward reward = {.id = 3};
	fill(w);
	CHANGED(&KIND_POOL, &pool, added, 2, "pool 2: added is 2, but the count is 1\n");
	CHANGED(&KIND_POOL, &pool, given, 0, "pool 2: given is 0, but the count is 1\n");
	CHANGED(&KIND_COUPON, &coupon, reward_id, 0, "pool 2: given is 1, but the count is 0\n");
	CHANGED(&KIND_COUPON, &coupon, reward_id, 4,
		"reward 3: has a coupon that was handed out for another reward\n");
	CHANGED(&KIND_COUPON, &coupon, reward_id, 99,
		"coupon 2/1: was handed out for a reward that does not exist\n");
	CHANGED(&KIND_REWARD, &reward, coupon, TEXT("A-9"),
		"reward 3: has a coupon that does not exist\n");
	CHANGED(&KIND_REWARD, &reward, coupon, TEXT(""),
		"reward 3: is issued without a coupon, or has a coupon without being issued\n");
	check_missing(w, &KIND_COUPON_CODE, &(struct coupon_code){.code = TEXT("A-1")},
		      "coupon 2/1: cannot be found by its code\n");
	check_missing(w, &KIND_COUPON, &coupon,
		      "coupon_code A-1: points to a coupon that does not exist\n");
	check_extra(w, &KIND_COUPON_CODE, &(struct coupon_code){TEXT("B-1"), 2, 1},
		    "coupon_code B-1: points to a coupon with another code\n");
	check_extra(w, &KIND_COUPON, &(struct coupon){2, 3, TEXT("A-1"), 0},
		    "coupon 2/3: follows a coupon that is missing\n");
}

static void damaged_rewards_are_found(void **state)
{
	struct world *w = *state;
	struct reward due = {.id = 2}, issued = {.id = 3}, waiting = {.id = 4}, held = {.id = 5};
	fill(w);
	static const struct {
		struct reward_by row;
		const char *line;
	} rows[] = {
	    {{REWARDS_BY_USER, 1, 3}, "reward 3: is not in the list of its recipient\n"},
	    {{REWARDS_BY_CAUSE, 3, 3}, "reward 3: is not in the list of its cause\n"},
	    {{REWARDS_BY_RULE, 2, 3}, "reward 3: is not in the list of its rule\n"},
	    {{REWARDS_BY_STATE, REWARD_ISSUED * 8 + METRIC_COUPON, 3},
	     "reward 3: is not in the list of its state\n"},
	    {{REWARDS_WAITING, 2, 4},
	     "reward 4: waits for a coupon, but is missing from the index of waiting rewards\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_missing(w, &KIND_REWARD_BY, &rows[i].row, rows[i].line);
	check_extra(w, &KIND_REWARD_BY, &(struct reward_by){REWARDS_WAITING, 2, 3},
		    "reward_by 5/2/3: points to a reward that belongs under another key\n");
	check_extra(w, &KIND_REWARD_BY, &(struct reward_by){REWARDS_BY_USER, 1, 77},
		    "reward_by 2/1/77: points to a reward that does not exist\n");
	GET(&KIND_REWARD, &held);
	check_missing(w, &KIND_REWARD_HOLD, &(struct reward_hold){held.due_ms, 5},
		      "reward 5: is held, but is missing from the index of held rewards\n");
	check_extra(w, &KIND_REWARD_HOLD, &(struct reward_hold){held.due_ms + 1, 5},
		    "points to a reward that is not held until this time\n");
	CHANGED(&KIND_REWARD, &waiting, queue, QUEUE_NONE,
		"reward 4: is queued without waiting, or waits without being queued\n");
	CHANGED(&KIND_REWARD, &due, state, REWARD_ISSUED,
		"reward 2: has timestamps that do not fit its state\n");
	CHANGED(&KIND_REWARD, &issued, rule_id, 9,
		"reward 3: belongs to a rule that does not exist\n");
	CHANGED(&KIND_REWARD, &due, campaign_id, 9,
		"reward 2: belongs to another campaign than its rule\n");
	struct reward_step step = {.rule_id = 1, .referrer_id = 1, .step = 2};
	CHANGED(&KIND_REWARD_STEP, &step, reward_id, 3,
		"reward_step 1/1/2: points to a reward of another step\n");
	check_missing(w, &KIND_REWARD_STEP, &step, "reward 2: has no step\n");
}

/* Under rule 1, which counts every order, Jessica's friend 2 has the orders A, B and C. A was
 * refunded. */
static void fill_orders(struct world *w)
{
	struct people p = world_people(w, 1);
	struct rule rule = rule_amount(p.campaign);
	rule.repeat = REPEAT_EVERY_ORDER;
	world_rule(w, rule);
	for (int i = 0; i < 4; i++) {
		struct qualify q = world_qualify(w, p.friends[0], i < 3);
		q.order_id = i == 0 || i == 3 ? TEXT("A") : i == 1 ? TEXT("B") : TEXT("C");
		assert_int_equal(world_run(w, &q.command), ERR_OK);
	}
	assert_int_equal(check_rewards(w), 3);
	world_assert_sound(w);
}

static struct order order_of(const char *order_id)
{
	static uint8_t hash[SHA256_SIZE];
	crypto_sha256(text_of(order_id), hash);
	return (struct order){.user_id = 2, .hash = text_from(hash, 16)};
}

#define A "order 2/559aead08264d5795d3909718cdd05ab: "
#define B "order 2/df7e70e5021544f4834bbee64a9e3789: "
#define C "order 2/6b23c0d5f35d1b11f9b683f0b0a61735: "

static void damaged_orders_are_found(void **state)
{
	struct world *w = *state;
	struct user user = {.id = 2};
	struct reward_step step = {.rule_id = 1, .referrer_id = 1, .step = 2};
	fill_orders(w);
	struct order order = order_of("A");
	CHANGED(&KIND_ORDER, &order, older, TEXT("x"),
		A "does not count, but is in the list of its user\n");
	CHANGED(&KIND_ORDER, &order, amount_e4, 5,
		A "has a refund above its amount, or an amount although none was sent\n");
	check_missing(w, &KIND_ORDER, &order,
		      "refund 2/18446744073709551615/559aead08264d5795d3909718cdd05ab: belongs to "
		      "an order that does not exist\n");
	CHANGED(&KIND_ORDER, &order, state, ORDER_STANDS,
		A "has no newer order, but its user names another one as the newest\n");
	order = order_of("B");
	CHANGED(&KIND_ORDER, &order, newer, TEXT(""),
		C "points to an order that does not point back\n" B
		  "has no newer order, but its user names another one as the newest\n");
	order = order_of("C");
	CHANGED(&KIND_ORDER, &order, older, TEXT("x"),
		C "points to an order that does not exist\n" B
		  "points to an order that does not point back\n");
	CHANGED(&KIND_USER, &user, newest_order, TEXT("x"),
		"user 2: has a newest order that does not exist\n" C
		"has no newer order, but its user names another one as the newest\n");
	CHANGED(&KIND_REWARD_STEP, &step, living, 5,
		"user 2: living rewards of all orders is 5, but the count is 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(damaged_rules_are_found),
	    WORLD_ON_ALL(damaged_coupons_are_found),
	    WORLD_ON_ALL(damaged_rewards_are_found),
	    WORLD_ON_ALL(damaged_orders_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
