/*
 * Owns the binding of one webhook to a reward rule. Never sends, and never issues a reward. Called
 * by the calls for automation tools.
 */
#include "core/webhook_rule.h"

#include <stddef.h>

#include "core/id_list.h"
#include "core/reward_records.h"
#include "core/webhook_ops.h"

/* Finds the webhook that is bound to this rule, among the webhooks of the campaign. */
static enum err find_bound(struct tx *tx, const struct rule *rule, uint64_t *webhook_id)
{
	struct webhook_set set = {.campaign_id = rule->campaign_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_SET, &set);
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.webhook_ids); i++) {
		struct webhook w = {.id = id_list_at(set.webhook_ids, i)};
		err = tx_get(tx, &KIND_WEBHOOK, &w);
		*webhook_id = w.id;
		if (err == ERR_OK && w.rule_id == rule->id)
			return ERR_OK;
	}
	return err == ERR_OK ? ERR_NOT_FOUND : err;
}

static enum err make(struct tx *tx, const struct rule *rule, struct webhook_save *save)
{
	save->webhook.campaign_id = rule->campaign_id;
	save->webhook.rule_id = rule->id;
	return webhook_save_decide(&save->command, tx);
}

/* A client that binds again wants the URL to be called again, so the webhook is enabled. */
static enum err move(struct tx *tx, uint64_t id, struct webhook_save *save)
{
	struct webhook_enable enable = {.id = id, .now_ms = save->now_ms};
	save->webhook =
	    (struct webhook){.id = id, .url = save->webhook.url, .origin = save->webhook.origin};
	save->set = record_bit(&KIND_WEBHOOK, offsetof(struct webhook, url));
	enum err err = webhook_save_decide(&save->command, tx);
	if (err == ERR_OK)
		err = webhook_enable_decide(&enable.command, tx);
	if (err == ERR_OK)
		save->webhook = enable.webhook;
	return err;
}

enum err webhook_bind_decide(struct command *command, struct tx *tx)
{
	struct webhook_bind *cmd = (struct webhook_bind *)command;
	struct rule rule = {.id = cmd->rule_id};
	struct webhook_save save = cmd->save;
	uint64_t id;
	enum err err = tx_get(tx, &KIND_RULE, &rule);
	if (err == ERR_OK && rule.archived_ms != 0)
		err = ERR_NOT_FOUND;
	if (err != ERR_OK)
		return err;
	err = find_bound(tx, &rule, &id);
	if (err == ERR_NOT_FOUND)
		err = make(tx, &rule, &save);
	else if (err == ERR_OK)
		err = move(tx, id, &save);
	/* A pending command is decided again from the start, so the request must stay as it was. */
	if (err == ERR_OK || err == ERR_REFUSED)
		cmd->save = save;
	return err;
}

enum err webhook_unbind_decide(struct command *command, struct tx *tx)
{
	struct webhook_unbind *cmd = (struct webhook_unbind *)command;
	struct rule rule = {.id = cmd->rule_id};
	struct webhook_remove remove = {0};
	enum err err = tx_get(tx, &KIND_RULE, &rule);
	if (err == ERR_OK)
		err = find_bound(tx, &rule, &remove.id);
	cmd->webhook_id = remove.id;
	return err == ERR_OK ? webhook_remove_decide(&remove.command, tx) : err;
}
