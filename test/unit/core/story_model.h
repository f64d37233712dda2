/*
 * The reference model of the story: what must be true of users, counters and rewards, written down
 * the plain way, in arrays, with nothing of the program's own.
 */
#ifndef TEST_STORY_MODEL_H
#define TEST_STORY_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	STORY_CAMPAIGNS = 3,
	STORY_RULES = 7,
	STORY_USERS_MAX = 12000,
	STORY_REWARDS_MAX = 60000,
	STORY_DAYS = 30,
};

enum story_metric { STORY_AMOUNT, STORY_COMMISSION, STORY_COUPON, STORY_CUSTOM };

struct story_rule {
	unsigned campaign;
	enum story_metric metric;
	bool to_invited, on_join, automatic;
	unsigned every;         /* recurring */
	unsigned thresholds[4]; /* milestone; ends with 0 */
	uint64_t amount, percent, cap;
	unsigned hold_days;
};

/* Campaign 1 pays for qualified friends and at milestones, 2 takes part of the purchase and gives
 * coupons, 3 counts. */
static const struct story_rule story_rules[STORY_RULES + 1] = {
    [1] = {.campaign = 1, .metric = STORY_AMOUNT, .amount = 500, .automatic = true, .hold_days = 3},
    [2] = {.campaign = 1, .metric = STORY_CUSTOM, .thresholds = {2, 5, 10}},
    [3] = {.campaign = 2,
	   .metric = STORY_COMMISSION,
	   .percent = 1000,
	   .cap = 2000,
	   .automatic = true},
    [4] = {.campaign = 2,
	   .metric = STORY_COUPON,
	   .to_invited = true,
	   .on_join = true,
	   .automatic = true},
    [5] = {.campaign = 3, .metric = STORY_AMOUNT, .amount = 100, .to_invited = true, .every = 3},
    [6] = {.campaign = 3, .metric = STORY_AMOUNT, .amount = 250, .on_join = true, .every = 4},
    [7] = {.campaign = 3, .metric = STORY_AMOUNT, .amount = 50, .on_join = true, .automatic = true},
};

struct story_user {
	unsigned campaign, referrer; /* referrer 0: came by the campaign's link */
	unsigned referrals, qualified_referrals;
	bool qualified, erased;
};

enum story_state { STORY_DUE = 1, STORY_ISSUED, STORY_CANCELLED };

struct story_reward {
	unsigned rule, referrer, step, recipient;
	uint64_t due_ms;
	enum story_state state;
	bool taken_back;
	uint64_t amount;
};

struct story_campaign {
	unsigned users, referrals, qualified;
};

struct story {
	struct story_user users[STORY_USERS_MAX];
	struct story_reward rewards[STORY_REWARDS_MAX];
	struct story_campaign campaigns[STORY_CAMPAIGNS + 1];
	unsigned n_users, n_erased, n_rewards, coupons_left, day;
	uint64_t now_ms;
	/* Changes of each kind: each must have its event. */
	unsigned joins, qualified, unqualified, due, issued, cancelled;
	unsigned by_day[STORY_CAMPAIGNS + 1][STORY_DAYS][3]; /* joins, qualified, unqualified */
};

/* ---- rewards ---- */

static inline bool story_counts(const struct story_rule *rule, unsigned count)
{
	if (rule->every != 0)
		return count > 0 && count % rule->every == 0;
	for (const unsigned *t = rule->thresholds; *t != 0; t++)
		if (*t == count)
			return true;
	return false;
}

static inline bool story_is_standard(const struct story_rule *rule)
{
	return rule->every == 0 && rule->thresholds[0] == 0;
}

static inline struct story_reward *story_find(struct story *s, unsigned rule, unsigned referrer,
					      unsigned step)
{
	for (unsigned i = s->n_rewards; i > 0; i--) {
		struct story_reward *r = &s->rewards[i];
		if (r->rule == rule && r->referrer == referrer && r->step == step)
			return r;
	}
	return NULL;
}

static inline void story_try_issue(struct story *s, struct story_reward *r)
{
	const struct story_rule *rule = &story_rules[r->rule];
	if (r->state != STORY_DUE || s->users[r->recipient].erased)
		return;
	if (rule->metric == STORY_COUPON && s->coupons_left == 0)
		return;
	s->coupons_left -= rule->metric == STORY_COUPON;
	r->state = STORY_ISSUED;
	s->issued++;
}

static inline uint64_t story_amount(const struct story_rule *rule, uint64_t amount_e4)
{
	if (rule->metric != STORY_COMMISSION)
		return rule->amount;
	/* Hundredths of a percent of ten-thousandths, in cents, rounded half up. */
	uint64_t cents = (amount_e4 * rule->percent / 10000 + 50) / 100;
	return cents > rule->cap ? rule->cap : cents;
}

static inline void story_earn_by(struct story *s, unsigned number, unsigned cause, unsigned count,
				 uint64_t amount_e4)
{
	const struct story_rule *rule = &story_rules[number];
	const struct story_user *u = &s->users[cause];
	bool standard = story_is_standard(rule);
	unsigned step = standard ? cause : count;
	unsigned recipient = rule->to_invited || u->referrer == 0 ? cause : u->referrer;
	if ((rule->to_invited && u->referrer == 0) || (!standard && !story_counts(rule, count)))
		return;
	const struct story_reward *before = story_find(s, number, u->referrer, step);
	bool is_taken = before != NULL && before->state != STORY_CANCELLED && !before->taken_back;
	if (is_taken || s->users[recipient].erased)
		return;
	uint64_t amount = story_amount(rule, amount_e4);
	if (rule->metric == STORY_COMMISSION && amount == 0)
		return; /* a few cents give no commission */
	struct story_reward *r = &s->rewards[++s->n_rewards];
	*r = (struct story_reward){.rule = number,
				   .referrer = u->referrer,
				   .step = step,
				   .recipient = recipient,
				   .due_ms = s->now_ms + rule->hold_days * (uint64_t)86400000,
				   .state = STORY_DUE,
				   .amount = amount};
	s->due++;
	if (rule->automatic && rule->hold_days == 0)
		story_try_issue(s, r);
}

static inline void story_earn(struct story *s, unsigned cause, bool on_join, unsigned count,
			      uint64_t amount_e4)
{
	for (unsigned i = 1; i <= STORY_RULES; i++)
		if (story_rules[i].campaign == s->users[cause].campaign &&
		    story_rules[i].on_join == on_join)
			story_earn_by(s, i, cause, count, amount_e4);
}

static inline void story_undo(struct story *s, unsigned cause, unsigned count)
{
	for (unsigned i = 1; i <= STORY_RULES; i++) {
		const struct story_rule *rule = &story_rules[i];
		if (rule->campaign != s->users[cause].campaign || rule->on_join)
			continue;
		unsigned step = story_is_standard(rule) ? cause : count;
		struct story_reward *r = story_find(s, i, s->users[cause].referrer, step);
		if (r == NULL || r->state == STORY_CANCELLED || r->taken_back)
			continue;
		if (r->state == STORY_DUE)
			r->state = STORY_CANCELLED;
		else
			r->taken_back = true;
		s->cancelled += !s->users[r->recipient].erased;
	}
}

/* A day begins: holds end. And coupons, where there are some, go to those who wait. */
static inline void story_release(struct story *s)
{
	for (unsigned i = 1; i <= s->n_rewards; i++)
		if (story_rules[s->rewards[i].rule].automatic && s->rewards[i].due_ms <= s->now_ms)
			story_try_issue(s, &s->rewards[i]);
}

/* ---- people ---- */

static inline unsigned story_join(struct story *s, unsigned campaign, unsigned referrer)
{
	unsigned id = ++s->n_users, count = 0;
	s->users[id] = (struct story_user){.campaign = campaign, .referrer = referrer};
	s->campaigns[campaign].users++;
	s->campaigns[campaign].referrals += referrer != 0;
	if (referrer != 0)
		count = ++s->users[referrer].referrals;
	s->joins++;
	s->by_day[campaign][s->day][0]++;
	story_earn(s, id, true, count, 0);
	return id;
}

/* True where something changed. */
static inline bool story_qualify(struct story *s, unsigned id, bool qualified, uint64_t amount_e4)
{
	struct story_user *u = &s->users[id], *referrer = &s->users[u->referrer];
	if (u->qualified == qualified)
		return false;
	/* Nothing is counted for a referrer who is gone. */
	unsigned before = referrer->erased ? 0 : referrer->qualified_referrals;
	unsigned after = referrer->erased ? 0 : qualified ? before + 1 : before - 1;
	u->qualified = qualified;
	referrer->qualified_referrals = after;
	s->by_day[u->campaign][s->day][qualified ? 1 : 2]++;
	if (qualified) {
		s->qualified++;
		s->campaigns[u->campaign].qualified++;
		story_earn(s, id, false, after, amount_e4);
	} else {
		s->unqualified++;
		s->campaigns[u->campaign].qualified--;
		story_undo(s, id, before);
	}
	return true;
}

/* The person goes, and with them what is counted and what they had coming; days stay as they were.
 */
static inline void story_erase(struct story *s, unsigned id)
{
	struct story_user *u = &s->users[id], *referrer = &s->users[u->referrer];
	struct story_campaign *c = &s->campaigns[u->campaign];
	c->users--;
	c->referrals -= u->referrer != 0;
	c->qualified -= u->qualified;
	if (u->referrer != 0 && !referrer->erased) {
		referrer->referrals--;
		referrer->qualified_referrals -= u->qualified;
	}
	u->erased = true;
	s->n_erased++;
	for (unsigned i = 1; i <= s->n_rewards; i++)
		if (s->rewards[i].recipient == id && s->rewards[i].state == STORY_DUE)
			s->rewards[i].state = STORY_CANCELLED;
}

#endif
