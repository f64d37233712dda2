/* Compares the story with its model: every counter, user and reward, and the number of events of
 * each kind.
 */
#ifndef TEST_STORY_COMPARE_H
#define TEST_STORY_COMPARE_H

#include "../../support/seeded.h"
#include "core/day.h"
#include "made.h"
#include "reward_world.h"
#include "story_model.h"

/* The two sides of the comparison. */
struct story_run {
	struct world *w;
	struct story *s;
	struct seeded *seed; /* picks samples */
	uint64_t coupons;    /* uploaded so far */
	const struct made *users, *rewards;
};

static inline void story_compare_campaigns(struct story_run *r)
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

static inline void story_compare_user(struct story_run *r, unsigned id)
{
	const struct story_user *expected = &r->s->users[id];
	struct user user = {.id = made_id(r->users, id)};
	struct user_stats stats = {.user_id = user.id};
	enum err err = world_get(r->w, &KIND_USER, &user);
	assert_int_equal(err, expected->erased ? ERR_NOT_FOUND : ERR_OK);
	if (expected->erased)
		return;
	assert_int_equal(user.referrer_id, made_id(r->users, expected->referrer));
	assert_int_equal(user.qualified_ms != 0, expected->qualified);
	err = world_get(r->w, &KIND_USER_STATS, &stats);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	assert_int_equal(stats.referrals, expected->referrals);
	assert_int_equal(stats.qualified_referrals, expected->qualified_referrals);
}

static inline void story_compare_reward(struct story_run *r, unsigned id)
{
	const struct story_reward *expected = &r->s->rewards[id];
	struct reward reward = world_reward(r->w, made_id(r->rewards, id));
	assert_int_equal(reward.rule_id, expected->rule);
	assert_int_equal(reward.user_id, made_id(r->users, expected->recipient));
	assert_int_equal(reward.amount, expected->amount);
	assert_int_equal(reward.clawback_ms != 0, expected->taken_back || expected->clawback != 0);
	assert_int_equal(reward_clawback_amount(&reward),
			 expected->taken_back ? expected->amount : expected->clawback);
	/* The model does not say who gets the last coupons, only how many people get one. */
	if (expected->rule != 4)
		assert_int_equal(reward.state, expected->state);
	assert_int_equal(reward.coupon.n > 0, reward.state == REWARD_ISSUED && expected->rule == 4);
}

static inline void story_compare_coupons(struct story_run *r)
{
	unsigned issued = 0;
	struct rule_stats stats = world_stats(r->w, 4);
	for (unsigned i = 1; i <= r->s->n_rewards; i++)
		issued += r->s->rewards[i].rule == 4 && r->s->rewards[i].state == STORY_ISSUED;
	assert_int_equal(stats.issued, issued);
	assert_int_equal(r->coupons - issued, r->s->coupons_left);
}

static inline void story_compare(struct story_run *r, bool everybody)
{
	story_compare_campaigns(r);
	story_compare_coupons(r);
	for (unsigned id = 1; id <= r->s->n_users;
	     id += everybody ? 1 : 1 + (unsigned)seeded_below(r->seed, 40))
		story_compare_user(r, id);
	for (unsigned id = 1; id <= r->s->n_rewards;
	     id += everybody ? 1 : 1 + (unsigned)seeded_below(r->seed, 40))
		story_compare_reward(r, id);
	arena_reset(&r->w->arena);
}

static inline void story_count_events(struct story_run *r)
{
	enum { PAGE = 4000 };
	unsigned counts[EVENT_TYPE_END] = {0};
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
	assert_int_equal(counts[EVENT_USER_ERASED], r->s->n_erased);
	assert_int_equal(world_get(r->w, &KIND_WEBHOOK_STATS, &stats), ERR_OK);
	assert_int_equal(stats.pending + stats.cancelled, sum); /* one webhook gets all events */
	free(page);
}

#endif
