/*
 * Owns campaigns as records. Never judges a join (join.c does). Called by the campaign calls of the API.
 */
#include "core/campaign.h"

static enum err read_stats(struct tx *tx, uint64_t id, struct campaign_stats *stats)
{
	*stats = (struct campaign_stats){.campaign_id = id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN_STATS, stats);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err campaign_save_decide(struct command *command, struct tx *tx)
{
	struct campaign_save *cmd = (struct campaign_save *)command;
	struct campaign stored = cmd->campaign;
	if (stored.id == 0) {
		stored.id = tx_next_id(tx, &KIND_CAMPAIGN);
	} else {
		enum err err = tx_get(tx, &KIND_CAMPAIGN, &stored);
		if (err != ERR_OK)
			return err;
		record_patch(&KIND_CAMPAIGN, &stored, &cmd->campaign, cmd->set);
	}
	if (stored.ends_ms != 0 && stored.ends_ms <= stored.starts_ms)
		return ERR_REFUSED;
	enum err err = read_stats(tx, stored.id, &cmd->stats);
	if (err != ERR_OK)
		return err;
	tx_put(tx, &KIND_CAMPAIGN, &stored);
	cmd->campaign = stored;
	return ERR_OK;
}

enum err campaign_remove_decide(struct command *command, struct tx *tx)
{
	struct campaign_remove *cmd = (struct campaign_remove *)command;
	struct campaign campaign = {.id = cmd->id};
	struct campaign_stats stats;
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	if (err == ERR_OK)
		err = read_stats(tx, cmd->id, &stats);
	if (err != ERR_OK)
		return err;
	if (stats.users > 0)
		return ERR_REFUSED;
	struct webhook_set webhooks = {.campaign_id = cmd->id};
	err = tx_get(tx, &KIND_WEBHOOK_SET, &webhooks);
	if (err != ERR_NOT_FOUND)
		return err == ERR_OK ? ERR_REFUSED : err;
	tx_delete(tx, &KIND_CAMPAIGN, &campaign);
	tx_delete(tx, &KIND_CAMPAIGN_STATS, &stats);
	return ERR_OK;
}

enum err campaign_read_decide(struct command *command, struct tx *tx)
{
	struct campaign_read *cmd = (struct campaign_read *)command;
	cmd->campaign = (struct campaign){.id = cmd->id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &cmd->campaign);
	return err != ERR_OK ? err : read_stats(tx, cmd->id, &cmd->stats);
}
