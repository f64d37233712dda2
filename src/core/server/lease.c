/*
 * Owns the rules of leases: who may take, renew and release a lease, the check of its fence, the
 * fair share. Never knows what a lease is for, except for a node's own. Called by the lease room,
 * and by the commands of owners.
 */
#include "core/lease.h"

enum err lease_check(struct tx *tx, const struct lease_fence *fence)
{
	struct lease lease = {.what = fence->what, .number = fence->number};
	if (fence->fence == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_LEASE, &lease);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_REFUSED : err;
	bool mine = lease.owner == tx_node(tx) && lease.fence == fence->fence;
	return mine ? ERR_OK : ERR_REFUSED;
}

bool lease_is_free(const struct lease *lease, uint64_t now_ms)
{
	return lease->owner == 0 || lease->expires_ms <= now_ms;
}

size_t lease_share(size_t lanes, const size_t *held, size_t n, size_t self)
{
	size_t least = lanes / n, most = least + (lanes % n > 0);
	size_t coming = lanes, missing = 0, before = 0; /* `before`: nodes that can give one up */
	for (size_t i = 0; i < n; i++) {
		size_t kept = held[i] < most ? held[i] : most;
		coming -= kept < coming ? kept : coming;
		missing += held[i] < least ? least - held[i] : 0;
		before += i < self && held[i] >= most;
	}
	/* `coming` lanes have no owner, or an owner that gives them up. */
	if (held[self] >= most)
		return missing > coming && before < missing - coming ? least : most;
	return coming > missing ? most : least;
}

/* A node that starts takes the lease of its own number at once: the engine has fenced off the
 * process that had the number before. */
static bool may_take(const struct tx *tx, const struct lease *lease, uint64_t now_ms)
{
	bool own = lease->what == LEASE_NODE && lease->number == tx_node(tx);
	return own || lease_is_free(lease, now_ms);
}

static void change(struct tx *tx, struct lease *lease, struct lease_item *item, uint64_t now_ms)
{
	bool mine =
	    item->wish != LEASE_TAKE && lease->owner == tx_node(tx) && lease->fence == item->fence;
	item->got = 0;
	if (item->wish == LEASE_TAKE ? !may_take(tx, lease, now_ms) : !mine)
		return;
	if (item->wish == LEASE_END) {
		tx_delete(tx, &KIND_LEASE, lease);
		return;
	}
	if (item->wish == LEASE_RELEASE) {
		lease->owner = lease->expires_ms = 0;
	} else {
		lease->owner = tx_node(tx);
		lease->fence += item->wish == LEASE_TAKE;
		lease->expires_ms = now_ms + item->last_ms;
		item->got = lease->fence;
	}
	tx_put(tx, &KIND_LEASE, lease);
}

enum err lease_change_decide(struct command *command, struct tx *tx)
{
	struct lease_change *cmd = (struct lease_change *)command;
	enum err result = ERR_OK;
	for (size_t i = 0; i < cmd->n; i++) {
		struct lease lease = {.what = cmd->items[i].what, .number = cmd->items[i].number};
		enum err err = tx_get(tx, &KIND_LEASE, &lease);
		if (err == ERR_OK || err == ERR_NOT_FOUND)
			change(tx, &lease, &cmd->items[i], cmd->now_ms);
		else
			result = tx_both(result, err);
	}
	return result;
}

enum err lease_read_decide(struct command *command, struct tx *tx)
{
	struct lease_read *cmd = (struct lease_read *)command;
	struct tx_scan scan = {
	    .from = &cmd->after, .after = true, .max = LEASE_PAGE, .records = cmd->rows};
	enum err err = tx_scan(tx, &KIND_LEASE, &scan);
	cmd->n = scan.n;
	return err;
}
