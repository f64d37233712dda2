/*
 * Owns the pace of replays and retention: when the next slice is taken. Never what a slice does
 * (core/replay.c, core/retention.c). Called by scheduler.c.
 */
#include "jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum {
	REPLAY_PENDING_MAX = 2000, /* a replay waits while its webhook has so much to send */
	REPLAY_WAIT_MS = 500,      /* ... and looks again after this */
	REPLAY_PACE_MS = 20,       /* between two slices: at most 3,200 events a second */
	RETENTION_PACE_MS = 20,    /* between two slices */
	RETENTION_EVERY_MS = 3600 * 1000,
	FAILED_WAIT_MS = 5000, /* after the store refused a slice */
};

struct replay_job {
	struct replay_read read;
	struct replay_step step;
	struct jobs *jobs;
	uint64_t replay_id; /* the one being worked on; 0: none */
	uint64_t next_ms;
	bool busy;
};

struct retention_job {
	struct retention_find find;
	struct retention_drop drop;
	struct jobs *jobs;
	uint64_t next_ms;
	bool busy;
};

struct jobs {
	struct scheduler_config config;
	struct replay_job replay;
	struct retention_job retention;
	bool changed;
	uint64_t *queue; /* ids of unfinished replays, in the order in which they came */
	size_t n, cap;
};

static uint64_t now_ms(const struct jobs *j)
{
	return loop_steady_ms(j->config.loop);
}

/* ---- replays: one after another ---- */

static void remove_first(struct jobs *j)
{
	j->n--;
	memmove(j->queue, j->queue + 1, j->n * sizeof *j->queue);
}

/* The first waits: those of other webhooks go on meanwhile. */
static void put_last(struct jobs *j)
{
	uint64_t first = j->queue[0];
	remove_first(j);
	j->queue[j->n++] = first;
}

void jobs_replay_changed(struct jobs *j, const struct replay *replay)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->queue[i] == replay->id)
			return;
	if (replay->finished_ms != 0)
		return;
	if (j->n == j->cap) {
		size_t cap = j->cap == 0 ? 16 : j->cap * 2;
		uint64_t *grown = realloc(j->queue, cap * sizeof *grown);
		if (grown == NULL)
			return; /* found again at the next start */
		j->queue = grown;
		j->cap = cap;
	}
	j->queue[j->n++] = replay->id;
	j->changed = true;
}

static void on_step(struct command *command, enum err err)
{
	struct replay_job *job =
	    (struct replay_job *)(void *)((char *)command - offsetof(struct replay_job, step));
	const struct replay *r = &job->step.replay;
	job->busy = false;
	job->jobs->changed = true;
	job->next_ms = now_ms(job->jobs) + (err == ERR_OK ? REPLAY_PACE_MS : FAILED_WAIT_MS);
	bool ended = err == ERR_NOT_FOUND || (err == ERR_OK && r->finished_ms != 0);
	if (!ended)
		return;
	remove_first(job->jobs);
	log_info("replay.finished", LOG_U64("replay_id", r->id), LOG_U64("queued", r->queued));
}

static void on_read(struct command *command, enum err err)
{
	struct replay_job *job =
	    (struct replay_job *)(void *)((char *)command - offsetof(struct replay_job, read));
	struct jobs *j = job->jobs;
	job->busy = false;
	j->changed = true;
	if (err == ERR_NOT_FOUND) {
		remove_first(j);
		return;
	}
	if (err != ERR_OK || job->read.pending > REPLAY_PENDING_MAX) {
		job->next_ms = now_ms(j) + REPLAY_WAIT_MS;
		put_last(j);
		return;
	}
	job->step = (struct replay_step){
	    .command = {.decide = replay_step_decide, .done = on_step},
	    .replay_id = job->read.id,
	    .first_event = job->read.first_event,
	    .now_ms = loop_unix_ms(j->config.loop),
	};
	job->busy = store_submit(j->config.store, &job->step.command) == ERR_OK;
}

static void run_replay(struct jobs *j)
{
	struct replay_job *job = &j->replay;
	/* Never beside a slice of retention, which may be about to drop the events it would
	 * queue. */
	if (job->busy || j->retention.busy || j->n == 0 || now_ms(j) < job->next_ms)
		return;
	job->read = (struct replay_read){.command = {.decide = replay_read_decide, .done = on_read},
					 .id = j->queue[0]};
	job->busy = store_query(j->config.store, &job->read.command) == ERR_OK;
}

/* ---- retention ---- */

static void on_dropped(struct command *command, enum err err)
{
	struct retention_job *job =
	    (struct retention_job *)(void *)((char *)command -
					     offsetof(struct retention_job, drop));
	job->busy = false;
	job->jobs->changed = true;
	job->next_ms = now_ms(job->jobs) + (err == ERR_OK ? RETENTION_PACE_MS : FAILED_WAIT_MS);
}

static void drop_found(struct retention_job *job)
{
	const struct retention_find *found = &job->find;
	struct retention_drop *drop = &job->drop;
	*drop = (struct retention_drop){
	    .command = {.decide = retention_drop_decide, .done = on_dropped},
	    .before_ms = found->before_ms,
	    .n_deliveries = found->n_deliveries,
	    .n_events = found->n_events,
	};
	memcpy(drop->deliveries, found->deliveries, sizeof drop->deliveries);
	memcpy(drop->events, found->events, sizeof drop->events);
	job->busy = store_submit(job->jobs->config.store, &drop->command) == ERR_OK;
}

static void on_found(struct command *command, enum err err)
{
	struct retention_job *job =
	    (struct retention_job *)(void *)((char *)command -
					     offsetof(struct retention_job, find));
	job->busy = false;
	job->jobs->changed = true;
	if (err != ERR_OK) {
		job->next_ms = now_ms(job->jobs) + FAILED_WAIT_MS;
	} else if (job->find.finished) {
		job->next_ms = now_ms(job->jobs) + RETENTION_EVERY_MS;
		job->find.next_delivery = job->find.next_event = 0;
	} else if (job->find.n_deliveries > 0 || job->find.n_events > 0) {
		drop_found(job);
	} else {
		job->next_ms = now_ms(job->jobs) + RETENTION_PACE_MS;
	}
}

static void run_retention(struct jobs *j)
{
	struct retention_job *job = &j->retention;
	if (job->busy || j->replay.busy || j->config.retention_ms == 0 || now_ms(j) < job->next_ms)
		return;
	job->find.command = (struct command){.decide = retention_find_decide, .done = on_found};
	uint64_t believed_ms = loop_believed_ms(j->config.loop);
	job->find.before_ms =
	    believed_ms > j->config.retention_ms ? believed_ms - j->config.retention_ms : 0;
	job->busy = store_query(j->config.store, &job->find.command) == ERR_OK;
}

/* ---- both ---- */

struct jobs *jobs_open(const struct scheduler_config *config)
{
	struct jobs *j = calloc(1, sizeof *j);
	if (j == NULL)
		return NULL;
	j->config = *config;
	j->replay.jobs = j->retention.jobs = j;
	/* Not in the first seconds of a start, which have better things to do. */
	j->retention.next_ms = now_ms(j) + FAILED_WAIT_MS;
	j->changed = true;
	return j;
}

void jobs_close(struct jobs *j)
{
	if (j == NULL)
		return;
	free(j->queue);
	free(j);
}

void jobs_turn(struct jobs *j)
{
	j->changed = false;
	run_replay(j);
	run_retention(j);
}

bool jobs_changed(const struct jobs *j)
{
	return j->changed;
}

bool jobs_idle(const struct jobs *j)
{
	return !j->replay.busy && !j->retention.busy;
}

uint64_t jobs_next_ms(const struct jobs *j)
{
	uint64_t next_ms = 0;
	if (j->n > 0 && !j->replay.busy)
		next_ms = j->replay.next_ms != 0 ? j->replay.next_ms : now_ms(j);
	if (j->config.retention_ms != 0 && !j->retention.busy &&
	    (next_ms == 0 || j->retention.next_ms < next_ms))
		next_ms = j->retention.next_ms;
	return next_ms;
}
