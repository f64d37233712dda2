/*
 * Owns the record change of an unsubscription. Never checks who asks for it (the API does). Called
 * by the unsubscribe page.
 */
#include "core/unsubscribe.h"

enum err unsubscribe_decide(struct command *command, struct tx *tx)
{
	struct unsubscribe *cmd = (struct unsubscribe *)command;
	struct user user = {.id = cmd->user_id};
	enum err err = tx_get(tx, &KIND_USER, &user);
	if (err != ERR_OK || user.unsubscribed_ms != 0)
		return err;
	user.unsubscribed_ms = cmd->now_ms;
	tx_put(tx, &KIND_USER, &user);
	return ERR_OK;
}
