/*
 * Owns the leases of this node: the claims, the time of the next round, and what a round has
 * changed. Never decides who may have a lease (core/lease.h) or which leases a node wants
 * (round.c). Called by the loop, through its hook, and by the rooms that own claims.
 */
#include "lease/leases.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "round.h"

enum { HURRY_MS = 25 }; /* to the next round while leases wait to be released */

static uint64_t now_ms(const struct leases *l)
{
	return loop_steady_ms(l->config.loop);
}

/* ---- claims ---- */

bool leases_shared(const struct leases *l)
{
	return l != NULL && l->shared;
}

bool lease_held(const struct lease_claim *claim, uint64_t now, uint64_t ms)
{
	return claim->until_ms > now + ms && !claim->leaving;
}

void leases_add(struct leases *l, struct lease_claim *claim)
{
	if (!leases_shared(l)) {
		claim->until_ms = UINT64_MAX;
		return;
	}
	claim->until_ms = 0;
	claim->fence = (struct lease_fence){0};
	claim->next = l->claims;
	l->claims = claim;
	l->next_ms = now_ms(l);
	loop_again(l->config.loop);
}

static bool note_end(struct leases *l, const struct lease_fence *fence)
{
	struct lease_fence *ended =
	    array_room(l->ended, &l->ended_cap, l->n_ended + 1, sizeof *ended);
	if (ended == NULL)
		return false; /* the lease expires, and another node finds that nothing is left */
	l->ended = ended;
	l->ended[l->n_ended++] = *fence;
	return true;
}

void leases_remove(struct leases *l, struct lease_claim *claim, bool ended)
{
	if (!leases_shared(l))
		return;
	struct lease_claim **link = &l->claims;
	while (*link != claim)
		link = &(*link)->next;
	*link = claim->next;
	for (size_t i = 0; i < l->n_items; i++)
		if (l->owners[i] == claim)
			l->owners[i] = NULL;
	if (ended && claim->fence.fence != 0)
		(void)note_end(l, &claim->fence);
}

static void lose(struct lease_claim *claim)
{
	claim->fence = (struct lease_fence){0};
	claim->until_ms = 0;
	claim->leaving = false;
	claim->changed(claim);
}

void leases_lost(struct leases *l, const struct lease_fence *fence)
{
	for (struct lease_claim *c = l->claims; c != NULL; c = c->next)
		if (memcmp(&c->fence, fence, sizeof *fence) == 0) {
			lose(c);
			return;
		}
}

/* ---- a round: read, plan, change ---- */

static void end_round(struct leases *l, uint64_t wait_ms)
{
	l->busy = false;
	l->n_items = 0;
	l->next_ms = now_ms(l) + wait_ms;
}

static void fail_round(struct leases *l, enum err err)
{
	log_warn("leases.failed", LOG_STR("error", err_name(err)));
	end_round(l, LEASE_RENEW_MS);
}

static bool is_leaving(const struct leases *l)
{
	bool leaving = l->draining;
	for (const struct lease_claim *c = l->claims; c != NULL && !leaving; c = c->next)
		leaving = c->leaving;
	return leaving;
}

/* The owner counts the time from before it asked, and ends a margin earlier than the record. */
static void settle(struct leases *l, struct lease_claim *claim, const struct lease_item *item)
{
	bool owned = claim->fence.fence != 0, lapsed = claim->until_ms <= now_ms(l);
	if (item->got == 0) {
		if (owned)
			lose(claim);
		return;
	}
	claim->fence = (struct lease_fence){item->what, item->number, item->got};
	claim->until_ms = l->asked_ms + item->last_ms - LEASE_MARGIN_MS;
	if (!owned || lapsed)
		claim->changed(claim);
}

static void on_changed(struct command *command, enum err err)
{
	struct leases *l =
	    (struct leases *)(void *)((char *)command - offsetof(struct leases, change));
	if (err != ERR_OK) {
		fail_round(l, err);
		return;
	}
	l->n_ended -= l->ending;
	if (l->n_ended > 0)
		memmove(l->ended, l->ended + l->ending, l->n_ended * sizeof *l->ended);
	l->own_fence = l->items[0].got;
	/* `changed` may remove its claim. */
	for (size_t i = 1; i < l->n_items; i++)
		if (l->owners[i] != NULL)
			settle(l, l->owners[i], &l->items[i]);
	end_round(l, is_leaving(l) ? HURRY_MS : LEASE_RENEW_MS);
}

static void change(struct leases *l)
{
	l->asked_ms = now_ms(l);
	uint64_t database_ms = store_now_ms(l->config.store, l->asked_ms);
	enum err err = round_plan(l, database_ms) ? ERR_OK : ERR_NO_MEMORY;
	l->change = (struct lease_change){
	    .command = {.decide = lease_change_decide, .done = on_changed},
	    .items = l->items,
	    .n = l->n_items,
	    .now_ms = database_ms,
	};
	if (err == ERR_OK)
		err = store_submit(l->config.store, &l->change.command);
	if (err != ERR_OK)
		fail_round(l, err);
	else
		loop_again(l->config.loop);
}

static void read_page(struct leases *l);

static void on_read(struct command *command, enum err err)
{
	struct leases *l =
	    (struct leases *)(void *)((char *)command - offsetof(struct leases, read));
	if (err == ERR_OK && !round_keep(l))
		err = ERR_NO_MEMORY;
	if (err != ERR_OK)
		fail_round(l, err);
	else if (l->read.n == LEASE_PAGE)
		read_page(l);
	else
		change(l);
}

static void read_page(struct leases *l)
{
	l->read.command = (struct command){.decide = lease_read_decide, .done = on_read};
	l->read.after = l->n_rows == 0 ? (struct lease){0} : l->rows[l->n_rows - 1];
	enum err err = store_query(l->config.store, &l->read.command);
	if (err != ERR_OK)
		fail_round(l, err);
	else
		loop_again(l->config.loop);
}

static void begin_round(struct leases *l)
{
	l->busy = true;
	l->n_rows = 0;
	read_page(l);
}

/* ---- time ---- */

uint64_t leases_next_ms(const struct leases *l)
{
	return !leases_shared(l) || l->busy || leases_drained(l) ? 0 : l->next_ms;
}

static void on_turn(void *arg)
{
	struct leases *l = arg;
	uint64_t at_ms = leases_next_ms(l), now = now_ms(l);
	if (at_ms == 0)
		return;
	if (at_ms <= now) {
		begin_round(l);
		return;
	}
	const struct timeval wait = {.tv_sec = (time_t)((at_ms - now) / 1000),
				     .tv_usec = (suseconds_t)((at_ms - now) % 1000 * 1000)};
	if (l->timer_at_ms == at_ms)
		return;
	l->timer_at_ms = at_ms;
	if (evtimer_add(l->timer, &wait) == 0)
		return;
	l->timer_at_ms = 0; /* no memory for the timer: the next turn tries again */
	loop_again(l->config.loop);
}

/* The timer only wakes the loop: on_turn does the work. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct leases *l = arg;
	(void)fd;
	(void)what;
	l->timer_at_ms = 0;
}

/* ---- opening and closing ---- */

enum err leases_open(const struct leases_config *config, struct leases **out)
{
	struct leases *l = calloc(1, sizeof *l);
	if (l == NULL)
		return ERR_NO_MEMORY;
	l->config = *config;
	l->shared = store_shared(config->store) && store_node(config->store) != 0;
	l->nodes = 1;
	*out = l;
	if (!l->shared)
		return ERR_OK;
	l->timer = evtimer_new(loop_events(config->loop), on_timer, l);
	if (l->timer == NULL) {
		free(l);
		return ERR_NO_MEMORY;
	}
	l->next_ms = now_ms(l);
	loop_add_hook(config->loop, on_turn, l);
	loop_again(config->loop);
	return ERR_OK;
}

void leases_close(struct leases *l)
{
	if (l == NULL)
		return;
	if (l->timer != NULL)
		event_free(l->timer);
	free(l->rows);
	free(l->items);
	free(l->owners);
	free(l->ended);
	free(l->alive);
	free(l->held);
	free(l);
}

size_t leases_nodes(const struct leases *l)
{
	return leases_shared(l) ? l->nodes : 1;
}

void leases_drain(struct leases *l)
{
	if (!leases_shared(l) || l->draining)
		return;
	l->draining = true;
	l->next_ms = now_ms(l);
	loop_again(l->config.loop);
}

bool leases_drained(const struct leases *l)
{
	if (!leases_shared(l))
		return true;
	bool held = l->own_fence != 0 || l->busy;
	for (const struct lease_claim *c = l->claims; c != NULL && !held; c = c->next)
		held = c->fence.fence != 0;
	return l->draining && !held;
}
