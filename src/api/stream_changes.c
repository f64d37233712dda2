/*
 * Owns the content of a frame of the stream: the lists and objects that changed, each object once.
 * Never reads a record or knows a client. Called by stream.c.
 */
#include "stream_changes.h"

#include <string.h>

#include "api/call/show.h"

/* The items of every array begin with their id. Returns the item with this id, or a new one; NULL
 * if the array is full. */
static void *find_item(struct stream_changes *changes, void *items, size_t size, size_t *n,
		       uint64_t id)
{
	char *item = items;
	uint64_t other;
	for (size_t i = 0; i < *n; i++, item += size) {
		memcpy(&other, item, sizeof other);
		if (other == id)
			return item;
	}
	if (*n == STREAM_ITEMS_MAX) {
		changes->more = true;
		return NULL;
	}
	++*n;
	return item;
}

void stream_note(struct stream_changes *changes, enum stream_list list)
{
	changes->lists |= (unsigned)list;
}

void stream_note_delivery(struct stream_changes *changes, const struct delivery *d)
{
	struct stream_delivery *item =
	    find_item(changes, changes->deliveries, sizeof *item, &changes->n_deliveries, d->id);
	stream_note(changes, STREAM_DELIVERIES);
	if (item != NULL)
		*item = (struct stream_delivery){d->id,         d->webhook_id, d->user_id,
						 d->event_type, d->status,     d->attempts};
}

void stream_note_webhook(struct stream_changes *changes, uint64_t webhook_id)
{
	struct stream_webhook *item =
	    find_item(changes, changes->webhooks, sizeof *item, &changes->n_webhooks, webhook_id);
	stream_note(changes, STREAM_WEBHOOKS);
	if (item != NULL)
		item->id = webhook_id;
}

void stream_note_campaign(struct stream_changes *changes, uint64_t campaign_id)
{
	struct stream_campaign *item = find_item(changes, changes->campaigns, sizeof *item,
						 &changes->n_campaigns, campaign_id);
	stream_note(changes, STREAM_CAMPAIGNS);
	if (item != NULL)
		item->id = campaign_id;
}

void stream_note_replay(struct stream_changes *changes, const struct replay *r)
{
	struct stream_replay *item =
	    find_item(changes, changes->replays, sizeof *item, &changes->n_replays, r->id);
	stream_note(changes, STREAM_REPLAYS);
	if (item != NULL)
		*item = (struct stream_replay){r->id, r->looked_at, r->queued, r->finished_ms};
}

static void show_deliveries(const struct stream_changes *changes, struct json_out *o)
{
	json_open(o, "deliveries", '[');
	for (size_t i = 0; i < changes->n_deliveries; i++) {
		const struct stream_delivery *d = &changes->deliveries[i];
		json_open(o, NULL, '{');
		json_put_u64(o, "id", d->id);
		json_put_u64(o, "webhook_id", d->webhook_id);
		show_id(o, "user_id", d->user_id);
		show_word(o, "event", EVENT_NAMES, d->event_type);
		show_word(o, "status", DELIVERY_STATUS_NAMES, d->status);
		json_put_u64(o, "attempts", d->attempts);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void show_webhooks(const struct stream_changes *changes, struct json_out *o)
{
	json_open(o, "webhooks", '[');
	for (size_t i = 0; i < changes->n_webhooks; i++) {
		const struct stream_webhook *w = &changes->webhooks[i];
		json_open(o, NULL, '{');
		json_put_u64(o, "id", w->id);
		json_put_u64(o, "pending", w->pending);
		json_put_u64(o, "delivered", w->delivered);
		json_put_u64(o, "exhausted", w->exhausted);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void show_campaigns(const struct stream_changes *changes, struct json_out *o)
{
	json_open(o, "campaigns", '[');
	for (size_t i = 0; i < changes->n_campaigns; i++) {
		const struct stream_campaign *c = &changes->campaigns[i];
		json_open(o, NULL, '{');
		json_put_u64(o, "id", c->id);
		json_put_u64(o, "joins", c->joins);
		json_put_u64(o, "referrals", c->referrals);
		json_put_u64(o, "qualified", c->qualified);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void show_replays(const struct stream_changes *changes, struct json_out *o)
{
	json_open(o, "replays", '[');
	for (size_t i = 0; i < changes->n_replays; i++) {
		const struct stream_replay *r = &changes->replays[i];
		json_open(o, NULL, '{');
		json_put_u64(o, "id", r->id);
		json_put_u64(o, "looked_at", r->looked_at);
		json_put_u64(o, "queued", r->queued);
		show_time(o, "finished_at", r->finished_ms);
		json_close(o, '}');
	}
	json_close(o, ']');
}

void stream_show(const struct stream_changes *changes, uint64_t at_ms, struct json_out *o)
{
	static const struct name lists[] = {{0, "campaigns"}, {1, "users"},      {2, "rewards"},
					    {3, "webhooks"},  {4, "deliveries"}, {5, "replays"},
					    {6, "audit"},     {0, NULL}};
	json_open(o, NULL, '{');
	show_time(o, "at", at_ms);
	show_words(o, "changed", lists, changes->lists);
	json_put_bool(o, "more", changes->more);
	show_campaigns(changes, o);
	show_webhooks(changes, o);
	show_deliveries(changes, o);
	show_replays(changes, o);
	json_close(o, '}');
}
