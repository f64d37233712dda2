/*
 * Owns GET /api/v2/nodes: the servers that share the database, and what each of them does. Never
 * asks another server: everything is in the database. Called through the route table.
 */
#include <stdio.h>

#include "core/node.h"
#include "store/health.h"

#include "api/call/show.h"
#include "routes.h"

struct nodes_call {
	struct node_list list; /* first: done gets a pointer to its command */
	struct call *call;
};

static void put_addresses(struct json_out *o, struct text addresses)
{
	struct text address, rest = addresses;
	json_open(o, "addresses", '[');
	while (rest.n > 0) {
		(void)text_cut(rest, ' ', &address, &rest);
		json_put_text(o, NULL, address);
	}
	json_close(o, ']');
}

/* A server measures its own clock only. */
static void put_clock(struct json_out *o, const struct store *store, bool current)
{
	struct store_health health;
	char text[24];
	if (!current || !store_health(store, &health) || !health.clock_known) {
		json_put_null(o, "clock_ms");
		return;
	}
	snprintf(text, sizeof text, "%lld", (long long)health.clock_ms);
	json_put_raw(o, "clock_ms", text_of(text));
}

static void put_node(struct json_out *o, const struct node_row *row, const struct store *store)
{
	bool current = row->node.id == store_node(store);
	json_open(o, NULL, '{');
	json_put_u64(o, "id", row->node.id);
	json_put_text(o, "name", row->node.name);
	put_addresses(o, row->node.addresses);
	json_put_text(o, "version", row->node.version);
	show_time(o, "started_at", row->node.started_ms);
	show_time(o, "seen_at", row->seen_ms);
	json_put_bool(o, "alive", row->alive);
	json_put_bool(o, "current", current);
	json_put_u64(o, "webhooks", row->lanes);
	json_put_bool(o, "jobs", row->jobs);
	json_put_u64(o, "lag_ms", row->lag_ms);
	put_clock(o, store, current);
	json_close(o, '}');
}

static void on_listed(struct command *command, enum err err)
{
	struct nodes_call *nc = (struct nodes_call *)command;
	if (err != ERR_OK) {
		call_reply_err(nc->call, err, NULL);
		return;
	}
	struct json_out o = call_data(nc->call);
	json_open(&o, "nodes", '[');
	for (size_t i = 0; i < nc->list.n; i++)
		put_node(&o, &nc->list.rows[i], nc->call->api->store);
	json_close(&o, ']');
	call_reply_data(nc->call, &o, 200);
}

const struct operation OP_NODES_GET = {
    .id = "listNodes",
    .tag = "Operations",
    .summary = "List the servers of this database",
    .description = "Servers that share a PostgreSQL database, in the order of their first start. A "
		   "server that has its database for itself is not listed.",
    .answers = {{200, ANSWER_DATA, "Nodes"}},
};

void nodes_get(struct call *call)
{
	struct nodes_call *nc = call_alloc(call, sizeof *nc);
	if (nc == NULL)
		return;
	nc->call = call;
	nc->list.now_ms = store_now_ms(call->api->store, loop_steady_ms(call->api->loop));
	nc->list.lags = true;
	nc->list.command = (struct command){.decide = node_list_decide, .done = on_listed};
	call_query(call, &nc->list.command);
}
