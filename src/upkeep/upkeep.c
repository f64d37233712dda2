/* Owns the pace of background work: the choice of the next job, the time of the next slice. Never
 * does the work of a slice (core). Called by the loop, through its hook, and by the store. */
#include "upkeep/upkeep.h"

#include <assert.h>
#include <event2/event.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "pools.h"

#define NS_PER_MS UINT64_C(1000000)

struct job {
	const struct upkeep_job *is;
	struct upkeep *upkeep;
	struct slice *slice;
	uint64_t next_ns; /* when its next slice begins; UINT64_MAX: not before this one ends */
	uint64_t rest_until_ns; /* ... but not before its pace allows */
};

struct upkeep {
	struct upkeep_config config;
	struct pools pools;
	struct job *jobs;
	size_t n;
	struct event *timer;
	uint64_t timer_at_ns; /* 0: not armed */
	uint64_t rest_until_ns;
	struct lease_claim claim; /* with one writer it is always held */
	struct lease_fence fence; /* when the slice began */
	bool busy;                /* a slice is with the store */
	bool draining;
};

static uint64_t now_ns(const struct upkeep *u)
{
	return loop_mono_ns(u->config.loop);
}

/* The next slice of the job begins at at_ns or earlier. */
static void look_by(struct job *job, uint64_t at_ns)
{
	if (at_ns < job->next_ns)
		job->next_ns = at_ns;
}

/* ---- one slice ---- */

static void end_slice(struct job *job, uint64_t wait_ms)
{
	struct upkeep *u = job->upkeep;
	assert(u->busy);
	u->busy = false;
	u->rest_until_ns = now_ns(u) + UPKEEP_PACE_MS * NS_PER_MS;
	job->rest_until_ns = now_ns(u) + job->is->pace_ms * NS_PER_MS;
	look_by(job, now_ns(u) + wait_ms * NS_PER_MS);
}

static void fail_slice(struct job *job, enum err err)
{
	struct upkeep *u = job->upkeep;
	if (err == ERR_REFUSED && u->fence.fence != 0)
		leases_lost(u->config.leases, &u->fence);
	log_warn("upkeep.failed", LOG_STR("job", job->is->name), LOG_STR("error", err_name(err)));
	end_slice(job, UPKEEP_FAILED_MS);
}

static void on_changed(struct command *command, enum err err)
{
	struct job *job = ((struct slice *)command)->runner;
	if (err != ERR_OK) {
		fail_slice(job, err);
		return;
	}
	if (job->is->report != NULL)
		job->is->report(job->slice);
	end_slice(job, 0); /* until a query finds nothing */
}

/* A slice of a node that has lost the lease changes nothing. */
static enum err change_decide(struct command *command, struct tx *tx)
{
	const struct job *job = ((struct slice *)command)->runner;
	enum err err = lease_check(tx, &job->upkeep->fence);
	return err != ERR_OK ? err : job->is->change(command, tx);
}

static uint64_t interval_ms(const struct job *job)
{
	bool deaf = job->is->watch != NULL && leases_shared(job->upkeep->config.leases);
	return deaf && job->is->every_ms > UPKEEP_SHARED_MS ? UPKEEP_SHARED_MS : job->is->every_ms;
}

static void on_found(struct command *command, enum err err)
{
	struct slice *slice = (struct slice *)command;
	struct job *job = slice->runner;
	struct upkeep *u = job->upkeep;
	if (err == ERR_OK && (slice->n == 0 || u->draining)) {
		end_slice(job, slice->look_again_ms != 0 ? slice->look_again_ms : interval_ms(job));
		return;
	}
	slice->command = (struct command){.decide = change_decide, .done = on_changed};
	if (err == ERR_OK)
		err = store_submit(u->config.store, &slice->command);
	if (err != ERR_OK)
		fail_slice(job, err);
}

static void begin_slice(struct job *job)
{
	struct upkeep *u = job->upkeep;
	struct slice *slice = job->slice;
	slice->command = (struct command){.decide = job->is->find, .done = on_found};
	slice->now_ms = loop_unix_ms(u->config.loop);
	slice->believed_ms = loop_believed_ms(u->config.loop);
	slice->look_again_ms = 0;
	job->next_ns = UINT64_MAX;
	u->fence = u->claim.fence;
	u->busy = true;
	enum err err = store_query(u->config.store, &slice->command);
	if (err != ERR_OK)
		fail_slice(job, err);
	else
		loop_again(u->config.loop); /* the turn of the store is over */
}

/* ---- the next job ---- */

static uint64_t ready_ns(const struct job *job)
{
	return job->next_ns > job->rest_until_ns ? job->next_ns : job->rest_until_ns;
}

/* The job that has waited longest: a job with much to do does not keep the others waiting. */
static struct job *find_soonest(const struct upkeep *u)
{
	struct job *soonest = &u->jobs[0];
	for (size_t i = 1; i < u->n; i++)
		if (ready_ns(&u->jobs[i]) < ready_ns(soonest))
			soonest = &u->jobs[i];
	return soonest;
}

uint64_t upkeep_next_ns(const struct upkeep *u)
{
	if (u->busy || u->draining ||
	    !lease_held(&u->claim, loop_steady_ms(u->config.loop), UPKEEP_STEP_MS))
		return UINT64_MAX;
	uint64_t at_ns = ready_ns(find_soonest(u));
	return at_ns > u->rest_until_ns ? at_ns : u->rest_until_ns;
}

static void arm_timer(struct upkeep *u, uint64_t at_ns)
{
	if (u->timer_at_ns == at_ns)
		return;
	uint64_t wait_us = (at_ns - now_ns(u)) / 1000 + 1;
	const struct timeval wait = {.tv_sec = (time_t)(wait_us / 1000000),
				     .tv_usec = (suseconds_t)(wait_us % 1000000)};
	u->timer_at_ns = at_ns;
	if (evtimer_add(u->timer, &wait) == 0)
		return;
	u->timer_at_ns = 0; /* no memory for the timer: the next turn tries again */
	loop_again(u->config.loop);
}

static void on_turn(void *arg)
{
	struct upkeep *u = arg;
	uint64_t at_ns = upkeep_next_ns(u);
	if (at_ns == UINT64_MAX)
		return;
	if (at_ns <= now_ns(u))
		begin_slice(find_soonest(u));
	else
		arm_timer(u, at_ns);
}

/* The timer only wakes the loop: on_turn does the work. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct upkeep *u = arg;
	(void)fd;
	(void)what;
	u->timer_at_ns = 0;
}

/* Runs in the store's turn, which is before ours. */
static void on_write(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	(void)kind;
	(void)record;
	if (!deleted)
		look_by(arg, 0);
}

/* ---- the lease ---- */

static struct upkeep *upkeep_of(const struct lease_claim *claim)
{
	return (struct upkeep *)(void *)((char *)(uintptr_t)claim - offsetof(struct upkeep, claim));
}

static bool claim_busy(const struct lease_claim *claim)
{
	return upkeep_of(claim)->busy;
}

/* A new owner has heard of no write, so each job that watches a kind looks at once. */
static void claim_changed(struct lease_claim *claim)
{
	struct upkeep *u = upkeep_of(claim);
	for (size_t i = 0; i < u->n; i++)
		if (u->jobs[i].is->watch != NULL && u->jobs[i].next_ns != UINT64_MAX)
			look_by(&u->jobs[i], 0);
	loop_again(u->config.loop);
}

/* ---- opening and closing ---- */

static enum err open_job(struct upkeep *u, struct job *job, const struct upkeep_job *is)
{
	job->is = is;
	job->upkeep = u;
	if (is->first_ms != 0)
		job->next_ns = now_ns(u) + is->first_ms * NS_PER_MS;
	job->slice = calloc(1, is->size);
	if (job->slice == NULL)
		return ERR_NO_MEMORY;
	job->slice->runner = job;
	job->slice->codes = u->config.codes;
	job->slice->public_url = text_of(u->config.public_url);
	job->slice->retention_ms = u->config.retention_ms;
	job->slice->audit_retention_ms = u->config.audit_retention_ms;
	return ERR_OK;
}

enum err upkeep_open(const struct upkeep_config *config, struct upkeep **out)
{
	struct upkeep *u = calloc(1, sizeof *u);
	if (u == NULL)
		return ERR_NO_MEMORY;
	u->config = *config;
	while (config->jobs[u->n].name != NULL)
		u->n++;
	assert(u->n > 0);
	u->jobs = calloc(u->n, sizeof *u->jobs);
	u->timer = evtimer_new(loop_events(config->loop), on_timer, u);
	if (u->jobs == NULL || u->timer == NULL)
		goto fail;
	for (size_t i = 0; i < u->n; i++)
		if (open_job(u, &u->jobs[i], &config->jobs[i]) != ERR_OK)
			goto fail;
	for (size_t i = 0; i < u->n; i++)
		if (config->jobs[i].watch != NULL)
			store_watch(config->store, config->jobs[i].watch, on_write, &u->jobs[i]);
	u->claim = (struct lease_claim){.what = LEASE_JOBS,
					.step_ms = UPKEEP_STEP_MS,
					.busy = claim_busy,
					.changed = claim_changed};
	leases_add(config->leases, &u->claim);
	pools_watch(&u->pools, config->loop, config->store);
	loop_add_hook(config->loop, on_turn, u);
	loop_again(config->loop);
	*out = u;
	return ERR_OK;
fail:
	upkeep_close(u);
	return ERR_NO_MEMORY;
}

void upkeep_drain(struct upkeep *u)
{
	u->draining = true;
	event_del(u->timer);
}

void upkeep_close(struct upkeep *u)
{
	if (u == NULL)
		return;
	if (u->claim.changed != NULL)
		leases_remove(u->config.leases, &u->claim, false);
	for (size_t i = 0; u->jobs != NULL && i < u->n; i++)
		free(u->jobs[i].slice);
	free(u->jobs);
	if (u->timer != NULL)
		event_free(u->timer);
	free(u);
}
