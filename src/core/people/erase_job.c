/*
 * Owns the cleaning of the records that an erased user left behind. Never finds them
 * (erase_find.c). Called by the upkeep room.
 */
#include <assert.h>

#include "core/delivery.h"
#include "core/erase.h"
#include "core/reward_records.h"
#include "core/rewards/reward_state.h"

/* The erased user's own event keeps no personal data, and is never sent again. */
static void blank_own(struct event *event)
{
	event->first_name = event->email = event->ip = event->alias = (struct text){0};
	event->referrer_first_name = event->referrer_email = event->referrer_alias =
	    (struct text){0};
	event->reward_coupon = event->reason = (struct text){0};
	event->meta = (struct pairs){{0}};
	event->erased = 1;
}

static enum err clean_event(struct erase_slice *s, struct tx *tx, uint64_t id)
{
	struct event event = {.id = id};
	enum err err = tx_get(tx, &KIND_EVENT, &event);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (event.user_id == s->erasure.user_id)
		blank_own(&event);
	else if (event.referrer_id == s->erasure.user_id)
		event.referrer_first_name = event.referrer_email = event.referrer_alias =
		    (struct text){0};
	tx_put(tx, &KIND_EVENT, &event);
	return ERR_OK;
}

static enum err cancel(struct erase_slice *s, struct tx *tx, struct delivery *d)
{
	const struct due due = {d->webhook_id, d->due_ms, d->id};
	tx_delete(tx, &KIND_DUE, &due);
	return delivery_finish(tx, d, DELIVERY_CANCELLED, s->slice.now_ms);
}

/* The responses of receivers may repeat data of the message. */
static enum err clean_attempts(struct tx *tx, const struct delivery *d)
{
	for (uint64_t number = 1; number <= d->attempts; number++) {
		struct attempt attempt = {.delivery_id = d->id, .number = number};
		enum err err = tx_get(tx, &KIND_ATTEMPT, &attempt);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		if (attempt.answer.n == 0 && attempt.detail.n == 0)
			continue;
		attempt.answer = attempt.detail = (struct text){0};
		tx_put(tx, &KIND_ATTEMPT, &attempt);
	}
	return ERR_OK;
}

static enum err clean_delivery(struct erase_slice *s, struct tx *tx, uint64_t id)
{
	struct delivery d = {.id = id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &d);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	/* It tells a receiver that the person is gone, and has no personal data. */
	if (d.event_type == EVENT_USER_ERASED)
		return ERR_OK;
	if (d.user_id == s->erasure.user_id && d.status == DELIVERY_PENDING &&
	    (err = cancel(s, tx, &d)) != ERR_OK)
		return err;
	if (d.reason.n > 0) {
		d.reason = (struct text){0};
		tx_put(tx, &KIND_DELIVERY, &d);
	}
	err = clean_attempts(tx, &d);
	return err == ERR_OK ? clean_event(s, tx, d.event_id) : err;
}

static enum err cancel_reward(struct erase_slice *s, struct tx *tx, uint64_t id)
{
	const struct reward_at at = {s->slice.public_url, s->slice.now_ms};
	struct reward reward = {.id = id};
	enum err err = tx_get(tx, &KIND_REWARD, &reward);
	if (err != ERR_OK || reward.state != REWARD_DUE)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	return reward_cancel(tx, &reward, TEXT("its recipient was erased"), &at);
}

static enum err remove_answer(struct tx *tx, const uint8_t hash[ERASE_HASH])
{
	struct idempotency answer = {.hash = text_from(hash, ERASE_HASH)};
	enum err err = tx_get(tx, &KIND_IDEMPOTENCY, &answer);
	const struct idempotency_age age = {.at_ms = answer.at_ms, .hash = answer.hash};
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	tx_delete(tx, &KIND_IDEMPOTENCY, &answer);
	tx_delete(tx, &KIND_IDEMPOTENCY_AGE, &age);
	return ERR_OK;
}

static enum err remove_hashes(const struct erase_slice *s, struct tx *tx)
{
	enum err err = ERR_OK;
	for (size_t i = 0; i < s->n_orders; i++) {
		const struct order order = {.user_id = s->erasure.user_id,
					    .hash = text_from(s->orders[i], ERASE_HASH)};
		tx_delete(tx, &KIND_ORDER, &order);
	}
	for (size_t i = 0; i < s->n_refunds; i++) {
		const struct refund refund = {
		    .user_id = s->erasure.user_id,
		    .total_e4 = s->refunds[i].total_e4,
		    .hash = text_from(s->refunds[i].hash, ERASE_HASH),
		};
		tx_delete(tx, &KIND_REFUND, &refund);
	}
	for (size_t i = 0; err == ERR_OK && i < s->n_answers; i++)
		err = remove_answer(tx, s->answers[i]);
	return err;
}

enum err erase_change_decide(struct command *command, struct tx *tx)
{
	struct erase_slice *s = (struct erase_slice *)command;
	enum err err = ERR_OK;
	assert(s->erasure.user_id != 0);
	for (size_t i = 0; err == ERR_OK && i < s->n_deliveries; i++)
		err = clean_delivery(s, tx, s->deliveries[i]);
	for (size_t i = 0; err == ERR_OK && i < s->n_events; i++)
		err = clean_event(s, tx, s->events[i]);
	for (size_t i = 0; err == ERR_OK && i < s->n_rewards; i++)
		err = cancel_reward(s, tx, s->rewards[i]);
	if (err == ERR_OK)
		err = remove_hashes(s, tx);
	if (s->finished)
		tx_delete(tx, &KIND_ERASURE, &s->erasure);
	else
		tx_put(tx, &KIND_ERASURE, &s->erasure);
	return err;
}
