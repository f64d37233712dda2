/*
 * Owns the plan of a round: the nodes that are alive, the node's fair share of the lanes, and the
 * wish for each claim. Never talks to the store (leases.c). Called by leases.c.
 */
#include "round.h"

#include <stdlib.h>
#include <string.h>

bool round_keep(struct leases *l)
{
	struct lease *rows = array_room(l->rows, &l->rows_cap, l->n_rows + l->read.n, sizeof *rows);
	if (rows == NULL)
		return false;
	l->rows = rows;
	memcpy(l->rows + l->n_rows, l->read.rows, l->read.n * sizeof *rows);
	l->n_rows += l->read.n;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct lease *x = a, *y = b;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static const struct lease *find(const struct leases *l, const struct lease_claim *claim)
{
	const struct lease key = {.what = claim->what, .number = claim->number};
	return l->n_rows == 0 ? NULL : bsearch(&key, l->rows, l->n_rows, sizeof key, compare);
}

/* ---- the fair share ---- */

static bool add_node(struct leases *l, uint64_t node)
{
	uint64_t *alive = array_room(l->alive, &l->alive_cap, l->nodes + 1, sizeof *alive);
	if (alive != NULL)
		l->alive = alive;
	size_t *held = array_room(l->held, &l->held_cap, l->nodes + 1, sizeof *held);
	if (held != NULL)
		l->held = held;
	if (alive == NULL || held == NULL)
		return false;
	l->alive[l->nodes] = node;
	l->held[l->nodes++] = 0;
	return true;
}

/* In the order of their numbers, as all nodes see them. */
static bool list_nodes(struct leases *l, uint64_t now)
{
	uint64_t node = store_node(l->config.store);
	bool listed = false, room = true;
	l->nodes = 0;
	for (size_t i = 0; i < l->n_rows && l->rows[i].what == LEASE_NODE && room; i++) {
		const struct lease *row = &l->rows[i];
		if (!listed && row->number > node)
			listed = room = add_node(l, node);
		if (row->number == node || !lease_is_free(row, now))
			room = room && add_node(l, row->number);
		listed = listed || row->number == node;
	}
	return room && (listed || add_node(l, node));
}

static void count_held(struct leases *l, uint64_t now)
{
	for (size_t i = 0; i < l->n_rows; i++)
		for (size_t n = 0; n < l->nodes && l->rows[i].what == LEASE_LANE; n++)
			l->held[n] +=
			    l->rows[i].owner == l->alive[n] && !lease_is_free(&l->rows[i], now);
}

/* A node that drains has no share. */
static size_t share_of(const struct leases *l)
{
	uint64_t node = store_node(l->config.store);
	size_t lanes = 0, self = 0;
	for (const struct lease_claim *c = l->claims; c != NULL; c = c->next)
		lanes += c->what == LEASE_LANE;
	while (l->alive[self] != node)
		self++;
	return l->draining ? 0 : lease_share(lanes, l->held, l->nodes, self);
}

/* ---- wishes ---- */

/* Gives up the lanes above the share, so that a node that has fewer can take them. */
static void give_up(struct leases *l, size_t share)
{
	size_t held = 0;
	for (struct lease_claim *c = l->claims; c != NULL; c = c->next) {
		bool lane = c->what == LEASE_LANE && c->fence.fence != 0;
		if (l->draining || (lane && !c->leaving && !c->ending && held >= share))
			c->leaving = c->fence.fence != 0;
		held += lane && !c->leaving;
	}
}

static void add(struct leases *l, struct lease_claim *owner, struct lease_item item)
{
	l->owners[l->n_items] = owner;
	l->items[l->n_items++] = item;
}

static void wish(struct leases *l, struct lease_claim *c, size_t *held, size_t share, uint64_t now)
{
	struct lease_item item = {.what = c->what,
				  .number = c->number,
				  .fence = c->fence.fence,
				  .last_ms = LEASE_MS + c->step_ms};
	const struct lease *row = find(l, c);
	if (item.fence != 0) {
		bool release = c->leaving && !c->busy(c);
		item.wish = release ? LEASE_RELEASE : LEASE_RENEW;
	} else {
		bool wanted = c->what != LEASE_LANE || *held < share || (c->ending && row == NULL);
		if (l->draining || !wanted || (row != NULL && !lease_is_free(row, now)))
			return;
		item.wish = LEASE_TAKE;
		*held += c->what == LEASE_LANE;
	}
	add(l, c, item);
}

static bool make_room(struct leases *l)
{
	size_t n = 1 + l->n_ended;
	for (const struct lease_claim *c = l->claims; c != NULL; c = c->next)
		n++;
	struct lease_item *items = array_room(l->items, &l->items_cap, n, sizeof *items);
	if (items != NULL)
		l->items = items;
	struct lease_claim **owners = array_room(l->owners, &l->owners_cap, n, sizeof(*owners));
	if (owners != NULL)
		l->owners = owners;
	return items != NULL && owners != NULL;
}

/* The node's own lease comes first. A node that drains gives it up first of all, so that the others
 * count it out. */
static void wish_own(struct leases *l)
{
	add(l, NULL,
	    (struct lease_item){.wish = l->draining         ? LEASE_RELEASE
					: l->own_fence == 0 ? LEASE_TAKE
							    : LEASE_RENEW,
				.what = LEASE_NODE,
				.number = store_node(l->config.store),
				.fence = l->own_fence,
				.last_ms = LEASE_MS});
}

bool round_plan(struct leases *l, uint64_t now)
{
	size_t held = 0;
	l->n_items = 0;
	if (!make_room(l) || !list_nodes(l, now))
		return false;
	count_held(l, now);
	size_t share = share_of(l);
	wish_own(l);
	give_up(l, share);
	for (const struct lease_claim *c = l->claims; c != NULL; c = c->next)
		held += c->what == LEASE_LANE && c->fence.fence != 0 && !c->leaving;
	for (struct lease_claim *c = l->claims; c != NULL; c = c->next)
		wish(l, c, &held, share, now);
	l->ending = l->n_ended;
	for (size_t i = 0; i < l->ending; i++)
		add(l, NULL,
		    (struct lease_item){.wish = LEASE_END,
					.what = l->ended[i].what,
					.number = l->ended[i].number,
					.fence = l->ended[i].fence});
	return true;
}
