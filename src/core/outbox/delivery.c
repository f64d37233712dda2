/*
 * Owns the records of a delivery from its creation to its end: order chain, due row, indexes. Never
 * sends, and never decides when to retry (delivery/policy.c does). Called by event.c, replay.c and
 * delivery_result.c.
 */
#include "core/delivery.h"

#include <assert.h>

#include "core/webhook.h"

/* ---- indexes ---- */

static void put_by(struct tx *tx, enum delivery_index by, uint64_t number, uint64_t delivery_id)
{
	const struct delivery_by row = {by, number, delivery_id};
	tx_put(tx, &KIND_DELIVERY_BY, &row);
}

/* Nearly all deliveries have the status delivered: an index of them would be a second list of
 * everything. */
static void index_status(struct tx *tx, const struct delivery *d, bool add)
{
	const struct delivery_by row = {BY_STATUS, d->status, d->id};
	if (d->status == DELIVERY_DELIVERED)
		return;
	if (add)
		tx_put(tx, &KIND_DELIVERY_BY, &row);
	else
		tx_delete(tx, &KIND_DELIVERY_BY, &row);
}

static void index_new(struct tx *tx, const struct delivery *d)
{
	const struct event_delivery row = {d->event_id, d->webhook_id, d->id};
	tx_put(tx, &KIND_EVENT_DELIVERY, &row);
	put_by(tx, BY_WEBHOOK, d->webhook_id, d->id);
	if (d->user_id != 0)
		put_by(tx, BY_USER, d->user_id, d->id);
	put_by(tx, BY_EVENT_TYPE, d->event_type, d->id);
	index_status(tx, d, true);
}

static void put_due(struct tx *tx, const struct delivery *d)
{
	const struct due due = {d->webhook_id, d->due_ms, d->id};
	assert(d->status == DELIVERY_PENDING && !d->waiting);
	tx_put(tx, &KIND_DUE, &due);
}

static enum err count_pending(struct tx *tx, uint64_t webhook_id)
{
	const struct webhook_stats one = {.webhook_id = webhook_id, .pending = 1};
	return tx_add(tx, &KIND_WEBHOOK_STATS, &one);
}

/* ---- creation ---- */

/* Finds the order chain of a delivery; false if its order does not matter. */
static bool chain_of(const struct webhook *webhook, uint64_t user_id, struct chain *chain)
{
	*chain = (struct chain){.webhook_id = webhook->id};
	if (webhook->order == ORDER_STRICT)
		return true;
	chain->user_id = user_id; /* 0 for operator events and tests, which are about no user and
				     have no order */
	return webhook->order == ORDER_PER_USER && user_id != 0;
}

/* Appends d to its chain. It waits if the chain is not empty. */
static enum err chain_append(struct tx *tx, const struct webhook *webhook, struct delivery *d)
{
	struct chain chain;
	if (!chain_of(webhook, d->user_id, &chain))
		return ERR_OK;
	d->chained = 1;
	d->chain_user_id = chain.user_id;
	enum err err = tx_get_ahead(tx, &KIND_CHAIN, &chain);
	if (err == ERR_OK) {
		struct delivery before = {.id = chain.last_id};
		if ((err = tx_get_ahead(tx, &KIND_DELIVERY, &before)) != ERR_OK)
			return tx_is_unsure(tx) ? ERR_OK : err;
		before.next_id = d->id;
		tx_put(tx, &KIND_DELIVERY, &before);
		d->waiting = 1;
	} else if (err != ERR_NOT_FOUND) {
		return err;
	}
	chain.last_id = d->id;
	tx_put(tx, &KIND_CHAIN, &chain);
	return ERR_OK;
}

enum err delivery_create(struct tx *tx, const struct webhook *webhook, const struct event *event)
{
	struct delivery d = {
	    .id = tx_next_id(tx, &KIND_DELIVERY),
	    .event_id = event->id,
	    .event_type = event->type,
	    .webhook_id = webhook->id,
	    .revision = webhook->revision,
	    .user_id = event->user_id,
	    .status = DELIVERY_PENDING,
	    .created_ms = event->at_ms,
	    .due_ms = tx_steady_ms(tx, event->at_ms),
	    .test = event->test,
	    .derived = 1,
	};
	assert(event->id != 0 && webhook->id != 0);
	enum err err = chain_append(tx, webhook, &d);
	if (err != ERR_OK)
		return err;
	tx_put(tx, &KIND_DELIVERY, &d);
	index_new(tx, &d);
	if (!d.waiting)
		put_due(tx, &d);
	return count_pending(tx, webhook->id);
}

enum err delivery_requeue(struct tx *tx, struct delivery *d, uint64_t now_ms)
{
	if (d->status == DELIVERY_PENDING)
		return ERR_OK;
	index_status(tx, d, false);
	d->status = DELIVERY_PENDING;
	d->round_start = d->attempts;
	d->due_ms = tx_steady_ms(tx, now_ms);
	d->finished_ms = 0;
	d->chained = d->waiting = d->next_id = d->refusals = 0;
	d->reason = (struct text){0};
	tx_put(tx, &KIND_DELIVERY, d);
	index_status(tx, d, true);
	put_due(tx, d);
	return count_pending(tx, d->webhook_id);
}

void delivery_message_id(struct codes *codes, const struct delivery *d, char out[MESSAGE_ID_SIZE])
{
	if (d->derived)
		codes_message_id(codes, d->event_id, d->webhook_id, out);
	else
		codes_old_message_id(codes, d->id, out);
}

/* ---- end ---- */

/* d has ended: the next pending delivery of its chain becomes due, or the chain ends. */
static enum err chain_advance(struct tx *tx, const struct delivery *d, uint64_t now_ms)
{
	if (!d->chained)
		return ERR_OK;
	const struct chain chain = {.webhook_id = d->webhook_id, .user_id = d->chain_user_id};
	struct delivery next = {.id = d->next_id};
	while (next.id != 0) {
		enum err err = tx_get(tx, &KIND_DELIVERY, &next);
		if (err != ERR_OK)
			return err;
		if (next.status == DELIVERY_PENDING && next.waiting)
			break;
		if (next.waiting) { /* cancelled while it waited: its place is no longer needed */
			next.waiting = 0;
			tx_put(tx, &KIND_DELIVERY, &next);
		}
		next.id = next.next_id;
	}
	if (next.id == 0) {
		tx_delete(tx, &KIND_CHAIN, &chain);
		return ERR_OK;
	}
	next.waiting = 0;
	next.due_ms = tx_steady_ms(tx, now_ms);
	tx_put(tx, &KIND_DELIVERY, &next);
	put_due(tx, &next);
	return ERR_OK;
}

static enum err count_end(struct tx *tx, const struct delivery *d)
{
	const struct webhook_stats moved = {
	    .webhook_id = d->webhook_id,
	    .pending = (uint64_t)-1,
	    .delivered = d->status == DELIVERY_DELIVERED,
	    .exhausted = d->status == DELIVERY_EXHAUSTED,
	    .cancelled = d->status == DELIVERY_CANCELLED,
	};
	return tx_add(tx, &KIND_WEBHOOK_STATS, &moved);
}

enum err delivery_finish(struct tx *tx, struct delivery *d, enum delivery_status status,
			 uint64_t now_ms)
{
	assert(d->status == DELIVERY_PENDING);
	assert(status != DELIVERY_PENDING && status != DELIVERY_HELD);
	index_status(tx, d, false);
	d->status = status;
	d->finished_ms = now_ms;
	d->due_ms = 0;
	tx_put(tx, &KIND_DELIVERY, d);
	index_status(tx, d, true);
	/* A waiting delivery keeps its place: its predecessor leads through it to its successor. */
	enum err err = d->waiting ? ERR_OK : chain_advance(tx, d, now_ms);
	return err != ERR_OK ? err : count_end(tx, d);
}

enum err delivery_cancel_decide(struct command *command, struct tx *tx)
{
	struct delivery_cancel *cmd = (struct delivery_cancel *)command;
	enum err err = lease_check(tx, &cmd->lane);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < cmd->n; i++) {
		struct delivery d = {.id = cmd->due[i].delivery_id};
		err = tx_get(tx, &KIND_DELIVERY, &d);
		tx_delete(tx, &KIND_DUE, &cmd->due[i]);
		if (err == ERR_NOT_FOUND || (err == ERR_OK && d.status != DELIVERY_PENDING))
			continue;
		if (err == ERR_OK)
			err = delivery_finish(tx, &d, DELIVERY_CANCELLED, cmd->now_ms);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* ---- reading and sending again ---- */

enum err delivery_load_decide(struct command *command, struct tx *tx)
{
	struct delivery_load *cmd = (struct delivery_load *)command;
	cmd->delivery = (struct delivery){.id = cmd->delivery_id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &cmd->delivery);
	if (err != ERR_OK)
		return err;
	cmd->event = (struct event){.id = cmd->delivery.event_id};
	cmd->revision = (struct webhook_revision){.webhook_id = cmd->delivery.webhook_id,
						  .revision = cmd->delivery.revision};
	if ((err = tx_get(tx, &KIND_EVENT, &cmd->event)) != ERR_OK)
		return err;
	return tx_get(tx, &KIND_WEBHOOK_REVISION, &cmd->revision);
}

/* A pending delivery becomes due at once, unless it waits for another delivery. */
static void hasten(struct tx *tx, struct delivery *d, uint64_t now_ms)
{
	const struct due old = {d->webhook_id, d->due_ms, d->id};
	uint64_t due_ms = tx_steady_ms(tx, now_ms);
	if (d->waiting || d->due_ms <= due_ms)
		return;
	tx_delete(tx, &KIND_DUE, &old);
	d->due_ms = due_ms;
	tx_put(tx, &KIND_DELIVERY, d);
	put_due(tx, d);
}

enum err delivery_first_name(struct tx *tx, const struct delivery *delivery,
			     struct text *first_name)
{
	struct user user = {.id = delivery->user_id};
	enum err err = user.id == 0 ? ERR_NOT_FOUND : tx_get(tx, &KIND_USER, &user);
	*first_name = err == ERR_OK ? user.first_name : (struct text){0};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err delivery_resend_decide(struct command *command, struct tx *tx)
{
	struct delivery_resend *cmd = (struct delivery_resend *)command;
	struct delivery *d = &cmd->delivery;
	*d = (struct delivery){.id = cmd->delivery_id};
	enum err err = tx_get(tx, &KIND_DELIVERY, d);
	if (err != ERR_OK)
		return err;
	struct event event = {.id = d->event_id};
	struct webhook webhook = {.id = d->webhook_id};
	if ((err = tx_get(tx, &KIND_EVENT, &event)) != ERR_OK ||
	    (err = tx_get(tx, &KIND_WEBHOOK, &webhook)) != ERR_OK)
		return err;
	if (event.erased)
		return ERR_NOT_FOUND;
	if ((err = delivery_first_name(tx, d, &cmd->first_name)) != ERR_OK)
		return err;
	if (d->status != DELIVERY_PENDING)
		return delivery_requeue(tx, d, cmd->now_ms);
	hasten(tx, d, cmd->now_ms);
	return ERR_OK;
}
