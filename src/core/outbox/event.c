/*
 * Owns events and the creation of deliveries: which webhook gets which event, and in which order.
 * Never sends. Called by every command whose change may interest a receiver.
 */
#include "event.h"

#include <assert.h>

#include "core/delivery.h"
#include "core/id_list.h"
#include "core/records/derived.h"

/* 0 if the day is the same in UTC, so most events store no day. */
static uint64_t day_beside_utc(const struct zone *zone, uint64_t ms)
{
	uint64_t day = ms != 0 ? zone_day(zone, ms) : 0;
	return day != ms / CLOCK_DAY_MS ? day : 0;
}

void event_set_days(struct event *event, const struct zone *zone)
{
	event->joined_day = day_beside_utc(zone, event->joined_ms);
	event->qualified_day = day_beside_utc(zone, event->qualified_ms);
}

enum err event_snapshot(struct tx *tx, const struct user *user, const struct zone *zone,
			struct event *event)
{
	struct user_stats stats = {.user_id = user->id};
	struct user referrer = {.id = user->referrer_id};
	enum err err = tx_get_ahead(tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (user->referrer_id != 0) {
		err = tx_get_ahead(tx, &KIND_USER, &referrer);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
	}
	event->campaign_id = user->campaign_id;
	event->user_id = user->id;
	event->referrer_id = err == ERR_OK ? user->referrer_id : 0;
	event->user_type = user->type;
	event->source = user->source;
	event->joined_ms = user->joined_ms;
	event->qualified_ms = user->qualified_ms;
	event->referrals = stats.referrals;
	event->qualified_referrals = stats.qualified_referrals;
	event->first_name = user->first_name;
	event->email = user->email;
	event->alias = user->alias;
	event->ip = user->ip;
	event->test = user->test;
	event->flags = user->flags;
	event->review = user->review;
	event->meta = user->meta;
	event->referrer_first_name = referrer.first_name;
	event->referrer_email = referrer.email;
	event->referrer_alias = referrer.alias;
	event_set_days(event, zone);
	return ERR_OK;
}

static bool has_bit(uint64_t mask, uint64_t number)
{
	return mask == 0 || (mask >> number & 1) != 0;
}

enum event_mismatch event_mismatch(const struct event *event, const struct webhook *w)
{
	if ((w->events >> event->type & 1) == 0)
		return MISMATCH_EVENTS;
	if (w->campaign_id != 0 && w->campaign_id != event->campaign_id)
		return MISMATCH_CAMPAIGN;
	if (w->rule_id != 0 && event->rule_id != 0 && w->rule_id != event->rule_id)
		return MISMATCH_RULE;
	/* An operator event never goes to the webhook that it is about. */
	if (event->about_webhook_id != 0)
		return event->about_webhook_id != w->id ? MISMATCH_NONE : MISMATCH_ITSELF;
	if (!has_bit(w->types, event->user_type))
		return MISMATCH_TYPES;
	return has_bit(w->sources, event->source) ? MISMATCH_NONE : MISMATCH_SOURCES;
}

bool event_is_for(const struct event *event, const struct webhook *w)
{
	return event_mismatch(event, w) == MISMATCH_NONE;
}

/* The number of a list names the campaign and the type of the event. */
enum { TYPES = 64 };

static enum err list_webhooks(struct tx *tx, uint64_t number, struct text *ids)
{
	struct webhook_set set = {.campaign_id = number / TYPES};
	enum err err = tx_get(tx, &KIND_WEBHOOK_SET, &set);
	if (err == ERR_NOT_FOUND)
		return ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < id_list_length(set.webhook_ids); i++) {
		struct webhook webhook = {.id = id_list_at(set.webhook_ids, i)};
		err = tx_get(tx, &KIND_WEBHOOK, &webhook);
		if (err == ERR_OK && (webhook.events >> number % TYPES & 1) != 0)
			err = id_list_add(*ids, webhook.id, tx_arena(tx), ids);
	}
	return err;
}

/* The webhooks of a campaign that want events of a type. Most joins find an empty list. */
static const struct derived webhooks_for = {
    .id = DERIVED_WEBHOOKS,
    .kinds = {&KIND_WEBHOOK_SET, &KIND_WEBHOOK},
    .make = list_webhooks,
};

static enum err emit_to_set(struct tx *tx, uint64_t campaign_id, const struct event *event)
{
	struct text ids;
	enum err err = tx_derive(tx, &webhooks_for, campaign_id * TYPES + event->type, &ids);
	for (size_t i = 0; err == ERR_OK && i < id_list_length(ids); i++) {
		struct webhook webhook = {.id = id_list_at(ids, i)};
		err = tx_get(tx, &KIND_WEBHOOK, &webhook);
		if (err == ERR_OK && event_is_for(event, &webhook))
			err = delivery_create(tx, &webhook, event);
	}
	return err;
}

enum err event_emit(struct tx *tx, struct event *event)
{
	assert(event->type >= EVENT_USER_JOIN && event->type < EVENT_TYPE_END);
	event->id = tx_next_id(tx, &KIND_EVENT);
	tx_put(tx, &KIND_EVENT, event);
	enum err err = emit_to_set(tx, 0, event);
	if (err != ERR_OK || event->campaign_id == 0)
		return err;
	return emit_to_set(tx, event->campaign_id, event);
}

enum err event_emit_about(struct tx *tx, struct user *user, struct event *event)
{
	assert(user->id != 0 && event->user_id == user->id);
	event->previous_id = user->last_event_id;
	enum err err = event_emit(tx, event);
	user->last_event_id = event->id;
	tx_put(tx, &KIND_USER, user);
	return err;
}

enum err event_emit_member(struct tx *tx, struct user *user, const struct zone *zone,
			   struct event *event)
{
	enum err err = event_snapshot(tx, user, zone, event);
	return err == ERR_OK ? event_emit_about(tx, user, event) : err;
}
