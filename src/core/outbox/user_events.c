/*
 * Owns the list of a user's events with their deliveries and the reasons for missing deliveries.
 * Never writes. Called by the API.
 */
#include "core/user_events.h"

#include "core/id_list.h"
#include "event.h"

/* Reads the delivery of the event to the webhook; its id stays 0 without a delivery. */
static enum err read_delivery(struct tx *tx, uint64_t event_id, struct user_event_webhook *w)
{
	struct event_delivery known = {event_id, w->webhook_id, 0};
	w->delivery = (struct delivery){0};
	enum err err = tx_get(tx, &KIND_EVENT_DELIVERY, &known);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct delivery delivery = {.id = known.delivery_id};
	err = tx_get(tx, &KIND_DELIVERY, &delivery);
	if (err == ERR_OK)
		w->delivery = delivery;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err look_at(struct tx *tx, struct user_event *e, uint64_t webhook_id)
{
	struct webhook webhook = {.id = webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct user_event_webhook *w = &e->webhooks[e->n++];
	w->webhook_id = webhook_id;
	w->name = webhook.name;
	w->mismatch = event_mismatch(&e->event, &webhook);
	if (w->mismatch == MISMATCH_NONE && e->event.at_ms < webhook.created_ms)
		w->mismatch = MISMATCH_BEFORE;
	err = read_delivery(tx, e->event.id, w);
	if (w->delivery.status == DELIVERY_PENDING && webhook.disabled_ms != 0)
		w->delivery.status = DELIVERY_HELD;
	return err;
}

static enum err look_at_set(struct tx *tx, struct user_event *e, uint64_t campaign_id)
{
	struct webhook_set set = {.campaign_id = campaign_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_SET, &set);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.webhook_ids); i++) {
		e->more = e->n == USER_EVENT_WEBHOOKS;
		if (e->more)
			return ERR_OK;
		err = look_at(tx, e, id_list_at(set.webhook_ids, i));
	}
	return err;
}

static enum err read_event(struct tx *tx, uint64_t id, struct user_event *e)
{
	*e = (struct user_event){.event = {.id = id}};
	enum err err = tx_get(tx, &KIND_EVENT, &e->event);
	if (err == ERR_OK)
		err = look_at_set(tx, e, 0);
	if (err == ERR_OK && e->event.campaign_id != 0)
		err = look_at_set(tx, e, e->event.campaign_id);
	return err;
}

/* The newest event is in the user's record, and each event names the one before it. Retention
 * removes the oldest events first, so a missing event ends the list. */
enum err user_events_decide(struct command *command, struct tx *tx)
{
	struct user_events *list = (struct user_events *)command;
	struct id_page *page = &list->page;
	struct user user = {0};
	enum err err = who_find(tx, list->codes, &list->who, &user);
	if (err != ERR_OK)
		return err;
	list->first_name = user.first_name;
	uint64_t id = page->from != 0 ? page->from : user.last_event_id;
	const size_t max = page->max < USER_EVENTS_MAX ? page->max : USER_EVENTS_MAX;
	page->n = 0;
	while (id != 0 && page->n < max) {
		struct user_event *e = &list->events[page->n];
		if ((err = read_event(tx, id, e)) == ERR_NOT_FOUND) {
			id = 0;
			break;
		}
		if (err != ERR_OK)
			return err;
		if (e->event.user_id != user.id)
			return ERR_INVALID;
		page->n++;
		id = e->event.previous_id;
	}
	page->next = id;
	return ERR_OK;
}
