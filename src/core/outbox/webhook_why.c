/*
 * Owns the facts about silent webhooks: the next due delivery, and why the newest events did not
 * match. Also counts the events that a webhook would have received. Never writes the explanation.
 * Called by the API.
 */
#include "core/webhook_ops.h"

#include "core/records/due.h"
#include "core/webhook.h"
#include "core/webhook_health.h"
#include "event.h"

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

/* The newest events. They are read once for all webhooks of a query. */
struct newest {
	struct event *events; /* NULL: not read yet */
	size_t n;
};

static enum err read_newest(struct newest *newest, struct tx *tx)
{
	const struct event from = {.id = UINT64_MAX};
	if (newest->events != NULL)
		return ERR_OK;
	newest->events = arena_alloc(tx_arena(tx), WHY_LOOK_MAX * sizeof *newest->events);
	if (newest->events == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {
	    .from = &from, .reverse = true, .max = WHY_LOOK_MAX, .records = newest->events};
	enum err err = tx_scan(tx, &KIND_EVENT, &scan);
	newest->n = scan.n;
	return err;
}

enum { REAL_LOOK_MAX = 8 };

/* Is one of the newest deliveries of the webhook about an event that really happened? */
static enum err got_real_event(struct tx *tx, uint64_t webhook_id, bool *got)
{
	const struct delivery_by from = {BY_WEBHOOK, webhook_id, UINT64_MAX};
	struct delivery_by rows[REAL_LOOK_MAX] = {0};
	struct tx_scan scan = {
	    .from = &from, .prefix = 2, .reverse = true, .max = REAL_LOOK_MAX, .records = rows};
	enum err err = tx_scan(tx, &KIND_DELIVERY_BY, &scan);
	*got = false;
	for (size_t i = 0; err == ERR_OK && i < scan.n && !*got; i++) {
		struct delivery delivery = {.id = rows[i].delivery_id};
		err = tx_get(tx, &KIND_DELIVERY, &delivery);
		*got = err == ERR_OK && !delivery.test;
	}
	return err;
}

static bool is_of_campaign(const struct webhook *w, const struct event *event)
{
	return !is_made_up(event) && (w->campaign_id == 0 || w->campaign_id == event->campaign_id);
}

static bool is_of_wanted_type(const struct webhook *w, const struct event *event)
{
	return (w->events >> event->type & 1) != 0;
}

/* Many newer events of other types must not hide the events that the webhook is about. */
static bool has_wanted_type(const struct webhook *w, const struct newest *newest)
{
	for (size_t i = 0; i < newest->n; i++)
		if (is_of_campaign(w, &newest->events[i]) &&
		    is_of_wanted_type(w, &newest->events[i]))
			return true;
	return false;
}

static enum err look_at_events(struct webhook_why *why, struct tx *tx, struct newest *newest)
{
	const struct webhook *w = &why->webhook;
	bool got, excluded = false;
	enum err err = read_newest(newest, tx);
	bool only_wanted = err == ERR_OK && has_wanted_type(w, newest);
	for (size_t i = 0; err == ERR_OK && i < newest->n && why->of_campaign < WHY_EVENTS; i++) {
		const struct event *event = &newest->events[i];
		why->looked_at += !is_made_up(event);
		if (!is_of_campaign(w, event) || (only_wanted && !is_of_wanted_type(w, event)))
			continue;
		why->of_campaign++;
		enum event_mismatch mismatch = judge(w, event);
		why->mismatches[mismatch]++;
		why->had[mismatch] |= had(mismatch, event);
		bool by_who = mismatch == MISMATCH_TYPES || mismatch == MISMATCH_SOURCES;
		excluded |= by_who && event->at_ms >= w->created_ms;
	}
	if (err != ERR_OK || !excluded || why->mismatches[MISMATCH_NONE] > 0)
		return err;
	err = got_real_event(tx, w->id, &got);
	why->excludes_all = err == ERR_OK && !got;
	return err;
}

/* Explains why->webhook. */
static enum err explain(struct webhook_why *why, struct tx *tx, struct newest *newest)
{
	enum err err = webhook_read_stats(tx, why->webhook.id, &why->stats);
	if (err == ERR_OK)
		err = webhook_read_health(tx, &why->webhook, &why->health);
	if (err != ERR_OK || why->webhook.disabled_ms != 0)
		return err;
	err = due_first(tx, why->id, &why->next_due_ms);
	return err == ERR_OK && why->stats.pending == 0 ? look_at_events(why, tx, newest) : err;
}

enum err webhook_why_decide(struct command *command, struct tx *tx)
{
	struct webhook_why *cmd = (struct webhook_why *)command;
	struct newest newest = {0};
	*cmd = (struct webhook_why){
	    .command = cmd->command, .id = cmd->id, .webhook = {.id = cmd->id}};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &cmd->webhook);
	return err == ERR_OK ? explain(cmd, tx, &newest) : err;
}

enum err webhook_whys_decide(struct command *command, struct tx *tx)
{
	struct webhook_whys *cmd = (struct webhook_whys *)command;
	struct newest newest = {0};
	const struct webhook from = {.id = cmd->after};
	struct tx_scan scan = {.from = &from, .after = true, .max = WEBHOOK_WHYS};
	scan.records = arena_alloc(tx_arena(tx), WEBHOOK_WHYS * sizeof from);
	if (scan.records == NULL)
		return ERR_NO_MEMORY;
	const struct webhook *webhooks = scan.records;
	enum err err = tx_scan(tx, &KIND_WEBHOOK, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		cmd->whys[i] = (struct webhook_why){.id = webhooks[i].id, .webhook = webhooks[i]};
		err = explain(&cmd->whys[i], tx, &newest);
	}
	cmd->n = err == ERR_OK ? scan.n : 0;
	return err;
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
