/* Owns the delivery room: its lanes, its timer, its watches on the store, and the reading of
 * webhooks at the start. Never touches a row of a lane (lane.c). Called by the composition root. */
#include "delivery/scheduler.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "core/webhook.h"
#include "core/webhook_health.h"
#include "scheduler_parts.h"

enum {
	START_PAGE = 64,
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
	/* If there is no memory for a lane, the row waits for the next start. */
	struct lane *l = lanes_get(s, due->webhook_id);
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

/* Reads, at the start, every webhook, and every removed webhook that still has due rows. */
struct start {
	struct command command;
	struct scheduler *scheduler;
	uint64_t from;
	struct webhook webhooks[START_PAGE];
	uint64_t failures[START_PAGE]; /* of each webhook, consecutive */
	size_t n;
	struct due orphan;
	bool finished;
	enum err err;
};

static enum err read_webhooks(struct command *command, struct tx *tx)
{
	struct start *start = (struct start *)command;
	const struct webhook from = {.id = start->from};
	struct tx_scan scan = {.from = &from, .max = START_PAGE, .records = start->webhooks};
	enum err err = tx_scan(tx, &KIND_WEBHOOK, &scan);
	start->n = scan.n;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
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

static enum err read_start(struct scheduler *s)
{
	struct start *start = calloc(1, sizeof *start);
	if (start == NULL)
		return ERR_NO_MEMORY;
	start->scheduler = s;
	enum err err = read_pages(s, start, read_webhooks, on_webhooks, START_PAGE);
	if (err == ERR_OK)
		err = read_pages(s, start, read_orphan, on_orphan, 1);
	free(start);
	return err;
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
	    (err = read_start(s)) != ERR_OK) {
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

void scheduler_turn(struct scheduler *s)
{
	follow_jumps(s);
	uint64_t now_ms = scheduler_now_ms(s);
	bool time_has_come = s->next_ms != 0 && now_ms >= s->next_ms;
	/* A timer that fired too early is armed again. */
	bool unarmed = s->next_ms != 0 && s->timer_at_ms == 0;
	if (s->lanes.dirty == NULL && !time_has_come && !unarmed)
		return;
	if (time_has_come)
		lanes_wake(&s->lanes, now_ms);
	for (struct lane *l; (l = lanes_take_poked(&s->lanes)) != NULL;) {
		lane_run(l);
		if (lane_is_over(l))
			lanes_remove(&s->lanes, l);
	}
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
