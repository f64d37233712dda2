/*
 * The fixture of deliveries from several nodes: each has a store, a loop, a scheduler and its jobs,
 * and all stores are on one shared state. Their clocks show the same time, which only the test
 * moves. A node can sleep, die and stop.
 */
#ifndef TEST_NODES_WORLD_H
#define TEST_NODES_WORLD_H

#include "delivery_world.h"
#include "lease/round.h"

enum { NODE_LOG_MAX = 4096, NODE_HOOKS_MAX = 16 };

struct node {
	struct delivery_world w;
	struct leases *leases;
	struct nodes_world *world;
	size_t number;
	bool open, asleep;
};

/* A call of any node, in the order of all calls. */
struct node_call {
	size_t node;
	char host[32];
	struct text message_id; /* lives as long as the client */
};

struct nodes_world {
	struct nodes shared;
	struct node nodes[SHARED_NODES];
	struct node_call calls[NODE_LOG_MAX];
	size_t n_calls;
	fake_script *script; /* NULL: every call gets a 200 at once */
	void *script_arg;
	uint64_t hooks[NODE_HOOKS_MAX];
	size_t n_hooks;
};

/* ---- opening and closing ---- */

static inline void on_node_turn(void *arg)
{
	struct node *node = arg;
	struct delivery_world *w = &node->w;
	w->turns++;
	if (w->scheduler == NULL)
		return;
	scheduler_before_store(w->scheduler);
	nodes_run(&node->world->shared, node->number);
	scheduler_turn(w->scheduler);
}

static inline struct fake_answer node_answers(void *arg, const struct fake_record *call)
{
	struct node *node = arg;
	struct nodes_world *all = node->world;
	const struct text *id = fake_header(call, "webhook-id");
	assert_true(all->n_calls < NODE_LOG_MAX && id != NULL);
	struct node_call *logged = &all->calls[all->n_calls++];
	*logged = (struct node_call){.node = node->number, .message_id = *id};
	snprintf(logged->host, sizeof logged->host, "%.31s", call->host);
	return all->script != NULL ? all->script(all->script_arg, call)
				   : (struct fake_answer){.status = 200};
}

/* Stops the faults, and returns them. */
static inline struct shared_faults nodes_quiet(struct nodes_world *all)
{
	const struct shared_faults faults = all->shared.state->faults;
	all->shared.state->faults = (struct shared_faults){0};
	return faults;
}

/* A store asks for its first webhooks at once, so nothing is pending meanwhile. */
static inline void open_node(struct nodes_world *all, size_t number, const struct node *clock)
{
	struct node *node = &all->nodes[number];
	struct delivery_world *w = &node->w;
	const struct shared_faults faults = nodes_quiet(all);
	*node = (struct node){.world = all, .number = number, .open = true};
	w->core.codes = world_codes();
	w->core.store = all->shared.stores[number];
	clock_manual_init(&w->clock, clock != NULL ? clock->w.clock.now_mono_ns : 1000000000,
			  clock != NULL ? clock->w.clock.now_unix_ms : START_MS);
	w->core.now_ms = w->clock.now_unix_ms;
	w->client =
	    (struct http_client){.clock = &w->clock.clock,
				 .epoch_ms = w->clock.now_unix_ms - w->clock.now_mono_ns / 1000000,
				 .script = node_answers,
				 .script_arg = node};
	w->loop = loop_new(&w->clock.clock);
	assert_non_null(w->loop);
	loop_add_hook(w->loop, fake_turn, &w->client);
	loop_add_hook(w->loop, on_node_turn, node);
	crypto_seal(SEALING_KEY, TEXT("webhook secret"), text_of(SECRET), &w->sealed);
	loop_again(w->loop);
	loop_turn(w->loop); /* from here on the loop has the clock's time */
	const struct leases_config leases = {.loop = w->loop, .store = w->core.store};
	assert_int_equal(leases_open(&leases, &node->leases), ERR_OK);
	const struct scheduler_config scheduler = {.loop = w->loop,
						   .store = w->core.store,
						   .client = &w->client,
						   .codes = w->core.codes,
						   .leases = node->leases,
						   .secret_key = SEALING_KEY};
	const struct upkeep_config upkeep = {.loop = w->loop,
					     .store = w->core.store,
					     .codes = w->core.codes,
					     .leases = node->leases,
					     .public_url = "https://refer.example",
					     .jobs = jobs_of_world()};
	assert_int_equal(scheduler_open(&scheduler, &w->scheduler), ERR_OK);
	assert_int_equal(upkeep_open(&upkeep, &w->upkeep), ERR_OK);
	all->shared.state->faults = faults;
}

/* Ends a node as a killed process ends: it releases nothing. */
static inline void close_node(struct node *node)
{
	struct delivery_world *w = &node->w;
	struct nodes *shared = &node->world->shared;
	if (!node->open)
		return;
	scheduler_close(w->scheduler);
	w->scheduler = NULL;
	shared->runs[node->number] = false;
	while (!store_idle(w->core.store))
		nodes_run(shared, node->number);
	shared->runs[node->number] = true;
	upkeep_close(w->upkeep);
	leases_close(node->leases);
	loop_free(w->loop);
	node->open = false;
}

static inline int open_nodes(void **state, size_t stores, size_t open, struct shared_faults faults)
{
	struct nodes_world *all = calloc(1, sizeof *all);
	struct seeded seed = seeded_start("nodes", 20261128);
	assert_non_null(all);
	log_set_level(LOG_ERROR);
	assert_true(nodes_open(&all->shared, stores, seed.state, &faults));
	for (size_t i = 0; i < stores; i++)
		all->shared.runs[i] = i >= open; /* a store without a node does not run */
	for (size_t i = 0; i < open; i++)
		open_node(all, i, NULL);
	*state = all;
	return 0;
}

static inline int close_nodes(void **state)
{
	struct nodes_world *all = *state;
	nodes_quiet(all);
	for (size_t i = 0; i < all->shared.n; i++)
		close_node(&all->nodes[i]);
	for (size_t i = 0; i < all->shared.n; i++) {
		fake_client_free(&all->nodes[i].w.client);
		buf_free(&all->nodes[i].w.sealed);
		codes_free(all->nodes[i].w.core.codes);
		arena_free(&all->nodes[i].w.core.arena);
	}
	nodes_close(&all->shared);
	free(all);
	return 0;
}

/* ---- time ---- */

static inline bool is_awake(const struct node *node)
{
	return node->open && !node->asleep;
}

/* A sleeping process does nothing, and its clock goes on. */
static inline void set_asleep(struct node *node, bool asleep)
{
	node->asleep = asleep;
	node->world->shared.runs[node->number] = asleep;
}

static inline uint64_t node_next_ms(const struct node *node)
{
	uint64_t at_ms = next_ms(&node->w), lease_ms = leases_next_ms(node->leases);
	return lease_ms != 0 && lease_ms < at_ms ? lease_ms : at_ms;
}

static inline bool is_node_settled(const struct node *node)
{
	return store_idle(node->w.core.store) && node->w.scheduler->lanes.dirty == NULL &&
	       node_next_ms(node) > steady_now(&node->w);
}

static inline void turn_nodes(struct nodes_world *all)
{
	for (size_t i = 0; i < all->shared.n; i++)
		if (is_awake(&all->nodes[i]))
			turn(&all->nodes[i].w);
}

static inline bool are_settled(const struct nodes_world *all)
{
	for (size_t i = 0; i < all->shared.n; i++)
		if (is_awake(&all->nodes[i]) && !is_node_settled(&all->nodes[i]))
			return false;
	return true;
}

static inline void settle_nodes(struct nodes_world *all)
{
	uint64_t turns = 0;
	do {
		turn_nodes(all);
		assert_true(++turns < SETTLE_TURNS_MAX);
	} while (!are_settled(all));
}

static inline uint64_t nodes_next_ms(const struct nodes_world *all)
{
	uint64_t at_ms = FAKE_NEVER;
	for (size_t i = 0; i < all->shared.n; i++)
		if (is_awake(&all->nodes[i]) && node_next_ms(&all->nodes[i]) < at_ms)
			at_ms = node_next_ms(&all->nodes[i]);
	return at_ms;
}

static inline uint64_t nodes_now(const struct nodes_world *all)
{
	return all->nodes[0].w.clock.now_unix_ms;
}

static inline void advance_nodes(struct nodes_world *all, uint64_t ms)
{
	for (size_t i = 0; i < all->shared.n; i++) {
		clock_manual_advance(&all->nodes[i].w.clock, ms);
		all->nodes[i].w.core.now_ms = all->nodes[i].w.clock.now_unix_ms;
	}
}

static inline void live_nodes(struct nodes_world *all, uint64_t ms)
{
	uint64_t until_ms = nodes_now(all) + ms;
	settle_nodes(all);
	while (nodes_now(all) < until_ms) {
		uint64_t at_ms = nodes_next_ms(all);
		advance_nodes(all, (at_ms < until_ms ? at_ms : until_ms) - nodes_now(all));
		settle_nodes(all);
	}
}

/* ---- commands ---- */

struct node_command {
	struct command command;
	struct command *inner;
	bool done;
	enum err err;
};

static inline enum err node_decide(struct command *command, struct tx *tx)
{
	struct node_command *c = (struct node_command *)command;
	return c->inner->decide(c->inner, tx);
}

static inline void node_done(struct command *command, enum err err)
{
	struct node_command *c = (struct node_command *)command;
	c->done = true;
	c->err = err;
}

static inline void submit_on(struct node *node, struct node_command *c, struct command *inner)
{
	*c = (struct node_command){.command = {.decide = node_decide, .done = node_done},
				   .inner = inner};
	assert_true(is_awake(node));
	assert_int_equal(store_submit(node->w.core.store, &c->command), ERR_OK);
}

/* All nodes go on meanwhile. */
static inline void wait_for(struct nodes_world *all, const struct node_command *c)
{
	for (uint64_t turns = 0; !c->done; turns++) {
		turn_nodes(all);
		assert_true(turns < SETTLE_TURNS_MAX);
	}
	assert_int_equal(c->err, ERR_OK);
}

static inline void run_on(struct node *node, struct command *inner)
{
	struct node_command c;
	submit_on(node, &c, inner);
	wait_for(node->world, &c);
}

static inline void ask_on(struct node *node, struct command *inner)
{
	struct node_command c = {.command = {.decide = node_decide, .done = node_done},
				 .inner = inner};
	assert_int_equal(store_query(node->w.core.store, &c.command), ERR_OK);
	wait_for(node->world, &c);
}

/* Makes a webhook on a node, as its API does. */
static inline uint64_t hook_on(struct node *node, const char *url, enum webhook_order order)
{
	struct buf fields = {0};
	pairs_add(&fields, TEXT("id"), TEXT("id"));
	struct webhook hook = hook_for(&node->w, url);
	hook.fields.raw = buf_view(&fields);
	hook.order = order;
	struct webhook_save save = {.command = {.decide = webhook_save_decide},
				    .webhook = hook,
				    .set = ~UINT64_C(0),
				    .now_ms = node->w.core.now_ms};
	run_on(node, &save.command);
	buf_free(&fields);
	struct nodes_world *all = node->world;
	assert_true(all->n_hooks < NODE_HOOKS_MAX);
	all->hooks[all->n_hooks++] = save.webhook.id;
	return save.webhook.id;
}

static inline void join_on(struct node *node, uint64_t user, uint64_t n)
{
	struct emit e = {.command = {.decide = emit_decide},
			 .n = n,
			 .same_user = user,
			 .at_ms = node->w.core.now_ms};
	run_on(node, &e.command);
}

/* ---- who has what ---- */

static inline bool has_lane(const struct node *node, uint64_t hook)
{
	const struct lane *l = lanes_find(&node->w.scheduler->lanes, hook);
	return l != NULL && lane_is_held(l, 0);
}

static inline size_t lanes_of(const struct node *node)
{
	size_t n = 0;
	for (size_t i = 0; i < node->world->n_hooks; i++)
		n += has_lane(node, node->world->hooks[i]);
	return n;
}

/* The node that has the lane. Fails if two awake nodes have it. */
static inline struct node *holder_of(struct nodes_world *all, uint64_t hook)
{
	struct node *holder = NULL;
	for (size_t i = 0; i < all->shared.n; i++)
		if (is_awake(&all->nodes[i]) && has_lane(&all->nodes[i], hook)) {
			assert_null(holder);
			holder = &all->nodes[i];
		}
	return holder;
}

#endif
