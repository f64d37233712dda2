/*
 * Owns the record change of an unsubscription. Never checks who asks for it (the API does). Called
 * by the unsubscribe page.
 */
#include "core/unsubscribe.h"

#include "core/campaign_defaults.h"
#include "core/outbox/event.h"

enum err unsubscribe_decide(struct command *command, struct tx *tx)
{
	struct unsubscribe *cmd = (struct unsubscribe *)command;
	struct user user = {.id = cmd->user_id};
	enum err err = tx_get(tx, &KIND_USER, &user);
	if (err != ERR_OK || user.unsubscribed_ms != 0)
		return err;
	struct campaign campaign = {.id = user.campaign_id};
	struct event event = {
	    .type = EVENT_USER_UNSUBSCRIBED, .at_ms = cmd->now_ms, .public_url = cmd->public_url};
	if ((err = tx_get(tx, &KIND_CAMPAIGN, &campaign)) != ERR_OK)
		return err;
	user.unsubscribed_ms = cmd->now_ms;
	return event_emit_member(tx, &user, campaign_zone(&campaign), &event);
}
