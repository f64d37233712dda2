/*
 * Compares everything the store keeps with the reference model.
 */
#ifndef TEST_CORE_MODEL_COMPARE_H
#define TEST_CORE_MODEL_COMPARE_H

#include "../../support/seeded.h"
#include "core/address_index.h"
#include "core/id_list.h"
#include "core_world.h"
#include "made.h"
#include "model.h"

enum { LISTED = 12000 };

/* A run of the model: the store, the model, and the random numbers. */
struct run {
	struct world *w;
	struct model *m;
	struct seeded seed;
	struct address_slice addresses;
	/* The model counts from 1 in the serial order. */
	struct made *campaigns, *users, *hooks, *deliveries, *events;
	unsigned new_hooks; /* in this batch */
};

static inline void compare_user(struct run *r, uint64_t id)
{
	const struct model_user *expected = &r->m->users[id];
	struct user user = {.id = made_id(r->users, id)};
	struct user_stats stats = {.user_id = user.id};
	if (expected->erased) {
		assert_int_equal(world_get(r->w, &KIND_USER, &user), ERR_NOT_FOUND);
		assert_int_equal(world_get(r->w, &KIND_USER_STATS, &stats), ERR_NOT_FOUND);
		return;
	}
	assert_int_equal(world_get(r->w, &KIND_USER, &user), ERR_OK);
	assert_int_equal(user.campaign_id, made_id(r->campaigns, expected->campaign));
	assert_int_equal(user.referrer_id, made_id(r->users, expected->referrer));
	assert_int_equal(user.qualified_ms, expected->qualified_ms);
	enum err err = world_get(r->w, &KIND_USER_STATS, &stats);
	assert_true(err == ERR_OK || (err == ERR_NOT_FOUND && expected->referrals == 0));
	assert_int_equal(stats.referrals, expected->referrals);
	assert_int_equal(stats.qualified_referrals, expected->qualified);
	struct email_index index = {.hash = codes_hash_email(r->w->codes, user.campaign_id,
							     world_canonical(r->w, user.email))};
	assert_int_equal(world_get(r->w, &KIND_EMAIL_INDEX, &index), ERR_OK);
	assert_int_equal(id_list_length(index.user_ids), 1);
	assert_int_equal(id_list_at(index.user_ids, 0), user.id);
}

static inline void compare_campaigns(struct run *r)
{
	for (uint64_t id = 1; id <= MODEL_CAMPAIGNS; id++) {
		struct campaign_stats stats = {.campaign_id = made_id(r->campaigns, id)};
		struct campaign_stats expected = {0};
		for (uint64_t i = 1; i <= r->m->n_users; i++) {
			const struct model_user *u = &r->m->users[i];
			if (u->erased)
				continue;
			expected.users += u->campaign == id;
			expected.referrals += u->campaign == id && u->referrer != 0;
			expected.qualified += u->campaign == id && u->qualified_ms != 0;
		}
		enum err err = world_get(r->w, &KIND_CAMPAIGN_STATS, &stats);
		assert_true(err == ERR_OK || (err == ERR_NOT_FOUND && expected.users == 0));
		assert_int_equal(stats.users, expected.users);
		assert_int_equal(stats.referrals, expected.referrals);
		assert_int_equal(stats.qualified, expected.qualified);
	}
}

static inline void compare_hooks(struct run *r)
{
	for (uint64_t id = 1; id <= r->m->n_hooks; id++) {
		const struct model_hook *expected = &r->m->hooks[id];
		struct webhook hook = {.id = made_id(r->hooks, id)};
		struct webhook_stats stats = {.webhook_id = hook.id};
		enum err err = world_get(r->w, &KIND_WEBHOOK, &hook);
		assert_int_equal(err, expected->alive ? ERR_OK : ERR_NOT_FOUND);
		assert_true(!expected->alive || hook.disabled_ms == expected->disabled_ms);
		err = world_get(r->w, &KIND_WEBHOOK_STATS, &stats);
		assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
		assert_int_equal(stats.pending, expected->pending);
		assert_int_equal(stats.delivered, expected->delivered);
		assert_int_equal(stats.exhausted, expected->exhausted);
	}
}

static inline size_t compare_deliveries(struct run *r, struct delivery *all)
{
	const struct delivery first = {0};
	size_t due = 0, n = world_list(r->w, &KIND_DELIVERY, &first, 0, all, LISTED);
	assert_int_equal(n, r->m->n_deliveries);
	for (size_t i = 0; i < n; i++) {
		uint64_t number = made_number(r->deliveries, all[i].id);
		const struct model_delivery *expected = &r->m->deliveries[number];
		assert_int_equal(all[i].webhook_id, made_id(r->hooks, expected->hook));
		assert_int_equal(all[i].user_id, made_id(r->users, expected->user));
		assert_int_equal(all[i].status, expected->status);
		assert_int_equal(all[i].attempts, expected->attempts);
		bool is_due = model_is_due(r->m, number);
		assert_true(!is_due || all[i].due_ms == expected->due_ms);
		assert_int_equal(expected->status == DELIVERY_PENDING && all[i].waiting,
				 expected->status == DELIVERY_PENDING && !is_due);
		due += is_due;
	}
	return due;
}

static inline void compare_due(struct run *r, struct due *rows, size_t due)
{
	const struct due first = {0};
	size_t n = world_list(r->w, &KIND_DUE, &first, 0, rows, LISTED);
	assert_int_equal(n, due);
	for (size_t i = 0; i < n; i++) {
		uint64_t number = made_number(r->deliveries, rows[i].delivery_id);
		const struct model_delivery *expected = &r->m->deliveries[number];
		assert_true(model_is_due(r->m, number));
		assert_int_equal(rows[i].webhook_id, made_id(r->hooks, expected->hook));
		assert_int_equal(rows[i].due_ms, expected->due_ms);
	}
}

/* A chain's row names its newest delivery. A chain without a pending delivery has no row. */
static inline void compare_chains(struct run *r, struct chain *rows)
{
	const struct chain first = {0};
	size_t n = world_list(r->w, &KIND_CHAIN, &first, 0, rows, LISTED), heads = 0;
	for (uint64_t id = 1; id <= r->m->n_deliveries; id++)
		heads += r->m->deliveries[id].chained && model_is_due(r->m, id);
	assert_int_equal(n, heads);
	for (size_t i = 0; i < n; i++) {
		uint64_t newest = made_number(r->deliveries, rows[i].last_id);
		const struct model_delivery *last = &r->m->deliveries[newest];
		assert_true(last->chained);
		assert_int_equal(made_id(r->hooks, last->hook), rows[i].webhook_id);
		/* A cancelled delivery of an erased user keeps its place. */
		assert_true(last->status == DELIVERY_PENDING || r->m->users[last->user].forgotten);
		assert_int_equal(made_id(r->users, last->chain_user), rows[i].user_id);
		for (uint64_t id = newest + 1; id <= r->m->n_deliveries; id++)
			assert_false(model_same_chain(last, &r->m->deliveries[id]));
	}
}

static inline void compare(struct run *r, void *rows)
{
	assert_int_equal(r->users->n, r->m->n_users);
	assert_int_equal(r->events->n, r->m->n_events);
	for (uint64_t id = 1; id <= r->m->n_users; id++)
		compare_user(r, id);
	compare_campaigns(r);
	compare_hooks(r);
	compare_due(r, rows, compare_deliveries(r, rows));
	compare_chains(r, rows);
}

#endif
