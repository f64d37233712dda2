/*
 * The reference model of the story: what must hold for users, counters and rewards, written in
 * plain arrays without code of the program.
 */
#ifndef TEST_STORY_MODEL_H
#define TEST_STORY_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	STORY_CAMPAIGNS = 3,
	STORY_RULES = 8,
	STORY_ORDERS = 5, /* of one user; 0 is the qualification without an order */
	STORY_PARTS = 4,  /* partial refunds of one order */
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
	unsigned thresholds[4]; /* of a milestone rule; ends with 0 */
	uint64_t amount, percent, cap;
	unsigned hold_days;
	bool each_order;
	unsigned max_per_user;
};

/* Campaign 1 pays for qualified friends and at milestones. Campaign 2 pays commissions, once and
 * for each order, and gives coupons. Campaign 3 only counts. */
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
    [8] = {.campaign = 2,
	   .metric = STORY_COMMISSION,
	   .percent = 500,
	   .automatic = true,
	   .hold_days = 2,
	   .each_order = true,
	   .max_per_user = 3},
};

struct story_order {
	bool known, stands;
	bool bought_changed, refund_known, refund_changed; /* as in the response */
	uint64_t amount_e4, refunded_e4;
	uint64_t parts[STORY_PARTS]; /* totals of earlier responses */
	unsigned n_parts;
};

struct story_user {
	unsigned campaign, referrer; /* referrer 0: joined through the campaign's link */
	unsigned referrals, qualified_referrals;
	bool qualified, erased;
	struct story_order orders[STORY_ORDERS];
};

enum story_state { STORY_DUE = 1, STORY_ISSUED, STORY_CANCELLED };

struct story_reward {
	unsigned rule, referrer, step, recipient;
	uint64_t due_ms;
	enum story_state state;
	bool taken_back;
	uint64_t amount;
	unsigned order;    /* order of the user `step` that earned it */
	uint64_t clawback; /* part of an issued reward that must be taken back, while the reward
			      stands */
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
	/* The number of changes of each kind, each of which must have its event. */
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

static inline bool story_lives(const struct story_reward *r)
{
	return r->state != STORY_CANCELLED && !r->taken_back;
}

static inline unsigned story_count_living(const struct story *s, unsigned rule, unsigned step)
{
	unsigned n = 0;
	for (unsigned i = 1; i <= s->n_rewards; i++)
		n += s->rewards[i].rule == rule && s->rewards[i].step == step &&
		     story_lives(&s->rewards[i]);
	return n;
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
	/* Hundredths of a percent of ten-thousandths, as cents, rounded half up. */
	uint64_t cents = (amount_e4 * rule->percent / 10000 + 50) / 100;
	return rule->cap != 0 && cents > rule->cap ? rule->cap : cents;
}

/* Whether the step may have one more reward. */
static inline bool story_is_free(struct story *s, unsigned number, unsigned referrer, unsigned step)
{
	const struct story_rule *rule = &story_rules[number];
	if (rule->each_order)
		return story_count_living(s, number, step) < rule->max_per_user;
	const struct story_reward *before = story_find(s, number, referrer, step);
	return before == NULL || !story_lives(before);
}

static inline void story_earn_by(struct story *s, unsigned number, unsigned cause, unsigned count,
				 unsigned order, uint64_t amount_e4)
{
	const struct story_rule *rule = &story_rules[number];
	const struct story_user *u = &s->users[cause];
	bool standard = story_is_standard(rule);
	unsigned step = standard ? cause : count;
	unsigned recipient = rule->to_invited || u->referrer == 0 ? cause : u->referrer;
	if ((rule->to_invited && u->referrer == 0) || (!standard && !story_counts(rule, count)))
		return;
	if (!story_is_free(s, number, u->referrer, step) || s->users[recipient].erased)
		return;
	uint64_t amount = story_amount(rule, amount_e4);
	if (rule->metric == STORY_COMMISSION && amount == 0)
		return; /* a few cents make no commission */
	struct story_reward *r = &s->rewards[++s->n_rewards];
	*r = (struct story_reward){.rule = number,
				   .referrer = u->referrer,
				   .step = step,
				   .recipient = recipient,
				   .due_ms = s->now_ms + rule->hold_days * (uint64_t)86400000,
				   .state = STORY_DUE,
				   .order = order,
				   .amount = amount};
	s->due++;
	if (rule->automatic && rule->hold_days == 0)
		story_try_issue(s, r);
}

/* If the user was qualified before (is_further), only rules that count every order apply. */
static inline void story_earn(struct story *s, unsigned cause, bool on_join, unsigned count,
			      unsigned order, uint64_t amount_e4, bool is_further)
{
	for (unsigned i = 1; i <= STORY_RULES; i++)
		if (story_rules[i].campaign == s->users[cause].campaign &&
		    story_rules[i].on_join == on_join && (!is_further || story_rules[i].each_order))
			story_earn_by(s, i, cause, count, order, amount_e4);
}

static inline void story_take_back(struct story *s, struct story_reward *r)
{
	if (r->state == STORY_DUE)
		r->state = STORY_CANCELLED;
	else
		r->taken_back = true;
	s->cancelled += !s->users[r->recipient].erased;
}

static inline void story_undo(struct story *s, unsigned cause, unsigned count)
{
	for (unsigned i = 1; i <= STORY_RULES; i++) {
		const struct story_rule *rule = &story_rules[i];
		if (rule->campaign != s->users[cause].campaign || rule->on_join || rule->each_order)
			continue;
		unsigned step = story_is_standard(rule) ? cause : count;
		struct story_reward *r = story_find(s, i, s->users[cause].referrer, step);
		if (r != NULL && story_lives(r))
			story_take_back(s, r);
	}
}

/* Whether the reward belongs to this order and is refunded with it. */
static inline bool story_is_of(const struct story_reward *r, unsigned user, unsigned order)
{
	const struct story_rule *rule = &story_rules[r->rule];
	return !rule->on_join && (rule->each_order || rule->metric == STORY_COMMISSION) &&
	       r->step == user && r->order == order && story_lives(r);
}

static inline void story_undo_order(struct story *s, unsigned user, unsigned order)
{
	for (unsigned i = 1; i <= s->n_rewards; i++)
		if (story_is_of(&s->rewards[i], user, order))
			story_take_back(s, &s->rewards[i]);
}

/* Less of the order is left, so its commissions shrink. */
static inline void story_reduce(struct story *s, unsigned user, unsigned order, uint64_t left_e4)
{
	for (unsigned i = 1; i <= s->n_rewards; i++) {
		struct story_reward *r = &s->rewards[i];
		if (!story_is_of(r, user, order))
			continue;
		uint64_t left = story_amount(&story_rules[r->rule], left_e4);
		if (left >= r->amount - r->clawback)
			continue;
		if (left == 0) {
			story_take_back(s, r);
		} else if (r->state == STORY_DUE) {
			r->amount = left;
		} else {
			r->clawback = r->amount - left;
			s->cancelled += !s->users[r->recipient].erased;
		}
	}
}

/* A day begins: holds end, and waiting rewards get the available coupons. */
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
	story_earn(s, id, true, count, 0, 0, false);
	return id;
}

/* ---- orders ---- */

static inline bool story_stands(const struct story_user *u)
{
	bool stands = false;
	for (unsigned i = 0; i < STORY_ORDERS; i++)
		stands |= u->orders[i].stands;
	return stands;
}

/* Sets the user's state from their orders. True if it changed; *count is the count that rules
 * compare. */
static inline bool story_follow(struct story *s, unsigned id, unsigned *count)
{
	struct story_user *u = &s->users[id], *referrer = &s->users[u->referrer];
	bool qualified = story_stands(u);
	if (u->qualified == qualified)
		return false;
	/* An erased referrer has no counters. */
	unsigned before = referrer->erased ? 0 : referrer->qualified_referrals;
	unsigned after = referrer->erased ? 0 : qualified ? before + 1 : before - 1;
	u->qualified = qualified;
	referrer->qualified_referrals = after;
	s->by_day[u->campaign][s->day][qualified ? 1 : 2]++;
	s->campaigns[u->campaign].qualified += qualified ? 1u : -1u;
	*(qualified ? &s->qualified : &s->unqualified) += 1;
	*count = qualified ? after : before;
	return true;
}

/* True if the qualification changed; for a known order, the first result again. */
static inline bool story_buy(struct story *s, unsigned id, unsigned order, uint64_t amount_e4)
{
	struct story_user *u = &s->users[id];
	struct story_order *o = &u->orders[order];
	bool was_qualified = u->qualified;
	unsigned count = 0;
	if (order == 0 ? o->stands : o->known)
		return order != 0 && o->bought_changed;
	*o = (struct story_order){.known = true, .stands = true, .amount_e4 = amount_e4};
	o->bought_changed = story_follow(s, id, &count);
	if (order != 0 || !was_qualified)
		story_earn(s, id, false, count, order, amount_e4, was_qualified);
	return o->bought_changed;
}

/* Order 0 means all orders. The caller handles unknown orders. */
static inline bool story_refund(struct story *s, unsigned id, unsigned order)
{
	struct story_user *u = &s->users[id];
	unsigned count = 0;
	if (order != 0 && u->orders[order].refund_known)
		return u->orders[order].refund_changed;
	for (unsigned i = 0; i < STORY_ORDERS; i++) {
		struct story_order *o = &u->orders[i];
		if (!o->stands || (order != 0 && i != order))
			continue;
		o->stands = false;
		o->refunded_e4 = o->amount_e4;
		story_undo_order(s, id, i);
	}
	bool changed = story_follow(s, id, &count);
	if (changed)
		story_undo(s, id, count);
	u->orders[order].refund_known = order != 0;
	u->orders[order].refund_changed = changed;
	return changed;
}

/* False if it is refused. The caller sends at most STORY_PARTS totals, each less than the
 * amount. */
static inline bool story_refund_part(struct story *s, unsigned id, unsigned order,
				     uint64_t total_e4)
{
	struct story_order *o = &s->users[id].orders[order];
	for (unsigned i = 0; i < o->n_parts; i++)
		if (o->parts[i] == total_e4)
			return true;
	if (!o->known || total_e4 < o->refunded_e4)
		return false;
	o->parts[o->n_parts++] = o->refunded_e4 = total_e4;
	story_reduce(s, id, order, o->amount_e4 - total_e4);
	return true;
}

/* Erases the person with their counters and pending rewards. The counters by day stay.
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
