/* Owns the test of thousands of random operations, on the store and on a reference model, compared
 * after each batch.
 * Never waits for real time: the clock is a number. REFERD_SEED repeats a run.
 * Run by make test. */
#include "address_world.h"
#include "model_ops.h"
#include "verify_world.h"

enum { BATCHES = 400, BATCH_MAX = 20 };

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

/* Shows the model the commands of a batch in their serial order. */
static void judge(struct run *r, struct op *ops, size_t n)
{
	struct world_call *order[BATCH_MAX];
	struct made *const made[] = {r->campaigns, r->users, r->hooks, r->deliveries, r->events};
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		made_sort(made[i]);
	for (size_t i = 0; i < n; i++)
		order[i] = &ops[i].call;
	world_sort(order, n);
	for (size_t i = 0; i < n; i++) {
		struct op *op = (struct op *)order[i];
		op->judge(r, op);
	}
}

static void run_batch(struct run *r, struct op *ops, size_t n)
{
	struct world_call addresses;
	size_t at = find_addresses(r, &addresses, n);
	r->new_hooks = 0;
	for (size_t i = 0; i < n; i++) {
		if (i == at)
			world_submit(r->w, &addresses);
		struct command *command = op_random(r, &ops[i]);
		world_call_set(r->w, &ops[i].call, command);
		world_submit(r->w, &ops[i].call);
	}
	world_settle(r->w);
	judge(r, ops, n);
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

static void begin(struct run *r)
{
	r->campaigns = made_watch(r->w, &KIND_CAMPAIGN);
	r->users = made_watch(r->w, &KIND_USER);
	r->hooks = made_watch(r->w, &KIND_WEBHOOK);
	r->deliveries = made_watch(r->w, &KIND_DELIVERY);
	r->events = made_watch(r->w, &KIND_EVENT);
	for (uint64_t id = 1; id <= MODEL_CAMPAIGNS; id++) {
		world_launched(r->w);
		r->m->campaign_status[id] = CAMPAIGN_LAUNCHED;
	}
	made_sort(r->campaigns);
}

static void end(struct run *r)
{
	struct made *const made[] = {r->campaigns, r->users, r->hooks, r->deliveries, r->events};
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		made_free(made[i]);
	free(r->m);
}

static void run_all(struct world *w, uint64_t usual_seed, size_t batch_max)
{
	struct run r = {
	    .w = w, .m = calloc(1, sizeof *r.m), .seed = seeded_start("model", usual_seed)};
	struct op *ops = calloc(BATCH_MAX, sizeof *ops);
	void *rows = calloc(LISTED, sizeof(struct delivery));
	assert_true(r.m != NULL && ops != NULL && rows != NULL);
	begin(&r);
	bool is_short = w->nodes != NULL && world_operations() == 0;
	size_t batches = is_short ? BATCHES / 4 : BATCHES, rounds = batches * BATCH_MAX / batch_max;
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
	world_assert_tried(w);
	printf("%zu batches: %u users, %u events, %u deliveries, %u attempts\n", rounds,
	       (unsigned)r.m->n_users, (unsigned)r.m->n_events, (unsigned)r.m->n_deliveries,
	       (unsigned)r.m->n_attempts);
	size_t part = is_short ? 2 : 1;
	assert_true(r.m->n_users > 150 / part && r.m->n_deliveries > 300 / part);
	assert_true(r.m->n_attempts > 200 / part);
	free(rows);
	free(ops);
	end(&r);
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
	const struct CMUnitTest one[] = {
	    WORLD_ON(memory, operations_in_batches_match_the_model),
	    WORLD_ON(memory, a_second_run_in_batches_matches_the_model),
	    WORLD_ON(pending, operations_one_by_one_match_the_model),
	    WORLD_ON(lmdb, operations_in_batches_match_the_model),
	};
	const struct CMUnitTest several[] = {
	    WORLD_ON(one_node, operations_in_batches_match_the_model),
	    WORLD_ON(two_nodes, operations_in_batches_match_the_model),
	    WORLD_ON(three_nodes, operations_in_batches_match_the_model),
	};
	return world_run_tests(one, 4, several, 3, BATCHES * (BATCH_MAX + 1) / 2);
}
