/*
 * The reference model of the rules of core: plain arrays and the simplest reading of the rules,
 * without records and indexes. For example, the model does not link the deliveries of an order
 * chain: it searches for them.
 */
#ifndef TEST_CORE_MODEL_H
#define TEST_CORE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/delivery.h"
#include "core/join.h"

enum {
	MODEL_CAMPAIGNS = 3,
	MODEL_USERS = 512,
	MODEL_HOOKS = 64,
	MODEL_DELIVERIES = 8192,
	MODEL_ANSWERS = 4096,
};

/* An id is an index. Index 0 is unused. */
struct model_user {
	uint64_t campaign, referrer, email, qualified_ms, referrals, qualified;
	bool erased,
	    forgotten; /* forgotten: deliveries and responses no longer name the user either */
};

struct model_hook {
	bool alive;
	uint64_t campaign, events, types, order, disabled_ms;
	uint64_t placed; /* when it was added to its campaign's list */
	uint64_t pending, delivered, exhausted;
};

struct model_delivery {
	uint64_t hook, user, status, attempts, due_ms, chain_user;
	bool chained;
};

/* The response to a key or an order. */
struct model_answer {
	uint64_t key, request, user, changed, qualified_ms;
};

/* Order 0 is the qualification without an order. */
struct model_order {
	uint64_t order, user;
	bool stands, answered[2]; /* [0] refund, [1] purchase */
	struct model_answer answers[2];
};

struct model {
	uint64_t now_ms, placed;
	uint64_t campaign_status[MODEL_CAMPAIGNS + 1];
	struct model_user users[MODEL_USERS];
	struct model_hook hooks[MODEL_HOOKS];
	struct model_delivery deliveries[MODEL_DELIVERIES];
	struct model_answer keys[MODEL_ANSWERS];
	struct model_order orders[MODEL_ANSWERS];
	uint64_t n_users, n_hooks, n_deliveries, n_keys, n_orders, n_events, n_attempts;
};

/* ---- deliveries ---- */

static inline bool model_same_chain(const struct model_delivery *a, const struct model_delivery *b)
{
	return a->chained && b->chained && a->hook == b->hook && a->chain_user == b->chain_user;
}

/* An earlier delivery of its chain has not ended. */
static inline bool model_waits(const struct model *m, uint64_t id)
{
	const struct model_delivery *d = &m->deliveries[id];
	for (uint64_t i = 1; i < id; i++)
		if (m->deliveries[i].status == DELIVERY_PENDING &&
		    model_same_chain(&m->deliveries[i], d))
			return true;
	return false;
}

static inline bool model_is_due(const struct model *m, uint64_t id)
{
	return m->deliveries[id].status == DELIVERY_PENDING && !model_waits(m, id);
}

static inline void model_deliver(struct model *m, uint64_t hook, uint64_t user)
{
	uint64_t order = m->hooks[hook].order;
	assert_true(m->n_deliveries + 1 < MODEL_DELIVERIES);
	m->deliveries[++m->n_deliveries] = (struct model_delivery){
	    .hook = hook,
	    .user = user,
	    .status = DELIVERY_PENDING,
	    .due_ms = m->now_ms,
	    .chained = order != ORDER_NONE,
	    .chain_user = order == ORDER_PER_USER ? user : 0,
	};
	m->hooks[hook].pending++;
}

/* Webhooks of all campaigns come first, then the campaign's own; each list in the order in which
 * webhooks were added to it. */
static inline void model_event(struct model *m, enum event_type type, uint64_t user)
{
	const struct model_user *u = &m->users[user];
	uint64_t user_type = u->referrer != 0 ? USER_INVITED : USER_REFERRING;
	m->n_events++;
	for (int own = 0; own < 2; own++) {
		for (uint64_t placed = 1; placed <= m->placed; placed++)
			for (uint64_t i = 1; i <= m->n_hooks; i++) {
				const struct model_hook *h = &m->hooks[i];
				if (h->alive && h->placed == placed &&
				    h->campaign == (own ? u->campaign : 0) &&
				    (h->events >> type & 1) != 0 &&
				    (h->types == 0 || (h->types >> user_type & 1) != 0))
					model_deliver(m, i, user);
			}
	}
}

static inline void model_finish(struct model *m, uint64_t id, enum delivery_status status)
{
	struct model_delivery *d = &m->deliveries[id];
	struct model_hook *h = &m->hooks[d->hook];
	bool waited = model_waits(m, id);
	d->status = status;
	d->due_ms = 0;
	h->pending--;
	h->delivered += status == DELIVERY_DELIVERED;
	h->exhausted += status == DELIVERY_EXHAUSTED;
	for (uint64_t i = id + 1; i <= m->n_deliveries && !waited; i++) {
		struct model_delivery *next = &m->deliveries[i];
		if (next->status != DELIVERY_PENDING || !model_same_chain(d, next))
			continue;
		next->due_ms = m->now_ms;
		return;
	}
}

static inline void model_attempt(struct model *m, uint64_t id, enum delivery_verdict verdict,
				 uint64_t retry_ms)
{
	struct model_delivery *d = &m->deliveries[id];
	struct model_hook *h = &m->hooks[d->hook];
	d->attempts++;
	m->n_attempts++;
	if (d->status != DELIVERY_PENDING)
		return;
	if (verdict == VERDICT_DELIVERED)
		model_finish(m, id, DELIVERY_DELIVERED);
	else if (verdict == VERDICT_EXHAUSTED)
		model_finish(m, id, DELIVERY_EXHAUSTED);
	else
		d->due_ms = retry_ms;
	m->n_events += verdict == VERDICT_EXHAUSTED && h->alive;
	if (verdict == VERDICT_GONE && h->alive && h->disabled_ms == 0) {
		h->disabled_ms = m->now_ms;
		m->n_events++;
	}
}

static inline enum err model_resend(struct model *m, uint64_t id)
{
	struct model_delivery *d = &m->deliveries[id];
	if (!m->hooks[d->hook].alive || m->users[d->user].forgotten)
		return ERR_NOT_FOUND;
	if (d->status == DELIVERY_PENDING) {
		if (!model_waits(m, id) && d->due_ms > m->now_ms)
			d->due_ms = m->now_ms;
		return ERR_OK;
	}
	d->status = DELIVERY_PENDING;
	d->due_ms = m->now_ms;
	d->chained = false;
	m->hooks[d->hook].pending++;
	return ERR_OK;
}

/* ---- people ---- */

static inline uint64_t model_find_email(const struct model *m, uint64_t campaign, uint64_t email)
{
	for (uint64_t i = 1; i <= m->n_users; i++)
		if (!m->users[i].erased && m->users[i].campaign == campaign &&
		    m->users[i].email == email)
			return i;
	return 0;
}

static inline struct model_answer *model_answer(struct model_answer *answers, uint64_t n,
						uint64_t key, uint64_t user)
{
	for (uint64_t i = 0; i < n; i++)
		if (answers[i].key == key && (user == 0 || answers[i].user == user))
			return &answers[i];
	return NULL;
}

struct model_joined {
	enum join_outcome outcome;
	uint64_t user;
};

static inline struct model_joined model_refused(enum join_outcome outcome)
{
	return (struct model_joined){outcome, 0};
}

static inline struct model_joined model_enter(struct model *m, uint64_t campaign, uint64_t referrer,
					      uint64_t email)
{
	if (referrer > m->n_users || m->users[referrer].erased)
		return model_refused(JOIN_NO_REFERRER);
	if (referrer != 0)
		campaign = m->users[referrer].campaign;
	if (campaign == 0 || campaign > MODEL_CAMPAIGNS)
		return model_refused(JOIN_UNKNOWN);
	if (m->campaign_status[campaign] != CAMPAIGN_LAUNCHED)
		return model_refused(m->campaign_status[campaign] == CAMPAIGN_DRAFT ? JOIN_DRAFT
										    : JOIN_PAUSED);
	if (referrer != 0 && m->users[referrer].email == email)
		return model_refused(JOIN_SELF);
	uint64_t known = model_find_email(m, campaign, email);
	if (known != 0)
		return (struct model_joined){JOIN_EXISTING, known};
	m->users[++m->n_users] =
	    (struct model_user){.campaign = campaign, .referrer = referrer, .email = email};
	m->users[referrer].referrals++;
	model_event(m, EVENT_USER_JOIN, m->n_users);
	return (struct model_joined){JOIN_CREATED, m->n_users};
}

/* Key 0 means no key. */
static inline struct model_joined model_join(struct model *m, uint64_t campaign, uint64_t referrer,
					     uint64_t email, uint64_t key)
{
	uint64_t request = campaign << 32 | referrer << 16 | email;
	struct model_answer *a = key == 0 ? NULL : model_answer(m->keys, m->n_keys, key, 0);
	if (a != NULL && a->request != request)
		return model_refused(JOIN_KEY_REUSED);
	if (a != NULL && !m->users[a->user].erased)
		return (struct model_joined){a->changed ? JOIN_CREATED : JOIN_EXISTING, a->user};
	struct model_joined j = model_enter(m, campaign, referrer, email);
	if (key != 0 && j.user != 0)
		*(a != NULL ? a : &m->keys[m->n_keys++]) =
		    (struct model_answer){key, request, j.user, j.outcome == JOIN_CREATED, 0};
	return j;
}

/* ---- qualifying ---- */

static inline struct model_order *model_order(struct model *m, uint64_t order, uint64_t user)
{
	for (uint64_t i = 0; i < m->n_orders; i++)
		if (m->orders[i].order == order && m->orders[i].user == user)
			return &m->orders[i];
	return NULL;
}

/* Whether any order of the user stands. */
static inline bool model_stands(const struct model *m, uint64_t user)
{
	for (uint64_t i = 0; i < m->n_orders; i++)
		if (m->orders[i].user == user && m->orders[i].stands)
			return true;
	return false;
}

/* A refund without an order refunds all orders. */
static inline void model_refund(struct model *m, uint64_t user, uint64_t order)
{
	for (uint64_t i = 0; i < m->n_orders; i++)
		if (m->orders[i].user == user && (order == 0 || m->orders[i].order == order))
			m->orders[i].stands = false;
}

/* Sets the user's new state; false if the user cannot be qualified or has no such order. Order 0
 * means no order. */
static inline bool model_qualify(struct model *m, uint64_t user, bool qualified, uint64_t order,
				 struct model_answer *answer)
{
	struct model_user *u = &m->users[user];
	if (user == 0 || user > m->n_users || u->erased || u->referrer == 0)
		return false;
	struct model_order *o = model_order(m, order, user);
	if (o == NULL && !qualified && order != 0)
		return false;
	if (o == NULL) {
		o = &m->orders[m->n_orders++];
		*o = (struct model_order){.order = order, .user = user};
	}
	if (order != 0 && o->answered[qualified]) {
		*answer = o->answers[qualified];
		return true;
	}
	if (qualified)
		o->stands = true;
	else
		model_refund(m, user, order);
	bool stands = model_stands(m, user), change = (u->qualified_ms != 0) != stands;
	if (change) {
		u->qualified_ms = stands ? m->now_ms : 0;
		if (!m->users[u->referrer].erased)
			m->users[u->referrer].qualified += stands ? 1 : UINT64_MAX;
		model_event(m, stands ? EVENT_USER_QUALIFIED : EVENT_USER_UNQUALIFIED, user);
	}
	*answer = (struct model_answer){order, 0, user, change, u->qualified_ms};
	o->answered[qualified] = true;
	o->answers[qualified] = *answer;
	return true;
}

/* ---- erasing ---- */

static inline enum err model_erase(struct model *m, uint64_t user)
{
	struct model_user *u = &m->users[user];
	struct model_user *referrer = &m->users[u->referrer];
	if (user == 0 || user > m->n_users || u->erased)
		return ERR_NOT_FOUND;
	u->erased = true;
	m->n_events++; /* user.erased, which no webhook of the model wants */
	if (u->referrer == 0 || referrer->erased)
		return ERR_OK;
	referrer->referrals--;
	referrer->qualified -= u->qualified_ms != 0;
	return ERR_OK;
}

/* Does what the erasing job does with all erased users. */
static inline void model_forget(struct model *m)
{
	for (uint64_t user = 1; user <= m->n_users; user++) {
		if (!m->users[user].erased || m->users[user].forgotten)
			continue;
		m->users[user].forgotten = true;
		for (uint64_t id = 1; id <= m->n_deliveries; id++)
			if (m->deliveries[id].user == user &&
			    m->deliveries[id].status == DELIVERY_PENDING)
				model_finish(m, id, DELIVERY_CANCELLED);
		for (uint64_t i = 0; i < m->n_keys; i++)
			if (m->keys[i].user == user)
				m->keys[i].key = 0;
	}
}

#endif
