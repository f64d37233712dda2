/*
 * Owns the story of a month: three campaigns, ten thousand people, referrals, purchases, refunds,
 * milestones, coupons that run out and come back, people who are erased. Each answer and, day by
 * day, every counter and reward is compared with a reference model (story_model.h), the events are
 * counted, and at the end the database is verified. The time is virtual.
 */
#include "reward_world.h"

#include "../../support/seeded.h"
#include "core/day.h"
#include "core/erase.h"
#include "story_model.h"
#include "verify_world.h"

enum {
	JOINS_A_DAY = 340,
	QUALIFIES_A_DAY = 200,
	REFUNDS_A_DAY = 25,
	ERASURES_A_DAY = 5,
	COUPONS_AT_FIRST = 300,
	COUPONS_LATER = 1000,
	REFILL_DAY = 20,
	BATCH = 64,
};

/* One thing that somebody does, on its way, and what the model says it is answered. */
struct op {
	struct world_call call;
	struct join join;
	struct qualify qualify;
	bool is_join, changed;
	enum err expected;
	uint64_t user_id;
	char email[48];
};

struct run {
	struct world *w;
	struct story *s;
	struct seeded seed;
	uint64_t coupons; /* uploaded so far */
	/* Many share a commit, as under load. They are decided in their order, so the model can be
	 * ahead of them. */
	struct op ops[BATCH];
	size_t n_ops;
};

static unsigned below(struct run *r, unsigned n)
{
	return (unsigned)seeded_below(&r->seed, n);
}

/* ---- setting up ---- */

static const enum reward_metric metrics[] = {
    [STORY_AMOUNT] = METRIC_AMOUNT,
    [STORY_COMMISSION] = METRIC_COMMISSION,
    [STORY_COUPON] = METRIC_COUPON,
    [STORY_CUSTOM] = METRIC_CUSTOM,
};

static struct text thresholds_of(struct world *w, const struct story_rule *from)
{
	struct text list = {0};
	for (const unsigned *t = from->thresholds; *t != 0; t++)
		assert_int_equal(id_list_add(list, *t, &w->arena, &list), ERR_OK);
	return list;
}

static void make_rule(struct run *r, unsigned number)
{
	const struct story_rule *from = &story_rules[number];
	bool is_money = from->metric == STORY_AMOUNT || from->metric == STORY_COMMISSION;
	struct rule rule = {
	    .campaign_id = from->campaign,
	    .name = TEXT("Reward"),
	    .metric = metrics[from->metric],
	    .recipient = from->to_invited ? RECIPIENT_INVITED : RECIPIENT_REFERRER,
	    .trigger = from->on_join ? TRIGGER_JOIN : TRIGGER_QUALIFY,
	    .type = REWARD_STANDARD,
	    .amount = from->amount,
	    .currency = is_money ? TEXT("EUR") : TEXT(""),
	    .percent = from->percent,
	    .cap = from->cap,
	    .every = from->every,
	    .thresholds = thresholds_of(r->w, from),
	    .auto_issue = from->automatic,
	    .hold_ms = from->hold_days * (uint64_t)DAY_MS,
	};
	if (!story_is_standard(from))
		rule.type = from->every != 0 ? REWARD_RECURRING : REWARD_MILESTONE;
	assert_int_equal(world_rule(r->w, rule), number);
}

static void upload(struct run *r, size_t n)
{
	for (size_t left = n; left > 0;) {
		size_t some = left < COUPONS_ADD_MAX ? left : COUPONS_ADD_MAX;
		world_coupons(r->w, 4, 'S', (size_t)r->coupons + 1, some);
		r->coupons += some;
		left -= some;
	}
	r->s->coupons_left += (unsigned)n;
}

static void begin(struct run *r)
{
	for (unsigned id = 1; id <= STORY_CAMPAIGNS; id++)
		assert_int_equal(world_launched(r->w), id);
	world_webhook(r->w, world_hook());
	for (unsigned i = 1; i <= STORY_RULES; i++)
		make_rule(r, i);
	upload(r, COUPONS_AT_FIRST);
}

/* ---- what people do ---- */

/* Half of them come by somebody's link; a few referrers bring most. */
static unsigned pick_referrer(struct run *r)
{
	unsigned n = r->s->n_users;
	if (n == 0 || below(r, 2) == 0)
		return 0;
	unsigned id = below(r, 3) == 0 ? 1 + below(r, n < 60 ? n : 60) : 1 + below(r, n);
	return r->s->users[id].erased ? 0 : id;
}

static void settle(struct run *r)
{
	world_settle(r->w);
	for (size_t i = 0; i < r->n_ops; i++) {
		const struct op *op = &r->ops[i];
		assert_true(op->call.done);
		assert_int_equal(op->call.err, op->expected);
		if (op->is_join)
			assert_int_equal(op->join.user.id, op->user_id);
		else if (op->expected == ERR_OK)
			assert_int_equal(op->qualify.changed, op->changed);
	}
	r->n_ops = 0;
}

static struct op *new_op(struct run *r)
{
	if (r->n_ops == BATCH)
		settle(r);
	struct op *op = &r->ops[r->n_ops++];
	*op = (struct op){.expected = ERR_OK};
	return op;
}

static void submit(struct run *r, struct op *op, struct command *command)
{
	world_call_set(r->w, &op->call, command);
	assert_int_equal(store_submit(r->w->store, &op->call.command), ERR_OK);
}

static void one_joins(struct run *r)
{
	struct op *op = new_op(r);
	unsigned referrer = pick_referrer(r);
	unsigned campaign =
	    referrer != 0 ? r->s->users[referrer].campaign : 1 + below(r, STORY_CAMPAIGNS);
	snprintf(op->email, sizeof op->email, "p%u@example.com", r->s->n_users + 1);
	op->is_join = true;
	op->join = world_join(r->w, campaign, referrer, op->email);
	op->user_id = story_join(r->s, campaign, referrer);
	submit(r, op, &op->join.command);
}

static void changes(struct run *r, unsigned id, bool qualified, uint64_t cents)
{
	struct op *op = new_op(r);
	const struct story_user *u = &r->s->users[id];
	bool can = u->referrer != 0 && !u->erased;
	op->qualify = world_qualify(r->w, id, qualified);
	op->qualify.has_amount = true;
	op->qualify.amount_e4 = cents * 100;
	op->expected = can ? ERR_OK : ERR_REFUSED;
	op->changed = can && story_qualify(r->s, id, qualified, cents * 100);
	submit(r, op, &op->qualify.command);
}

static void one_buys(struct run *r)
{
	unsigned n = r->s->n_users;
	changes(r, n == 0 ? 1 : 1 + below(r, n), below(r, 20) != 0, 1 + below(r, 30000));
}

/* Mostly somebody who did buy. */
static void one_is_refunded(struct run *r)
{
	for (unsigned tries = 0; tries < 50 && r->s->n_users > 0; tries++) {
		unsigned id = 1 + below(r, r->s->n_users);
		if (!r->s->users[id].qualified || r->s->users[id].erased)
			continue;
		changes(r, id, false, 0);
		return;
	}
}

static void slices(struct run *r, struct slice *slice, command_decide_fn *find,
		   command_decide_fn *change)
{
	do {
		slice->now_ms = slice->believed_ms = r->w->now_ms;
		slice->codes = r->w->codes;
		slice->public_url = TEXT("https://refer.example");
		slice->command = (struct command){.decide = find};
		assert_int_equal(world_ask(r->w, &slice->command, NULL, NULL), ERR_OK);
		if (slice->n == 0)
			return;
		slice->command = (struct command){.decide = change};
		assert_int_equal(world_run(r->w, &slice->command), ERR_OK);
	} while (true);
}

static void one_is_erased(struct run *r)
{
	unsigned id = r->s->n_users == 0 ? 1 : 1 + below(r, r->s->n_users);
	bool is_there = r->s->n_users > 0 && !r->s->users[id].erased;
	struct user_erase erase = {.command = {.decide = user_erase_decide},
				   .who = {.id = id},
				   .codes = r->w->codes,
				   .now_ms = r->w->now_ms};
	struct erase_slice job = {0};
	settle(r);
	assert_int_equal(world_run(r->w, &erase.command), is_there ? ERR_OK : ERR_NOT_FOUND);
	slices(r, &job.slice, erase_find_decide, erase_change_decide);
	if (is_there)
		story_erase(r->s, id);
}

static void morning(struct run *r)
{
	struct reward_release held = {0}, waiting = {0};
	if (r->s->day == REFILL_DAY)
		upload(r, COUPONS_LATER);
	slices(r, &held.slice, reward_find_held_decide, reward_release_decide);
	slices(r, &waiting.slice, reward_find_waiting_decide, reward_release_decide);
	story_release(r->s);
}

/* ---- comparing ---- */

static void compare_campaigns(struct run *r)
{
	for (uint64_t id = 1; id <= STORY_CAMPAIGNS; id++) {
		const struct story_campaign *expected = &r->s->campaigns[id];
		const unsigned *counted = r->s->by_day[id][r->s->day];
		struct campaign_stats stats = {.campaign_id = id};
		struct day day = {.campaign_id = id, .date = r->w->now_ms / DAY_MS};
		assert_int_equal(world_get(r->w, &KIND_CAMPAIGN_STATS, &stats), ERR_OK);
		assert_int_equal(world_get(r->w, &KIND_DAY, &day), ERR_OK);
		assert_int_equal(stats.users, expected->users);
		assert_int_equal(stats.referrals, expected->referrals);
		assert_int_equal(stats.qualified, expected->qualified);
		assert_int_equal(day.joins, counted[0]);
		assert_int_equal(day.qualified, counted[1]);
		assert_int_equal(day.unqualified, counted[2]);
	}
}

static void compare_user(struct run *r, unsigned id)
{
	const struct story_user *expected = &r->s->users[id];
	struct user user = {.id = id};
	struct user_stats stats = {.user_id = id};
	enum err err = world_get(r->w, &KIND_USER, &user);
	assert_int_equal(err, expected->erased ? ERR_NOT_FOUND : ERR_OK);
	if (expected->erased)
		return;
	assert_int_equal(user.referrer_id, expected->referrer);
	assert_int_equal(user.qualified_ms != 0, expected->qualified);
	err = world_get(r->w, &KIND_USER_STATS, &stats);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	assert_int_equal(stats.referrals, expected->referrals);
	assert_int_equal(stats.qualified_referrals, expected->qualified_referrals);
}

static void compare_reward(struct run *r, unsigned id)
{
	const struct story_reward *expected = &r->s->rewards[id];
	struct reward reward = world_reward(r->w, id);
	assert_int_equal(reward.rule_id, expected->rule);
	assert_int_equal(reward.user_id, expected->recipient);
	assert_int_equal(reward.amount, expected->amount);
	assert_int_equal(reward.clawback_ms != 0, expected->taken_back);
	/* Who gets the last coupons is not said: how many get one is. */
	if (expected->rule != 4)
		assert_int_equal(reward.state, expected->state);
	assert_int_equal(reward.coupon.n > 0, reward.state == REWARD_ISSUED && expected->rule == 4);
}

static void compare_coupons(struct run *r)
{
	unsigned issued = 0;
	struct rule_stats stats = world_stats(r->w, 4);
	for (unsigned i = 1; i <= r->s->n_rewards; i++)
		issued += r->s->rewards[i].rule == 4 && r->s->rewards[i].state == STORY_ISSUED;
	assert_int_equal(stats.issued, issued);
	assert_int_equal(r->coupons - issued, r->s->coupons_left);
}

static void compare(struct run *r, bool everybody)
{
	compare_campaigns(r);
	compare_coupons(r);
	for (unsigned id = 1; id <= r->s->n_users; id += everybody ? 1 : 1 + below(r, 40))
		compare_user(r, id);
	for (unsigned id = 1; id <= r->s->n_rewards; id += everybody ? 1 : 1 + below(r, 40))
		compare_reward(r, id);
	arena_reset(&r->w->arena);
}

static void count_events(struct run *r)
{
	enum { PAGE = 4000 };
	unsigned counts[EVENT_DELIVERY_EXHAUSTED + 1] = {0};
	struct event *page = calloc(PAGE + 1, sizeof *page), from = {0};
	struct webhook_stats stats = {.webhook_id = 1};
	assert_non_null(page);
	const struct {
		enum event_type type;
		unsigned changes;
	} expected[] = {
	    {EVENT_USER_JOIN, r->s->joins},
	    {EVENT_USER_QUALIFIED, r->s->qualified},
	    {EVENT_USER_UNQUALIFIED, r->s->unqualified},
	    {EVENT_REWARD_DUE, r->s->due},
	    {EVENT_REWARD_ISSUED, r->s->issued},
	    {EVENT_REWARD_CANCELLED, r->s->cancelled},
	};
	uint64_t sum = 0;
	for (size_t n = PAGE; n == PAGE; from.id = page[n - 1].id + 1) {
		struct world_scan scan = {{.decide = world_scan_decide},
					  &KIND_EVENT,
					  {.from = &from, .max = PAGE, .records = page}};
		assert_int_equal(world_ask(r->w, &scan.command, NULL, NULL), ERR_OK);
		n = scan.scan.n;
		for (size_t i = 0; i < n; i++)
			counts[page[i].type]++;
		if (n == 0)
			break;
	}
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_int_equal(counts[expected[i].type], expected[i].changes);
		sum += expected[i].changes;
	}
	assert_int_equal(world_get(r->w, &KIND_WEBHOOK_STATS, &stats), ERR_OK);
	assert_int_equal(stats.pending + stats.cancelled, sum); /* one webhook wants all of them */
	free(page);
}

/* ---- the month ---- */

static void one_day(struct run *r)
{
	unsigned joins = JOINS_A_DAY, qualifies = QUALIFIES_A_DAY, refunds = REFUNDS_A_DAY;
	unsigned erasures = ERASURES_A_DAY, left = joins + qualifies + refunds + erasures;
	morning(r);
	for (; left > 0; left--) {
		r->s->now_ms = r->w->now_ms += 100000;
		unsigned what = below(r, left);
		if (what < joins) {
			one_joins(r);
			joins--;
		} else if (what < joins + qualifies) {
			one_buys(r);
			qualifies--;
		} else if (what < joins + qualifies + refunds) {
			one_is_refunded(r);
			refunds--;
		} else {
			one_is_erased(r);
			erasures--;
		}
	}
	settle(r);
	compare(r, r->s->day % 10 == 9);
}

static void a_month(void **state)
{
	static struct run r; /* about 100 KiB */
	r = (struct run){
	    .w = *state, .s = calloc(1, sizeof(struct story)), .seed = seeded_start("story", 4)};
	assert_non_null(r.s);
	r.w->now_ms = 20000 * (uint64_t)DAY_MS;
	begin(&r);
	for (; r.s->day < STORY_DAYS; r.s->day++) {
		r.s->now_ms = r.w->now_ms = (20000 + (uint64_t)r.s->day) * DAY_MS;
		one_day(&r);
	}
	count_events(&r);
	world_assert_sound(r.w);
	printf("%u users, %u qualified, %u refunds, %u rewards, %u issued, %u cancelled or taken "
	       "back\n",
	       r.s->n_users, r.s->qualified, r.s->unqualified, r.s->n_rewards, r.s->issued,
	       r.s->cancelled);
	assert_true(r.s->n_users >= 10000 && r.s->n_rewards > 5000 && r.s->cancelled > 200);
	free(r.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(lmdb, a_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
