/*
 * The fixture of deliveries from several nodes: each has a store, a loop, a scheduler and its jobs,
 * and all stores are on one shared state. Their clocks show the same time, which only the test
 * moves. A node can sleep, die and stop.
 */
#ifndef TEST_NODES_WORLD_H
#define TEST_NODES_WORLD_H

#include "delivery_world.h"

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

/* A store asks for its first webhooks at once, so nothing is pending meanwhile. */
static inline void open_node(struct nodes_world *all, size_t number, const struct node *clock)
{
	struct node *node = &all->nodes[number];
	struct delivery_world *w = &node->w;
	const struct shared_faults faults = all->shared.state->faults;
	all->shared.state->faults = (struct shared_faults){0};
	*node = (struct node){.world = all, .number = number, .open = true};
	w->core.codes = world_codes();
	w->core.store = all->shared.stores[number];
	clock_manual_init(&w->clock, clock != NULL ? clock->w.clock.now_mono_ns : 1000000000,
			  clock != NULL ? clock->w.clock.now_unix_ms : START_MS);
	w->core.now_ms = w->clock.now_unix_ms;
	w->client = (struct http_client){
	    .clock = &w->clock.clock,
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

/* As a killed process: nothing is released. */
static inline void close_node(struct node *node)
{
	struct delivery_world *w = &node->w;
	all_quiet(node->world);
	if (!node->open)
		return;
	while (!store_idle(w->core.store))
		nodes_run(&node->world->shared, node->number);
	scheduler_close(w->scheduler);
	while (!store_idle(w->core.store))
		nodes_run(&node->world->shared, node->number);
	upkeep_close(w->upkeep);
	leases_close(node->leases);
	loop_free(w->loop);
	fake_client_free(&w->client);
	buf_free(&w->sealed);
	codes_free(w->core.codes);
	arena_free(&w->core.arena);
	node->open = false;
}
