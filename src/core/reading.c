/*
 * Owns the plain reads. Never writes. Called by the API's GET calls.
 */
#include "core/reading.h"

#include <string.h>

enum err user_read_decide(struct command *command, struct tx *tx)
{
	struct user_read *cmd = (struct user_read *)command;
	cmd->user = (struct user){.id = cmd->id};
	cmd->stats = (struct user_stats){.user_id = cmd->id};
	if (cmd->id == 0 || cmd->id > tx_last_id(tx, &KIND_USER))
		return ERR_NOT_FOUND;
	enum err err = tx_get(tx, &KIND_USER, &cmd->user);
	if (err != ERR_OK)
		return err;
	err = tx_get(tx, &KIND_USER_STATS, &cmd->stats);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err page_decide(struct command *command, struct tx *tx)
{
	struct page *p = (struct page *)command;
	/* Room for the key of any kind that is listed by id; the id is its first member. */
	union {
		uint64_t id;
		char room[512];
	} from;
	memset(&from, 0, sizeof from);
	from.id = p->from == 0 && p->reverse ? UINT64_MAX : p->from;
	struct tx_scan scan = {
	    .from = &from, .reverse = p->reverse, .max = p->max + 1, .records = p->records};
	enum err err = tx_scan(tx, p->kind, &scan);
	if (err != ERR_OK)
		return err;
	p->more = scan.n > p->max;
	p->n = p->more ? p->max : scan.n;
	return ERR_OK;
}
