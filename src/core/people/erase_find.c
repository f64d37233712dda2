/*
 * Owns the search for the records that an erased user left behind: their order, and how far the
 * search has come. Never changes them (erase_job.c). Called by the upkeep room.
 */
#include "core/erase.h"

#include <string.h>

#include "core/id_list.h"
#include "core/reward_records.h"

enum { ANSWERS_LOOK_MAX = 1024 /* in one query: well under a millisecond */ };

static void enter(struct erasure *e, enum erase_phase phase, uint64_t next)
{
	e->phase = phase;
	e->next = next;
}

/* Begins with the newest event of the user whose deliveries are done. */
static enum err begin_events(struct erase_slice *s, struct tx *tx)
{
	struct erasure *e = &s->erasure;
	struct user person = {.id = e->person_id};
	if (e->person_id == e->user_id) {
		enter(e, ERASE_EVENTS, e->last_event_id);
		return ERR_OK;
	}
	enum err err = tx_get(tx, &KIND_USER, &person);
	enter(e, ERASE_EVENTS, person.last_event_id);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err find_deliveries(struct erase_slice *s, struct tx *tx)
{
	struct erasure *e = &s->erasure;
	const struct delivery_by from = {BY_USER, e->person_id, e->next};
	struct delivery_by rows[ERASE_SLICE] = {{0}};
	struct tx_scan scan = {.from = &from, .prefix = 2, .max = ERASE_SLICE, .records = rows};
	enum err err = tx_scan(tx, &KIND_DELIVERY_BY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		struct delivery d = {.id = rows[i].delivery_id};
		if (s->work >= ERASE_SLICE)
			return ERR_OK;
		err = tx_get(tx, &KIND_DELIVERY, &d);
		if (err == ERR_OK || err == ERR_NOT_FOUND) {
			s->deliveries[s->n_deliveries++] = d.id;
			s->work += 2 + d.attempts;
			e->next = d.id + 1;
			err = ERR_OK;
		}
	}
	return err == ERR_OK && scan.n < ERASE_SLICE ? begin_events(s, tx) : err;
}

/* Follows the chain of events as far as retention has kept it. */
static enum err find_events(struct erase_slice *s, struct tx *tx)
{
	struct erasure *e = &s->erasure;
	while (e->next != 0 && s->work < ERASE_SLICE) {
		struct event event = {.id = e->next};
		enum err err = tx_get(tx, &KIND_EVENT, &event);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		s->events[s->n_events++] = event.id;
		s->work++;
		e->next = event.previous_id;
	}
	if (e->next == 0)
		enter(e, e->person_id == e->user_id ? ERASE_REWARDS : ERASE_REFERRED, 0);
	return ERR_OK;
}

static enum err find_rewards(struct erase_slice *s, struct tx *tx)
{
	struct erasure *e = &s->erasure;
	const struct reward_by from = {REWARDS_BY_USER, e->user_id, e->next};
	struct reward_by rows[ERASE_SLICE] = {{0}};
	struct tx_scan scan = {
	    .from = &from, .prefix = 2, .max = ERASE_SLICE - s->work, .records = rows};
	enum err err = tx_scan(tx, &KIND_REWARD_BY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		s->rewards[s->n_rewards++] = rows[i].reward_id;
		s->work++;
		e->next = rows[i].reward_id + 1;
	}
	if (err == ERR_OK && scan.n < scan.max) {
		enter(e, ERASE_REFERRED, 0);
		e->person_id = 0;
	}
	return err;
}

static enum err find_referred(struct erase_slice *s, struct tx *tx)
{
	struct erasure *e = &s->erasure;
	const struct user_by from = {USERS_OF_REFERRER, e->user_id, e->person_id + 1};
	struct user_by row = {0};
	struct tx_scan scan = {.from = &from, .prefix = 2, .max = 1, .records = &row};
	enum err err = tx_scan(tx, &KIND_USER_BY, &scan);
	if (err != ERR_OK)
		return err;
	s->work++;
	e->person_id = scan.n > 0 ? row.user_id : 0;
	enter(e, scan.n > 0 ? ERASE_DELIVERIES : ERASE_ORDERS, 0);
	return ERR_OK;
}

static void keep_hash(struct text hash, uint8_t out[ERASE_HASH])
{
	memcpy(out, hash.p, hash.n < ERASE_HASH ? hash.n : ERASE_HASH);
}

/* The command removes the refunds and orders that were found, so the next search starts at the
 * first row again. */
static enum err find_refunds(struct erase_slice *s, struct tx *tx)
{
	const struct refund from = {.user_id = s->erasure.user_id};
	struct refund rows[ERASE_SLICE];
	struct tx_scan scan = {
	    .from = &from, .prefix = 1, .max = ERASE_SLICE - s->work, .records = rows};
	enum err err = tx_scan(tx, &KIND_REFUND, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		s->refunds[s->n_refunds].total_e4 = rows[i].total_e4;
		keep_hash(rows[i].hash, s->refunds[s->n_refunds++].hash);
	}
	s->work += scan.n;
	if (err == ERR_OK && scan.n < scan.max)
		enter(&s->erasure, ERASE_ANSWERS, 0);
	return err;
}

static enum err find_orders(struct erase_slice *s, struct tx *tx)
{
	const struct order from = {.user_id = s->erasure.user_id};
	struct order rows[ERASE_SLICE];
	struct tx_scan scan = {
	    .from = &from, .prefix = 1, .max = ERASE_SLICE - s->work, .records = rows};
	enum err err = tx_scan(tx, &KIND_ORDER, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		keep_hash(rows[i].hash, s->orders[s->n_orders++]);
	s->work += scan.n;
	if (err == ERR_OK && scan.n < scan.max)
		enter(&s->erasure, ERASE_REFUNDS, 0);
	return err;
}

/* The chance that two hashes have the same first half is negligible. */
static uint64_t first_half(struct text hash)
{
	return hash.n < ID_LIST_ENTRY ? 0 : id_list_at(hash, 0);
}

/* Stored responses have no index by user: the job looks at all of them, many at a time. */
static enum err find_answers(struct erase_slice *s, struct tx *tx)
{
	struct erasure *e = &s->erasure;
	struct idempotency *rows = arena_alloc(tx_arena(tx), ANSWERS_LOOK_MAX * sizeof *rows);
	char half[ID_LIST_ENTRY];
	id_list_write(e->next, half);
	const struct idempotency from = {.hash = text_from(half, sizeof half)};
	struct tx_scan scan = {.from = &from, .max = ANSWERS_LOOK_MAX, .records = rows};
	if (rows == NULL)
		return ERR_NO_MEMORY;
	enum err err = tx_scan(tx, &KIND_IDEMPOTENCY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n && s->n_answers < ERASE_SLICE; i++) {
		e->next = first_half(rows[i].hash) + 1;
		if (rows[i].user_id == e->user_id)
			keep_hash(rows[i].hash, s->answers[s->n_answers++]);
	}
	s->work = ERASE_SLICE; /* enough for one slice */
	s->finished = s->n_answers < ERASE_SLICE && (scan.n < ANSWERS_LOOK_MAX || e->next == 0);
	return err;
}

enum err erase_find_decide(struct command *command, struct tx *tx)
{
	static enum err (*const find[])(struct erase_slice *, struct tx *) = {
	    [ERASE_DELIVERIES] = find_deliveries, [ERASE_EVENTS] = find_events,
	    [ERASE_REWARDS] = find_rewards,       [ERASE_REFERRED] = find_referred,
	    [ERASE_ORDERS] = find_orders,         [ERASE_ANSWERS] = find_answers,
	    [ERASE_REFUNDS] = find_refunds,
	};
	struct erase_slice *s = (struct erase_slice *)command;
	const struct erasure first = {0};
	struct tx_scan scan = {.from = &first, .max = 1, .records = &s->erasure};
	enum err err = tx_scan(tx, &KIND_ERASURE, &scan);
	s->slice.n = scan.n;
	s->n_deliveries = s->n_events = s->n_rewards = s->n_orders = s->n_refunds = s->n_answers =
	    s->work = 0;
	s->finished = false;
	if (err == ERR_OK && scan.n > 0 && s->erasure.phase >= sizeof find / sizeof *find)
		return ERR_FORMAT; /* written by a newer referd */
	while (err == ERR_OK && scan.n > 0 && !s->finished && s->work < ERASE_SLICE)
		err = find[s->erasure.phase](s, tx);
	return err;
}
