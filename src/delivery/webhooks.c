/*
 * Owns the reading of webhooks: at the start, and whenever another node may have changed them.
 * Never touches a row of a lane (lane.c). Called by scheduler.c and lane.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/webhook.h"
#include "core/webhook_health.h"
#include "scheduler_parts.h"

enum { START_PAGE = 64 };

/* Reads every webhook and, at the start, every removed webhook that still has due rows. */
struct start {
	struct command command;
	struct scheduler *scheduler;
	uint64_t from;
	struct webhook webhooks[START_PAGE];
	uint64_t failures[START_PAGE]; /* of each webhook, consecutive */
	size_t n;
	struct due orphan;
	bool finished;
	bool abandoned; /* the scheduler is closed */
	bool again;     /* the lanes are there: `failures` is not read */
	enum err err;
};

static enum err read_webhooks(struct command *command, struct tx *tx)
{
	struct start *start = (struct start *)command;
	const struct webhook from = {.id = start->from};
	struct tx_scan scan = {.from = &from, .max = START_PAGE, .records = start->webhooks};
	enum err err = tx_scan(tx, &KIND_WEBHOOK, &scan);
	start->n = scan.n;
	for (size_t i = 0; err == ERR_OK && !start->again && i < scan.n; i++) {
		struct webhook_health health;
		err = webhook_read_health(tx, &start->webhooks[i], &health);
		start->failures[i] = health.failures;
	}
	return err;
}

static void on_webhooks(struct command *command, enum err err)
{
	struct start *start = (struct start *)command;
	for (size_t i = 0; err == ERR_OK && i < start->n; i++) {
		struct lane *l = lanes_get(start->scheduler, start->webhooks[i].id);
		if (l == NULL)
			err = ERR_NO_MEMORY;
		else
			lane_configure(l, &start->webhooks[i]);
		if (l != NULL)
			lane_resume(l, start->failures[i]);
		start->from = start->webhooks[i].id + 1;
	}
	start->err = err;
	start->finished = true;
}

/* Reads the first due row of a webhook with an id of `from` or more. */
static enum err read_orphan(struct command *command, struct tx *tx)
{
	struct start *start = (struct start *)command;
	const struct due from = {.webhook_id = start->from};
	struct tx_scan scan = {.from = &from, .max = 1, .records = &start->orphan};
	enum err err = tx_scan(tx, &KIND_DUE, &scan);
	start->n = scan.n;
	return err;
}

static void on_orphan(struct command *command, enum err err)
{
	struct start *start = (struct start *)command;
	if (err == ERR_OK && start->n > 0) {
		if (lanes_get(start->scheduler, start->orphan.webhook_id) == NULL)
			err = ERR_NO_MEMORY;
		start->from = start->orphan.webhook_id + 1;
	}
	start->err = err;
	start->finished = true;
}

/* Repeats the query until it returns a page that is not full. */
static enum err read_pages(struct scheduler *s, struct start *start, command_decide_fn *decide,
			   command_done_fn *done, size_t full)
{
	start->from = 0;
	do {
		start->command = (struct command){.decide = decide, .done = done};
		start->finished = false;
		enum err err = store_query(s->config.store, &start->command);
		if (err != ERR_OK)
			return err;
		while (!start->finished)
			store_wait(s->config.store);
	} while (start->err == ERR_OK && start->n == full);
	return start->err;
}

enum err scheduler_read_start(struct scheduler *s)
{
	struct start *start = calloc(1, sizeof *start);
	if (start == NULL)
		return ERR_NO_MEMORY;
	start->scheduler = s;
	s->epoch = store_epoch(s->config.store);
	enum err err = read_pages(s, start, read_webhooks, on_webhooks, START_PAGE);
	if (err == ERR_OK)
		err = read_pages(s, start, read_orphan, on_orphan, 1);
	free(start);
	return err;
}

/* ---- with several nodes ---- */

static void read_next(struct start *start);

static void end_reading(struct start *start, bool complete)
{
	struct scheduler *s = start->scheduler;
	s->again = NULL;
	free(start);
	if (complete)
		lanes_forget_missing(&s->lanes, s->reading);
	else
		s->epoch = UINT64_MAX; /* the next turn begins again */
	loop_again(s->config.loop);
}

static void follow(struct scheduler *s, const struct webhook *webhook)
{
	struct lane *l = lanes_get(s, webhook->id);
	const struct lane_version version = lane_version(webhook);
	if (l == NULL)
		return; /* no memory: the next change of the configuration tries again */
	bool changed = !l->configured || memcmp(&l->version, &version, sizeof version) != 0;
	l->found_in = s->reading;
	if (changed)
		lane_configure(l, webhook);
}

static void on_read_again(struct command *command, enum err err)
{
	struct start *start = (struct start *)command;
	if (start->abandoned) {
		free(start);
		return;
	}
	for (size_t i = 0; err == ERR_OK && i < start->n; i++) {
		follow(start->scheduler, &start->webhooks[i]);
		start->from = start->webhooks[i].id + 1;
	}
	if (err != ERR_OK || start->n < START_PAGE)
		end_reading(start, err == ERR_OK);
	else
		read_next(start);
}

static void read_next(struct start *start)
{
	struct store *store = start->scheduler->config.store;
	start->command = (struct command){.decide = read_webhooks, .done = on_read_again};
	if (store_query(store, &start->command) != ERR_OK)
		end_reading(start, false);
	else
		loop_again(start->scheduler->config.loop);
}

void scheduler_read_again(struct scheduler *s)
{
	if (s->again != NULL || s->draining)
		return;
	s->again = calloc(1, sizeof *s->again);
	if (s->again == NULL)
		return;
	s->again->scheduler = s;
	s->again->again = true;
	s->epoch = store_epoch(s->config.store);
	s->reading++;
	read_next(s->again);
}

bool scheduler_is_behind(const struct scheduler *s)
{
	return leases_shared(s->config.leases) &&
	       (s->again != NULL || s->epoch != store_epoch(s->config.store));
}

void scheduler_follow_epoch(struct scheduler *s)
{
	if (scheduler_is_behind(s))
		scheduler_read_again(s);
}

/* The store may have the query: its `done` frees the reading. */
void scheduler_stop_reading(struct scheduler *s)
{
	if (s->again != NULL)
		s->again->abandoned = true;
	s->again = NULL;
}
