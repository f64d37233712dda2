/* Owns the tests of the rules of leases: who may take, renew and release, late commands of earlier
 * owners, fair shares. Never sends a delivery: unit/delivery/test_nodes does. Run by make test. */
#include "core/lease.h"

#include "core_world.h"

enum { STEPS = 3000, AT_ONCE = 4, LANE = 7 };

/* ---- one lease ---- */

static struct lease_item item_of(enum lease_wish wish, uint64_t fence)
{
	return (struct lease_item){
	    .wish = wish, .what = LEASE_LANE, .number = LANE, .fence = fence, .last_ms = LEASE_MS};
}

static void on(struct world *w, size_t node, struct world_call *call, struct command *inner)
{
	world_call_set(w, call, inner);
	call->node = node;
	assert_int_equal(store_submit(w->nodes->stores[node], &call->command), ERR_OK);
}

/* Returns the fence that the node has then; 0: it does not have the lease. */
static uint64_t wish(struct world *w, size_t node, enum lease_wish wish, uint64_t fence)
{
	struct lease_item item = item_of(wish, fence);
	struct lease_change change = {.command = {.decide = lease_change_decide},
				      .items = &item,
				      .n = 1,
				      .now_ms = w->now_ms};
	struct world_call call;
	on(w, node, &call, &change.command);
	world_settle(w);
	assert_true(call.done && call.err == ERR_OK);
	return item.got;
}

static void a_lease_has_one_owner_until_it_expires(void **state)
{
	struct world *w = *state;
	assert_int_equal(wish(w, 0, LEASE_TAKE, 0), 1);
	assert_int_equal(wish(w, 1, LEASE_TAKE, 0), 0);
	assert_int_equal(wish(w, 1, LEASE_RENEW, 1), 0);
	w->now_ms += LEASE_MS - 1;
	assert_int_equal(wish(w, 1, LEASE_TAKE, 0), 0);
	assert_int_equal(wish(w, 0, LEASE_RENEW, 1), 1);
	w->now_ms += LEASE_MS - 1;
	assert_int_equal(wish(w, 1, LEASE_TAKE, 0), 0);
	w->now_ms += 1;
	assert_int_equal(wish(w, 1, LEASE_TAKE, 0), 2);
	assert_int_equal(wish(w, 0, LEASE_RENEW, 1), 0);
	assert_int_equal(wish(w, 0, LEASE_RELEASE, 1), 0); /* not its own any more */
	assert_int_equal(wish(w, 0, LEASE_TAKE, 0), 0);
}

static void a_released_lease_is_free_at_once(void **state)
{
	struct world *w = *state;
	assert_int_equal(wish(w, 0, LEASE_TAKE, 0), 1);
	assert_int_equal(wish(w, 0, LEASE_RELEASE, 1), 0);
	assert_int_equal(wish(w, 1, LEASE_TAKE, 0), 2); /* the fence goes on */
	assert_int_equal(wish(w, 1, LEASE_END, 2), 0);
	struct lease lease = {.what = LEASE_LANE, .number = LANE};
	assert_int_equal(world_get(w, &KIND_LEASE, &lease), ERR_NOT_FOUND);
}

/* ---- late commands ---- */

struct step {
	struct world_call call;
	struct lease_item item; /* of a change of the lease */
	struct lease_change change;
	bool works;
	struct work {
		struct command command;
		struct lease_fence fence;
	} work;
};

static enum err work_decide(struct command *command, struct tx *tx)
{
	struct work *work = (struct work *)command;
	const struct replay row = {.id = work->fence.fence};
	enum err err = lease_check(tx, &work->fence);
	if (err == ERR_OK)
		tx_put(tx, &KIND_REPLAY, &row);
	return err;
}

/* An owner never looks at the time: it sleeps and wakes at any moment. */
static void begin_step(struct world *w, struct step *step, const uint64_t *fences)
{
	struct seeded *random = &w->nodes->state->random;
	size_t node = (size_t)seeded_below(random, w->nodes->n);
	uint64_t fence = fences[node];
	*step = (struct step){.works = fence != 0 && seeded_below(random, 3) > 0};
	if (seeded_below(random, 12) == 0)
		w->now_ms += seeded_below(random, 2 * (uint64_t)LEASE_MS);
	step->item = item_of(fence == 0 ? LEASE_TAKE : LEASE_RENEW, fence);
	step->change = (struct lease_change){.command = {.decide = lease_change_decide},
					     .items = &step->item,
					     .n = 1,
					     .now_ms = w->now_ms};
	step->work =
	    (struct work){.command = {.decide = work_decide}, .fence = {LEASE_LANE, LANE, fence}};
	on(w, node, &step->call, step->works ? &step->work.command : &step->change.command);
}

/* In the order of the commits, only the newest owner has worked. */
static void judge(struct step *steps, uint64_t *current, uint64_t *fences, uint64_t *refused)
{
	struct world_call *calls[AT_ONCE];
	for (size_t i = 0; i < AT_ONCE; i++)
		calls[i] = &steps[i].call;
	world_sort(calls, AT_ONCE);
	for (size_t i = 0; i < AT_ONCE; i++) {
		struct step *step = (struct step *)(void *)calls[i]; /* its first member */
		size_t node = step->call.node;
		if (step->works) {
			*refused += step->call.err == ERR_REFUSED;
			if (step->call.err == ERR_OK)
				assert_int_equal(step->work.fence.fence, *current);
			continue;
		}
		assert_int_equal(step->call.err, ERR_OK);
		if (step->item.got > *current)
			*current = step->item.got;
		fences[node] = step->item.got;
	}
}

static void late_commands_of_an_owner_store_nothing(void **state)
{
	struct world *w = *state;
	struct step steps[AT_ONCE];
	uint64_t fences[SHARED_NODES] = {0}, current = 0, refused = 0;
	for (int done = 0; done < STEPS; done += AT_ONCE) {
		for (size_t i = 0; i < AT_ONCE; i++)
			begin_step(w, &steps[i], fences);
		world_settle(w);
		judge(steps, &current, fences, &refused);
	}
	nodes_print(w->nodes);
	printf("%llu owners, %llu refused\n", (unsigned long long)current,
	       (unsigned long long)refused);
	assert_true(nodes_were_tried(w->nodes));
	assert_true(current > 10 && refused > 10);
}

/* ---- one writer ---- */

static void one_writer_reads_no_lease(void **state)
{
	struct world *w = *state;
	uint64_t before = engine_memory_gets(w->adding, KIND_LEASE.id);
	struct work work = {.command = {.decide = work_decide}};
	assert_false(store_shared(w->store));
	assert_int_equal(store_node(w->store), 0);
	assert_int_equal(world_run(w, &work.command), ERR_OK);
	assert_int_equal(engine_memory_gets(w->adding, KIND_LEASE.id), before);
	assert_int_equal(world_count(w, &KIND_LEASE), 0);
}

/* ---- shares ---- */

static size_t shares(size_t lanes, const size_t *held, size_t n, size_t *out)
{
	size_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += out[i] = lease_share(lanes, held, n, i);
	return sum;
}

/* Gives up and takes until nothing moves. Returns the number of moves. */
static size_t balance(size_t lanes, size_t *held, size_t n)
{
	size_t moves = 0, share[SHARED_NODES];
	for (size_t round = 0, moved = 1; moved > 0; round++) {
		size_t free = lanes;
		assert_true(round < 10);
		moved = 0;
		(void)shares(lanes, held, n, share);
		for (size_t i = 0; i < n; i++)
			for (; held[i] > share[i]; held[i]--)
				moved++;
		for (size_t i = 0; i < n; i++)
			free -= held[i];
		for (size_t i = 0; i < n; i++)
			for (; held[i] < share[i] && free > 0; held[i]++, free--)
				moved++;
		moves += moved;
	}
	return moves;
}

static void shares_add_up_and_move_little(void **state)
{
	struct seeded random = seeded_start("shares", 11);
	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t n = 1 + seeded_below(&random, SHARED_NODES), held[SHARED_NODES] = {0};
		size_t share[SHARED_NODES], lanes = seeded_below(&random, 12), left = lanes;
		for (size_t k = 0; k < n; k++)
			left -= held[k] = seeded_below(&random, left + 1);
		(void)balance(lanes, held, n);
		size_t sum = 0, least = SIZE_MAX, most = 0;
		for (size_t k = 0; k < n; k++) {
			sum += held[k];
			least = held[k] < least ? held[k] : least;
			most = held[k] > most ? held[k] : most;
		}
		assert_int_equal(sum, lanes);
		assert_true(most - least <= 1);
		assert_true(shares(lanes, held, n, share) >= lanes);
		assert_int_equal(balance(lanes, held, n), 0);
	}
	/* A lane that would only move the difference to another node stays. */
	size_t one[2] = {0, 1};
	assert_int_equal(lease_share(1, one, 2, 0), 0);
	assert_int_equal(lease_share(1, one, 2, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(two_nodes, a_lease_has_one_owner_until_it_expires),
	    WORLD_ON(three_nodes, a_released_lease_is_free_at_once),
	    WORLD_ON(two_nodes, late_commands_of_an_owner_store_nothing),
	    WORLD_ON(three_nodes, late_commands_of_an_owner_store_nothing),
	    WORLD_ON(adding, one_writer_reads_no_lease),
	    cmocka_unit_test(shares_add_up_and_move_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
