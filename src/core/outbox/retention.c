/*
 * Owns the removal of old records: finished deliveries with their attempts and indexes, then events
 * without deliveries. Never removes a pending delivery. Called by the upkeep room, a slice at a
 * time.
 */
#include <assert.h>

#include "core/delivery.h"
#include "core/disorder.h"
#include "core/replay.h"

enum { LOOKED_AT = 256 }; /* records read in one query: well under 2 ms of the loop */

/* A cancelled delivery that keeps its place in a chain is still needed. */
static bool is_finished(const struct delivery *d)
{
	return d->status != DELIVERY_PENDING && !d->waiting;
}

/* Do all later rows stay? A later row may be a little older, because ids are not in the order of
 * time. */
static bool is_past(const struct retention_slice *f, uint64_t ms)
{
	return ms >= f->before_ms + ID_DISORDER_MS;
}

static enum err find_deliveries(struct retention_slice *f, struct tx *tx, bool *end)
{
	struct delivery *page = arena_alloc(tx_arena(tx), LOOKED_AT * sizeof *page);
	const struct delivery from = {.id = f->next_delivery};
	if (page == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {.from = &from, .max = LOOKED_AT, .records = page};
	enum err err = tx_scan(tx, &KIND_DELIVERY, &scan);
	*end = scan.n < LOOKED_AT;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		if (is_past(f, page[i].created_ms) || f->n_deliveries == RETENTION_SLICE) {
			*end = is_past(f, page[i].created_ms);
			return ERR_OK;
		}
		f->next_delivery = page[i].id + 1;
		if (is_finished(&page[i]) && page[i].finished_ms < f->before_ms)
			f->deliveries[f->n_deliveries++] = page[i].id;
	}
	return err;
}

static enum err has_delivery(struct tx *tx, uint64_t event_id, bool *has)
{
	const struct event_delivery from = {.event_id = event_id};
	struct event_delivery found;
	struct tx_scan scan = {.from = &from, .prefix = 1, .max = 1, .records = &found};
	enum err err = tx_scan(tx, &KIND_EVENT_DELIVERY, &scan);
	*has = scan.n > 0;
	return err;
}

static enum err find_events(struct retention_slice *f, struct tx *tx, bool *end)
{
	struct event *page = arena_alloc(tx_arena(tx), RETENTION_SLICE * sizeof *page);
	const struct event from = {.id = f->next_event};
	uint64_t next = f->next_event; /* stored at the end: a pending query runs again */
	if (page == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {.from = &from, .max = RETENTION_SLICE, .records = page};
	enum err err = tx_scan(tx, &KIND_EVENT, &scan);
	*end = scan.n < RETENTION_SLICE;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		bool has;
		if (is_past(f, page[i].at_ms)) {
			*end = true;
			break;
		}
		if ((err = has_delivery(tx, page[i].id, &has)) != ERR_OK)
			return err;
		next = page[i].id + 1;
		if (!has && page[i].at_ms < f->before_ms)
			f->events[f->n_events++] = page[i].id;
	}
	f->next_event = next;
	return err;
}

enum err retention_find_decide(struct command *command, struct tx *tx)
{
	struct retention_slice *f = (struct retention_slice *)command;
	const struct slice *slice = &f->slice;
	bool no_deliveries = false, no_events = false;
	f->n_deliveries = f->n_events = 0;
	f->slice.n = 0;
	if (slice->retention_ms == 0 || slice->believed_ms <= slice->retention_ms)
		return ERR_OK;
	f->before_ms = slice->believed_ms - slice->retention_ms;
	enum err err = find_deliveries(f, tx, &no_deliveries);
	/* Events come after deliveries, so that events that lost their last delivery are removed in
	 * the same round. */
	if (err == ERR_OK && no_deliveries && f->n_deliveries == 0)
		err = find_events(f, tx, &no_events);
	if (err != ERR_OK)
		return err;
	f->slice.n = f->n_deliveries + f->n_events;
	if (f->slice.n == 0 && no_deliveries && no_events)
		f->next_delivery = f->next_event = 0;
	else if (f->slice.n == 0)
		f->slice.look_again_ms =
		    SLICE_SOON_MS; /* nothing in this part, but the search is not at its end */
	return ERR_OK;
}

static void delete_by(struct tx *tx, enum delivery_index by, uint64_t number, uint64_t id)
{
	const struct delivery_by row = {by, number, id};
	tx_delete(tx, &KIND_DELIVERY_BY, &row);
}

static void drop_delivery(struct tx *tx, const struct delivery *d)
{
	const struct event_delivery row = {.event_id = d->event_id, .webhook_id = d->webhook_id};
	assert(is_finished(d));
	for (uint64_t number = 1; number <= d->attempts; number++) {
		const struct attempt attempt = {.delivery_id = d->id, .number = number};
		tx_delete(tx, &KIND_ATTEMPT, &attempt);
	}
	tx_delete(tx, &KIND_EVENT_DELIVERY, &row);
	delete_by(tx, BY_WEBHOOK, d->webhook_id, d->id);
	delete_by(tx, BY_USER, d->user_id, d->id);
	delete_by(tx, BY_EVENT_TYPE, d->event_type, d->id);
	delete_by(tx, BY_STATUS, d->status, d->id);
	tx_delete(tx, &KIND_DELIVERY, d);
}

enum err retention_drop_decide(struct command *command, struct tx *tx)
{
	struct retention_slice *cmd = (struct retention_slice *)command;
	assert(cmd->n_deliveries <= RETENTION_SLICE && cmd->n_events <= RETENTION_SLICE);
	for (size_t i = 0; i < cmd->n_deliveries; i++) {
		struct delivery d = {.id = cmd->deliveries[i]};
		enum err err = tx_get(tx, &KIND_DELIVERY, &d);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		/* It may have been queued again since the query. */
		if (err == ERR_OK && is_finished(&d) && d.finished_ms < cmd->before_ms)
			drop_delivery(tx, &d);
	}
	for (size_t i = 0; i < cmd->n_events; i++) {
		const struct event event = {.id = cmd->events[i]};
		tx_delete(tx, &KIND_EVENT, &event);
	}
	return ERR_OK;
}
