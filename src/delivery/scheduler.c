/* Owns the delivery room: its lanes, its timer, its watches on the store. Never touches a row of a
 * lane (lane.c). Called by the composition root. */
#include "delivery/scheduler.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "scheduler_parts.h"

enum {
	LOOK_EVERY_MS =
	    60000, /* the longest timer: libevent's timers stop while the machine sleeps */
};

uint64_t scheduler_now_ms(const struct scheduler *s)
{
	return loop_steady_ms(s->config.loop);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	/* The timer only wakes the loop: scheduler_turn does the work. */
	struct scheduler *s = arg;
	(void)fd;
	(void)what;
	s->timer_at_ms = 0;
}

static void on_due(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct scheduler *s = arg;
	const struct due *due = record;
	(void)kind;
	if (deleted)
		return;
	/* If there is no memory for a lane, the row waits for the next start. A webhook that
	 * another node has just made gets its lane from scheduler_read_again. */
	struct lane *l = leases_shared(s->config.leases) ? lanes_find(&s->lanes, due->webhook_id)
							 : lanes_get(s, due->webhook_id);
	if (l != NULL)
		lane_offer(l, due);
}

static void on_webhook(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	const struct webhook *webhook = record;
	struct lane *l = lanes_get(arg, webhook->id);
	(void)kind;
	if (l != NULL)
		lane_configure(l, deleted ? NULL : webhook);
}

enum err scheduler_open(const struct scheduler_config *config, struct scheduler **out)
{
	enum err err = ERR_NO_MEMORY;
	struct scheduler *s = calloc(1, sizeof *s);
	if (s == NULL)
		return err;
	s->config = *config;
	memcpy(s->secret_key, config->secret_key, sizeof s->secret_key);
	s->jumps = loop_jumps(config->loop);
	s->timer = evtimer_new(loop_events(config->loop), on_timer, s);
	if (results_open(&s->results, config->loop, config->store) != ERR_OK || s->timer == NULL ||
	    (err = scheduler_read_start(s)) != ERR_OK) {
		scheduler_close(s);
		return err;
	}
	store_watch(config->store, &KIND_DUE, on_due, s);
	store_watch(config->store, &KIND_WEBHOOK, on_webhook, s);
	loop_again(config->loop);
	*out = s;
	return ERR_OK;
}

void scheduler_close(struct scheduler *s)
{
	if (s == NULL)
		return;
	scheduler_stop_reading(s);
	lanes_free_all(&s->lanes);
	assert(s->in_flight == 0 && s->under_way == 0);
	if (s->timer != NULL)
		event_free(s->timer);
	results_close(&s->results);
	crypto_wipe(s->secret_key, sizeof s->secret_key);
	free(s);
}

static void arm(struct scheduler *s, uint64_t at_ms)
{
	uint64_t now_ms = scheduler_now_ms(s);
	uint64_t wait_ms = at_ms > now_ms ? at_ms - now_ms : 0;
	if (wait_ms > LOOK_EVERY_MS)
		wait_ms = LOOK_EVERY_MS;
	const struct timeval wait = {
	    .tv_sec = (time_t)(wait_ms / 1000),
	    .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000),
	};
	s->timer_at_ms = now_ms + wait_ms;
	if (evtimer_add(s->timer, &wait) == 0)
		return;
	s->timer_at_ms = 0; /* no memory for the timer: the next turn tries again */
	loop_again(s->config.loop);
}

uint64_t scheduler_next_ms(const struct scheduler *s)
{
	return lanes_next_ms(&s->lanes);
}

void scheduler_before_store(struct scheduler *s)
{
	store_set_steady_ms(s->config.store, scheduler_now_ms(s));
	results_record(&s->results, s->draining);
}

/* After a jump of the wall clock the lanes check the due times that the wrong clock may have
 * made. */
static void follow_jumps(struct scheduler *s)
{
	if (s->jumps == loop_jumps(s->config.loop))
		return;
	s->jumps = loop_jumps(s->config.loop);
	lanes_judge_late(&s->lanes);
}

void scheduler_spend(struct scheduler *s, uint32_t work)
{
	s->turn_left -= s->turn_left < work ? s->turn_left : work;
}

void scheduler_ask(struct scheduler *s, uint32_t work)
{
	scheduler_spend(s, work);
	s->asked += work;
}

/* The last answers come after the lanes of this turn have run, so lanes that wait need a turn. */
void scheduler_answered(struct scheduler *s, uint32_t work)
{
	assert(s->asked >= work);
	s->asked -= work;
	if (s->lanes.dirty != NULL)
		loop_again(s->config.loop);
}

/* Runs the lanes that were poked, until the work of a turn is spent. */
static void run_lanes(struct scheduler *s)
{
	s->turn_left = s->asked < TURN_WORK ? TURN_WORK - s->asked : 0;
	while (s->turn_left > 0) {
		struct lane *l = lanes_take_poked(&s->lanes);
		if (l == NULL)
			return;
		lane_run(l);
		if (lane_is_over(l))
			lanes_remove(&s->lanes, l);
	}
	/* If queries are open, the answer of the store starts the next turn. */
	if (s->lanes.dirty != NULL && s->asked == 0)
		loop_again(s->config.loop);
}

void scheduler_turn(struct scheduler *s)
{
	follow_jumps(s);
	scheduler_follow_epoch(s);
	uint64_t now_ms = scheduler_now_ms(s);
	bool time_has_come = s->next_ms != 0 && now_ms >= s->next_ms;
	/* A timer that fired too early is armed again. */
	bool unarmed = s->next_ms != 0 && s->timer_at_ms == 0;
	if (s->lanes.dirty == NULL && !time_has_come && !unarmed)
		return;
	if (time_has_come)
		lanes_wake(&s->lanes, now_ms);
	run_lanes(s);
	s->next_ms = scheduler_next_ms(s);
	if (s->next_ms != 0 && (s->timer_at_ms == 0 || s->next_ms < s->timer_at_ms))
		arm(s, s->next_ms);
}

void scheduler_drain(struct scheduler *s)
{
	s->draining = true;
}

bool scheduler_drained(const struct scheduler *s)
{
	return s->under_way == 0;
}

bool scheduler_webhook_live(const struct scheduler *s, uint64_t webhook_id,
			    struct webhook_live *out)
{
	const struct lane *l = lanes_find(&s->lanes, webhook_id);
	if (l == NULL)
		return false;
	const struct throttle *t = &l->throttle;
	bool penalised = throttle_penalised(t);
	*out = (struct webhook_live){
	    .penalised = penalised,
	    .next_ms = penalised ? loop_unix_of_steady(s->config.loop, t->probe_at_ms) : 0,
	    .in_flight = l->in_flight,
	    .concurrency = t->concurrency,
	    .rate = t->rate,
	    .tokens = t->tokens,
	};
	return true;
}

void scheduler_write_metrics(const struct scheduler *s, struct buf *out)
{
	static const char name[] = "referd_delivery_attempt_duration_seconds";
	const struct metric in_flight = {"referd_delivery_in_flight", "gauge", "Attempts under way",
					 (double)s->in_flight};
	metrics_head(out, name, "histogram", "Time that an attempt took, by its outcome");
	metrics_histogram(out, name, "outcome=\"success\"", &s->succeeded);
	metrics_histogram(out, name, "outcome=\"failure\"", &s->failed);
	metrics_put(out, &in_flight, 1);
}
