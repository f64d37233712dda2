/*
 * Owns the adding of views to counters. Never counts views itself (reach.c of the API does). Called
 * by the API.
 */
#include "core/reach.h"

static enum err add_to_user(struct tx *tx, const struct reach_views *row)
{
	struct user_stats stats = {.user_id = row->user_id};
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err == ERR_NOT_FOUND) {
		/* Nobody has joined through the link yet, or its owner was erased. */
		struct user user = {.id = row->user_id};
		err = tx_get(tx, &KIND_USER, &user);
	}
	if (err != ERR_OK)
		return err;
	stats.reach += row->views;
	tx_put(tx, &KIND_USER_STATS, &stats);
	return ERR_OK;
}

static enum err add_to_campaign(struct tx *tx, const struct reach_views *row)
{
	const struct campaign_stats views = {.campaign_id = row->campaign_id, .reach = row->views};
	struct campaign campaign = {.id = row->campaign_id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	return err == ERR_OK ? tx_add(tx, &KIND_CAMPAIGN_STATS, &views) : err;
}

enum err reach_add_decide(struct command *command, struct tx *tx)
{
	const struct reach_add *cmd = (struct reach_add *)command;
	for (size_t i = 0; i < cmd->n; i++) {
		const struct reach_views *row = &cmd->rows[i];
		if (row->views == 0)
			continue;
		enum err err = row->user_id != 0 ? add_to_user(tx, row) : add_to_campaign(tx, row);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
	}
	return ERR_OK;
}
