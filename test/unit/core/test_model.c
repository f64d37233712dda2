/* Owns the test of thousands of random operations, on the store and on a reference model, compared
 * after each batch.
 * Never waits for real time: the clock is a number. REFERD_SEED repeats a run.
 * Run by make test. */
#include "address_world.h"
#include "core/erase.h"
#include "model_compare.h"
#include "verify_world.h"

enum { BATCHES = 400, BATCH_MAX = 20, EMAILS = 150, KEYS = 12 };

/* One operation under way: its command and the result in the model. */
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
	enum { OP_OTHER, OP_JOIN, OP_QUALIFY } kind;
	enum err expected;
	struct model_joined joined;
	struct model_answer answer;
	char email[32], order[16];
};

/* ---- operations ---- */

static uint64_t below(struct run *r, uint64_t n)
{
	return seeded_below(&r->seed, n);
}

static struct command *op_join(struct run *r, struct op *op)
{
	bool by_link = below(r, 2) == 0;
	uint64_t email = below(r, EMAILS), key = below(r, 6) == 0 ? 1 + below(r, KEYS) : 0;
	uint64_t campaign = by_link ? 0 : 1 + below(r, MODEL_CAMPAIGNS + 1);
	uint64_t referrer = by_link ? 1 + below(r, r->m->n_users + 2) : 0;
	char text[64];
	/* The same address in many spellings. */
	snprintf(op->email, sizeof op->email,
		 below(r, 2) == 0 ? "p%02u@Example.com" : "P%02u@example.COM", (unsigned)email);
	op->join = world_join(r->w, campaign, referrer, op->email);
	if (key != 0) {
		struct text k = text_from(&key, sizeof key);
		int n = snprintf(text, sizeof text, "%u %u %u", (unsigned)campaign,
				 (unsigned)referrer, (unsigned)email);
		idempotency_key_make(&op->join.key, TEXT("c"), k, text_from(text, (size_t)n),
				     TEXT(""));
	}
	op->kind = OP_JOIN;
	op->joined = model_join(r->m, campaign, referrer, email, key);
	op->expected = op->joined.user != 0 ? ERR_OK : ERR_REFUSED;
	return &op->join.command;
}

static struct command *op_qualify(struct run *r, struct op *op)
{
	uint64_t user = below(r, r->m->n_users + 2), order = below(r, 3) == 0 ? 1 + below(r, 5) : 0;
	bool qualified = below(r, 3) != 0;
	op->qualify = world_qualify(r->w, user, qualified);
	if (order != 0) {
		snprintf(op->order, sizeof op->order, "order %u", (unsigned)order);
		op->qualify.order_id = text_of(op->order);
	}
	op->kind = OP_QUALIFY;
	bool ok = model_qualify(r->m, user, qualified, order, &op->answer);
	op->expected = ok ? ERR_OK : ERR_REFUSED;
	return &op->qualify.command;
}

static void place(struct model *m, struct model_hook *h, uint64_t campaign)
{
	h->campaign = campaign;
	h->placed = ++m->placed;
}

/* A webhook to change, or 0 for a new one. There are never many at a time. */
static uint64_t pick_hook(struct run *r)
{
	const struct model *m = r->m;
	uint64_t alive = 0;
	for (uint64_t i = 1; i <= m->n_hooks; i++)
		alive += m->hooks[i].alive;
	if (m->n_hooks == 0 || (alive < 6 && m->n_hooks < MODEL_HOOKS - 2))
		return 0;
	return 1 + below(r, m->n_hooks);
}

static struct command *op_hook_save(struct run *r, struct op *op)
{
	struct model *m = r->m;
	uint64_t id = pick_hook(r);
	struct webhook hook = world_hook();
	hook.id = id;
	hook.events = (1 + below(r, 7)) << EVENT_USER_JOIN;
	hook.types = below(r, 3) == 0 ? 1 << USER_INVITED : 0;
	hook.campaign_id = below(r, MODEL_CAMPAIGNS + 1);
	hook.order = below(r, 3);
	hook.disabled_ms = 0;
	/* Every field, except those that a caller cannot set. */
	uint64_t own = record_bit(&KIND_WEBHOOK, offsetof(struct webhook, revision));
	op->save = (struct webhook_save){.command = {.decide = webhook_save_decide},
					 .webhook = hook,
					 .set = ~own,
					 .now_ms = r->w->now_ms};
	if (id == 0)
		m->hooks[++m->n_hooks].alive = true;
	struct model_hook *h = &m->hooks[id == 0 ? m->n_hooks : id];
	op->expected = h->alive ? ERR_OK : ERR_NOT_FOUND;
	if (!h->alive)
		return &op->save.command;
	if (id == 0 || h->campaign != hook.campaign_id)
		place(m, h, hook.campaign_id);
	h->events = hook.events;
	h->types = hook.types;
	h->order = hook.order;
	h->disabled_ms = 0;
	return &op->save.command;
}

static struct command *op_hook_remove(struct run *r, struct op *op)
{
	uint64_t id = 1 + below(r, r->m->n_hooks + 1);
	op->remove = (struct webhook_remove){{.decide = webhook_remove_decide}, id};
	bool alive = id <= r->m->n_hooks && r->m->hooks[id].alive;
	op->expected = alive ? ERR_OK : ERR_NOT_FOUND;
	r->m->hooks[id].alive = false;
	return &op->remove.command;
}

static struct command *op_campaign(struct run *r, struct op *op)
{
	uint64_t id = 1 + below(r, MODEL_CAMPAIGNS);
	uint64_t status = below(r, 4) == 0 ? below(r, 3) : CAMPAIGN_LAUNCHED;
	op->campaign = (struct campaign_save){
	    .command = {.decide = campaign_save_decide},
	    .campaign = {.id = id, .status = status},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, status))};
	r->m->campaign_status[id] = status;
	return &op->campaign.command;
}

/* A delivery, preferably a due one. */
static uint64_t pick_delivery(struct run *r)
{
	uint64_t id = 0;
	for (int i = 0; i < 20; i++) {
		id = 1 + below(r, r->m->n_deliveries);
		if (model_is_due(r->m, id))
			break;
	}
	return id;
}

static struct command *op_attempt(struct run *r, struct op *op)
{
	static const enum delivery_verdict verdicts[] = {
	    VERDICT_DELIVERED, VERDICT_DELIVERED, VERDICT_DELIVERED, VERDICT_RETRY,
	    VERDICT_RETRY,     VERDICT_EXHAUSTED, VERDICT_GONE};
	uint64_t id = pick_delivery(r), retry_ms = r->w->now_ms + below(r, 50);
	enum delivery_verdict verdict = verdicts[below(r, 7)];
	/* A waiting delivery has no attempts. */
	if (r->m->deliveries[id].status == DELIVERY_PENDING && model_waits(r->m, id))
		return op_join(r, op);
	op->attempt = (struct delivery_record_attempt){
	    .command = {.decide = delivery_record_attempt_decide},
	    .attempt = {.delivery_id = id, .status = verdict == VERDICT_DELIVERED ? 200 : 500},
	    .claimed_due_ms = r->m->deliveries[id].due_ms,
	    .verdict = verdict,
	    .retry_ms = retry_ms,
	    .now_ms = r->w->now_ms,
	};
	model_attempt(r->m, id, verdict, retry_ms);
	return &op->attempt.command;
}

static struct command *op_resend(struct run *r, struct op *op)
{
	uint64_t id = 1 + below(r, r->m->n_deliveries);
	op->resend =
	    (struct delivery_resend){{.decide = delivery_resend_decide}, id, r->w->now_ms, {0}};
	op->expected = model_resend(r->m, id);
	return &op->resend.command;
}

static struct command *op_erase(struct run *r, struct op *op)
{
	uint64_t id = 1 + below(r, r->m->n_users + 1);
	op->erase = (struct user_erase){.command = {.decide = user_erase_decide},
					.who = {.id = id},
					.codes = r->w->codes,
					.now_ms = r->w->now_ms};
	op->expected = model_erase(r->m, id);
	return &op->erase.command;
}

static struct command *op_random(struct run *r, struct op *op)
{
	uint64_t roll = below(r, 100);
	*op = (struct op){0};
	op->expected = ERR_OK;
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

static void check_answer(const struct op *op)
{
	assert_true(op->call.done);
	assert_int_equal(op->call.err, op->expected);
	if (op->kind == OP_JOIN) {
		assert_int_equal(op->join.outcome, op->joined.outcome);
		assert_true(op->joined.user == 0 || op->join.user.id == op->joined.user);
	} else if (op->kind == OP_QUALIFY && op->expected == ERR_OK) {
		assert_int_equal(op->qualify.changed, op->answer.changed);
		assert_int_equal(op->qualify.user.qualified_ms, op->answer.qualified_ms);
	}
}

/* ---- the run ---- */

/* Runs the job of the users that the batch erased. */
static void forget(struct run *r)
{
	struct erase_slice job = {.slice = {.now_ms = r->w->now_ms}};
	while (world_slice(r->w, &job.slice, erase_find_decide, erase_change_decide) > 0)
		continue;
	model_forget(r->m);
}

/* The job of the addresses has found users; its command then comes anywhere in the batch, beside
 * joins and erasures. Returns its place; n: there is no command. */
static size_t find_addresses(struct run *r, struct world_call *call, size_t n)
{
	struct slice *slice = &r->addresses.slice;
	r->addresses = (struct address_slice){.slice = {.now_ms = r->w->now_ms}};
	slice->command.decide = address_find_decide;
	assert_int_equal(world_ask(r->w, &slice->command, NULL, NULL), ERR_OK);
	slice->command.decide = address_write_decide;
	world_call_set(r->w, call, &slice->command);
	return slice->n > 0 ? (size_t)below(r, n) : n;
}

static void run_batch(struct run *r, struct op *ops, size_t n)
{
	struct world_call addresses;
	size_t place = find_addresses(r, &addresses, n);
	for (size_t i = 0; i < n; i++) {
		if (i == place)
			assert_int_equal(store_submit(r->w->store, &addresses.command), ERR_OK);
		struct command *command = op_random(r, &ops[i]);
		world_call_set(r->w, &ops[i].call, command);
		assert_int_equal(store_submit(r->w->store, &ops[i].call.command), ERR_OK);
	}
	world_settle(r->w);
	for (size_t i = 0; i < n; i++)
		check_answer(&ops[i]);
	forget(r);
}

/* In the end the index has every user who was not erased. `referd verify` compares the rows. */
static void compare_addresses(struct run *r)
{
	uint64_t alive = 0;
	for (uint64_t id = 1; id <= r->m->n_users; id++)
		alive += !r->m->users[id].erased;
	assert_true(world_count(r->w, &KIND_ADDRESS) > 0);
	address_catch_up(r->w);
	assert_int_equal(world_count(r->w, &KIND_ADDRESS), alive);
	world_assert_sound(r->w);
}

static void run_all(struct world *w, uint64_t usual_seed, size_t batch_max)
{
	struct run r = {
	    .w = w, .m = calloc(1, sizeof *r.m), .seed = seeded_start("model", usual_seed)};
	struct op *ops = calloc(BATCH_MAX, sizeof *ops);
	void *rows = calloc(LISTED, sizeof(struct delivery));
	assert_true(r.m != NULL && ops != NULL && rows != NULL);
	for (uint64_t id = 1; id <= MODEL_CAMPAIGNS; id++)
		r.m->campaign_status[world_launched(w)] = CAMPAIGN_LAUNCHED;
	size_t rounds = BATCHES * BATCH_MAX / batch_max;
	for (size_t i = 0; i < rounds; i++) {
		r.m->now_ms = w->now_ms;
		run_batch(&r, ops, 1 + (size_t)below(&r, batch_max));
		if (i % (BATCH_MAX / batch_max) == 0)
			compare(&r, rows);
		w->now_ms += below(&r, 40);
		arena_reset(&w->arena);
	}
	compare(&r, rows);
	world_assert_sound(w);
	compare_addresses(&r);
	printf("%zu batches: %u users, %u events, %u deliveries, %u attempts\n", rounds,
	       (unsigned)r.m->n_users, (unsigned)r.m->n_events, (unsigned)r.m->n_deliveries,
	       (unsigned)r.m->n_attempts);
	assert_true(r.m->n_users > 150 && r.m->n_deliveries > 300 && r.m->n_attempts > 200);
	free(rows);
	free(ops);
	free(r.m);
}

static void operations_in_batches_match_the_model(void **state)
{
	run_all(*state, 21, BATCH_MAX);
}

static void a_second_run_in_batches_matches_the_model(void **state)
{
	run_all(*state, 22, BATCH_MAX);
}

/* On an engine with pending reads commands may overtake each other, so each runs alone here. */
static void operations_one_by_one_match_the_model(void **state)
{
	run_all(*state, 23, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(memory, operations_in_batches_match_the_model),
	    WORLD_ON(memory, a_second_run_in_batches_matches_the_model),
	    WORLD_ON(pending, operations_one_by_one_match_the_model),
	    WORLD_ON(lmdb, operations_in_batches_match_the_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
