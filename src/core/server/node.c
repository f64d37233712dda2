/*
 * Owns the record of a node, and what the leases tell about each node. Never takes a lease
 * (lease.c). Called by the start of a server, by the API, and by the check of webhook targets.
 */
#include "core/node.h"

#include "core/lease.h"
#include "core/records/due.h"

enum err node_register_decide(struct command *command, struct tx *tx)
{
	struct node_register *cmd = (struct node_register *)command;
	cmd->node.id = tx_node(tx);
	tx_put(tx, &KIND_NODE, &cmd->node);
	return ERR_OK;
}

static struct node_row *find(struct node_list *list, uint64_t id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->rows[i].node.id == id)
			return &list->rows[i];
	return NULL;
}

static enum err read_nodes(struct node_list *list, struct tx *tx)
{
	struct node nodes[NODE_PAGE] = {0};
	const struct node last = {.id = UINT64_MAX};
	struct tx_scan scan = {.from = &last, .reverse = true, .max = NODE_PAGE, .records = nodes};
	enum err err = tx_scan(tx, &KIND_NODE, &scan);
	list->n = scan.n;
	for (size_t i = 0; i < scan.n; i++)
		list->rows[i] = (struct node_row){.node = nodes[scan.n - 1 - i]};
	return err;
}

/* A node is as late as the latest of its webhooks. */
static enum err add_lag(struct tx *tx, uint64_t webhook_id, uint64_t now_ms, struct node_row *row)
{
	uint64_t late_ms;
	enum err err = due_late(tx, webhook_id, now_ms, &late_ms);
	if (late_ms > row->lag_ms)
		row->lag_ms = late_ms;
	return err;
}

static enum err take_lease(struct node_list *list, struct tx *tx, const struct lease *lease)
{
	bool held = !lease_is_free(lease, list->now_ms);
	uint64_t owner = lease->what == LEASE_NODE ? lease->number : lease->owner;
	struct node_row *row = find(list, owner);
	if (row == NULL || (lease->what != LEASE_NODE && !held))
		return ERR_OK;
	if (lease->what == LEASE_NODE) {
		row->alive = held;
		row->seen_ms = lease->expires_ms > LEASE_MS ? lease->expires_ms - LEASE_MS : 0;
	} else if (lease->what == LEASE_JOBS) {
		row->jobs = true;
	} else if (lease->what == LEASE_LANE) {
		row->lanes++;
		return list->lags ? add_lag(tx, lease->number, list->now_ms, row) : ERR_OK;
	}
	return ERR_OK;
}

enum err node_list_decide(struct command *command, struct tx *tx)
{
	struct node_list *list = (struct node_list *)command;
	struct lease_read page = {0};
	enum err err = read_nodes(list, tx);
	if (err != ERR_OK)
		return err;
	for (;;) {
		enum err read = lease_read_decide(&page.command, tx);
		if (read != ERR_OK)
			return tx_both(err, read);
		for (size_t i = 0; i < page.n; i++)
			err = tx_both(err, take_lease(list, tx, &page.rows[i]));
		if (page.n < LEASE_PAGE)
			return err;
		page.after = page.rows[page.n - 1];
	}
}
