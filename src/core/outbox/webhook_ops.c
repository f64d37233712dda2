/*
 * Owns the operations on a webhook besides its configuration: enabling, disabling, rotating,
 * testing, previewing. Never sends, and never makes a secret. Called by the webhook calls of the
 * API.
 */
#include "core/webhook_ops.h"

#include "core/campaign_defaults.h"
#include "core/records/id_bounds.h"
#include "core/reward_records.h"
#include "core/webhook.h"
#include "event.h"
#include "webhook_judge.h"

enum err webhook_enable_decide(struct command *command, struct tx *tx)
{
	struct webhook_enable *cmd = (struct webhook_enable *)command;
	cmd->webhook = (struct webhook){.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &cmd->webhook);
	if (err != ERR_OK)
		return err;
	if (cmd->webhook.disabled_ms != 0)
		cmd->webhook.updated_ms = cmd->now_ms;
	cmd->webhook.disabled_ms = cmd->webhook.disabled_by = cmd->webhook.disabled_actor = 0;
	cmd->webhook.disabled_reason = (struct text){0};
	/* The record of the health belongs to the lane, which counts its failures from here. */
	cmd->webhook.times_enabled++;
	/* This applies to an active webhook too: the rooms that watch the record then look at it
	 * again. */
	tx_put(tx, &KIND_WEBHOOK, &cmd->webhook);
	return ERR_OK;
}

enum err webhook_disable_decide(struct command *command, struct tx *tx)
{
	struct webhook_disable *cmd = (struct webhook_disable *)command;
	struct webhook *w = &cmd->webhook;
	*w = (struct webhook){.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, w);
	if (err != ERR_OK || w->disabled_ms != 0)
		return err;
	w->disabled_ms = w->updated_ms = cmd->now_ms;
	w->disabled_by = DISABLED_BY_OPERATOR;
	w->disabled_actor = actor_number(cmd->actor);
	w->disabled_reason = TEXT("an operator disabled the webhook");
	tx_put(tx, &KIND_WEBHOOK, w);
	return ERR_OK;
}

enum err webhook_rotate_decide(struct command *command, struct tx *tx)
{
	struct webhook_rotate *cmd = (struct webhook_rotate *)command;
	struct webhook *w = &cmd->webhook;
	*w = (struct webhook){.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, w);
	if (err != ERR_OK)
		return err;
	w->old_secret = cmd->overlap_ms != 0 ? w->secret : (struct text){0};
	w->old_secret_until_ms = cmd->overlap_ms != 0 ? cmd->now_ms + cmd->overlap_ms : 0;
	w->secret = cmd->secret;
	w->updated_ms = cmd->now_ms;
	tx_put(tx, &KIND_WEBHOOK, w);
	return ERR_OK;
}

/* ---- made-up and previewed events ---- */

static uint64_t first_event(const struct webhook *webhook)
{
	uint64_t type = EVENT_USER_JOIN;
	while (type < EVENT_TYPE_END - 1 && (webhook->events >> type & 1) == 0)
		type++;
	return type;
}

static void say_about(struct event *event, const struct webhook *webhook, struct text reason)
{
	event->about_webhook_id = webhook->id;
	event->about_name = webhook->name;
	event->reason = reason;
	event->since_ms = event->at_ms;
}

/* The made-up user has no id, and its codes lead nowhere, because our codes contain no zero. The
 * addresses are from domains and networks that are reserved for examples (RFC 2606, RFC 5737). The
 * source is Test. */
static void make_up_user(struct event *event, const struct webhook *webhook)
{
	bool only_referring = webhook->types == 1 << USER_REFERRING;
	event->user_type = only_referring ? USER_REFERRING : USER_INVITED;
	event->source = SOURCE_TEST;
	event->joined_ms = event->at_ms;
	event->qualified_ms = event->type == EVENT_USER_QUALIFIED ? event->at_ms : 0;
	event->first_name = TEXT("Test");
	event->email = TEXT("test@example.com");
	event->alias = TEXT("uTEST000");
	event->ip = TEXT("\xc0\x00\x02\x01");
	if (only_referring)
		return;
	event->referrer_first_name = TEXT("Test Referrer");
	event->referrer_email = TEXT("test.referrer@example.com");
	event->referrer_alias = TEXT("uTEST001");
}

/* The made-up reward belongs to no rule, unless the webhook is bound to one. Its money is always
 * the same. */
static void make_up_reward(struct event *event, const struct webhook *webhook)
{
	if (!event_is_reward(event->type))
		return;
	event->rule_id = webhook->rule_id;
	event->recipient = RECIPIENT_REFERRER;
	event->reward_metric = METRIC_AMOUNT;
	event->reward_name = TEXT("Test reward");
	event->reward_amount = 4990;
	event->reward_currency = TEXT("EUR");
}

/* The caller has set type, at_ms and public_url of *event. */
static enum err make_up_event(struct tx *tx, const struct webhook *webhook, struct event *event)
{
	const struct zone *zone;
	event->campaign_id = webhook->campaign_id;
	event->test = 1;
	if (event_is_operator(event->type))
		say_about(event, webhook, TEXT("this is a test"));
	else
		make_up_user(event, webhook);
	make_up_reward(event, webhook);
	enum err err = campaign_read_zone(tx, webhook->campaign_id, &zone);
	if (err == ERR_OK)
		event_set_days(event, zone);
	return err;
}

enum err webhook_test_decide(struct command *command, struct tx *tx)
{
	struct webhook_test *cmd = (struct webhook_test *)command;
	struct webhook webhook = {.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK)
		return err;
	if (webhook.disabled_ms != 0)
		return ERR_REFUSED;
	struct event event = {
	    .type = first_event(&webhook),
	    .at_ms = cmd->now_ms,
	    .public_url = cmd->public_url,
	};
	if ((err = make_up_event(tx, &webhook, &event)) != ERR_OK)
		return err;
	event.id = tx_next_id(tx, &KIND_EVENT);
	tx_put(tx, &KIND_EVENT, &event);
	if ((err = delivery_create(tx, &webhook, &event)) != ERR_OK)
		return err;
	struct event_delivery made = {.event_id = event.id, .webhook_id = webhook.id};
	if ((err = tx_get(tx, &KIND_EVENT_DELIVERY, &made)) != ERR_OK)
		return err;
	cmd->delivery = (struct delivery){.id = made.delivery_id};
	return tx_get(tx, &KIND_DELIVERY, &cmd->delivery);
}

/* Fills the event with the snapshot of the user, or with the data of an operator event. */
static enum err preview_event(struct webhook_preview *cmd, struct tx *tx)
{
	struct event *event = &cmd->event;
	if (cmd->made_up)
		return make_up_event(tx, &cmd->webhook, event);
	if (event_is_operator(event->type)) {
		say_about(event, &cmd->webhook, TEXT("this is a preview"));
		event->campaign_id = cmd->webhook.campaign_id;
		return ERR_OK;
	}
	make_up_reward(event, &cmd->webhook);
	enum err err = who_find_id(tx, cmd->codes, &cmd->user, &cmd->user_id);
	struct user user = {.id = cmd->user_id};
	if (err == ERR_OK)
		err = user.id != 0 ? tx_get(tx, &KIND_USER, &user) : ERR_NOT_FOUND;
	const struct zone *zone;
	if (err == ERR_OK)
		err = campaign_read_zone(tx, user.campaign_id, &zone);
	if (err == ERR_OK)
		return event_snapshot(tx, &user, zone, event);
	cmd->refusal = PREVIEW_NO_USER;
	return err == ERR_NOT_FOUND || err == ERR_TOO_LARGE ? ERR_REFUSED : err;
}

static enum err preview_saved(struct webhook_preview *cmd, struct tx *tx)
{
	struct webhook *w = &cmd->webhook;
	*w = (struct webhook){.id = cmd->id};
	cmd->refusal = PREVIEW_NO_WEBHOOK;
	enum err err = tx_get(tx, &KIND_WEBHOOK, w);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_REFUSED : err;
	cmd->revision = (struct webhook_revision){.webhook_id = w->id, .revision = w->revision};
	return tx_get(tx, &KIND_WEBHOOK_REVISION, &cmd->revision);
}

/* The next id if no other node takes one first: a preview shows the likely bytes, and promises no
 * id. */
static enum err likely_id(struct tx *tx, const struct record_kind *kind, uint64_t *id)
{
	enum err err = id_newest(tx, kind, id);
	*id += 1;
	return err;
}

/* The webhook as it would be saved now. */
static enum err preview_draft(struct webhook_preview *cmd, struct tx *tx)
{
	struct webhook *w = &cmd->webhook;
	*w = *cmd->draft;
	problems_restart(&cmd->problems);
	enum err err = webhook_judge(tx, w, true, &cmd->problems);
	cmd->refusal = PREVIEW_WRONG_DRAFT;
	if (err != ERR_OK || cmd->problems.n > 0)
		return err != ERR_OK ? err : ERR_REFUSED;
	err = likely_id(tx, &KIND_WEBHOOK, &w->id);
	cmd->revision = webhook_revision_of(w);
	return err;
}

enum err webhook_preview_decide(struct command *command, struct tx *tx)
{
	struct webhook_preview *cmd = (struct webhook_preview *)command;
	struct webhook *w = &cmd->webhook;
	uint64_t event_id, delivery_id;
	enum err err = cmd->draft != NULL ? preview_draft(cmd, tx) : preview_saved(cmd, tx);
	if (err == ERR_OK)
		err = likely_id(tx, &KIND_EVENT, &event_id);
	if (err == ERR_OK)
		err = likely_id(tx, &KIND_DELIVERY, &delivery_id);
	if (err != ERR_OK)
		return err;
	cmd->event = (struct event){
	    .id = event_id,
	    .type = cmd->event_type != 0 ? cmd->event_type : first_event(w),
	    .at_ms = cmd->now_ms,
	    .public_url = cmd->public_url,
	};
	cmd->refusal = PREVIEW_NOT_ITS_EVENT;
	if ((w->events >> cmd->event.type & 1) == 0)
		return ERR_REFUSED;
	if ((err = preview_event(cmd, tx)) != ERR_OK)
		return err;
	cmd->delivery = (struct delivery){
	    .id = delivery_id,
	    .event_id = cmd->event.id,
	    .webhook_id = w->id,
	    .derived = 1,
	    .event_type = cmd->event.type,
	};
	return ERR_OK;
}

/* ---- sending again ---- */

enum err webhook_resend_decide(struct command *command, struct tx *tx)
{
	struct delivery_resend *cmd = (struct delivery_resend *)command;
	struct delivery delivery = {.id = cmd->delivery_id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &delivery);
	struct webhook webhook = {.id = delivery.webhook_id};
	if (err == ERR_OK)
		err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK)
		return err;
	return webhook.disabled_ms != 0 ? ERR_REFUSED : delivery_resend_decide(command, tx);
}

/* ---- replays ---- */

/* Reads one page of all replays: there are few, and they have no index by webhook. */
static enum err look_at_replays(struct replay_list *list, struct tx *tx)
{
	struct replay *all = arena_alloc(tx_arena(tx), (REPLAY_LIST_LOOK_MAX + 1) * sizeof *all);
	struct id_page *page = &list->page;
	const struct replay from = {.id = id_page_start(page)};
	if (all == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {.from = &from,
			       .reverse = page->reverse,
			       .max = REPLAY_LIST_LOOK_MAX + 1,
			       .records = all};
	enum err err = tx_scan(tx, &KIND_REPLAY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n && page->next == 0; i++) {
		bool mine = all[i].webhook_id == list->webhook_id;
		if (i == REPLAY_LIST_LOOK_MAX || (mine && page->n == page->max))
			page->next = all[i].id;
		else if (mine)
			list->replays[page->n++] = all[i];
	}
	return err;
}

enum err replay_list_decide(struct command *command, struct tx *tx)
{
	struct replay_list *cmd = (struct replay_list *)command;
	struct webhook webhook = {.id = cmd->webhook_id};
	cmd->page.n = 0;
	cmd->page.next = 0;
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	return err == ERR_OK ? look_at_replays(cmd, tx) : err;
}

enum err replay_get_decide(struct command *command, struct tx *tx)
{
	struct replay_get *cmd = (struct replay_get *)command;
	return tx_get(tx, &KIND_REPLAY, &cmd->replay);
}
