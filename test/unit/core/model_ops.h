/*
 * The operations of the model test: each makes a random command, and later shows the model what the
 * command was about.
 */
#ifndef TEST_CORE_MODEL_OPS_H
#define TEST_CORE_MODEL_OPS_H

#include "core/erase.h"
#include "model_compare.h"

enum { EMAILS = 150, KEYS = 12 };

/* One operation under way: its command, and the numbers by which the model knows what it is about.
 * Its result in the model follows when its place in the serial order is known. */
struct op {
	struct world_call call;
	union {
		struct join join;
		struct qualify qualify;
		struct webhook_save save;
		struct webhook_remove remove;
		struct campaign_save campaign;
		struct delivery_record_attempt attempt;
		struct delivery_resend resend;
		struct user_erase erase;
	};
	void (*judge)(struct run *r, struct op *op);
	uint64_t id, referrer, number, key; /* number: of the address or of the order */
	char email[32], order[16];
};

/* ---- operations ---- */

static inline uint64_t below(struct run *r, uint64_t n)
{
	return seeded_below(&r->seed, n);
}

static inline void assert_refused(const struct op *op, bool ok)
{
	assert_int_equal(op->call.err, ok ? ERR_OK : ERR_REFUSED);
}

static inline void assert_found_if(const struct op *op, bool found)
{
	assert_int_equal(op->call.err, found ? ERR_OK : ERR_NOT_FOUND);
}

static inline void judge_join(struct run *r, struct op *op)
{
	struct model_joined joined = model_join(r->m, op->id, op->referrer, op->number, op->key);
	assert_refused(op, joined.user != 0);
	assert_int_equal(op->join.outcome, joined.outcome);
	if (joined.user != 0)
		assert_int_equal(op->join.user.id, made_id(r->users, joined.user));
}

static inline struct command *op_join(struct run *r, struct op *op)
{
	bool by_link = below(r, 2) == 0;
	uint64_t email = below(r, EMAILS), key = below(r, 6) == 0 ? 1 + below(r, KEYS) : 0;
	uint64_t campaign = by_link ? 0 : 1 + below(r, MODEL_CAMPAIGNS + 1);
	uint64_t referrer = by_link ? 1 + below(r, r->m->n_users + 2) : 0;
	char text[64];
	/* The same address in many spellings. */
	snprintf(op->email, sizeof op->email,
		 below(r, 2) == 0 ? "p%02u@Example.com" : "P%02u@example.COM", (unsigned)email);
	op->join = world_join(r->w, made_id(r->campaigns, campaign), made_id(r->users, referrer),
			      op->email);
	if (key != 0) {
		struct text k = text_from(&key, sizeof key);
		int n = snprintf(text, sizeof text, "%u %u %u", (unsigned)campaign,
				 (unsigned)referrer, (unsigned)email);
		idempotency_key_make(&op->join.key, TEXT("c"), k, text_from(text, (size_t)n),
				     TEXT(""));
	}
	op->judge = judge_join;
	op->id = campaign;
	op->referrer = made_id(r->users, referrer) >> 60 != 0 ? UINT16_MAX : referrer;
	op->number = email;
	op->key = key;
	return &op->join.command;
}

static inline void judge_qualify(struct run *r, struct op *op)
{
	struct model_answer answer;
	bool ok = model_qualify(r->m, op->id, op->qualify.qualified, op->number, &answer);
	assert_refused(op, ok);
	if (!ok)
		return;
	assert_int_equal(op->qualify.changed, answer.changed);
	assert_int_equal(op->qualify.user.qualified_ms, answer.qualified_ms);
}

static inline struct command *op_qualify(struct run *r, struct op *op)
{
	uint64_t user = below(r, r->m->n_users + 2), order = below(r, 3) == 0 ? 1 + below(r, 5) : 0;
	bool qualified = below(r, 3) != 0;
	op->qualify = world_qualify(r->w, made_id(r->users, user), qualified);
	if (order != 0) {
		snprintf(op->order, sizeof op->order, "order %u", (unsigned)order);
		op->qualify.order_id = text_of(op->order);
	}
	op->judge = judge_qualify;
	op->id = user <= r->m->n_users ? user : 0;
	op->number = order;
	return &op->qualify.command;
}

static inline void place(struct model *m, struct model_hook *h, uint64_t campaign)
{
	h->campaign = campaign;
	h->placed = ++m->placed;
}

/* A webhook to change, or 0 for a new one. There are never many at a time. */
static inline uint64_t pick_hook(struct run *r)
{
	const struct model *m = r->m;
	uint64_t alive = r->new_hooks, n = m->n_hooks + r->new_hooks;
	for (uint64_t i = 1; i <= m->n_hooks; i++)
		alive += m->hooks[i].alive;
	if (m->n_hooks == 0 || (alive < 6 && n < MODEL_HOOKS - 2))
		return 0;
	return 1 + below(r, m->n_hooks);
}

static inline void judge_hook_save(struct run *r, struct op *op)
{
	struct model *m = r->m;
	const struct webhook *hook = &op->save.webhook;
	uint64_t id = op->id;
	if (id == 0) {
		assert_true(m->n_hooks + 1 < MODEL_HOOKS);
		m->hooks[id = ++m->n_hooks].alive = true;
	}
	struct model_hook *h = &m->hooks[id];
	assert_found_if(op, h->alive);
	if (!h->alive)
		return;
	assert_int_equal(hook->id, made_id(r->hooks, id));
	if (op->id == 0 || h->campaign != op->number)
		place(m, h, op->number);
	h->events = hook->events;
	h->types = hook->types;
	h->order = hook->order;
	h->disabled_ms = 0;
}

static inline struct command *op_hook_save(struct run *r, struct op *op)
{
	struct webhook hook = world_hook();
	op->judge = judge_hook_save;
	op->id = pick_hook(r);
	r->new_hooks += op->id == 0;
	hook.id = made_id(r->hooks, op->id);
	hook.events = (1 + below(r, 7)) << EVENT_USER_JOIN;
	hook.types = below(r, 3) == 0 ? 1 << USER_INVITED : 0;
	op->number = below(r, MODEL_CAMPAIGNS + 1);
	hook.campaign_id = made_id(r->campaigns, op->number);
	hook.order = below(r, 3);
	hook.disabled_ms = 0;
	/* Every field, except those that a caller cannot set. */
	uint64_t own = record_bit(&KIND_WEBHOOK, offsetof(struct webhook, revision));
	op->save = (struct webhook_save){.command = {.decide = webhook_save_decide},
					 .webhook = hook,
					 .set = ~own,
					 .now_ms = r->w->now_ms};
	return &op->save.command;
}

static inline void judge_hook_remove(struct run *r, struct op *op)
{
	assert_found_if(op, op->id != 0 && r->m->hooks[op->id].alive);
	r->m->hooks[op->id].alive = false;
}

static inline struct command *op_hook_remove(struct run *r, struct op *op)
{
	uint64_t id = 1 + below(r, r->m->n_hooks + 1);
	op->judge = judge_hook_remove;
	op->id = id <= r->m->n_hooks ? id : 0;
	op->remove =
	    (struct webhook_remove){{.decide = webhook_remove_decide}, made_id(r->hooks, id)};
	return &op->remove.command;
}

static inline void judge_campaign(struct run *r, struct op *op)
{
	assert_int_equal(op->call.err, ERR_OK);
	r->m->campaign_status[op->id] = op->number;
}

static inline struct command *op_campaign(struct run *r, struct op *op)
{
	op->judge = judge_campaign;
	op->id = 1 + below(r, MODEL_CAMPAIGNS);
	op->number = below(r, 4) == 0 ? below(r, 3) : CAMPAIGN_LAUNCHED;
	op->campaign = (struct campaign_save){
	    .command = {.decide = campaign_save_decide},
	    .campaign = {.id = made_id(r->campaigns, op->id), .status = op->number},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, status))};
	return &op->campaign.command;
}

/* A delivery, preferably a due one. */
static inline uint64_t pick_delivery(struct run *r)
{
	uint64_t id = 0;
	for (int i = 0; i < 20; i++) {
		id = 1 + below(r, r->m->n_deliveries);
		if (model_is_due(r->m, id))
			break;
	}
	return id;
}

static inline void judge_attempt(struct run *r, struct op *op)
{
	assert_int_equal(op->call.err, ERR_OK);
	model_attempt(r->m, op->id, op->attempt.verdict, op->attempt.retry_ms);
}

static inline struct command *op_attempt(struct run *r, struct op *op)
{
	static const enum delivery_verdict verdicts[] = {
	    VERDICT_DELIVERED, VERDICT_DELIVERED, VERDICT_DELIVERED, VERDICT_RETRY,
	    VERDICT_RETRY,     VERDICT_EXHAUSTED, VERDICT_GONE};
	uint64_t id = pick_delivery(r), retry_ms = r->w->now_ms + below(r, 50);
	enum delivery_verdict verdict = verdicts[below(r, 7)];
	/* A waiting delivery has no attempts. */
	if (r->m->deliveries[id].status == DELIVERY_PENDING && model_waits(r->m, id))
		return op_join(r, op);
	op->judge = judge_attempt;
	op->id = id;
	op->attempt = (struct delivery_record_attempt){
	    .command = {.decide = delivery_record_attempt_decide},
	    .attempt = {.delivery_id = made_id(r->deliveries, id),
			.status = verdict == VERDICT_DELIVERED ? 200 : 500},
	    .claimed_due_ms = r->m->deliveries[id].due_ms,
	    .verdict = verdict,
	    .retry_ms = retry_ms,
	    .now_ms = r->w->now_ms,
	};
	return &op->attempt.command;
}

static inline void judge_resend(struct run *r, struct op *op)
{
	assert_int_equal(op->call.err, model_resend(r->m, op->id));
}

static inline struct command *op_resend(struct run *r, struct op *op)
{
	op->judge = judge_resend;
	op->id = 1 + below(r, r->m->n_deliveries);
	op->resend = (struct delivery_resend){.command = {.decide = delivery_resend_decide},
					      .delivery_id = made_id(r->deliveries, op->id),
					      .now_ms = r->w->now_ms};
	return &op->resend.command;
}

static inline void judge_erase(struct run *r, struct op *op)
{
	assert_int_equal(op->call.err, model_erase(r->m, op->id));
}

static inline struct command *op_erase(struct run *r, struct op *op)
{
	uint64_t id = 1 + below(r, r->m->n_users + 1);
	op->judge = judge_erase;
	op->id = id <= r->m->n_users ? id : 0;
	op->erase = (struct user_erase){.command = {.decide = user_erase_decide},
					.who = {.id = made_id(r->users, id)},
					.codes = r->w->codes,
					.now_ms = r->w->now_ms};
	return &op->erase.command;
}

static inline struct command *op_random(struct run *r, struct op *op)
{
	uint64_t roll = below(r, 100);
	*op = (struct op){0};
	if (roll < 30 || r->m->n_deliveries == 0)
		return roll % 5 == 0 ? op_hook_save(r, op) : op_join(r, op);
	if (roll < 68)
		return op_qualify(r, op);
	if (roll < 74)
		return op_hook_save(r, op);
	if (roll < 75)
		return op_hook_remove(r, op);
	if (roll < 78)
		return op_campaign(r, op);
	if (roll < 80)
		return op_erase(r, op);
	return roll < 96 ? op_attempt(r, op) : op_resend(r, op);
}

#endif
