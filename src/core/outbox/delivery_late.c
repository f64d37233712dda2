/*
 * Owns the search for due rows that no retry schedule can have made. Never decides what a schedule
 * allows (an argument). Called by the delivery room.
 */
#include "core/delivery.h"

enum err delivery_find_late_decide(struct command *command, struct tx *tx)
{
	struct delivery_late *cmd = (struct delivery_late *)command;
	const struct due from = {cmd->webhook_id, cmd->limit_ms, UINT64_MAX};
	struct tx_scan scan = {.from = &from,
			       .prefix = 1,
			       .after = true,
			       .max = DELIVERY_LATE_MAX,
			       .records = cmd->due};
	enum err err = tx_scan(tx, &KIND_DUE, &scan);
	cmd->n = scan.n;
	return err;
}

enum err delivery_move_late_decide(struct command *command, struct tx *tx)
{
	struct delivery_late *cmd = (struct delivery_late *)command;
	enum err err = lease_check(tx, &cmd->lane);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < cmd->n; i++) {
		struct delivery d = {.id = cmd->due[i].delivery_id};
		err = tx_get(tx, &KIND_DELIVERY, &d);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		/* A row that is no longer the delivery's own is removed, otherwise every search
		 * would find it again. */
		tx_delete(tx, &KIND_DUE, &cmd->due[i]);
		if (err == ERR_NOT_FOUND || d.status != DELIVERY_PENDING ||
		    d.due_ms != cmd->due[i].due_ms)
			continue;
		const struct due moved = {d.webhook_id, cmd->limit_ms, d.id};
		d.due_ms = cmd->limit_ms;
		tx_put(tx, &KIND_DELIVERY, &d);
		tx_put(tx, &KIND_DUE, &moved);
	}
	return ERR_OK;
}
