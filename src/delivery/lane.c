/* Owns the window of one webhook: its known due rows, their order, the reading of further rows.
 * Never sends (attempt.c). Called by scheduler.c and lanes.c. */
#include "lane.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"
#include "base/log.h"
#include "scheduler_parts.h"

enum { WINDOW_SIZE = LANE_WINDOW * 2, PAUSE_MS = 5000, GROWING_MS = 5 };

struct lane *lane_new(struct scheduler *s, uint64_t webhook_id)
{
	struct lane *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	l->pool = http_pool_open(s->config.client, LANE_POOL);
	if (l->pool == NULL) {
		free(l);
		return NULL;
	}
	l->scheduler = s;
	l->webhook_id = webhook_id;
	l->scan.lane = l->cancel.lane = l->late.lane = l;
	l->late.wanted = true;
	lane_claim(l);
	return l;
}

void lane_free(struct lane *l)
{
	lane_unclaim(l);
	attempt_cancel_all(l);
	http_pool_close(l->pool);
	target_free(&l->target);
	free(l);
}

bool lane_is_over(const struct lane *l)
{
	return !l->configured && l->caught_up && l->n == 0 && l->runs == NULL && !l->scanning &&
	       !l->cancelling && !l->late.busy && !l->dirty && l->paused_until_ms == 0 &&
	       lane_is_held(l, 0);
}

void lane_poke(struct lane *l)
{
	lanes_poke(&l->scheduler->lanes, l);
	/* If the scheduler's turn is over, the lane must not wait for the next event. */
	loop_again(l->scheduler->config.loop);
}

uint64_t lane_wake_ms(const struct lane *l)
{
	if (l->paused_until_ms != 0)
		return l->paused_until_ms;
	if (l->disabled || !lane_is_held(l, 0))
		return 0;
	/* Rows that wait for a token are in the window; rows that are due later wait after them. */
	uint64_t wake_ms = l->throttled_until_ms != 0 ? l->throttled_until_ms : l->next_due_ms;
	bool looks = l->look.at_ms != 0 && (wake_ms == 0 || l->look.at_ms < wake_ms);
	return looks ? l->look.at_ms : wake_ms;
}

void lane_configure(struct lane *l, const struct webhook *webhook)
{
	struct scheduler *s = l->scheduler;
	l->configured = webhook != NULL;
	l->claim.ending = webhook == NULL;
	l->found_in = s->reading;
	l->version = webhook != NULL ? lane_version(webhook) : (struct lane_version){0};
	if (webhook == NULL)
		lane_rescan(l);
	if (webhook != NULL) {
		const char *problem =
		    target_read(&l->target, webhook, s->secret_key, s->config.allow_http_targets);
		bool enabled = l->disabled && webhook->disabled_ms == 0;
		if (enabled)
			l->failing_since_ms = 0;
		l->claim.step_ms = l->target.total_ms;
		l->disabled = webhook->disabled_ms != 0 || problem != NULL;
		/* The webhook was enabled or changed, so the next probe is sent at once. */
		throttle_resume(&l->throttle, enabled ? 0 : l->throttle.failures,
				scheduler_now_ms(s));
		throttle_configure(&l->throttle, l->target.concurrency, l->target.rate,
				   scheduler_now_ms(s));
		if (problem != NULL)
			log_warn("webhook.unusable", LOG_U64("webhook_id", l->webhook_id),
				 LOG_STR("reason", problem));
	}
	lane_poke(l);
}

void lane_resume(struct lane *l, uint64_t failures)
{
	uint64_t now_ms = scheduler_now_ms(l->scheduler);
	throttle_resume(&l->throttle, failures, now_ms);
	l->failing_since_ms = failures > 0 ? now_ms : 0;
}

static int compare_due(const struct due *a, const struct due *b)
{
	if (a->due_ms != b->due_ms)
		return a->due_ms < b->due_ms ? -1 : 1;
	return (a->delivery_id > b->delivery_id) - (a->delivery_id < b->delivery_id);
}

static bool window_push(struct lane *l, const struct due *due)
{
	if (l->n == WINDOW_SIZE)
		return false;
	l->window[(l->head + l->n++) % WINDOW_SIZE] = *due;
	return true;
}

static void window_drop_first(struct lane *l)
{
	assert(l->n > 0);
	l->head = (l->head + 1) % WINDOW_SIZE;
	l->n--;
}

/* Returns true if there may be rows between the cursor and this row: they were in the future at the
 * last scan, and became due in this turn. The cursor must not jump over them. */
static bool leaves_gap(const struct lane *l, const struct due *due)
{
	return l->next_due_ms != 0 && l->next_due_ms <= due->due_ms;
}

void lane_offer(struct lane *l, const struct due *due)
{
	if (leases_shared(l->scheduler->config.leases)) {
		lane_hint(l, due);
		return;
	}
	bool behind = compare_due(due, &l->cursor) > 0;
	bool later = l->configured && due->due_ms > scheduler_now_ms(l->scheduler);
	if (later && behind) {
		if (l->next_due_ms == 0 || due->due_ms < l->next_due_ms)
			l->next_due_ms = due->due_ms;
	} else if (behind && !l->caught_up) {
		return; /* a scan will find the row */
	} else if (behind && (l->n >= LANE_WINDOW || leaves_gap(l, due))) {
		l->caught_up = false;
	} else if (!window_push(l, due)) {
		lane_rescan(l);
	} else if (behind) {
		l->cursor = *due;
	}
	lane_poke(l);
}

/* The scan reads rows in flight again too, and skips them by their delivery. */
void lane_rescan(struct lane *l)
{
	if (compare_due(&l->cursor, &l->read_before) > 0)
		l->read_before = l->cursor;
	l->cursor = (struct due){.due_ms = lane_look_from_ms(l)};
	l->caught_up = false;
	l->n = 0;
	lane_poke(l);
}

void lane_pause(struct lane *l)
{
	l->paused_until_ms = scheduler_now_ms(l->scheduler) + PAUSE_MS;
	lane_rescan(l);
}

static enum err scan_decide(struct command *command, struct tx *tx)
{
	struct lane_scan *scan = (struct lane_scan *)command;
	struct tx_scan spec = {
	    .from = &scan->from,
	    .prefix = 1,
	    .after = true,
	    .max = LANE_WINDOW,
	    .records = scan->rows,
	};
	enum err err = lane_read_webhook(scan->lane, tx, &scan->failures, &scan->exists);
	if (err == ERR_OK)
		err = tx_scan(tx, &KIND_DUE, &spec);
	scan->n = spec.n;
	return err;
}

static void on_scanned(struct command *command, enum err err)
{
	struct lane_scan *scan = (struct lane_scan *)command;
	struct lane *l = scan->lane;
	/* If the webhook was removed, rows that are due later are cancelled now too. */
	uint64_t now_ms = l->configured ? scheduler_now_ms(l->scheduler) : UINT64_MAX;
	size_t i = 0, had = l->n;
	l->scanning = false;
	scheduler_answered(l->scheduler, 1);
	if (err != ERR_OK) {
		log_error("delivery.scan_failed", LOG_U64("webhook_id", l->webhook_id),
			  LOG_STR("error", err_name(err)));
		lane_pause(l);
		return;
	}
	if (compare_due(&scan->from, &l->cursor) != 0) {
		lane_poke(l); /* a rescan began meanwhile: these rows would hide earlier rows */
		return;
	}
	if (scan->exists && !l->configured) {
		scheduler_read_again(l->scheduler); /* another node has just made the webhook */
		lane_pause(l);
		return;
	}
	if (l->fresh)
		lane_resume(l, scan->failures);
	l->fresh = false;
	for (; i < scan->n && scan->rows[i].due_ms <= now_ms; i++) {
		bool again = compare_due(&scan->rows[i], &l->read_before) <= 0 &&
			     attempt_in_flight(l, scan->rows[i].delivery_id);
		if (!again && !window_push(l, &scan->rows[i]))
			break;
		l->cursor = scan->rows[i];
	}
	bool all_taken = i == scan->n;
	l->caught_up = !all_taken ? scan->rows[i].due_ms > now_ms : scan->n < LANE_WINDOW;
	l->next_due_ms = !all_taken && l->caught_up ? scan->rows[i].due_ms : 0;
	lane_looked(l, &scan->from, scan->n > 0 ? &scan->rows[0] : NULL, l->n > had);
	lane_poke(l);
}

static void read_ahead(struct lane *l)
{
	l->scan.command = (struct command){.decide = scan_decide, .done = on_scanned};
	l->scan.from = l->cursor;
	l->scan.from.webhook_id = l->webhook_id;
	l->scanning = store_query(l->scheduler->config.store, &l->scan.command) == ERR_OK;
	if (l->scanning)
		scheduler_ask(l->scheduler, 1);
	else
		lane_pause(l);
}

static void on_cancelled(struct command *command, enum err err)
{
	struct lane_cancel *cancel = (struct lane_cancel *)(void *)command;
	struct lane *l = cancel->lane;
	l->cancelling = false;
	if (err == ERR_OK)
		lane_poke(l);
	else if (!lane_lost(l, &cancel->cancel.lane, err))
		lane_pause(l);
}

/* The webhook was removed: cancels its deliveries, a slice at a time. */
static void cancel_slice(struct lane *l)
{
	struct delivery_cancel *c = &l->cancel.cancel;
	if (l->cancelling || l->n == 0)
		return;
	scheduler_spend(l->scheduler, TURN_SLICE);
	for (c->n = 0; c->n < DELIVERY_CANCEL_MAX && l->n > 0; window_drop_first(l))
		c->due[c->n++] = l->window[l->head];
	c->lane = l->claim.fence;
	c->now_ms = loop_unix_ms(l->scheduler->config.loop);
	c->command = (struct command){.decide = delivery_cancel_decide, .done = on_cancelled};
	l->cancelling = store_submit(l->scheduler->config.store, &c->command) == ERR_OK;
	if (!l->cancelling)
		lane_pause(l);
}

static void start_due(struct lane *l)
{
	struct scheduler *s = l->scheduler;
	uint64_t now_ms = scheduler_now_ms(s);
	uint32_t established = http_pool_established(l->pool);
	uint32_t growing = established + established / 8 + LANE_GROWTH;
	while (l->n > 0 && !s->draining && l->in_flight < growing && s->turn_left > 0 &&
	       throttle_allows(&l->throttle, l->in_flight, now_ms, &l->throttled_until_ms) &&
	       lane_may_begin(l)) {
		uint32_t work = l->in_flight < established ? 1 : TURN_CONNECTION;
		if (!attempt_start(l, &l->window[l->head], work)) {
			lane_pause(l);
			return;
		}
		throttle_start(&l->throttle);
		window_drop_first(l);
	}
	/* The rows wait for connections that are being opened: looks again when they may be
	 * ready. */
	if (l->n > 0 && l->in_flight >= growing && l->throttled_until_ms == 0)
		l->throttled_until_ms = now_ms + GROWING_MS;
	if (l->n > 0 && s->turn_left == 0)
		lane_poke(l); /* the next turn goes on, after the lanes that wait now */
}

void lane_run(struct lane *l)
{
	if (l->paused_until_ms > scheduler_now_ms(l->scheduler))
		return;
	l->paused_until_ms = l->throttled_until_ms = 0;
	if (!lane_is_held(l, 0))
		return;
	if (l->next_due_ms != 0 && l->next_due_ms <= scheduler_now_ms(l->scheduler)) {
		l->next_due_ms = 0;
		l->caught_up = false;
	}
	lane_look(l);
	lane_judge_late(l);
	if (!l->configured)
		cancel_slice(l);
	else if (!l->disabled)
		start_due(l);
	if (!l->caught_up && !l->scanning && l->n < LANE_WINDOW && !l->scheduler->draining)
		read_ahead(l);
}
