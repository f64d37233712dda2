/*
 * Owns the facts about a silent webhook: its next due delivery, and why the newest events did not
 * match. Also counts the events that a webhook would have received. Never writes the explanation.
 * Called by the API.
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

static uint64_t had(enum event_mismatch mismatch, const struct event *event)
{
	if (mismatch == MISMATCH_EVENTS)
		return UINT64_C(1) << event->type;
	if (mismatch == MISMATCH_TYPES)
		return UINT64_C(1) << event->user_type;
	return mismatch == MISMATCH_SOURCES ? UINT64_C(1) << event->source : 0;
}

/* A made-up event goes only to the webhook that it tests. */
static bool is_made_up(const struct event *event)
{
	return event->test && event->user_id == 0;
}

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
		bool made_up = is_made_up(&page[i]);
		cmd->looked_at += !made_up;
		if (made_up || (w->campaign_id != 0 && w->campaign_id != page[i].campaign_id))
			continue;
		cmd->of_campaign++;
		enum event_mismatch mismatch = judge(w, &page[i]);
		cmd->mismatches[mismatch]++;
		cmd->had[mismatch] |= had(mismatch, &page[i]);
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

static void count_match(struct webhook_matches *cmd, const struct event *event)
{
	bool late = event->at_ms >= cmd->since_ms;
	if (!late || cmd->looked_at == MATCH_EVENTS_MAX) {
		cmd->ended = true;
		cmd->more = late;
		return;
	}
	cmd->next = event->id - 1;
	if (cmd->next == 0)
		cmd->ended = true;
	if (is_made_up(event))
		return;
	cmd->looked_at++;
	cmd->matched += event_is_for(event, &cmd->webhook);
}

enum err webhook_matches_decide(struct command *command, struct tx *tx)
{
	struct webhook_matches *cmd = (struct webhook_matches *)command;
	const struct event from = {.id = cmd->next != 0 ? cmd->next : UINT64_MAX};
	struct event *page = arena_alloc(tx_arena(tx), MATCH_SLICE * sizeof *page);
	if (page == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {.from = &from, .reverse = true, .max = MATCH_SLICE, .records = page};
	enum err err = tx_scan(tx, &KIND_EVENT, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n && !cmd->ended; i++)
		count_match(cmd, &page[i]);
	if (err == ERR_OK && scan.n < MATCH_SLICE)
		cmd->ended = true;
	return err;
}
