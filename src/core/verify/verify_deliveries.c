/*
 * Owns the checks of the outbox: events, deliveries, their indexes, chains and attempts. Never
 * walks the records. Called by verify.c.
 */
#include "verify_parts.h"

static bool is_pending(const struct delivery *d)
{
	return d->status == DELIVERY_PENDING;
}

/* Events keep no personal data of an erased user once the job has reached them. The users of tests
 * are made up. */
static enum err check_person(struct verifier *v, const struct event *event)
{
	struct user user = {.id = event->user_id};
	struct erasure erasure = {.user_id = event->user_id};
	if (user.id == 0 || event->test || event->first_name.n + event->email.n == 0)
		return ERR_OK;
	enum err err = tx_get(v->tx, &KIND_USER, &user);
	if (err == ERR_NOT_FOUND)
		err = tx_get(v->tx, &KIND_ERASURE, &erasure);
	if (err == ERR_NOT_FOUND)
		verify_report(v, "has personal data of an erased user");
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err check_event(struct verifier *v, const void *record)
{
	const struct event *event = record;
	verify_id(v, event->id);
	if (event->type < EVENT_USER_JOIN || event->type >= EVENT_TYPE_END)
		verify_report(v, "has a type that does not exist");
	if (event->previous_id == event->id)
		verify_report(v, "names itself as the previous event");
	return check_person(v, event);
}

/* ---- one delivery ---- */

static enum err check_rows(struct verifier *v, const struct delivery *d)
{
	const struct {
		struct delivery_by row;
		bool wanted;
		const char *missing;
	} rows[] = {
	    {{BY_WEBHOOK, d->webhook_id, d->id}, true, "is not in the list of its webhook"},
	    {{BY_USER, d->user_id, d->id}, d->user_id != 0, "is not in the list of its user"},
	    {{BY_EVENT_TYPE, d->event_type, d->id}, true, "is not in the list of its event type"},
	    {{BY_STATUS, d->status, d->id},
	     d->status != DELIVERY_DELIVERED,
	     "is not in the list of its status"},
	};
	const struct due due = {d->webhook_id, d->due_ms, d->id};
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < sizeof rows / sizeof *rows; i++)
		if (rows[i].wanted)
			err = verify_has(v, &KIND_DELIVERY_BY, &rows[i].row, rows[i].missing);
	if (err == ERR_OK && is_pending(d) && !d->waiting)
		err = verify_has(v, &KIND_DUE, &due,
				 "is pending, but has no due row: it would never be sent");
	return err;
}

/* The records from which a delivery is made. */
static enum err check_sources(struct verifier *v, const struct delivery *d)
{
	const struct event event = {.id = d->event_id};
	const struct webhook_revision revision = {.webhook_id = d->webhook_id,
						  .revision = d->revision};
	struct event_delivery of_event = {.event_id = d->event_id, .webhook_id = d->webhook_id};
	enum err err = verify_has(v, &KIND_EVENT, &event, "is about an event that does not exist");
	if (err == ERR_OK)
		err = verify_has(v, &KIND_WEBHOOK_REVISION, &revision,
				 "was made for a revision that does not exist");
	if (err == ERR_OK)
		err = verify_find(v, &KIND_EVENT_DELIVERY, &of_event,
				  "is missing from the index of its event");
	if (err == ERR_OK && of_event.delivery_id != d->id)
		verify_report(v, "is not the delivery that its event points to");
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A delivery that was cancelled while it waited: the chain leads through it. */
static bool keeps_place(const struct delivery *d)
{
	return d->status == DELIVERY_CANCELLED && d->waiting;
}

/* A pending delivery is in its chain: at the end, or before a delivery that waits. */
static enum err check_place(struct verifier *v, const struct delivery *d)
{
	struct chain chain = {.webhook_id = d->webhook_id, .user_id = d->chain_user_id};
	struct delivery next = {.id = d->next_id};
	if (d->waiting && (!d->chained || (!is_pending(d) && !keeps_place(d))))
		verify_report(v, "waits, but is not in a chain");
	if (!d->chained && is_pending(d) && d->next_id != 0)
		verify_report(v, "is not in a chain, but names a next delivery");
	if (!d->chained || !is_pending(d))
		return ERR_OK;
	enum err err = verify_find(v, &KIND_CHAIN, &chain, "is in a chain that does not exist");
	if (err != ERR_OK)
		return err;
	if ((chain.last_id == d->id) != (d->next_id == 0))
		verify_report(v, "is last in its chain but names a next delivery, or is not last "
				 "but names none");
	while (err == ERR_OK && next.id != 0) {
		err = verify_find(v, &KIND_DELIVERY, &next,
				  "names a next delivery that does not exist");
		if (!keeps_place(&next))
			break;
		next.id = next.next_id;
	}
	if (err == ERR_OK && next.id != 0 && (!is_pending(&next) || !next.waiting))
		verify_report(v, "names a next delivery that does not wait for it");
	return err;
}

static enum err check_delivery(struct verifier *v, const void *record)
{
	const struct delivery *d = record;
	verify_id(v, d->id);
	if (d->status < DELIVERY_PENDING || d->status > DELIVERY_CANCELLED ||
	    d->status == DELIVERY_HELD)
		verify_report(v, "has a status that is never stored");
	enum err err = check_sources(v, d);
	if (err == ERR_OK)
		err = check_rows(v, d);
	return err == ERR_OK ? check_place(v, d) : err;
}

/* ---- records that point to deliveries ---- */

static enum err find_delivery(struct verifier *v, uint64_t id, struct delivery *d)
{
	*d = (struct delivery){.id = id};
	return verify_find(v, &KIND_DELIVERY, d, "points to a delivery that does not exist");
}

static enum err check_due(struct verifier *v, const void *record)
{
	const struct due *due = record;
	struct delivery d;
	enum err err = find_delivery(v, due->delivery_id, &d);
	if (err == ERR_OK && (!is_pending(&d) || d.waiting))
		verify_report(v, "points to a delivery that has ended or waits for another one");
	else if (err == ERR_OK && (d.webhook_id != due->webhook_id || d.due_ms != due->due_ms))
		verify_report(v, "has another webhook or due time than its delivery");
	return err;
}

static enum err check_chain(struct verifier *v, const void *record)
{
	const struct chain *chain = record;
	struct delivery d;
	enum err err = find_delivery(v, chain->last_id, &d);
	if (err == ERR_OK &&
	    ((!is_pending(&d) && !keeps_place(&d)) || !d.chained ||
	     d.webhook_id != chain->webhook_id || d.chain_user_id != chain->user_id))
		verify_report(v, "ends with a delivery that is not in it");
	return err;
}

static enum err check_attempt(struct verifier *v, const void *record)
{
	const struct attempt *attempt = record;
	struct delivery d;
	enum err err = find_delivery(v, attempt->delivery_id, &d);
	if (err == ERR_OK && (attempt->number == 0 || attempt->number > d.attempts))
		verify_report(v,
			      "has a number that its delivery's count of attempts does not cover");
	return err;
}

static enum err check_event_delivery(struct verifier *v, const void *record)
{
	const struct event_delivery *row = record;
	struct delivery d;
	enum err err = find_delivery(v, row->delivery_id, &d);
	if (err == ERR_OK && (d.event_id != row->event_id || d.webhook_id != row->webhook_id))
		verify_report(v, "points to a delivery of another event or webhook");
	return err;
}

/* The walk over BY_WEBHOOK counts pending deliveries. */
static enum err end_deliveries_by(struct verifier *v)
{
	struct webhook_stats stats = {.webhook_id = v->group->number};
	if (v->group->by != BY_WEBHOOK)
		return ERR_OK;
	enum err err = tx_get(v->tx, &KIND_WEBHOOK_STATS, &stats);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		verify_compare(v, &KIND_WEBHOOK_STATS, &stats, "pending", stats.pending,
			       v->group->counted[0]);
	return err;
}

static enum err check_delivery_by(struct verifier *v, const void *record)
{
	const struct delivery_by *row = record;
	struct delivery d;
	enum err err = verify_enter_group(v, row->by, row->number, end_deliveries_by);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = find_delivery(v, row->delivery_id, &d);
	if (err != ERR_OK)
		return err;
	const uint64_t numbers[] = {
	    [BY_WEBHOOK] = d.webhook_id,
	    [BY_USER] = d.user_id,
	    [BY_EVENT_TYPE] = d.event_type,
	    [BY_STATUS] = d.status,
	};
	if (row->by == 0 || row->by >= sizeof numbers / sizeof *numbers)
		verify_report(v, "belongs to an index that does not exist");
	else if (numbers[row->by] != row->number)
		verify_report(v, "points to a delivery that belongs under another key");
	else
		v->group->counted[0] += is_pending(&d);
	return ERR_OK;
}

static enum err check_replay(struct verifier *v, const void *record)
{
	const struct replay *replay = record;
	verify_id(v, replay->id);
	return ERR_OK;
}

const struct verify_check VERIFY_DELIVERIES[] = {
    {&KIND_EVENT, check_event, NULL},
    {&KIND_DELIVERY, check_delivery, NULL},
    {&KIND_EVENT_DELIVERY, check_event_delivery, NULL},
    {&KIND_DELIVERY_BY, check_delivery_by, end_deliveries_by},
    {&KIND_DUE, check_due, NULL},
    {&KIND_CHAIN, check_chain, NULL},
    {&KIND_ATTEMPT, check_attempt, NULL},
    {&KIND_REPLAY, check_replay, NULL},
    {NULL, NULL, NULL},
};
