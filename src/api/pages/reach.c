/*
 * Owns the views that are not written yet: one table counts views while the other table is
 * written. Never decides what a view is. Called by join_get.c; api.c opens and closes it.
 */
#include "reach.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "core/reach.h"

enum { SLOTS = 2 * REACH_LINKS_MAX };

struct table {
	struct reach_views rows[SLOTS]; /* open addressing; a row with 0 views is free */
	size_t used;
};

struct reach {
	struct store *store;
	struct event *timer;
	struct reach_add add; /* the command that writes the other table */
	struct table tables[2];
	struct table *counting; /* the table that counts views */
	bool busy;              /* the store has `add` */
	bool draining;
};

static struct table *other_table(struct reach *r)
{
	return &r->tables[r->counting == &r->tables[0]];
}

/* Writes the counted views, unless a write is under way. A table whose write failed goes first. */
static void flush(struct reach *r)
{
	struct table *full = other_table(r);
	if (r->busy || full->used + r->counting->used == 0)
		return;
	if (full->used == 0) {
		struct table *empty = full;
		full = r->counting;
		r->counting = empty;
	}
	r->add.rows = full->rows;
	r->busy = store_submit(r->store, &r->add.command) == ERR_OK;
}

static void wait_for_more(struct reach *r)
{
	const struct timeval wait = {.tv_sec = REACH_FLUSH_S};
	if (!evtimer_pending(r->timer, NULL))
		(void)evtimer_add(r->timer, &wait); /* if this fails, the next view tries again */
}

static void on_added(struct command *command, enum err err)
{
	struct reach *r = (struct reach *)(void *)((char *)command - offsetof(struct reach, add));
	struct table *written = other_table(r);
	assert(r->busy && r->add.rows == written->rows);
	r->busy = false;
	if (err == ERR_OK)
		memset(written, 0, sizeof *written);
	if (err == ERR_OK && (r->draining || r->counting->used == REACH_LINKS_MAX))
		flush(r);
	else if (written->used + r->counting->used > 0)
		wait_for_more(r);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct reach *r = arg;
	(void)fd;
	(void)what;
	flush(r);
	if (!r->busy && r->counting->used > 0)
		wait_for_more(r); /* the store's queue is full */
}

enum err reach_open(struct loop *loop, struct store *store, struct reach **out)
{
	struct reach *r = calloc(1, sizeof *r);
	if (r == NULL)
		return ERR_NO_MEMORY;
	r->store = store;
	r->counting = &r->tables[0];
	r->add = (struct reach_add){.command = {.decide = reach_add_decide, .done = on_added},
				    .n = SLOTS};
	r->timer = evtimer_new(loop_events(loop), on_timer, r);
	if (r->timer == NULL) {
		free(r);
		return ERR_NO_MEMORY;
	}
	*out = r;
	return ERR_OK;
}

/* The row of the link, or a free row; NULL if the table is full. */
static struct reach_views *find_row(struct table *t, uint64_t user_id, uint64_t campaign_id)
{
	uint64_t spread = (user_id ^ ~campaign_id) * 0x9e3779b97f4a7c15u;
	for (size_t i = spread >> 32 & (SLOTS - 1);; i = (i + 1) & (SLOTS - 1)) {
		struct reach_views *row = &t->rows[i];
		if (row->views == 0)
			return t->used < REACH_LINKS_MAX ? row : NULL;
		if (row->user_id == user_id && row->campaign_id == campaign_id)
			return row;
	}
}

void reach_count(struct reach *r, uint64_t user_id, uint64_t campaign_id)
{
	if (user_id != 0)
		campaign_id = 0;
	struct reach_views *row = find_row(r->counting, user_id, campaign_id);
	if (row == NULL)
		return;
	r->counting->used += row->views == 0;
	assert(r->counting->used <= REACH_LINKS_MAX);
	row->user_id = user_id;
	row->campaign_id = campaign_id;
	row->views++;
	if (r->draining || r->counting->used == REACH_LINKS_MAX)
		flush(r);
	else
		wait_for_more(r);
}

void reach_drain(struct reach *r)
{
	r->draining = true;
	flush(r);
}

void reach_close(struct reach *r)
{
	if (r == NULL)
		return;
	event_free(r->timer);
	free(r);
}
