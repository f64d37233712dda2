/*
 * Owns replays: the choice of the events of a period that go to a webhook again. Never sends.
 * Called by the API (start) and the upkeep room (slices).
 */
#include "core/replay.h"

#include <stddef.h>

#include "core/delivery.h"
#include "core/records/id_bounds.h"
#include "core/webhook.h"
#include "event.h"

enum err replay_start_decide(struct command *command, struct tx *tx)
{
	struct replay_start *cmd = (struct replay_start *)command;
	struct webhook webhook = {.id = cmd->replay.webhook_id};
	struct replay made = {0};
	enum err err =
	    idempotency_find_object(tx, &cmd->key, cmd->replay.created_ms, &KIND_REPLAY, &made);
	if (err == ERR_OK)
		cmd->replay = made;
	if (err != ERR_NOT_FOUND)
		return err;
	err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK)
		return err;
	cmd->replay.id = tx_next_id(tx, &KIND_REPLAY);
	tx_put(tx, &KIND_REPLAY, &cmd->replay);
	idempotency_keep_object(tx, &cmd->key, cmd->replay.created_ms, cmd->replay.id);
	return ERR_OK;
}

static bool in_time(const struct replay *r, const struct event *event)
{
	return event->at_ms >= r->since_ms && (r->until_ms == 0 || event->at_ms < r->until_ms);
}

/* An event whose user is being erased is not sent again. */
static enum err is_gone(struct tx *tx, const struct event *event, bool *gone)
{
	struct erasure erasure = {.user_id = event->user_id};
	enum err err = tx_get(tx, &KIND_ERASURE, &erasure);
	*gone = event->erased || err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* What a replay does with an event. */
struct choice {
	enum { LEAVE, CREATE, REQUEUE } what;
	bool exists; /* the event is there */
	struct event event;
	struct delivery delivery; /* to queue again */
};

static bool wants_status(const struct replay *r, uint64_t status)
{
	return (r->statuses >> status & 1) != 0 && status != DELIVERY_PENDING;
}

static enum err choose(struct tx *tx, const struct replay *r, const struct webhook *webhook,
		       uint64_t event_id, struct choice *c)
{
	*c = (struct choice){.event = {.id = event_id}};
	enum err err = tx_get(tx, &KIND_EVENT, &c->event);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	c->exists = true;
	if (c->event.test != 0 || !in_time(r, &c->event) || !event_is_for(&c->event, webhook))
		return ERR_OK;
	bool gone;
	if ((err = is_gone(tx, &c->event, &gone)) != ERR_OK || gone)
		return err;
	struct event_delivery known = {event_id, webhook->id, 0};
	err = tx_get(tx, &KIND_EVENT_DELIVERY, &known);
	if (err == ERR_NOT_FOUND && (r->statuses & REPLAY_MISSING) != 0)
		c->what = CREATE;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	c->delivery.id = known.delivery_id;
	err = tx_get(tx, &KIND_DELIVERY, &c->delivery);
	if (err == ERR_OK && wants_status(r, c->delivery.status))
		c->what = REQUEUE;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Handles one event: creates its delivery to the webhook, queues it again, or leaves it alone. */
static enum err look_at(struct replay_slice *cmd, struct tx *tx, const struct webhook *webhook,
			uint64_t event_id)
{
	struct replay *r = &cmd->replay;
	struct choice c;
	enum err err = choose(tx, r, webhook, event_id, &c);
	if (err != ERR_OK)
		return err;
	r->looked_at += c.exists;
	r->queued += c.what != LEAVE;
	if (c.what == REQUEUE)
		return delivery_requeue(tx, &c.delivery, cmd->slice.now_ms);
	if (c.what == LEAVE)
		return ERR_OK;
	/* The time of the delivery, which is due now, and not when the event happened. */
	c.event.at_ms = cmd->slice.now_ms;
	return delivery_create(tx, webhook, &c.event);
}

enum err replay_step_decide(struct command *command, struct tx *tx)
{
	struct replay_slice *cmd = (struct replay_slice *)command;
	struct replay *r = &cmd->replay;
	*r = (struct replay){.id = cmd->replay_id};
	enum err err = tx_get(tx, &KIND_REPLAY, r);
	if (err != ERR_OK || r->finished_ms != 0)
		return err;
	struct webhook webhook = {.id = r->webhook_id};
	err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (r->last_event == 0)
		r->last_event = cmd->last_event;
	if (r->next_event < cmd->first_event)
		r->next_event = cmd->first_event;
	bool gone = err == ERR_NOT_FOUND;
	for (int i = 0; i < REPLAY_STEP && !gone && r->next_event <= r->last_event; i++)
		if ((err = look_at(cmd, tx, &webhook, r->next_event++)) != ERR_OK)
			return err;
	if (gone || r->next_event > r->last_event)
		r->finished_ms = cmd->slice.now_ms;
	tx_put(tx, &KIND_REPLAY, r);
	return ERR_OK;
}

/* Finds the next event of the replay, and its last event. Ids have gaps, so the next event may be
 * far away. An event that is stored after the replay began is not part of it: its deliveries are
 * created with it. */
static enum err find_bounds(struct tx *tx, const struct replay *r, uint64_t *first, uint64_t *last)
{
	uint64_t next;
	enum err err = ERR_OK;
	*first = r->next_event;
	*last = r->last_event;
	if (r->next_event == 0)
		err = id_since(tx, &KIND_EVENT, offsetof(struct event, at_ms), r->since_ms, first);
	if (err == ERR_OK && r->last_event == 0)
		err = id_newest(tx, &KIND_EVENT, last);
	if (err == ERR_OK)
		err = id_next(tx, &KIND_EVENT, *first, &next);
	if (err == ERR_OK)
		*first = next != 0 ? next : *last + 1;
	return err;
}

/* Looks at one step of events, and counts in *plan. */
static enum err plan_step(struct tx *tx, const struct webhook *webhook, struct replay_plan *plan)
{
	enum err err = ERR_OK;
	for (int i = 0; err == ERR_OK && i < REPLAY_STEP; i++) {
		struct choice c;
		plan->ended = plan->next_event > plan->last_event;
		plan->more = !plan->ended && plan->looked_at == REPLAY_PLAN_MAX;
		if (plan->ended || plan->more)
			return ERR_OK;
		err = choose(tx, &plan->replay, webhook, plan->next_event++, &c);
		plan->looked_at++;
		plan->queued += err == ERR_OK && c.what != LEAVE;
	}
	return err;
}

/* A query whose read is pending runs again from the start, so the counts of this step are kept only
 * if the whole step worked. */
enum err replay_plan_decide(struct command *command, struct tx *tx)
{
	struct replay_plan *plan = (struct replay_plan *)command;
	struct replay_plan next = *plan;
	struct webhook webhook = {.id = plan->replay.webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err == ERR_OK && next.next_event == 0) {
		err = find_bounds(tx, &next.replay, &next.next_event, &next.last_event);
	}
	if (err == ERR_OK)
		err = plan_step(tx, &webhook, &next);
	if (err != ERR_OK)
		return err;
	next.command = plan->command;
	*plan = next;
	return ERR_OK;
}

static enum err is_ready(struct tx *tx, const struct replay *r, bool *ready)
{
	struct webhook_stats stats;
	enum err err = webhook_read_stats(tx, r->webhook_id, &stats);
	*ready = stats.pending <= REPLAY_PENDING_MAX;
	return err;
}

static enum err take_turn(struct replay_slice *s, struct tx *tx, const struct replay *r)
{
	enum err err = find_bounds(tx, r, &s->first_event, &s->last_event);
	if (err != ERR_OK)
		return err;
	s->look_at = s->replay_id = r->id;
	s->slice.n = 1;
	return ERR_OK;
}

/* No replay of this page can continue: decides where and when the query looks again. */
static void look_on(struct replay_slice *s, uint64_t after_page, bool more)
{
	if (more) {
		s->look_at = after_page;
		s->slice.look_again_ms = SLICE_SOON_MS;
	} else if (s->first_waiting != 0) {
		s->look_at = s->first_waiting;
		s->first_waiting = 0;
		s->slice.look_again_ms = REPLAY_WAIT_MS;
	} else {
		s->look_at = after_page; /* every replay before it is finished */
	}
}

enum err replay_find_decide(struct command *command, struct tx *tx)
{
	struct replay_slice *s = (struct replay_slice *)command;
	struct replay *page = arena_alloc(tx_arena(tx), REPLAY_LOOK_MAX * sizeof *page);
	const struct replay from = {.id = s->look_at};
	uint64_t after_page = s->look_at;
	if (page == NULL)
		return ERR_NO_MEMORY;
	struct tx_scan scan = {.from = &from, .max = REPLAY_LOOK_MAX, .records = page};
	enum err err = tx_scan(tx, &KIND_REPLAY, &scan);
	s->slice.n = 0;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		bool ready;
		after_page = page[i].id + 1;
		if (page[i].finished_ms != 0)
			continue;
		if ((err = is_ready(tx, &page[i], &ready)) == ERR_OK && ready)
			return take_turn(s, tx, &page[i]);
		if (err == ERR_OK && s->first_waiting == 0)
			s->first_waiting = page[i].id;
	}
	if (err == ERR_OK)
		look_on(s, after_page, scan.n == REPLAY_LOOK_MAX);
	return err;
}
