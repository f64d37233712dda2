/*
 * The nodes that share a database: what each node writes about itself, and what other nodes can see
 * of it.
 */
#ifndef CORE_NODE_H
#define CORE_NODE_H

#include "core/node_records.h"
#include "store/command.h"

enum { NODE_PAGE = 64, NODE_ADDRESSES_MAX = 2000 /* bytes of the text */ };

/* A node writes its record when it has started. */
struct node_register {
	struct command command; /* decide: node_register_decide */
	struct node node;       /* all but the id */
};
command_decide_fn node_register_decide;

/* What another node can see of a node. */
struct node_row {
	struct node node;
	uint64_t seen_ms; /* its lease's last renewal, on the database's clock; 0: it has stopped */
	uint64_t lanes;   /* webhooks whose deliveries it sends */
	bool alive;       /* its lease has not expired */
	bool jobs;        /* it runs the background jobs */
	uint64_t lag_ms;  /* how long its oldest due delivery has waited; only with `lags` */
};

/* A query: the newest nodes, in the order of their numbers. */
struct node_list {
	struct command command; /* decide: node_list_decide */
	uint64_t now_ms;        /* on the clock of the database */
	bool lags;              /* fill lag_ms, which needs a read for each webhook */
	struct node_row rows[NODE_PAGE];
	size_t n; /* at most NODE_PAGE; older nodes are left out */
};
command_decide_fn node_list_decide;

#endif
