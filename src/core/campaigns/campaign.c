/*
 * Owns the records of campaigns. Never judges a join (join.c does). Called by the campaign calls of
 * the API.
 */
#include "core/campaign.h"

#include <stddef.h>

#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/page_text.h"
#include "core/records/id_marks.h"
#include "core/reward_records.h"
#include "core/version.h"

struct campaign_name campaign_name_read(struct text identifier)
{
	struct text kind, value;
	struct campaign_name name = {0};
	bool prefixed = text_cut(identifier, ':', &kind, &value);
	if (!prefixed)
		value = identifier;
	if (prefixed ? text_eq(kind, TEXT("code")) : !text_is_digits(value))
		name.code = value;
	else if ((prefixed && !text_eq(kind, TEXT("id"))) || !text_to_u64(value, &name.id))
		name.id = 0;
	if (name.id == 0 && name.code.n == 0)
		name.id = CAMPAIGN_NONE;
	return name;
}

enum err campaign_find(struct tx *tx, struct codes *codes, const struct campaign_name *name,
		       struct campaign *campaign)
{
	uint64_t id = name->id, user_id;
	enum err err = ERR_OK;
	if (id == 0)
		err = code_find(tx, codes, name->code, &user_id, &id);
	*campaign = (struct campaign){.id = id};
	if (err != ERR_OK)
		return err;
	return id != 0 ? tx_get(tx, &KIND_CAMPAIGN, campaign) : ERR_NOT_FOUND;
}

enum err campaign_read_stats(struct tx *tx, uint64_t id, struct campaign_stats *stats)
{
	*stats = (struct campaign_stats){.campaign_id = id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN_STATS, stats);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- saving ---- */

/* Merges the stored texts with the texts that the command names. An empty text is removed. */
static enum err merge_texts(struct tx *tx, const struct campaign *named, struct campaign *stored)
{
	struct buf list = {0};
	page_texts_merge(stored->texts, named->texts, &list);
	return buf_keep(&list, tx_arena(tx), &stored->texts.raw);
}

static enum err change(struct campaign_save *cmd, struct tx *tx, struct campaign *stored)
{
	const struct campaign_name name = {cmd->campaign.id, cmd->code};
	enum err err = campaign_find(tx, cmd->codes, &name, stored);
	if (err == ERR_OK) {
		err = version_check(cmd->if_match, &KIND_CAMPAIGN, stored);
		cmd->stale = err == ERR_REFUSED;
	}
	if (err != ERR_OK)
		return err;
	struct pairs texts = stored->texts;
	record_patch(&KIND_CAMPAIGN, stored, &cmd->campaign, cmd->set);
	if ((cmd->set & record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, texts))) == 0)
		return ERR_OK;
	stored->texts = texts;
	return merge_texts(tx, &cmd->campaign, stored);
}

static enum err make(struct campaign_save *cmd, struct tx *tx, struct campaign *made)
{
	struct alias alias = {.code = cmd->campaign.alias};
	*made = cmd->campaign;
	made->texts = (struct pairs){0};
	enum err err = code_next_id(tx, cmd->codes, CODE_CAMPAIGN, &made->id);
	if (err == ERR_OK)
		err = id_marks_add_campaign(tx, made->id);
	if (err == ERR_OK)
		err = merge_texts(tx, &cmd->campaign, made);
	if (err != ERR_OK || alias.code.n == 0)
		return err;
	const char *problem;
	err = code_take_over(tx, cmd->codes, alias.code, &problem);
	if (err == ERR_REFUSED) {
		problems_add(&cmd->problems, TEXT("code"), problem);
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	alias.campaign_id = made->id;
	tx_put(tx, &KIND_ALIAS, &alias);
	return ERR_OK;
}

/* Converts days to their first and last moment. */
static void settle_days(const struct campaign_save *cmd, struct campaign *campaign)
{
	const struct zone *zone = campaign_zone(campaign);
	if (cmd->starts_on_day)
		campaign->starts_ms =
		    zone_day_ms(zone, campaign->starts_ms / CLOCK_DAY_MS, ZONE_FIRST);
	if (cmd->ends_on_day)
		campaign->ends_ms = zone_day_ms(zone, campaign->ends_ms / CLOCK_DAY_MS, ZONE_LAST);
}

/* The rules that a saved and a previewed campaign share. */
static enum err judge(struct campaign_save *cmd, struct campaign *campaign)
{
	settle_days(cmd, campaign);
	if (campaign->ends_ms != 0 && campaign->ends_ms <= campaign->starts_ms)
		problems_add(&cmd->problems, TEXT("ends_at"), "must be after starts_at");
	if (cmd->problems.n > 0)
		return ERR_REFUSED;
	return record_value_bound(&KIND_CAMPAIGN, campaign) > CAMPAIGN_SIZE_MAX ? ERR_TOO_LARGE
										: ERR_OK;
}

/* ERR_NOT_FOUND: this request was not made before. */
static enum err find_made(struct campaign_save *cmd, struct tx *tx)
{
	struct campaign made = {0};
	enum err err =
	    idempotency_find_object(tx, &cmd->key, cmd->campaign.created_ms, &KIND_CAMPAIGN, &made);
	if (err == ERR_OK)
		err = campaign_read_stats(tx, made.id, &cmd->stats);
	if (err == ERR_OK)
		cmd->campaign = made;
	return err;
}

/* A command may be decided again after it has succeeded, if the commit conflicts. */
static void restart(struct campaign_save *cmd)
{
	problems_restart(&cmd->problems);
	if (cmd->decided)
		cmd->campaign = cmd->request;
	cmd->request = cmd->campaign;
	cmd->decided = true;
}

enum err campaign_save_decide(struct command *command, struct tx *tx)
{
	struct campaign_save *cmd = (struct campaign_save *)command;
	struct campaign campaign;
	restart(cmd);
	bool is_new = cmd->campaign.id == 0 && cmd->code.n == 0;
	enum err err = is_new ? find_made(cmd, tx) : ERR_NOT_FOUND;
	if (err != ERR_NOT_FOUND)
		return err;
	err = is_new ? make(cmd, tx, &campaign) : change(cmd, tx, &campaign);
	if (err == ERR_OK)
		err = judge(cmd, &campaign);
	if (err == ERR_OK)
		err = campaign_read_stats(tx, campaign.id, &cmd->stats);
	if (err != ERR_OK)
		return err;
	tx_put(tx, &KIND_CAMPAIGN, &campaign);
	if (is_new)
		idempotency_keep_object(tx, &cmd->key, campaign.created_ms, campaign.id);
	cmd->campaign = campaign;
	return ERR_OK;
}

enum err campaign_preview_decide(struct command *command, struct tx *tx)
{
	struct campaign_save *cmd = (struct campaign_save *)command;
	struct campaign campaign;
	restart(cmd);
	enum err err = change(cmd, tx, &campaign);
	if (err == ERR_OK)
		err = judge(cmd, &campaign);
	if (err == ERR_OK)
		cmd->campaign = campaign;
	return err;
}

/* ---- removing and reading ---- */

/* ERR_REFUSED if the campaign has webhooks or reward rules of its own. */
static enum err check_unused(struct tx *tx, uint64_t id)
{
	struct webhook_set webhooks = {.campaign_id = id};
	struct rule_set rules = {.campaign_id = id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_SET, &webhooks);
	if (err == ERR_NOT_FOUND)
		err = tx_get(tx, &KIND_RULE_SET, &rules);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	return err == ERR_OK ? ERR_REFUSED : err;
}

enum err campaign_remove_decide(struct command *command, struct tx *tx)
{
	struct campaign_remove *cmd = (struct campaign_remove *)command;
	struct campaign campaign;
	struct campaign_stats stats;
	enum err err = campaign_find(tx, cmd->codes, &cmd->name, &campaign);
	if (err == ERR_OK)
		err = campaign_read_stats(tx, campaign.id, &stats);
	if (err != ERR_OK)
		return err;
	cmd->id = campaign.id;
	if (stats.users > 0 || stats.tests > 0)
		return ERR_REFUSED;
	if ((err = check_unused(tx, campaign.id)) != ERR_OK)
		return err;
	const struct alias alias = {.code = campaign.alias};
	const struct leaders leaders = {.campaign_id = campaign.id};
	if (alias.code.n > 0)
		tx_delete(tx, &KIND_ALIAS, &alias);
	tx_delete(tx, &KIND_CAMPAIGN, &campaign);
	tx_delete(tx, &KIND_CAMPAIGN_STATS, &stats);
	tx_delete(tx, &KIND_LEADERS, &leaders);
	return ERR_OK;
}

enum err campaign_read_decide(struct command *command, struct tx *tx)
{
	struct campaign_read *cmd = (struct campaign_read *)command;
	enum err err = campaign_find(tx, cmd->codes, &cmd->name, &cmd->campaign);
	return err != ERR_OK ? err : campaign_read_stats(tx, cmd->campaign.id, &cmd->stats);
}
