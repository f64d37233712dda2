/*
 * Owns the facts about a silent webhook: its next due delivery, and why the newest events did not
 * match. Never writes the explanation. Called by the API.
 */
#include "core/webhook_ops.h"

#include "core/webhook.h"
#include "event.h"

static enum err read_due(struct webhook_why *cmd, struct tx *tx)
{
	struct due from = {.webhook_id = cmd->id}, first = {0};
	struct tx_scan scan = {.from = &from, .prefix = 1, .max = 1, .records = &first};
	enum err err = tx_scan(tx, &KIND_DUE, &scan);
	cmd->next_due_ms = err == ERR_OK && scan.n > 0 ? first.due_ms : 0;
	return err;
}

static enum event_mismatch judge(const struct webhook *w, const struct event *event)
{
	enum event_mismatch mismatch = event_mismatch(event, w);
	bool before = mismatch == MISMATCH_NONE && event->at_ms < w->created_ms;
	return before ? MISMATCH_BEFORE : mismatch;
}

/* A made-up event goes only to the webhook that it tests. */
static enum err look_at_events(struct webhook_why *cmd, struct tx *tx)
{
	const struct webhook *w = &cmd->webhook;
	const struct event from = {.id = UINT64_MAX};
	struct event *page = arena_alloc(tx_arena(tx), WHY_LOOK_MAX * sizeof *page);
	if (page == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {
	    .from = &from, .reverse = true, .max = WHY_LOOK_MAX, .records = page};
	enum err err = tx_scan(tx, &KIND_EVENT, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n && cmd->of_campaign < WHY_EVENTS; i++) {
		bool made_up = page[i].test && page[i].user_id == 0;
		cmd->looked_at += !made_up;
		if (made_up || (w->campaign_id != 0 && w->campaign_id != page[i].campaign_id))
			continue;
		cmd->of_campaign++;
		cmd->mismatches[judge(w, &page[i])]++;
	}
	return err;
}

enum err webhook_why_decide(struct command *command, struct tx *tx)
{
	struct webhook_why *cmd = (struct webhook_why *)command;
	*cmd = (struct webhook_why){
	    .command = cmd->command, .id = cmd->id, .webhook = {.id = cmd->id}};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &cmd->webhook);
	if (err == ERR_OK)
		err = webhook_read_stats(tx, cmd->id, &cmd->stats);
	if (err != ERR_OK || cmd->webhook.disabled_ms != 0)
		return err;
	err = read_due(cmd, tx);
	return err == ERR_OK && cmd->stats.pending == 0 ? look_at_events(cmd, tx) : err;
}
