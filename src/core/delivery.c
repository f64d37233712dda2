/*
 * Owns the records of deliveries: status, due row, order chain, attempts, counters. Never sends and
 * never decides when to retry (delivery/policy.c does). Called by event.c and the delivery room.
 */
#include "core/delivery.h"

/* The order chain a delivery stands in; false where order does not matter. */
static bool chain_of(const struct webhook *webhook, uint64_t user_id, struct chain *chain)
{
	*chain = (struct chain){.webhook_id = webhook->id};
	if (webhook->order == ORDER_PER_USER)
		chain->user_id = user_id;
	return webhook->order != ORDER_NONE;
}

/* Puts d at its chain's end. It waits if there is somebody before it. */
static enum err chain_append(struct tx *tx, const struct webhook *webhook, struct delivery *d)
{
	struct chain chain;
	if (!chain_of(webhook, d->user_id, &chain))
		return ERR_OK;
	d->chained = 1;
	d->chain_user_id = chain.user_id;
	enum err err = tx_get(tx, &KIND_CHAIN, &chain);
	if (err == ERR_OK) {
		struct delivery before = {.id = chain.last_id};
		if ((err = tx_get(tx, &KIND_DELIVERY, &before)) != ERR_OK)
			return err;
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

static void put_due(struct tx *tx, const struct delivery *d)
{
	const struct due due = {d->webhook_id, d->due_ms, d->id};
	tx_put(tx, &KIND_DUE, &due);
}

static enum err count_pending(struct tx *tx, uint64_t webhook_id)
{
	struct webhook_stats stats = {.webhook_id = webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	stats.pending++;
	tx_put(tx, &KIND_WEBHOOK_STATS, &stats);
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
	    .status = webhook->disabled_ms == 0 ? DELIVERY_PENDING : DELIVERY_HELD,
	    .created_ms = event->at_ms,
	    .due_ms = event->at_ms,
	};
	enum err err = chain_append(tx, webhook, &d);
	if (err != ERR_OK)
		return err;
	tx_put(tx, &KIND_DELIVERY, &d);
	if (!d.waiting && d.status == DELIVERY_PENDING)
		put_due(tx, &d);
	return count_pending(tx, webhook->id);
}

/* d has ended: the next of its chain that has not becomes due, or the chain ends. */
static enum err chain_advance(struct tx *tx, const struct delivery *d, uint64_t now_ms)
{
	if (!d->chained)
		return ERR_OK;
	struct chain chain = {.webhook_id = d->webhook_id, .user_id = d->chain_user_id};
	struct delivery next = {.id = d->next_id};
	while (next.id != 0) {
		enum err err = tx_get(tx, &KIND_DELIVERY, &next);
		if (err != ERR_OK)
			return err;
		if (next.status == DELIVERY_PENDING || next.status == DELIVERY_HELD)
			break;
		next.id = next.next_id;
	}
	if (next.id == 0) {
		tx_delete(tx, &KIND_CHAIN, &chain);
		return ERR_OK;
	}
	next.waiting = 0;
	next.due_ms = now_ms;
	tx_put(tx, &KIND_DELIVERY, &next);
	if (next.status == DELIVERY_PENDING)
		put_due(tx, &next);
	return ERR_OK;
}

static enum err count_end(struct tx *tx, const struct delivery *d)
{
	struct webhook_stats stats = {.webhook_id = d->webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_STATS, &stats);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	stats.pending -= stats.pending > 0;
	stats.delivered += d->status == DELIVERY_DELIVERED;
	stats.exhausted += d->status == DELIVERY_EXHAUSTED;
	stats.cancelled += d->status == DELIVERY_CANCELLED;
	tx_put(tx, &KIND_WEBHOOK_STATS, &stats);
	return ERR_OK;
}

/* Ends d with the given status. Its due row is removed by the caller. */
static enum err finish(struct tx *tx, struct delivery *d, enum delivery_status status, uint64_t now_ms)
{
	d->status = status;
	d->finished_ms = now_ms;
	d->due_ms = 0;
	tx_put(tx, &KIND_DELIVERY, d);
	enum err err = chain_advance(tx, d, now_ms);
	return err != ERR_OK ? err : count_end(tx, d);
}

static enum err apply_verdict(struct tx *tx, const struct delivery_record_attempt *cmd,
    struct delivery *d)
{
	switch (cmd->verdict) {
	case VERDICT_DELIVERED:
		return finish(tx, d, DELIVERY_DELIVERED, cmd->now_ms);
	case VERDICT_EXHAUSTED:
		return finish(tx, d, DELIVERY_EXHAUSTED, cmd->now_ms);
	case VERDICT_RETRY:
		break;
	}
	d->due_ms = cmd->retry_ms;
	tx_put(tx, &KIND_DELIVERY, d);
	put_due(tx, d);
	return ERR_OK;
}

enum err delivery_record_attempt_decide(struct command *command, struct tx *tx)
{
	struct delivery_record_attempt *cmd = (struct delivery_record_attempt *)command;
	struct delivery d = {.id = cmd->attempt.delivery_id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &d);
	if (err != ERR_OK)
		return err;
	const struct due claimed = {d.webhook_id, cmd->due_ms, d.id};
	d.attempts++;
	d.last_status = cmd->attempt.status;
	d.last_failure = cmd->attempt.failure;
	cmd->attempt.number = d.attempts;
	tx_put(tx, &KIND_ATTEMPT, &cmd->attempt);
	tx_delete(tx, &KIND_DUE, &claimed);
	if (d.status == DELIVERY_PENDING)
		return apply_verdict(tx, cmd, &d);
	tx_put(tx, &KIND_DELIVERY, &d);
	return ERR_OK;
}

enum err delivery_cancel_decide(struct command *command, struct tx *tx)
{
	struct delivery_cancel *cmd = (struct delivery_cancel *)command;
	for (size_t i = 0; i < cmd->n; i++) {
		struct delivery d = {.id = cmd->due[i].delivery_id};
		enum err err = tx_get(tx, &KIND_DELIVERY, &d);
		tx_delete(tx, &KIND_DUE, &cmd->due[i]);
		if (err == ERR_NOT_FOUND || (err == ERR_OK && d.status != DELIVERY_PENDING))
			continue;
		if (err != ERR_OK || (err = finish(tx, &d, DELIVERY_CANCELLED, cmd->now_ms)) != ERR_OK)
			return err;
	}
	return ERR_OK;
}

enum err delivery_load_decide(struct command *command, struct tx *tx)
{
	struct delivery_load *cmd = (struct delivery_load *)command;
	cmd->delivery = (struct delivery){.id = cmd->delivery_id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &cmd->delivery);
	if (err != ERR_OK)
		return err;
	cmd->event = (struct event){.id = cmd->delivery.event_id};
	cmd->revision = (struct webhook_revision){
	    .webhook_id = cmd->delivery.webhook_id, .revision = cmd->delivery.revision};
	if ((err = tx_get(tx, &KIND_EVENT, &cmd->event)) != ERR_OK)
		return err;
	return tx_get(tx, &KIND_WEBHOOK_REVISION, &cmd->revision);
}
